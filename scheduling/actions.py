"""What a person may do with a session now: one list for its page, its card, the contract's page and the API.

A line says who may and where it leads; the rule itself is a predicate of the model. Their order counts: a card offers
the first two that fit, a page all of them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from scheduling.models import Session
from scheduling.operations.moving import has_asked, is_asked, may_move

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Action(NamedTuple):
    """Something to do now: the word that clients know, the words people read, and where it leads."""

    name: str
    label: "StrOrPromise"
    url: str
    tone: str  # primary | outline | ghost | danger
    icon: str
    is_post: bool  # a click does it; the others lead to a page that asks first


class Offer(NamedTuple):
    """One line of the list: `may` says to whom it is offered, and when."""

    name: str
    label: "StrOrPromise"
    url_name: str
    may: Callable[[Session, User, datetime], bool]
    tone: str = "primary"
    icon: str = ""
    is_post: bool = False


def actions_of(session: Session, user: User, now: datetime) -> list[Action]:
    """What this person may do with this session now, the next step first; it needs `with_people`, and asks no more."""
    return [_of(offer, session) for offer in OFFERS if offer.may(session, user, now)]


def _of(offer: Offer, session: Session) -> Action:
    url = reverse(offer.url_name, args=[session.pk])
    return Action(offer.name, offer.label, url, offer.tone, offer.icon, offer.is_post)


OFFERS = [
    Offer(
        "join",
        _("Join session"),
        "session-join",
        lambda session, user, now: session.may_be_joined_by(user, now),
        icon="camera-video",
        is_post=True,
    ),
    Offer(
        "hold",
        _("Confirm this time"),
        "session-hold",
        lambda session, user, now: session.may_be_confirmed_by(user) and not session.is_spent(now),
        icon="check-lg",
    ),
    Offer(
        "schedule",
        _("Pick a time"),
        "session-schedule",
        lambda session, user, now: session.may_be_scheduled_by(user),
        icon="calendar-event",
    ),
    Offer(
        "confirm",
        _("Say yes or no"),
        "session-confirm",
        lambda session, user, now: session.may_be_answered_by(user) and not session.is_unanswered(now),
        icon="question-circle",
    ),
    Offer(
        "pay",
        _("Pay"),
        "session-pay",
        lambda session, user, now: session.may_be_paid_by(user) and not session.is_spent(now),
        icon="credit-card",
    ),
    Offer(
        "withdraw",
        _("Take the request back"),
        "session-withdraw",
        lambda session, user, now: session.may_be_withdrawn_by(user),
        tone="ghost",
        icon="arrow-counterclockwise",
        is_post=True,
    ),
    Offer(
        "answer_move",
        _("Answer the request"),
        "session-move",
        lambda session, user, now: is_asked(session, user, now),
        icon="arrow-repeat",
    ),
    Offer(
        "withdraw_move",
        _("See your request"),
        "session-move",
        lambda session, user, now: has_asked(session, user, now),
        tone="outline",
        icon="hourglass-split",
    ),
    Offer(
        "end",
        _("End session"),
        "session-end",
        lambda session, user, now: session.may_be_ended_by(user, now),
        tone="outline",
        icon="check-lg",
        is_post=True,
    ),
    Offer(
        "complete",
        _("It took place"),
        "session-complete",
        lambda session, user, now: (
            session.may_be_vouched_for_by(user)
            and (session.outcome == Session.Outcome.UNCLEAR or session.is_student(user))
        ),
        icon="check-lg",
        is_post=True,
    ),
    Offer(
        "outcome",
        _("Say what it came to"),
        "session-outcome",
        lambda session, user, now: session.is_unclear_to(user),
        tone="outline",
        icon="flag",
    ),
    Offer(
        "report",
        _("Report a problem"),
        "session-report",
        lambda session, user, now: session.may_be_reported_by(user, now) and not session.was_reported_by(user),
        tone="ghost",
        icon="exclamation-triangle",
    ),
    Offer(
        "notes",
        _("Notes"),
        "session-notes",
        lambda session, user, now: session.state in Session.OVER and session.has_participant(user),
        tone="ghost",
        icon="file-earmark-text",
    ),
    Offer(
        "start",
        _("Start session"),
        "session-start",
        lambda session, user, now: session.may_be_started_by(user, now),
        tone="outline",
        icon="play-circle",
        is_post=True,
    ),
    Offer(
        "notes",
        _("Notes"),
        "session-notes",
        lambda session, user, now: session.may_be_prepared_by(user),
        tone="ghost",
        icon="file-earmark-text",
    ),
    Offer(
        "meeting",
        _("Meeting link"),
        "session-meeting",
        lambda session, user, now: session.may_be_prepared_by(user) and session.coach_id == user.pk,
        tone="ghost",
        icon="link-45deg",
    ),
    Offer(
        "calendar",
        _("Add to calendar"),
        "session-ics",
        lambda session, user, now: session.state == Session.State.SCHEDULED and session.has_participant(user),
        tone="ghost",
        icon="calendar-plus",
    ),
    Offer(
        "reschedule",
        _("Move to another time"),
        "session-reschedule",
        may_move,
        tone="ghost",
        icon="arrow-repeat",
    ),
    Offer(
        "cancel",
        _("Call off"),
        "session-cancel",
        lambda session, user, now: session.may_be_called_off_by(user, now),
        tone="danger",
        icon="x-lg",
    ),
]
