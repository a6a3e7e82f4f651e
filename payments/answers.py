"""What Stripe answered, as far as we read it: plain values that know nothing of its library."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Charge:
    """Money taken from a card; the fee is known once it has reached the balance."""

    id: str
    amount_cents: int
    currency: str
    is_paid: bool
    receipt_url: str
    intent_id: str
    payment_key: str
    settled_currency: str  # empty until the balance transaction is there
    fee_cents: int | None

    @classmethod
    def of(cls, body: Body) -> Self:
        money = body.get("balance_transaction")
        money = money if isinstance(money, Mapping) else {}
        return cls(
            id=body["id"],
            amount_cents=body["amount"],
            currency=body["currency"],
            is_paid=bool(body.get("paid")),
            receipt_url=body.get("receipt_url") or "",
            intent_id=id_of(body.get("payment_intent")),
            payment_key=mark_of(body, "payment"),
            settled_currency=money.get("currency", ""),
            fee_cents=money.get("fee"),
        )


@dataclass(frozen=True)
class Checkout:
    """A Checkout session, and what became of it."""

    id: str
    url: str
    status: str
    payment_status: str
    amount_cents: int
    currency: str
    payment_key: str
    intent_id: str
    intent_status: str
    failure_code: str
    charge: Charge | None

    @classmethod
    def of(cls, body: Body) -> Self:
        intent = body.get("payment_intent")
        intent = intent if isinstance(intent, Mapping) else {}
        charge = intent.get("latest_charge")
        error = intent.get("last_payment_error") or {}
        return cls(
            id=body["id"],
            url=body.get("url") or "",
            status=body["status"],
            payment_status=body["payment_status"],
            amount_cents=body.get("amount_total") or 0,
            currency=body.get("currency") or "",
            payment_key=mark_of(body, "payment"),
            intent_id=id_of(body.get("payment_intent")),
            intent_status=intent.get("status", ""),
            failure_code=error.get("decline_code") or error.get("code") or "",
            charge=Charge.of(charge) if isinstance(charge, Mapping) else None,
        )

    @property
    def is_paid(self) -> bool:
        return self.payment_status == "paid" and bool(self.charge and self.charge.is_paid)

    @property
    def has_failed(self) -> bool:
        """Completed, but the bank said no afterwards."""
        waits = self.status == "complete" and self.payment_status == "unpaid"
        return waits and self.intent_status in {"requires_payment_method", "canceled"}

    @property
    def is_processing(self) -> bool:
        return self.status == "complete" and not self.is_paid and not self.has_failed


@dataclass(frozen=True)
class Moved:
    """A transfer or a refund at Stripe."""

    id: str
    amount_cents: int
    currency: str
    status: str  # refunds only
    failure_reason: str
    reversed_cents: int  # transfers only
    transfer_key: str
    refund_key: str
    charge_id: str

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls(
            id=body["id"],
            amount_cents=body["amount"],
            currency=body["currency"],
            status=body.get("status") or "",
            failure_reason=body.get("failure_reason") or "",
            reversed_cents=body.get("amount_reversed") or 0,
            transfer_key=mark_of(body, "transfer"),
            refund_key=mark_of(body, "refund"),
            charge_id=id_of(body.get("charge") or body.get("source_transaction")),
        )

    @property
    def has_failed(self) -> bool:
        return self.status in {"failed", "canceled"}


@dataclass(frozen=True)
class Account:
    """A connected account: what Stripe knows, allows and still asks for."""

    id: str
    details_submitted: bool
    payouts_enabled: bool
    transfers_active: bool
    requirements_due: tuple[str, ...]
    disabled_reason: str

    @classmethod
    def of(cls, body: Body) -> Self:
        wanted = body.get("requirements") or {}
        return cls(
            id=body["id"],
            details_submitted=bool(body.get("details_submitted")),
            payouts_enabled=bool(body.get("payouts_enabled")),
            transfers_active=(body.get("capabilities") or {}).get("transfers") == "active",
            requirements_due=tuple(wanted.get("currently_due") or ()),
            disabled_reason=wanted.get("disabled_reason") or "",
        )


def id_of(value: Any) -> str:
    """The id of what an answer names, by id or as a whole."""
    return str(value["id"] if isinstance(value, Mapping) else value or "")


def mark_of(body: Body, name: str) -> str:
    """What we wrote on the object when we made it."""
    return str((body.get("metadata") or {}).get(name, ""))
