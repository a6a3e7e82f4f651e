"""The hosted pages: Checkout, onboarding, Express dashboard, receipt. They work without JavaScript."""

import re
from pathlib import Path

from ..errors import StripeError
from ..web import Answer, Request
from . import checkout, express, onboarding, receipt
from .html import notice

STYLE = Path(__file__).parent / "standin.css"
PAGES = [
    ("GET", r"/c/pay/([^/]+)", checkout.show_session),
    ("POST", r"/c/pay/([^/]+)", checkout.pay_session),
    ("GET", r"/c/pay/([^/]+)/authenticate", checkout.show_authentication),
    ("POST", r"/c/pay/([^/]+)/authenticate", checkout.end_authentication),
    ("GET", r"/connect/onboarding/([^/]+)", onboarding.open_link),
    ("GET", r"/connect/visit/([^/]+)", onboarding.show_form),
    ("POST", r"/connect/visit/([^/]+)", onboarding.take_form),
    ("GET", r"/express/([^/]+)", express.show_dashboard),
    ("POST", r"/express/([^/]+)", express.pay_out),
    ("GET", r"/receipts/([^/]+)", receipt.show_receipt),
]


def answer(world, request: Request) -> Answer:
    """The page asked for; what cannot be done is said on a page as well."""
    if request.path == "/static/standin.css":
        return Answer(200, STYLE.read_bytes(), {"Content-Type": "text/css", "Cache-Control": "max-age=300"})
    method = "GET" if request.method == "HEAD" else request.method
    for verb, pattern, view in PAGES:
        match = re.fullmatch(pattern, request.path)
        if match and verb == method:
            return _shown(world, request, view, match[1])
    return notice(world, "Page not found", "The stand-in for Stripe has no page at this address.", status=404)


def _shown(world, request, view, subject):
    try:
        return view(world, request, subject)
    except StripeError as error:
        return notice(world, "This is not possible", str(error), status=error.status)
