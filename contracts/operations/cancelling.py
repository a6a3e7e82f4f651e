"""Calling sessions off: the quote that is shown is the quote that is executed, or nothing happens.

Locks are taken in the order sessions → contracts → money, as everything does that begins with an hour.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User
from contracts import events, quotes
from contracts.models import Booking, Cancellation, Contract, Mark
from contracts.operations import agreement
from contracts.operations.approvals import STAFF, agree_as_second, decider
from contracts.operations.delivery import complete_if_done
from contracts.operations.marks import failing_of
from contracts.quotes import Failing, Line, Quote, Rule, Seat
from core.events import record
from core.operations import operation
from core.refused import Refused
from payments.models import Portion
from payments.operations import divide, refund, schedule_release
from payments.policy import release_due
from scheduling.models import Move, Session
from scheduling.operations import cancel_session, leave_seat

OPEN = [Booking.State.PENDING, Booking.State.CONFIRMED]


def quote_session(session: Session, *, by: User, now: datetime) -> Quote:
    """What calling this session off does: to a student their own seat, to its coach and staff all of it."""
    session = Session.objects.with_people().get(pk=session.pk)
    unpaid = {"contract__kind": Contract.Kind.GROUP, "contract__state": Contract.State.AWAITING_PAYMENT}
    bookings = _read(session.bookings.filter(state__in=OPEN).exclude(**unpaid))  # those seats end with the session
    if not bookings:
        return _quote_free(session, by=by, now=now)
    mine = bookings if _is_for_all(session, by) else [each for each in bookings if each.contract.student_id == by.pk]
    return _quote(mine, by=by, now=now)


def quote_booking(booking: Booking, *, by: User, now: datetime) -> Quote:
    """What calling one booked seat off does."""
    return _quote(_read(Booking.objects.filter(pk=booking.pk)), by=by, now=now)


def quote_contract(contract: Contract, *, by: User, now: datetime) -> Quote:
    """What calling off all that is still to come of a contract does; what is done or under way stays as it is."""
    contract = Contract.objects.get(pk=contract.pk)
    role = _role(contract, by)
    bookings = [each for each in _read(contract.bookings.filter(state__in=OPEN)) if _why_not(each, now) is None]
    if contract.state == Contract.State.ACTIVE and not bookings:
        raise Refused(_("Nothing of this contract is left to call off."), code="nothing_open")
    if contract.state not in {Contract.State.ACTIVE, *Contract.OPEN_STEPS}:
        raise Refused(_("This contract has ended."), code="not_open")
    return _quote_of(bookings, role, contract.currency, now, contract.pk, contract.state)


@operation
def cancel_booked_session(session: Session, *, by: User, quote: str, reason: str = "", now: datetime) -> Quote:
    """Call a session off by the quote that was shown; a student of a group gives up their seat only."""
    _lock_sessions([session.pk])
    given = _given(quote_session(session, by=by, now=now), quote)
    if not given.lines:
        return _call_off_free(session, given, by=by, reason=reason, now=now)
    agree_as_second(session, given, by=by, now=now)
    if _is_for_all(session, by):
        cancel_session(session, by=by, now=now)
    bookings = _read(Booking.objects.filter(pk__in=[line.booking for line in given.lines]))
    _call_off(bookings, given, by=by, reason=reason, now=now)
    return given


@operation
def cancel_booking(booking: Booking, *, by: User, quote: str, reason: str = "", now: datetime) -> Quote:
    """Call one booked seat off by the quote that was shown."""
    _lock_sessions([booking.session_id])
    given = _given(quote_booking(booking, by=by, now=now), quote)
    agree_as_second(booking.session, given, by=by, now=now)
    _call_off(_read(Booking.objects.filter(pk=booking.pk)), given, by=by, reason=reason, now=now)
    return given


@operation
def cancel_contract(contract: Contract, *, by: User, now: datetime, quote: str = "", reason: str = "") -> Contract:
    """End a contract: before it is paid at once, afterwards by the quote that was shown for all that is still to come."""
    contract = Contract.objects.get(pk=contract.pk)
    if contract.state != Contract.State.ACTIVE:
        return agreement.cancel_contract(contract, by=by, now=now, reason=reason)
    _lock_sessions(contract.bookings.filter(state__in=OPEN).values("session"))
    given = _given(quote_contract(contract, by=by, now=now), quote)
    agree_as_second(contract, given, by=by, now=now)
    bookings = _read(contract.bookings.filter(pk__in=[line.booking for line in given.lines]))
    facts = {"role": given.role, "sessions": len(bookings), **_sums(given)}
    record(contract, events.SESSIONS_CALLED_OFF, by=by, at=now, **facts)
    _call_off(bookings, given, by=by, reason=reason, now=now)
    return Contract.objects.get(pk=contract.pk)


def _quote(bookings: list[Booking], *, by: User, now: datetime) -> Quote:
    """The quote for these bookings, all of which must be open; refused with the reason where one is not."""
    if not bookings:
        raise Refused(_("There is nothing to call off here."), code="nothing_open")
    roles = {_role(each.contract, by) for each in bookings}
    for booking in bookings:
        if why := _why_not(booking, now):
            raise why
    return _quote_of(bookings, min(roles), bookings[0].contract.currency, now)


def _quote_of(bookings: list[Booking], role: str, currency: str, now: datetime, *marks: object) -> Quote:
    seats = [_seat(booking, now) for booking in bookings]
    sessions = {booking.session_id: booking.session for booking in bookings}.values()
    failing = _failing(sessions, role, now)
    return quotes.quote(seats, role=role, now=now, currency=currency, marks=marks, failing=failing)


def _quote_free(session: Session, *, by: User, now: datetime) -> Quote:
    """Of a session without a booking, a consultation: no money, but it may count as used up."""
    if not (session.has_participant(by) or by.is_staff):
        raise PermissionDenied
    if session.state not in Session.CANCELLABLE or _has_begun(session, now):
        raise Refused(_("This session has begun, or is over: it can't be called off any more."), code="begun")
    role, starts_at = session.role_of(by), session.stricter_start
    failing = _failing([session], role, now) if session.has_students else ()
    facts: dict[str, Any] = {"terms": session.terms, "marks": _marks_of(session), "failing": failing}
    return quotes.quote_free(role=role, starts_at=starts_at, now=now, **facts)


def _failing(sessions: Iterable[Session], role: str, now: datetime) -> tuple[Failing, ...]:
    """What it counts as against the coach who calls these off: once for each session with a student."""
    agreed = [each for each in sessions if role == Role.COACH and each.state == Session.State.SCHEDULED]
    marked = set(Mark.objects.filter(session__in=agreed).values_list("session", flat=True)) if agreed else set()
    return tuple(failing_of(each, now=now) for each in agreed if each.pk not in marked)


def _role(contract: Contract, by: User) -> str:
    if by.pk == contract.student_id:
        return "student"
    if by.pk == contract.coach_id:
        return "coach"
    if by.is_staff and by.has_perm(STAFF):
        return "staff"
    raise PermissionDenied


def _is_for_all(session: Session, by: User) -> bool:
    """Whether what this person calls off is the whole session, not only a seat in it."""
    return session.kind != Session.Kind.GROUP or session.role_of(by) != Role.STUDENT


def _why_not(booking: Booking, now: datetime) -> Refused | None:
    """Why a booking can't be called off; none when it can."""
    if booking.state not in OPEN:
        return Refused(_("This session is over, or called off already."), code="wrong_state")
    if booking.contract.state != Contract.State.ACTIVE:
        return Refused(_("This is not paid yet: give the time back instead."), code="not_paid")
    if booking.session.state not in Session.CANCELLABLE or _has_begun(booking.session, now):
        return Refused(_("This session has begun, or is over: it can't be called off any more."), code="begun")
    if booking.portion.is_frozen:
        return Refused(_("This money is frozen while a problem is being solved."), code="frozen")
    if booking.portion.state not in {Portion.State.HELD, Portion.State.UNFUNDED}:
        return Refused(_("The money of this session is on its way already."), code="not_held")
    return None


