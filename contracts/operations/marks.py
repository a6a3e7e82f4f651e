"""What follows for coaches who fail their students: marks, what they lead to, excuses, an appeal.

The coach's profile is the lock: marks of one coach are counted one after the other.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, Role, User
from contracts import events, policy
from contracts.models import Mark, Sanction
from contracts.quotes import Failing
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from core.templatetags.skileez import in_days
from scheduling.models import Session
from scheduling.operations.closing import start_that_counts

State = Mark.State


@operation
def mark_coach(session: Session, *, reason: str, now: datetime) -> Mark | None:
    """Write down, once for a session, that its coach failed it; what follows depends on all marks that stand."""
    profile = _locked_profile(session.coach_id)
    if profile is None or Mark.objects.filter(session=session).exists():
        return None
    mark = Mark.objects.create(coach_id=session.coach_id, session=session, reason=reason, made_at=now)
    step = policy.step_of(_standing(mark, now))
    Sanction.objects.create(
        coach_id=mark.coach_id, mark=mark, step=step, starts_at=now, until=policy.hidden_until(step, now)
    )
    _hide_or_show(profile)
    record(mark, events.MARK_MADE, by=None, at=now, session=session.pk, reason=reason, step=step)
    return mark


def failing_of(session: Session, *, now: datetime) -> Failing:
    """What it counts as against the coach to call an agreed session with students off now."""
    starts_at = start_that_counts(session, Role.COACH)
    assert starts_at  # noqa: S101 - the database holds it for every agreed session
    notice, terms = int((starts_at - now).total_seconds() // 60), session.terms
    reason = policy.mark_of(session.kind, session.state, Role.COACH, notice, terms)
    return Failing(reason, policy.mark_changes_after(session.kind, starts_at, now, terms))


@operation
def ask_excuse(mark: Mark, *, text: str, by: User, now: datetime) -> Mark:
    """The coach says in time why it was not their fault."""
    mark = locked(mark)
    _refuse_strangers(mark, by)
    if not mark.may_be_excused_by(by, now):
        sentence = _("An excuse is asked for within %(days)s, and once.")
        raise Refused(sentence % {"days": in_days(policy.excuse_days(mark.made_at))}, code="not_excusable")
    mark.excuse = _words(text, "excuse")
    mark.move_to(State.EXCUSE_ASKED, "excuse")
    record(mark, events.EXCUSE_ASKED, by=by, at=now)
    return mark


@operation
def appeal_mark(mark: Mark, *, text: str, by: User, now: datetime) -> Mark:
    """The coach asks once, in time after staff's answer, that somebody looks at it again."""
    mark = locked(mark)
    _refuse_strangers(mark, by)
    if not mark.may_be_appealed_by(by, now):
        sentence = _("An appeal is made within %(days)s of our answer, and once.")
        days = in_days(policy.excuse_days(mark.decided_at or now))
        raise Refused(sentence % {"days": days}, code="not_appealable")
    mark.appeal = _words(text, "appeal")
    mark.move_to(State.APPEALED, "appeal")
    record(mark, events.MARK_APPEALED, by=by, at=now)
    return mark


@operation
def excuse_mark(mark: Mark, *, decision: str, by: User, now: datetime) -> Mark:
    """Staff take the excuse: the mark counts no longer."""
    return _take_back(mark, State.EXCUSED, events.MARK_EXCUSED, decision=decision, by=by, now=now)


@operation
def lift_mark(mark: Mark, *, decision: str, by: User, now: datetime) -> Mark:
    """Staff find that the mark should not stand: it counts no longer."""
    return _take_back(mark, State.LIFTED, events.MARK_LIFTED, decision=decision, by=by, now=now)


@operation
def keep_mark(mark: Mark, *, decision: str, by: User, now: datetime) -> Mark:
    """Staff do not take the excuse; the coach may appeal once."""
    mark = _decide(mark, State.KEPT, decision=decision, by=by, now=now)
    record(mark, events.MARK_KEPT, by=by, at=now)
    return mark


