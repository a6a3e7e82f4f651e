"""Money that goes back because staff call something off: above a limit it takes a second person, of finance."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from contracts import events, policy
from contracts.models import Approval, Contract
from contracts.quotes import Quote
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling.models import Session

STAFF = "contracts.add_cancellation"
FINANCE = "payments.add_refund"
NEEDED = "needs_second"


def agree_as_second(row: Session | Contract, given: Quote, *, by: User, now: datetime) -> None:
    """Refuse staff who would give back more than one may alone, unless somebody else asked and they are of finance."""
    if given.role != "staff" or given.back_cents <= policy.support_limit(given.currency, now):
        return
    asked = Approval.objects.open_for(row).select_for_update(no_key=True).first()
    if asked is None or not asked.is_enough_for(by, given.back_cents):
        raise Refused(_("So much goes back only with a second person, of finance."), code=NEEDED)
    if not by.has_perm(FINANCE):
        raise Refused(_("This waits for a second person, of finance."), code="needs_finance")
    _decide(asked, Approval.State.GIVEN, by=by, now=now)


def decider(given: Quote, by: User) -> User | None:
    """Who decided the refund in the books of money, where support may not: what they may was asked here."""
    return by if given.role != "staff" or by.has_perm(FINANCE) else None


@operation
def ask_second(row: Session | Contract, given: Quote, *, reason: str, by: User, now: datetime) -> Approval:
    """Ask that a second person call it off, in place of what was asked before. Once however often."""
    if not (by.is_staff and by.has_perm(STAFF)):
        raise PermissionDenied
    reason = reason.strip()
    if not reason or len(reason) > policy.MAX_REASON:
        raise Refused(_("Say why: the second person reads it."), code="reason_missing", field="reason")
    locked(row)
    before = Approval.objects.open_for(row).first()
    if before and before.back_cents == given.back_cents:
        return before
    if before:
        _decide(before, Approval.State.REFUSED, by=by, now=now)
    about = {"session": row} if isinstance(row, Session) else {"contract": row}
    sums = {"back_cents": given.back_cents, "currency": given.currency}
    asked = Approval.objects.create(**about, **sums, reason=reason, asked_by=by, asked_at=now)
    record(asked, events.SECOND_ASKED, by=by, at=now, back_cents=given.back_cents)
    return asked


@operation
def refuse_approval(approval: Approval, *, by: User, now: datetime) -> Approval:
    """It is not called off: finance say no, or who asked takes it back."""
    approval = locked(approval)
    if not (by.is_staff and (by.has_perm(FINANCE) or approval.asked_by_id == by.pk)):
        raise PermissionDenied
    if approval.state != Approval.State.OPEN:
        raise Refused(_("This is decided."), code="not_open")
    _decide(approval, Approval.State.REFUSED, by=by, now=now)
    return approval


@operation
def drop_approval(row: Session | Contract, *, now: datetime) -> None:
    """Nothing of it is left to call off: nobody waits for a second person any more."""
    if asked := Approval.objects.open_for(row).select_for_update(no_key=True).first():
        _decide(asked, Approval.State.REFUSED, by=None, now=now)


def _decide(asked: Approval, state: str, *, by: User | None, now: datetime) -> None:
    """What was said to the second person has done its work: what both sides read is kept with what was called off."""
    asked.decided_by, asked.decided_at, asked.reason = by, now, ""
    asked.move_to(state, "decided_by", "decided_at", "reason")
    record(asked, events.SECOND_GIVEN if state == Approval.State.GIVEN else events.SECOND_REFUSED, by=by, at=now)
