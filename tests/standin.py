"""The Stripe stand-in as tests use it: a program of its own whose webhooks pass through this process."""

import json
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from demo.children import Child

ROOT = Path(__file__).resolve().parent.parent
WEBHOOK_PATH = "/webhooks/stripe"


@dataclass
class Relay:
    """Where the stand-in sends its webhooks: on to the live server when there is one, else kept for the test."""

    url: str
    site: str = ""
    kept: list[tuple[bytes, str]] = field(default_factory=list)

    def receive(self, body: bytes, signature: str) -> int:
        if not self.site:
            self.kept.append((body, signature))
            return 200
        return send(self.site + WEBHOOK_PATH, body, {"Stripe-Signature": signature})[0]


@dataclass
class Standin:
    """What a test can do with the stand-in."""

    url: str
    relay: Relay

    def post(self, act: str, **fields: Any) -> dict[str, Any]:
        """Ask its control to do something, such as `post("fail", mode="timeout")`; returns what it says."""
        status, answer = send(f"{self.url}/_standin/{act}", json.dumps(fields).encode())
        assert status == 200, f"{act}: {answer.decode()}"
        return dict(json.loads(answer))

    def reset(self) -> None:
        """Forget everything; webhooks wait until a test delivers them or has a site."""
        self.relay.site = ""
        self.post("reset")
        self.post("pause-deliveries")
        self.relay.kept.clear()

    def pay(self, session: str, card: str = "4242424242424242", **fields: Any) -> dict[str, Any]:
        """Pay a Checkout session as its page would."""
        return self.post("pay", session=session, card=card, **fields)

    def onboard(self, account: str) -> dict[str, Any]:
        """Give Stripe all it wants to know about a connected account."""
        return self.post("onboard", account=account)

    def deliver(self, **how: Any) -> dict[str, Any]:
        """Deliver all pending webhooks now: `order="shuffled"`, `twice=True`; returns counts."""
        return self.post("deliver", **how)

    def deliver_to(self, client: Any, **how: Any) -> list[Any]:
        """Deliver all pending webhooks to Django's test client, so inside the test's transaction; returns its answers."""
        self.deliver(**how)
        kept, self.relay.kept[:] = list(self.relay.kept), []
        return [
            client.post(WEBHOOK_PATH, body, content_type="application/json", headers={"Stripe-Signature": signature})
            for body, signature in kept
        ]

    def serve(self, site: str) -> None:
        """From now on webhooks go to this address by themselves."""
        self.relay.site = site
        self.post("resume-deliveries")


@contextmanager
def running_standin(*, port: int, folder: Path, secrets: tuple[str, str]) -> Iterator[Standin]:
    """The program, with its two webhook endpoints, platform and Connect."""
    url = f"http://127.0.0.1:{port}"
    with relaying() as relay:
        hooks = [f"--webhook={relay.url}={secrets[0]}", f"--webhook={relay.url}={secrets[1]}=connect"]
        log = f"--log={folder / 'stripe-exchanges.jsonl'}"
        command = [sys.executable, "-m", "stripe_standin", f"--port={port}", "--fee-delay=0", log, *hooks]
        with Child("Stripe stand-in", command, log=folder / "standin.log", cwd=ROOT) as child:
            child.wait_until(lambda: "listening on" in child.output())
            yield Standin(url, relay)


@contextmanager
def relaying() -> Iterator[Relay]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(relay.receive(body, self.headers["Stripe-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nothing: the stand-in keeps the exchange log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        relay = Relay(f"http://127.0.0.1:{server.server_address[1]}{WEBHOOK_PATH}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield relay
        server.shutdown()


def send(url: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()
