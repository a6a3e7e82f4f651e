"""What happened to a contract, its sessions, its terms and its money, in whole sentences that both parties read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Booking, Contract
from contracts.sentences import ICONS, SENTENCES, TONES
from core.models import Event, kind_of
from core.templatetags.skileez import money, when
from payments.models import Payment, Portion, Refund
from scheduling.models import Session

STAFF = gettext_lazy("Skileez")
AMOUNTS = ("amount", "total", "was", "gross", "fee", "net")


@dataclass(frozen=True)
class Entry:
    """One thing that happened: in words, when, and who did it; nobody where the clock or the rules did."""

    name: str
    text: str
    at: datetime
    who: str
    icon: str
    tone: str


def timeline_of(contract: Contract, bookings: Iterable[Booking]) -> list[Entry]:
    """Everything that there are words for, the newest first; what others in a group did is theirs."""
    numbers = {(kind_of(booking.session), booking.session_id): booking.number for booking in bookings}
    numbers |= {(Portion._meta.label_lower, booking.portion_id): booking.number for booking in bookings}
    parties = {contract.student_id: contract.student, contract.coach_id: contract.coach}
    told = (_told(event, contract, parties, numbers) for event in _events(contract, bookings))
    return [entry for entry in told if entry][::-1]


def why_ended(contract: Contract, entries: Iterable[Entry]) -> str:
    """One sentence on how a contract came to its end; empty while it goes on."""
    ends = {f"contract_{contract.state}"}
    return next((entry.text for entry in entries if entry.name in ends), "")


def _events(contract: Contract, bookings: Iterable[Booking]) -> QuerySet[Event]:
    rows = list(bookings)
    payments = Payment.objects.filter(escrow=contract.escrow_id)
    about = (
        Q(subject_kind=kind_of(contract), subject_id=contract.pk)
        | _those(Session, [booking.session_id for booking in rows])
        | _those(Portion, [booking.portion_id for booking in rows])
        | _those(Payment, payments.values("pk"))
        | _those(Refund, Refund.objects.filter(payment__in=payments).values("pk"))
    )
    return Event.objects.filter(about).select_related("by").order_by("at", "pk")


def _those(model: Any, ids: Any) -> Q:
    return Q(subject_kind=model._meta.label_lower, subject_id__in=ids)


def _told(event: Event, contract: Contract, parties: dict[int, Any], numbers: dict[Any, int]) -> Entry | None:
    sentence = _sentence(event, contract)
    if not sentence or (event.by and not event.by.is_staff and event.by_id not in parties):
        return None
    number = numbers.get((event.subject_kind, event.subject_id), 0)
    text = str(sentence) % _words(event, contract, number)
    party = parties.get(event.by_id) if event.by_id else None
    who = party.name if party else str(STAFF) if event.by_id else ""
    return Entry(event.name, text, event.at, who, ICONS.get(event.name, "check"), TONES.get(event.name, "neutral"))


def _sentence(event: Event, contract: Contract) -> Any:
    """By the name and by what it came to, where that makes another sentence."""
    variants = [event.facts.get(name) for name in ("step", "outcome", "role")]
    names = [f"{event.name}:{variant}" for variant in [*variants, "idea" if contract.is_coachs_idea else ""]]
    return next((SENTENCES[name] for name in [*names, event.name] if name in SENTENCES), None)


def _words(event: Event, contract: Contract, number: int) -> dict[str, Any]:
    """What sentences may name: people, the session, amounts, times and numbers of the event."""
    facts = event.facts
    sums = {name: money(facts[f"{name}_cents"], contract.currency) for name in AMOUNTS if f"{name}_cents" in facts}
    return {
        "student": contract.student.first_name,
        "coach": contract.coach.first_name,
        "number": number,
        "count": contract.session_count,
        "request": facts.get("number", ""),
        "starts": _moment(facts.get("starts_at")),
        "before": _moment(facts.get("was")),
        **{name: _("an amount") for name in AMOUNTS},
        **sums,
    }


def _moment(text: Any) -> str:
    """A moment of the facts; some events have another fact by that name."""
    try:
        return when(datetime.fromisoformat(str(text)))
    except ValueError:
        return ""
