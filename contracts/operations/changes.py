"""Other terms before the coach agrees: asked for by the coach, answered by the student."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from contracts import events, policy
from contracts.models import ChangeRequest, Contract
from contracts.operations.agreement import locked_with_its_money, refuse_start, refuse_when_late
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from marketplace.operations import check_figures
from marketplace.policy import expected_total
from payments.operations import replan_portions
from payments.policy import plan_portions

State = ChangeRequest.State


@operation
def request_changes(contract: Contract, *, by: User, now: datetime, words: str = "", **wanted: Any) -> ChangeRequest:
    """The coach asks for other terms instead of agreeing; the student has as long to answer as the coach had."""
    contract = locked(contract)
    if contract.coach_id != by.pk:
        raise PermissionDenied
    number = _refuse_unless_changeable(contract, by, now)
    before = contract.terms
    after = before | _as_kept(wanted)
    _refuse_terms(contract, before, after, words, now)
    contract.expires_at = policy.answer_due(now, contract.policy)
    contract.save(update_fields=["expires_at"])
    change = ChangeRequest.objects.create(
        contract=contract, number=number, asked_by=by, before=before, after=after, words=words.strip(), asked_at=now
    )
    _record(contract, change, events.CHANGES_ASKED, by, now)
    return change


@operation
def agree_to_changes(contract: Contract, *, number: int, by: User, now: datetime) -> Contract:
    """The student takes the coach's terms: they become the contract's, to the cent, and it may be paid."""
    contract = locked_with_its_money(contract)
    change = _open_change(contract, number, now, by_id=by.pk, answered_by=contract.student_id)
    change.answered_at = now
    change.move_to(State.AGREED, "answered_at")
    _rewrite(contract, change.after)
    contract.expires_at = policy.payment_due(now, contract.policy)
    contract.move_to(Contract.State.AWAITING_PAYMENT, *Contract.TERMS, "total_cents", "expires_at")
    _record(contract, change, events.CHANGES_AGREED, by, now)
    return contract


@operation
def decline_changes(contract: Contract, *, number: int, by: User, now: datetime) -> Contract:
    """The student keeps to the terms as they are: the coach may agree to them, ask again or decline, from now on."""
    contract = locked(contract)
    change = _open_change(contract, number, now, by_id=by.pk, answered_by=contract.student_id)
    change.answered_at = now
    change.move_to(State.DECLINED, "answered_at")
    contract.expires_at = policy.answer_due(now, contract.policy)
    contract.save(update_fields=["expires_at"])
    _record(contract, change, events.CHANGES_DECLINED, by, now)
    return contract


@operation
def withdraw_changes(contract: Contract, *, number: int, by: User, now: datetime) -> Contract:
    """The coach takes back what they asked for: the terms as they are wait for their answer again."""
    contract = locked(contract)
    change = _open_change(contract, number, now, by_id=by.pk, answered_by=contract.coach_id)
    change.answered_at = now
    change.move_to(State.WITHDRAWN, "answered_at")
    _record(contract, change, events.CHANGES_WITHDRAWN, by, now)
    return contract


def _refuse_unless_changeable(contract: Contract, by: User, now: datetime) -> int:
    """The number of the next request; refused where terms cannot be asked for now."""
    if not contract.may_be_changed_by(by):
        sentence = _("Other terms can be asked for while a contract waits for its coach.")
        raise Refused(sentence, code="not_changeable")
    refuse_when_late(contract, now)
    asked = list(contract.change_requests.values_list("state", flat=True))
    if State.OPEN in asked:
        raise Refused(_("You have asked for other terms already."), code="change_open")
    most = policy.most_changes(contract.policy)
    if len(asked) >= most:
        sentence = ngettext(
            "Other terms were asked for %(n)d time already: please agree or decline.",
            "Other terms were asked for %(n)d times already: please agree or decline.",
            most,
        )
        raise Refused(sentence % {"n": most}, code="too_many_changes")
    return len(asked) + 1


def _as_kept(wanted: dict[str, Any]) -> dict[str, Any]:
    """Terms as a request keeps them: no others than a contract has, a date as text."""
    kept = {name: wanted[name] for name in Contract.TERMS if name in wanted}
    if isinstance(kept.get("start_date"), date):
        kept["start_date"] = kept["start_date"].isoformat()
    if "learning_outcomes" in kept:
        kept["learning_outcomes"] = kept["learning_outcomes"].strip()
    return kept


def _refuse_terms(contract: Contract, before: dict[str, Any], after: dict[str, Any], words: str, now: datetime) -> None:
    """Refuse terms that no contract could have, and those that it has."""
    check_figures({name: after[name] for name in Contract.FIGURES}, contract.currency, now)
    refuse_long_words(words, "words")
    refuse_long_words(after["learning_outcomes"], "learning_outcomes")
    if after["start_date"] != before["start_date"]:
        refuse_start(_day(after), contract.time_zone, now)
    if after == before:
        raise Refused(_("These are the terms already: change one of them."), code="terms_unchanged")


def refuse_long_words(words: str, field: str) -> None:
    if len(words.strip()) > policy.MAX_WORDS:
        raise Refused(_("Write at most 2000 characters."), code="too_long", field=field)


def _open_change(contract: Contract, number: int, now: datetime, *, by_id: int, answered_by: int) -> ChangeRequest:
    """The request that was on the page; the caller holds the contract's lock."""
    if by_id != answered_by:
        raise PermissionDenied
    change = contract.change_requests.filter(state=State.OPEN).first()
    if change is None or change.number != number:
        sentence = _("What was asked for has changed in the meantime. Please look at it again.")
        raise Refused(sentence, code="stale_change")
    refuse_when_late(contract, now)
    return change


def _rewrite(contract: Contract, terms: dict[str, Any]) -> None:
    """Put the terms into the contract and its money into as many portions as sessions; saved by the caller."""
    for name, value in terms.items():
        setattr(contract, name, value)
    contract.start_date = _day(terms)
    contract.total_cents = expected_total(**contract.figures)
    portions = plan_portions(contract.total_cents, contract.session_count, contract.fee_basis_points)
    replan_portions(contract.escrow, portions)


def _day(terms: dict[str, Any]) -> date | None:
    return date.fromisoformat(terms["start_date"]) if terms["start_date"] else None


def _record(contract: Contract, change: ChangeRequest, name: str, by: User, now: datetime) -> None:
    was, total = (
        expected_total(**{each: terms[each] for each in Contract.FIGURES}) for terms in (change.before, change.after)
    )
    record(contract, name, by=by, at=now, number=change.number, was_cents=was, total_cents=total)
