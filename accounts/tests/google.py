"""A stand-in for the two addresses of Google that a sign-in asks: codes for tokens, and the keys they are signed with."""

import base64
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

CLIENT = "skileez.apps.example"


class Google:
    """Gives out one person at a time; keeps what was asked."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.url = ""
        self.also: dict[str, str] = {}  # what it gives besides

    def is_asked_for(self, email: str, *, name: str = "Aoife Byrne", verified: bool = True) -> None:
        sub = str(int(hashlib.sha256(email.encode()).hexdigest()[:12], 16))
        self.person = {"sub": sub, "email": email, "email_verified": verified, "name": name}

    def token(self, key: Any = None) -> str:
        now = int(time.time())
        claims = {
            "iss": "https://accounts.google.com",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 600,
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims | self.person, key or self.key, algorithm="RS256", headers={"kid": "1"})

    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@contextmanager
def running_google() -> Iterator[Google]:
    google = Google()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer({"1": google.certificate()})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            google.asked.append({name: values[0] for name, values in parse_qs(text).items()})
            self.answer({"access_token": "x", "expires_in": 600, "id_token": google.token()} | google.also)

        def answer(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    google.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()
