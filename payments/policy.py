"""The numbers of money: fees, portions, when money moves. Pure; amounts are smallest units of a currency."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.money import half_up, share, split, to_cents
from core.numbers import number
from core.templatetags.skileez import when
from payments.models import ConnectAccount, Portion, Transfer

CHECKOUT_LIFE = timedelta(hours=23)  # Stripe allows 24; two clocks may differ
SHORTEST_CHECKOUT = timedelta(hours=1)  # Stripe's is 30 minutes; whatever is kept for less we close ourselves
SAME_KEY = timedelta(hours=23)  # Stripe forgets a key after 24 hours
LONGEST_PAUSE = timedelta(hours=24)


def fee_basis_points(kind: str, now: datetime) -> int:
    """The platform's fee of that moment in hundredths of a percent: contract, direct, group, subscription or tip."""
    return int(number(f"fee_{kind}", now))


def is_settled_in(currency: str) -> bool:
    """Whether the platform's balance at Stripe is kept in this currency too."""
    return currency.lower() in settings.CURRENCIES


def fee_of(gross_cents: int, basis_points: int) -> int:
    """The platform's part of a price, half up."""
    return share(gross_cents, basis_points)


def plan_portions(total_cents: int, count: int, basis_points: int) -> list[tuple[int, int]]:
    """A total as `count` pairs of gross and fee; the last gross takes the remainder, each fee is half up."""
    if total_cents < count:
        raise ValueError("each portion must be worth something")
    return [(gross, fee_of(gross, basis_points)) for gross in split(total_cents, count)]


def kept_fee(fee_cents: int, kept_cents: int, gross_cents: int) -> int:
    """The fee of a portion of which only a part is kept, half up."""
    return half_up(fee_cents, kept_cents, gross_cents)


def minimum_price(currency: str, now: datetime) -> int:
    """What a session costs at least."""
    return to_cents(Decimal(number("minimum_price", now)), currency)


def minimum_tip(currency: str, now: datetime) -> int:
    return to_cents(Decimal(number("minimum_tip", now)), currency)


def release_due(outcome: str, ended_at: datetime, terms: Mapping[str, Any] | None = None) -> datetime | None:
    """When the money of a session that ended so is released by the clock; None where it is not.

    One called off too late ends so in that moment. It goes by the contract's terms; one that is older than a number was
    made by that of the settings.
    """
    terms = {**settings.POLICY, **(terms or {})}
    absent = terms["release_absent_hours"]
    hours = {"completed": terms["release_completed_hours"], "student_absent": absent, "late_cancellation": absent}
    return ended_at + timedelta(hours=hours[outcome]) if outcome in hours else None


def first_transfer_due(first_released_at: datetime | None, now: datetime) -> datetime:
    """When released money may leave: a new coach's not before some days, 7 at first, after their first release."""
    return max(now, (first_released_at or now) + timedelta(days=number("first_transfer_days", now)))


def pause_after(tries: int) -> timedelta:
    """How long to wait before the next try: 2, 4, 8 … minutes, a day at most."""
    return min(timedelta(minutes=2 ** min(tries, 11)), LONGEST_PAUSE)


def surplus(amount_cents: int, taken_cents: int, given_back_cents: int) -> int:
    """What of a payment no portion took and no refund has given back."""
    return max(amount_cents - taken_cents - given_back_cents, 0)


def why_not_paid(portion: Portion, account: ConnectAccount | None, now: datetime) -> str:
    """Why this portion has not reached its coach yet, in a sentence; empty once it has. Reads its transfers."""
    if portion.state == Portion.State.UNFUNDED:
        return _("The student has not paid this yet.")
    if portion.state in {Portion.State.REFUNDING, Portion.State.REFUNDED}:
        return _("This went back to the student.")
    if portion.is_frozen:
        return _("This is frozen while a problem is being solved.")
    if portion.state == Portion.State.HELD:
        return _why_held(portion)
    return _why_not_transferred(list(portion.transfers.all()), account, now)


def _why_held(portion: Portion) -> str:
    if portion.release_due_at is None:
        return _("This is held until the session is done.")
    return _("This is released on %(moment)s.") % {"moment": when(portion.release_due_at)}


def _why_not_transferred(attempts: list[Transfer], account: ConnectAccount | None, now: datetime) -> str:
    states = {attempt.state: attempt for attempt in attempts}
    if Transfer.State.MADE in states or not attempts:
        return ""
    if account is None or not account.transfers_active:
        return _("This waits until you have finished the onboarding with Stripe.")
    if Transfer.State.UNKNOWN in states:
        return _("We wait for Stripe's answer.")
    due_at = states[Transfer.State.PLANNED].due_at
    if due_at <= now:
        return _("This is on its way.")
    if Transfer.State.REFUSED in states:
        return _("Stripe refused this. We try again on %(moment)s.") % {"moment": when(due_at)}
    sentence = _("A new coach's first transfers wait some days after the first release: this one until %(moment)s.")
    return sentence % {"moment": when(due_at)}
