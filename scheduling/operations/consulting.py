"""A free consultation: fifteen minutes to get to know each other, once for each pair."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User, lock_members
from core.operations import operation
from core.refused import Refused
from scheduling import policy
from scheduling.models import Session
from scheduling.operations.booking import begin

GIVEN_BACK = {Session.Outcome.COACH_ABSENT, Session.Outcome.BOTH_ABSENT}


@operation
def book_consultation(coach: User, *, starts_at: datetime, by: User, now: datetime, note: str = "") -> Session:
    """A student meets a coach for free, agreed at once or once the coach says yes; no contract, no money."""
    _refuse_oneself(coach, by)
    people = lock_members([coach.pk, by.pk])
    _refuse_another(coach, by, now)
    session = Session(
        coach=coach,
        booked_by=by,
        kind=Session.Kind.CONSULTATION,
        duration_minutes=policy.consultation_minutes(now),
        note_to_coach=note,
        is_open=True,
        terms=policy.terms_of_today(now),
    )
    return begin(session, people, starts_at, by=by, now=now)


def give_back_consultation(session: Session, *, outcome: str) -> None:
    """A consultation to which the coach did not come may be had again."""
    if session.kind == Session.Kind.CONSULTATION and outcome in GIVEN_BACK:
        session.uses_up = False
        session.save(update_fields=["uses_up"])


def why_no_consultation(coach: User, student: User, *, now: datetime) -> str:
    """The sentence with which another consultation is refused; empty where it may be asked for."""
    try:
        _refuse_another(coach, student, now)
    except Refused as refused:
        return refused.sentence
    return ""


def refuse_unless_listed(coach: User, student: User) -> None:
    """Students book coaches who are public and not hidden, and nobody themselves."""
    _refuse_oneself(coach, student)
    if not CoachProfile.objects.listed().filter(user=coach.pk).exists():
        raise Refused(_("This coach cannot be booked at the moment."), code="hidden")


def _refuse_oneself(coach: User, student: User) -> None:
    if not student.is_student:
        raise PermissionDenied
    if coach.pk == student.pk:
        raise Refused(_("You cannot book yourself."), code="own_time")


def _refuse_another(coach: User, student: User, now: datetime) -> None:
    mine = Session.objects.consultations_of(student, coach.pk).values_list("coach", "uses_up", "state")
    if any(each == coach.pk and uses_up for each, uses_up, _state in mine):
        raise Refused(
            _("You have booked your free consultation with this coach before. You can book a trial or a session."),
            code="consultation_used",
        )
    ahead = sum(state in Session.AHEAD for *_facts, state in mine)
    if ahead >= policy.most_open_consultations(now):
        sentence = _("You have %(n)d consultations ahead. Please have one of them first.")
        raise Refused(sentence % {"n": ahead}, code="too_many_consultations")
