"""Consultations, trials and single sessions: asked for, answered, paid too late."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from contracts.events import PAYMENT_CAME_LATE
from contracts.models import Contract
from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import amount, moment, say
from scheduling.events import SESSION_DECLINED, SESSION_REQUESTED, SESSION_UNANSWERED, SESSION_WITHDRAWN
from scheduling.models import Session

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@telling_of(SESSION_REQUESTED)
def tell_coach_of_request(session: Session, event: Event) -> None:
    text = _("{student} asks for {moment}. Say yes or no by {until}; silence is a no.")
    _tell(
        session.coach,
        session,
        event,
        text,
        _("A time you are asked for"),
        url=reverse("session-confirm", args=[session.pk]),
    )


@telling_of(SESSION_DECLINED)
def tell_student_of_no(session: Session, event: Event) -> None:
    _tell(_student(session), session, event, DECLINED[session.is_paid_while_held], _("Your coach could not say yes"))


@telling_of(SESSION_UNANSWERED)
def tell_both_of_silence(session: Session, event: Event) -> None:
    _tell(_student(session), session, event, UNANSWERED[session.is_paid_while_held], _("Your coach did not answer"))
    _tell(session.coach, session, event, _("You did not answer {student} in time, so their request is declined."))


@telling_of(SESSION_WITHDRAWN)
def tell_coach_of_withdrawal(session: Session, event: Event) -> None:
    _tell(session.coach, session, event, _("{student} has taken their request back. You need not answer it."))


@telling_of(PAYMENT_CAME_LATE)
def tell_student_of_late_payment(contract: Contract, event: Event) -> None:
    text = say(
        _(
            "Your payment for {coach} came after the time was free again, and it cannot be had now. {total} goes back to you."
        ),
        coach=contract.coach.name,
        total=amount(contract.total_cents, contract.currency),
    )
    url = reverse("coach-book", args=[contract.coach_id])
    subject = _("Your payment came too late")
    tell(contract.student, event, kind="money", text=text, url=url, mail="notice", subject=subject)


def _tell(
    person: User,
    session: Session,
    event: Event,
    text: "StrOrPromise",
    subject: "StrOrPromise | None" = None,
    url: str = "",
) -> None:
    """A notice on a request; with a subject also a mail."""
    sentence = say(
        text,
        coach=session.coach.name,
        student=_student(session).name,
        moment=moment(session.starts_at) if session.starts_at else "",
        until=moment(session.answer_due_at) if session.answer_due_at else "",
    )
    mail, url = "notice" if subject else None, url or session.get_absolute_url()
    tell(person, event, kind="sessions", text=sentence, url=url, mail=mail, subject=subject)


def _student(session: Session) -> User:
    return session.participants.select_related("user").filter(role=Role.STUDENT).order_by("pk")[0].user


DECLINED = {
    False: _("{coach} cannot meet you then. The time is free again; you may ask for another."),
    True: _("{coach} cannot meet you then. All you paid for this session goes back to you."),
}
UNANSWERED = {
    False: _("{coach} did not answer in time. The time is free again; you may ask for another."),
    True: _("{coach} did not answer in time. All you paid for this session goes back to you."),
}
