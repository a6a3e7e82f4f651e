"""What happens to money: each use case is one of these functions."""

from payments.operations.checkout import ask_about, close_checkout, settle_checkout, start_checkout
from payments.operations.connect import dashboard_of, refresh_account, start_onboarding
from payments.operations.escrows import divide, freeze, open_escrow, replan_portions, unfreeze
from payments.operations.forgetting import forget_at_stripe
from payments.operations.incidents import close_incident, open_incident
from payments.operations.mirror import mirror_event
from payments.operations.refunds import refund, refund_again, refund_surplus, send_refund
from payments.operations.releases import release, schedule_release
from payments.operations.settlement import learn_fee
from payments.operations.transfers import send_transfer
from payments.operations.webhooks import apply_event, make_due, receive_event

__all__ = [
    "apply_event",
    "ask_about",
    "close_checkout",
    "close_incident",
    "dashboard_of",
    "divide",
    "forget_at_stripe",
    "freeze",
    "learn_fee",
    "make_due",
    "mirror_event",
    "open_escrow",
    "open_incident",
    "receive_event",
    "refresh_account",
    "refund",
    "refund_again",
    "refund_surplus",
    "release",
    "replan_portions",
    "schedule_release",
    "send_refund",
    "send_transfer",
    "settle_checkout",
    "start_checkout",
    "start_onboarding",
    "unfreeze",
]