@operation
def uphold_mark(mark: Mark, *, decision: str, by: User, now: datetime) -> Mark:
    """Staff have looked at it again, and the mark stands for good."""
    mark = _decide(mark, State.UPHELD, decision=decision, by=by, now=now)
    record(mark, events.MARK_UPHELD, by=by, at=now)
    return mark


@operation
def lift_sanction(sanction: Sanction, *, by: User, now: datetime) -> Sanction:
    """Staff end a sanction before its time, or one that waits for them; the mark stands."""
    if not (by.is_staff and by.has_perm("contracts.change_sanction")):
        raise PermissionDenied
    profile = _locked_profile(sanction.coach_id)
    sanction = locked(sanction)
    if not sanction.is_running:
        raise Refused(_("This does not hide anybody any more."), code="not_running")
    sanction.lifted_at = now
    sanction.save(update_fields=["lifted_at"])
    shown = profile is not None and _hide_or_show(profile)
    record(sanction.mark, events.SANCTION_LIFTED, by=by, at=now, step=sanction.step, shown=shown)
    return sanction


@operation
def end_sanction(sanction: Sanction, *, now: datetime) -> bool:
    """Its time is over: the coach is found again, unless another one runs. Says whether it ended now."""
    profile = _locked_profile(sanction.coach_id)
    sanction = locked(sanction)
    if not sanction.is_due(now):
        return False
    sanction.is_over = True
    sanction.save(update_fields=["is_over"])
    shown = profile is not None and _hide_or_show(profile)
    record(sanction.mark, events.SANCTION_ENDED, by=None, at=now, step=sanction.step, shown=shown)
    return True


def _take_back(mark: Mark, state: str, event: str, *, decision: str, by: User, now: datetime) -> Mark:
    """The mark counts no longer: its own sanction is lifted, later ones are reckoned as if it had never been."""
    profile = _locked_profile(mark.coach_id)
    mark = _decide(mark, state, decision=decision, by=by, now=now)
    running = Sanction.objects.filter(coach=mark.coach_id, lifted_at=None, is_over=False)
    running.filter(mark=mark).update(lifted_at=now)
    for sanction in running.filter(mark__gt=mark).select_related("mark").order_by("mark"):
        sanction.step = policy.step_of(_standing(sanction.mark, sanction.starts_at))
        sanction.until = policy.hidden_until(sanction.step, sanction.starts_at)
        sanction.is_over = sanction.until is not None and sanction.until <= now
        sanction.save(update_fields=["step", "until", "is_over"])
    shown = profile is not None and _hide_or_show(profile)
    record(mark, event, by=by, at=now, shown=shown)
    return mark


def _decide(mark: Mark, state: str, *, decision: str, by: User, now: datetime) -> Mark:
    if not (by.is_staff and by.has_perm("contracts.change_mark")):
        raise PermissionDenied
    mark = locked(mark)
    mark.decision, mark.decided_by, mark.decided_at = _words(decision, "decision"), by, now
    mark.move_to(state, "decision", "decided_by", "decided_at")
    return mark


def _standing(mark: Mark, now: datetime) -> int:
    """How many marks stood against this coach when this one was made, itself among them."""
    counted = Mark.objects.filter(coach=mark.coach_id, state__in=Mark.COUNTS, pk__lte=mark.pk)
    return counted.filter(made_at__gt=policy.ladder_since(now)).count()


def _hide_or_show(profile: CoachProfile) -> bool:
    """Write down whether a sanction runs; says whether the coach is found again because none does."""
    was, profile.is_hidden = profile.is_hidden, Sanction.objects.running().filter(coach=profile.user_id).exists()
    if profile.is_hidden != was:
        profile.save(update_fields=["is_hidden"])
    return was and not profile.is_hidden


def _locked_profile(coach_id: int) -> CoachProfile | None:
    profiles = CoachProfile.objects.select_for_update(no_key=True).only("user_id", "is_hidden")
    return profiles.filter(user=coach_id).first()


def _refuse_strangers(mark: Mark, by: User) -> None:
    if mark.coach_id != by.pk:
        raise PermissionDenied


def _words(text: str, field: str) -> str:
    text = text.strip()
    if not text or len(text) > policy.MAX_WORDS:
        raise Refused(_("Please say why, in up to 2000 characters."), code="no_words", field=field)
    return text
