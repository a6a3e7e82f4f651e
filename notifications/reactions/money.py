from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import amount, say
from payments.events import MONEY_RELEASED, PAYMENT_FAILED, PAYMENT_SETTLED, REFUND_FAILED, REFUND_MADE, TRANSFER_MADE
from payments.models import Escrow, Payment, Portion, Refund, Transfer


@telling_of(PAYMENT_SETTLED)
def tell_payer_of_receipt(payment: Payment, event: Event) -> None:
    paid = amount(payment.amount_cents, payment.currency)
    text = say(_("We received {amount}. It is held until your sessions are done."), amount=paid)
    about = {"url": _page(payment.escrow), "payment": payment, "paid": paid}
    tell(payment.escrow.payer, event, kind="money", text=text, mail="receipt", **about)


@telling_of(PAYMENT_FAILED)
def tell_payer_of_failure(payment: Payment, event: Event) -> None:
    text = _("Your payment did not go through; nothing was taken. You can try again.")
    tell(payment.escrow.payer, event, kind="money", text=text, url=_page(payment.escrow))


@telling_of(MONEY_RELEASED)
def tell_payee_of_release(portion: Portion, event: Event) -> None:
    net = amount(portion.net_cents, portion.escrow.currency)
    text = say(_("{amount} of {label} is yours now."), amount=net, label=portion.escrow.label)
    tell(portion.escrow.payee, event, kind="money", text=text, url=_page(portion.escrow))


@telling_of(TRANSFER_MADE)
def tell_payee_of_transfer(transfer: Transfer, event: Event) -> None:
    sent = amount(transfer.amount_cents, transfer.portion.escrow.currency)
    text = say(_("{amount} was sent to your Stripe account."), amount=sent)
    tell(transfer.payee, event, kind="money", text=text, url=reverse("payouts"))


@telling_of(REFUND_MADE)
def tell_payer_of_refund(refund: Refund, event: Event) -> None:
    escrow = refund.payment.escrow
    back = amount(refund.amount_cents, escrow.currency)
    text = say(_("{amount} of {label} is on its way back to you."), amount=back, label=escrow.label)
    tell(escrow.payer, event, kind="money", text=text, url=_page(escrow), mail="notice", subject=_("Your refund"))


@telling_of(REFUND_FAILED)
def tell_payer_of_failed_refund(refund: Refund, event: Event) -> None:
    text = _("Your bank did not take a refund back. We are looking into it and will write to you.")
    tell(refund.payment.escrow.payer, event, kind="money", text=text, url=_page(refund.payment.escrow))


def _page(escrow: Escrow) -> str:
    return reverse("money-of", args=[escrow.label])
