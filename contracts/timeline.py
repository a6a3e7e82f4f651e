"""What happened to a contract, its sessions, its terms and its money, in whole sentences that both parties read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.events import BOOKING_CANCELLED
from contracts.models import Booking, Contract
from contracts.sentences import ICONS, SENTENCES, TONES
from core.models import Event, kind_of
from core.templatetags.skileez import money, when
from payments.models import Payment, Portion, Refund
from scheduling.events import SESSION_CANCELLED
from scheduling.models import Session

STAFF = gettext_lazy("Skileez")
AMOUNTS = ("amount", "total", "was", "gross", "fee", "net", "back", "kept")


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
    numbers: dict[Any, int] = {}
    for booking in bookings:
        about = ((Session, booking.session_id), (Portion, booking.portion_id), (Booking, booking.pk))
        numbers |= {(model._meta.label_lower, pk): booking.number for model, pk in about}
    parties = {contract.student_id: contract.student, contract.coach_id: contract.coach}
    events = list(_events(contract, bookings))
    with_sums = {numbers[event.subject_kind, event.subject_id] for event in events if event.name == BOOKING_CANCELLED}
    told = (_told(event, contract, parties, numbers, with_sums) for event in events)
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
        | _those(Booking, [booking.pk for booking in rows])
        | _those(Portion, [booking.portion_id for booking in rows])
        | _those(Payment, payments.values("pk"))
        | _those(Refund, Refund.objects.filter(payment__in=payments).values("pk"))
    )
    return Event.objects.filter(about).select_related("by").order_by("at", "pk")


def _those(model: Any, ids: Any) -> Q:
    return Q(subject_kind=model._meta.label_lower, subject_id__in=ids)


def _told(
    event: Event, contract: Contract, parties: dict[int, Any], numbers: dict[Any, int], with_sums: set[int]
) -> Entry | None:
    sentence, number = _sentence(event, contract), numbers.get((event.subject_kind, event.subject_id), 0)
    is_told_with_its_sum = event.name == SESSION_CANCELLED and number in with_sums
    if not sentence or is_told_with_its_sum or _is_of_others(event, contract, parties):
        return None
    text = str(sentence) % _words(event, contract, number)
    party = parties.get(event.by_id) if event.by_id else None
    who = party.name if party else str(STAFF) if event.by_id else ""
    return Entry(event.name, text, event.at, who, ICONS.get(event.name, "check"), TONES.get(event.name, "neutral"))


def _is_of_others(event: Event, contract: Contract, parties: dict[int, Any]) -> bool:
    """Whether another student of a group did it, or it was about another one's seat."""
    by_another = event.by is not None and not event.by.is_staff and event.by_id not in parties
    return by_another or event.facts.get("student", contract.student_id) != contract.student_id


def _sentence(event: Event, contract: Contract) -> Any:
    """By the name and by what it came to, where that makes another sentence."""
    facts = event.facts
    variants = [facts.get(name) for name in ("step", "outcome", "rule", "role")]
    is_same = "was_cents" in facts and facts["was_cents"] == facts.get("total_cents")
    kinds = ["idea" if contract.is_coachs_idea else "", contract.origin, "same" if is_same else ""]
    names = [f"{event.name}:{variant}" for variant in [*variants, *kinds]]
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
