"""What the program is told at its start, by arguments or by the environment, and when it refuses to start."""

import argparse
import re
from dataclasses import dataclass, field

LIVE_KEY = re.compile(r"(sk|rk|pk)_live")
WEBHOOK = re.compile(r"(?P<url>https?://.+?)=(?P<secret>whsec_[^=\s]+)(?P<connect>=connect)?")


class WillNotStart(Exception):
    """The stand-in was started where it must not run."""


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint given at the start."""

    url: str
    secret: str
    connect: bool = False


@dataclass
class Config:
    """All settings of one running stand-in."""

    port: int = 0
    store: str = ":memory:"
    public_url: str = ""
    webhooks: list[Endpoint] = field(default_factory=list)
    clock_file: str = ""
    log: str = ""
    fee_delay: float = 1.0
    payouts: str = "daily"


def read_config(arguments, environ) -> Config:
    """Reads arguments, then environment; raises WillNotStart outside of demo and tests and near a live key."""
    check_surroundings(environ)
    given = _parser(environ).parse_args(arguments)
    texts = given.webhook or re.split(r"[\s,]+", environ.get("STANDIN_WEBHOOKS", "").strip())
    return Config(
        port=given.port,
        store=given.store,
        public_url=given.public_url.rstrip("/"),
        webhooks=[read_endpoint(text) for text in texts if text],
        clock_file=given.clock_file,
        log=given.log,
        fee_delay=given.fee_delay,
        payouts=given.payouts,
    )


def check_surroundings(environ) -> None:
    if "1" not in (environ.get("STANDIN"), environ.get("DEMO")):
        raise WillNotStart("The Stripe stand-in runs in demo and tests only: set STANDIN=1 or DEMO=1.")
    if LIVE_KEY.match(environ.get("STRIPE_SECRET_KEY", "")):
        raise WillNotStart("STRIPE_SECRET_KEY is a live key: the Stripe stand-in does not run beside real money.")


def read_endpoint(text: str) -> Endpoint:
    match = WEBHOOK.fullmatch(text)
    if match is None:
        raise WillNotStart(f"A webhook is given as URL=whsec_…[=connect], not as {text!r}.")
    return Endpoint(match["url"], match["secret"], bool(match["connect"]))


def _parser(environ):
    parser = argparse.ArgumentParser(prog="stripe_standin", description="A stand-in for Stripe: no real money.")
    parser.add_argument("--port", type=int, default=int(environ.get("STANDIN_PORT", "12111")), help="0: a free one")
    parser.add_argument("--store", default=environ.get("STANDIN_STORE", ":memory:"), help="sqlite file or :memory:")
    parser.add_argument("--public-url", default=environ.get("STANDIN_PUBLIC_URL", ""), help="prefix of all links")
    parser.add_argument("--webhook", action="append", help="URL=whsec_…[=connect], repeatable")
    parser.add_argument("--clock-file", default=environ.get("CLOCK_FILE", ""), help="holds seconds added to real time")
    parser.add_argument("--log", default=environ.get("STRIPE_EXCHANGE_LOG", ""), help="one JSON line per exchange")
    parser.add_argument("--fee-delay", type=float, default=1.0, help="seconds until a charge's fee is known")
    parser.add_argument("--payouts", choices=["daily", "manual"], default="daily", help="of connected accounts")
    return parser
