"""Terms as people compare them: line by line, as they are and as they would be."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.skileez import day, minutes, money, percent
from marketplace.models import PaymentModel
from marketplace.policy import expected_total
from payments.policy import plan_portions

Terms = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One term in words; `after` is the same where nothing would change."""

    name: str
    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Sums:
    """What terms come to, in cents: for the student, for the platform, for the coach."""

    total_cents: int
    fee_cents: int

    @property
    def net_cents(self) -> int:
        return self.total_cents - self.fee_cents


def sums_of(terms: Terms, fee_basis_points: int) -> Sums:
    """As the escrow of a contract at these terms would be cut, to the cent."""
    figures = {name: terms[name] for name in ("payment_model", "rate_cents", "session_count", "session_minutes")}
    total = expected_total(**figures)
    portions = plan_portions(total, terms["session_count"], fee_basis_points)
    return Sums(total, sum(fee for _gross, fee in portions))


def differences(before: Terms, after: Terms, *, currency: str, fee_basis_points: int, for_coach: bool) -> list[Line]:
    """Every term, then what they come to; what reaches the coach is for the coach to read."""
    was, would = sums_of(before, fee_basis_points), sums_of(after, fee_basis_points)
    lines = [Line(name, label, tell(before), tell(after)) for name, label, tell in _terms(currency)]
    lines.append(_sum("total", _("Total"), was.total_cents, would.total_cents, currency))
    if for_coach:
        label = _("Platform fee (%(fee)s)") % {"fee": percent(fee_basis_points)}
        lines.append(_sum("fee", label, was.fee_cents, would.fee_cents, currency))
        lines.append(_sum("net", _("You receive"), was.net_cents, would.net_cents, currency))
    return lines


def _terms(currency: str) -> list[tuple[str, str, Any]]:
    return [
        ("sessions", _("Sessions"), _sessions),
        ("rate", _("Rate"), lambda terms: _rate(terms, currency)),
        ("start_date", _("Start"), _start),
        ("learning_outcomes", _("Learning outcomes"), lambda terms: terms["learning_outcomes"] or _("none")),
    ]


def _sessions(terms: Terms) -> str:
    count = terms["session_count"]
    sentence = ngettext("%(count)d session of %(length)s", "%(count)d sessions of %(length)s", count)
    return sentence % {"count": count, "length": minutes(terms["session_minutes"])}


def _rate(terms: Terms, currency: str) -> str:
    per_hour = terms["payment_model"] == PaymentModel.PER_HOUR
    sentence = _("%(rate)s per hour") if per_hour else _("%(rate)s per session")
    return sentence % {"rate": money(terms["rate_cents"], currency)}


def _start(terms: Terms) -> str:
    start = terms["start_date"]
    return day(date.fromisoformat(start)) if start else _("not fixed")


def _sum(name: str, label: str, before: int, after: int, currency: str) -> Line:
    return Line(name, label, money(before, currency), money(after, currency))