def _has_begun(session: Session, now: datetime) -> bool:
    return session.state == Session.State.SCHEDULED and session.span[0] <= now


def _read(bookings: Iterable[Booking]) -> list[Booking]:
    rows = bookings.select_related("session", "portion", "contract__escrow")  # type: ignore[attr-defined]
    return list(rows.prefetch_related("session__moves").order_by("contract", "number"))


def _seat(booking: Booking, now: datetime) -> Seat:
    session, portion, contract = booking.session, booking.portion, booking.contract
    starts_at, agreed_at = session.stricter_start, session.agreed_at
    if session.kind == Session.Kind.GROUP:
        starts_at, agreed_at = _since(session, contract.paid_at), contract.paid_at
    return Seat(
        booking=booking.pk,
        number=booking.number,
        gross_cents=portion.gross_cents,
        fee_cents=portion.fee_cents,
        terms=contract.policy,
        starts_at=starts_at if session.state == Session.State.SCHEDULED else None,
        agreed_at=agreed_at,
        is_paid=portion.state == Portion.State.HELD,
        moved_until=_moved_until(session, contract.paid_at, now),
        marks=(booking.state, portion.pk, portion.state, *_marks_of(session)),
    )


def _marks_of(session: Session) -> tuple[object, ...]:
    return (session.pk, session.state, session.version)


def _since(session: Session, paid_at: datetime | None) -> datetime | None:
    """The earliest start of a group session since this seat was taken."""
    starts = [each.from_starts_at for each in _agreed(session) if paid_at and each.asked_at >= paid_at]
    return min([session.starts_at, *starts]) if session.starts_at else None


