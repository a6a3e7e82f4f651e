"""The thread of terms: either side offers figures, the coach answers a counter-offer, until one version is accepted."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.policy import minimum_session_cents
from core.events import record
from core.models import locked
from core.money import as_text
from core.operations import operation
from core.refused import Refused
from marketplace.events import TERMS_AGREED, TERMS_DECLINED, TERMS_OFFERED
from marketplace.models import Proposal, Terms
from marketplace.operations.response import refresh_response
from marketplace.policy import (
    MAX_MESSAGE,
    MAX_TOTAL_CENTS,
    MAX_VERSIONS,
    SESSION_MINUTES,
    SESSIONS,
    expected_total,
    proposal_until,
    session_price,
)


@operation
def offer_terms(
    proposal: Proposal, *, by: User, now: datetime, message: str = "", seen: int | None = None, **figures: Any
) -> Terms:
    """Offer other figures: a coach stands behind theirs at once, a student's wait for the coach; 14 days from now.

    `seen` is the newest version that was read: what came after it is not replaced unread.
    """
    proposal = locked(proposal)
    side = proposal.side_of(by)
    if not side:
        raise PermissionDenied
    refuse_unless_open(proposal, now)
    refuse_unless_seen(proposal, seen)
    return put_forward(proposal, proposal.figures | figures, side=side, by=by, now=now, message=message)


@operation
def agree_to_terms(proposal: Proposal, *, by: User, now: datetime, number: int | None = None) -> Terms:
    """The coach takes the student's counter-offer over; the student has 14 days from now to accept it."""
    proposal, counter = _answered(proposal, by, now, number)
    check_figures(counter.figures, proposal.currency, now)
    counter.agreed_at = now
    counter.save(update_fields=["agreed_at"])
    _stand_behind(proposal, counter, now)
    refresh_response(by, now=now)
    record(proposal, TERMS_AGREED, by=by, at=now, number=counter.number)
    return counter


@operation
def decline_terms(proposal: Proposal, *, by: User, now: datetime, number: int | None = None) -> Terms:
    """The coach does not want the counter-offer; what the coach offered before still stands."""
    proposal, counter = _answered(proposal, by, now, number)
    counter.declined_at = now
    counter.save(update_fields=["declined_at"])
    refresh_response(by, now=now)
    record(proposal, TERMS_DECLINED, by=by, at=now, number=counter.number)
    return counter


def put_forward(
    proposal: Proposal, figures: dict[str, Any], *, side: str, by: User, now: datetime, message: str = ""
) -> Terms:
    """Add a version to the thread; the caller holds the proposal's lock."""
    newest = proposal.thread.last()
    number = newest.number + 1 if newest else 1
    _check_version(proposal, newest, figures, message, now)
    terms = Terms.objects.create(
        proposal=proposal,
        number=number,
        offered_by=side,
        payment_schedule=proposal.payment_schedule,
        message=message.strip(),
        offered_at=now,
        **figures,
    )
    if side == Role.COACH:
        _stand_behind(proposal, terms, now)
        refresh_response(by, now=now)
    else:
        proposal.expires_at = proposal_until(now)
        proposal.save(update_fields=["expires_at"])
    record(proposal, TERMS_OFFERED, by=by, at=now, number=number, side=side)
    return terms


def refuse_unless_open(proposal: Proposal, now: datetime) -> None:
    if not proposal.is_open_at(now):
        raise Refused(_("This proposal is not open any more."), code="proposal_not_open")


def refuse_unless_seen(proposal: Proposal, seen: int | None) -> None:
    """Refuse who answers without having read the newest version; the caller holds the proposal's lock."""
    newest = proposal.thread.last() if seen is not None else None
    if newest and newest.number != seen:
        raise terms_changed()


def check_figures(figures: dict[str, Any], currency: str, now: datetime) -> None:
    """Refuse figures that no contract could have."""
    if figures["session_count"] not in SESSIONS:
        raise Refused(_("Offer between 1 and 100 sessions."), code="session_count", field="session_count")
    if figures["session_minutes"] not in SESSION_MINUTES:
        raise Refused(_("A session has 15 to 240 minutes."), code="session_minutes", field="session_minutes")
    least = minimum_session_cents(currency, now)
    if session_price(figures["payment_model"], figures["rate_cents"], figures["session_minutes"]) < least:
        sentence = _("One session must cost at least %(amount)s.")
        raise Refused(sentence % {"amount": as_text(least, currency)}, code="below_minimum", field="rate")
    if expected_total(**figures) > MAX_TOTAL_CENTS:
        sentence = _("All sessions together may cost at most %(amount)s.")
        raise Refused(sentence % {"amount": as_text(MAX_TOTAL_CENTS, currency)}, code="above_maximum", field="rate")


def terms_changed() -> Refused:
    sentence = _("The terms have changed in the meantime. Please look at them again.")
    return Refused(sentence, code="terms_changed")


def _check_version(
    proposal: Proposal, newest: Terms | None, figures: dict[str, Any], message: str, now: datetime
) -> None:
    if newest and newest.number >= MAX_VERSIONS:
        raise Refused(_("There are 20 versions already: please decide on one."), code="too_many_versions")
    if len(message.strip()) > MAX_MESSAGE:
        raise Refused(_("A message has at most 1000 characters."), code="message_too_long", field="message")
    check_figures(figures, proposal.currency, now)
    counter = _waiting(proposal)
    if newest and figures in [proposal.figures, *([counter.figures] if counter else [])]:
        raise Refused(_("These figures are offered already: change one of them."), code="terms_unchanged")


def _stand_behind(proposal: Proposal, terms: Terms, now: datetime) -> None:
    for name, value in terms.figures.items():
        setattr(proposal, name, value)
    proposal.terms_number, proposal.expires_at = terms.number, proposal_until(now)
    proposal.save(update_fields=[*terms.figures, "terms_number", "expires_at"])


def _answered(proposal: Proposal, by: User, now: datetime, number: int | None) -> tuple[Proposal, Terms]:
    """The proposal under lock and the counter-offer that its coach answers, which must be the one they saw."""
    proposal = locked(proposal)
    if not proposal.may_be_withdrawn_by(by):
        raise PermissionDenied
    refuse_unless_open(proposal, now)
    counter = _waiting(proposal)
    if counter is None:
        raise Refused(_("No counter-offer waits for an answer."), code="no_counter_offer")
    if number not in {None, counter.number}:
        raise terms_changed()
    return proposal, counter


def _waiting(proposal: Proposal) -> Terms | None:
    return proposal.thread.waiting().first()
