"""Whose each cent is. Nothing here knows what an hour or a contract is: an escrow has a label and numbered portions."""

from payments.models.held import Escrow, Payment, Portion
from payments.models.ledger import LedgerAccount, LedgerEntry
from payments.models.moving import Intention, Refund, RefundPart, Transfer
from payments.models.stripe import ConnectAccount, Forgetting, Incident, StripeCustomer, StripeEvent

__all__ = [
    "ConnectAccount",
    "Escrow",
    "Forgetting",
    "Incident",
    "Intention",
    "LedgerAccount",
    "LedgerEntry",
    "Payment",
    "Portion",
    "Refund",
    "RefundPart",
    "StripeCustomer",
    "StripeEvent",
    "Transfer",
]