def _moved_until(session: Session, paid_at: datetime | None, now: datetime) -> datetime | None:
    """Until when a student may turn their coach's wish for another time into a full refund."""
    asked = [each for each in session.moves.all() if each.state == Move.State.OPEN and each.role == Role.COACH]
    if session.kind == Session.Kind.GROUP:  # nobody asked its students
        asked = [each for each in _agreed(session) if paid_at and each.asked_at >= paid_at]
    return max((each.answer_due_at for each in asked if each.answer_due_at >= now), default=None)


def _agreed(session: Session) -> list[Move]:
    return [each for each in session.moves.all() if each.state == Move.State.AGREED]


def _given(now_it_is: Quote, shown: str) -> Quote:
    """The quote, if it is the one that was shown."""
    if now_it_is.id != shown:
        raise Refused(
            _("What calling this off means has changed since it was shown to you. Please look at it again."),
            code="stale_quote",
            more={"quote": quotes.as_data(now_it_is)},
        )
    return now_it_is


def _lock_sessions(sessions: Iterable[Any]) -> None:
    list(Session.objects.select_for_update(no_key=True).filter(pk__in=sessions).order_by("pk"))


def _call_off(bookings: list[Booking], given: Quote, *, by: User, reason: str, now: datetime) -> None:
    """Do what the quote says: one refund for all that goes back, and what is kept is released after a while."""
    _refuse_without_reason(given, reason)
    contracts = sorted({booking.contract_id for booking in bookings})
    list(Contract.objects.select_for_update(no_key=True).filter(pk__in=contracts).order_by("pk"))
    lines = {line.booking: line for line in given.lines}
    back = [part for booking in bookings if (part := _part(booking, lines[booking.pk], now))]
    if back:
        refund(back, reason=f"called_off_by_{given.role}", by=decider(given, by), now=now)
    for booking in bookings:
        _end(booking, lines[booking.pk], given.role, by=by, reason=reason, now=now)
    for contract in Contract.objects.filter(pk__in=contracts).order_by("pk"):
        complete_if_done(contract, now=now)


def _part(booking: Booking, line: Line, now: datetime) -> Portion | None:
    """The portion that goes back, none where nothing does; what is kept is due for release."""
    portion: Portion | None = booking.portion
    assert portion  # noqa: S101 - each booking has one
    if line.rule == Rule.UNPAID:
        return None
    if not line.kept_cents:
        return portion
    rest = None
    if line.back_cents:
        portion, rest = divide(portion, kept_cents=line.kept_cents, now=now)
    due_at = release_due("late_cancellation", now, booking.contract.policy)
    assert due_at  # noqa: S101 - it is always released by the clock
    schedule_release(portion, due_at=due_at, now=now)
    return rest


def _end(booking: Booking, line: Line, role: str, *, by: User, reason: str, now: datetime) -> None:
    booking.move_to(Booking.State.CANCELLED)
    _keep(booking.session, booking, line, role, by=by, reason=reason, now=now)
    if booking.session.kind == Session.Kind.GROUP and booking.session.state != Session.State.CANCELLED:
        leave_seat(booking.session, student=booking.contract.student, by=by, now=now)
    else:
        cancel_session(booking.session, by=by, now=now)
    facts = {"role": role, "rule": str(line.rule), "fee_cents": line.fee_cents}
    sums = {"back_cents": line.back_cents, "kept_cents": line.kept_cents}
    record(booking, events.BOOKING_CANCELLED, by=by, at=now, **facts, **sums)


def _call_off_free(session: Session, given: Quote, *, by: User, reason: str, now: datetime) -> Quote:
    _refuse_without_reason(given, reason)
    cancel_session(session, by=by, now=now)
    _keep(session, None, None, given.role, by=by, reason=reason, now=now)
    return given


def _keep(
    session: Session, booking: Booking | None, line: Line | None, role: str, *, by: User, reason: str, now: datetime
) -> None:
    Cancellation.objects.create(
        session=session,
        booking=booking,
        by=by,
        role=role,
        rule=line.rule if line else "",
        back_cents=line.back_cents if line else 0,
        kept_cents=line.kept_cents if line else 0,
        fee_cents=line.fee_cents if line else 0,
        reason=reason.strip(),
        made_at=now,
    )


def _refuse_without_reason(given: Quote, reason: str) -> None:
    if given.role == "staff" and not reason.strip():
        raise Refused(_("Say why: both people read it."), code="reason_missing", field="reason")
    if len(reason) > 500:
        raise Refused(_("A reason has at most 500 characters."), code="reason_too_long", field="reason")


def _sums(given: Quote) -> dict[str, int]:
    return {"back_cents": given.back_cents, "kept_cents": given.kept_cents}
