"""Stripe's test cards, and what each of them does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card number with its fate."""

    number: str
    title: str
    code: str = ""  # of the error, when it is declined
    decline_code: str = ""
    message: str = ""
    available_at_once: bool = False
    three_d_secure: bool = False
    disputed: bool = False
    refund_fails: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        return " ".join(self.number[start : start + 4] for start in range(0, 16, 4))


DECLINED = "Your card was declined."
POOR = "Your card has insufficient funds."
CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "Succeeds"),
        Card("4000000000000002", "Is declined", "card_declined", "generic_decline", DECLINED),
        Card("4000000000009995", "Has insufficient funds", "card_declined", "insufficient_funds", POOR),
        Card("4000000000000077", "Succeeds, money available at once", available_at_once=True),
        Card("4000000000003220", "Asks for 3-D Secure", three_d_secure=True),
        Card("4000000000000259", "Succeeds, then is disputed", disputed=True),
        Card("4000000000005126", "Succeeds, a refund fails later", refund_fails=True),
    )
}


def card_shape(card, **more) -> dict:
    """The fields that a payment method and a charge tell of a card in common."""
    return {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"standin{card.last4}abcde",
        "funding": "credit",
        "last4": card.last4,
        "regulated_status": "unregulated",
        "wallet": None,
        **more,
    }
