"""A running stand-in with a clock to move, Stripe's own client, a browser without JavaScript and a webhook receiver."""

import http.client
import json
import re
import threading
import uuid
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from stripe_standin.config import Config, Endpoint
from stripe_standin.server import Server

KEY = "sk_test_" + "a" * 24
FEE_DELAY = 60
DAY = 86400


class Receiver(HTTPServer):
    """Takes webhooks, remembers them, and answers with the next of ``answers`` or 200."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Take)
        self.got, self.answers = [], []
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks/stripe"

    def types(self):
        return [json.loads(body)["type"] for body, _ in self.got]

    def events(self, type_):
        return [event for event in (json.loads(body) for body, _ in self.got) if event["type"] == type_]


class _Take(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((body, dict(self.headers)))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *values):
        pass


class Standin:
    """What a test does with the running stand-in."""

    def __init__(self, server, clock_file):
        self.server, self.world, self.clock_file = server, server.world, clock_file
        options = {"base_addresses": {"api": server.address}, "max_network_retries": 0}
        self.stripe = stripe.StripeClient(KEY, **options).v1

    def ask(self, method, path, fields=None, headers=None):
        """Status, headers and text of one request; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=5)
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        connection.request(method, path, urlencode(fields) if fields else None, sent)
        answer = connection.getresponse()
        found = answer.status, dict(answer.headers), answer.read().decode()
        connection.close()
        return found

    def api(self, method, path, fields=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, answered, text = self.ask(method, path, fields, {"Authorization": f"Bearer {KEY}", **named})
        return status, answered, json.loads(text)

    def control(self, act, **fields):
        status, _, text = self.ask("POST", f"/_standin/{act}", fields or None)
        assert status == 200, text
        return json.loads(text)

    def open(self, url):
        status, headers, text = self.ask("GET", path_of(url))
        return status, headers.get("Location"), unescape(text)

    def submit(self, url, **fields):
        status, headers, text = self.ask("POST", path_of(url), fields)
        return status, headers.get("Location"), unescape(text)

    def move_clock(self, seconds):
        self.clock_file.write_text(str(float(self.clock_file.read_text() or 0) + seconds))
        self.control("tick")

    def settle(self):
        """What Stripe does a little later: fees, references of refunds, disputes."""
        for _ in range(3):
            self.control("tick", ahead=2 * FEE_DELAY)

    def session(self, amount=10000, currency="usd", **more):
        price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Four sessions"}}
        given = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": "https://shop.example/paid?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/back",
            **more,
        }
        return self.stripe.checkout.sessions.create(given, chosen("checkout"))

    def paid(self, amount=10000, card="4242424242424242", **more):
        """The charge of a paid session."""
        session = self.session(amount, **more)
        return self.stripe.charges.retrieve(self.control("pay", session=session.id, card=card)["charge"])

    def coach(self, **more):
        account = self.stripe.accounts.create(
            {"type": "express", "email": "coach@example.com", **more}, chosen("account")
        )
        self.control("onboard", account=account.id)
        return account.id

    def transfer(self, amount, destination, charge=None, **more):
        source = {"source_transaction": charge} if charge else {}
        given = {"amount": amount, "currency": "usd", "destination": destination, **source, **more}
        return self.stripe.transfers.create(given, chosen("transfer"))

    def balance(self, account=None):
        """(available, pending) in dollars' cents."""
        options = {"stripe_account": account} if account else {}
        found = self.stripe.balance.retrieve({}, options)
        return found.available[0].amount, found.pending[0].amount


def chosen(kind):
    return {"idempotency_key": f"{kind}:{uuid.uuid4()}"}


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def link_in(page, text):
    """The address of the link with this text."""
    return re.search(rf'href="([^"]+)">{text}<', page)[1]


@pytest.fixture
def receiver():
    server = Receiver()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_standin(tmp_path):
    """Starts stand-ins that end with the test."""
    started = []

    def start(**settings):
        clock_file = tmp_path / "clock"
        clock_file.write_text("0")
        defaults = {"clock_file": str(clock_file), "fee_delay": FEE_DELAY}
        server = Server(Config(**{**defaults, **settings}))
        threading.Thread(target=server.run, daemon=True).start()
        started.append(server)
        return Standin(server, clock_file)

    yield start
    for server in started:
        server.shutdown()


@pytest.fixture
def standin(make_standin):
    return make_standin()


@pytest.fixture
def telling(make_standin, receiver):
    """A stand-in that tells the receiver of everything, only when asked to."""
    made = make_standin(
        webhooks=[
            Endpoint(receiver.url, "whsec_platform"),
            Endpoint(receiver.url + "?connect", "whsec_connect", connect=True),
        ]
    )
    made.control("pause-deliveries")
    return made
