"""A wrong setting stops every program with one sentence that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.production import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent


def test_the_production_environment_starts() -> None:
    assert check({})[0] == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing (50 or more random characters)"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have 50 or more characters"),
        ({"SITE_URL": ""}, "SITE_URL is missing (the public address, such as https://skileez.example)"),
        ({"SITE_URL": "skileez.example"}, "SITE_URL must be an address that begins with https://"),
        ({"SITE_URL": "http://skileez.example"}, "SITE_URL must begin with https:// outside the demo"),
        ({"DEMO": "perhaps"}, "DEMO must be true or false"),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false"),
        ({"DEBUG": "true"}, "DEBUG may be true in the demo only"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing (postgres://user:password@host/name)"),
        ({"DATABASE_URL": "sqlite:///site.db"}, "DATABASE_URL must name a PostgreSQL database"),
        ({"DATABASE_URL": "site.db"}, "DATABASE_URL must name a PostgreSQL database"),
        (
            {"DATABASE_URL": "postgres://u:p@host:port/name"},
            "DATABASE_URL must look like postgres://user:password@host/name",
        ),
        ({"MFA_KEYS": ""}, "MFA_KEYS is missing (keys of second factors, see docs/sign-in.md)"),
        (
            {"MFA_KEYS": "short,"},
            "MFA_KEYS must be keys of 32 bytes in URL-safe Base64, with commas between them",
        ),
        ({"DATABASE_POOL": "many"}, "DATABASE_POOL must be a whole number"),
        ({"DATABASE_POOL": "-1"}, "DATABASE_POOL must be a whole number"),
        ({"REDIS_URL": ""}, "REDIS_URL is missing (redis://host:6379/0)"),
        ({"REDIS_URL": "memory://"}, "REDIS_URL must begin with redis:// or rediss://"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is missing (the secret key of the platform's Stripe account)"),
        (
            {"STRIPE_WEBHOOK_SECRET": ""},
            "STRIPE_WEBHOOK_SECRET is missing (the signing secret of the platform's endpoint)",
        ),
        (
            {"STRIPE_CONNECT_WEBHOOK_SECRET": ""},
            "STRIPE_CONNECT_WEBHOOK_SECRET is missing (the signing secret of the Connect endpoint)",
        ),
        (
            {"STRIPE_API_BASE": "http://localhost:1"},
            "STRIPE_API_BASE may name another server than Stripe's in the demo only",
        ),
        ({"DEMO": "1", "STRIPE_SECRET_KEY": "sk_live_x"}, "STRIPE_SECRET_KEY must not be a live key in the demo"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is missing (smtp+tls://user:password@host:587)"),
        ({"EMAIL_URL": "carrier-pigeon"}, "EMAIL_URL must look like smtp+tls://user:password@host:587"),
        ({"TRUSTED_PROXY_COUNT": "one"}, "TRUSTED_PROXY_COUNT must be a whole number"),
        ({"GOOGLE_CLIENT_ID": "id"}, "GOOGLE_CLIENT_SECRET is missing (GOOGLE_CLIENT_ID is set)"),
        ({"JITSI_HOST": "https://meet.example.org"}, "JITSI_HOST must be the name of a host, such as meet.example.org"),
        ({"LIVEKIT_API_KEY": "key"}, "LIVEKIT_URL must look like wss://host (a setting of LiveKit is set)"),
        (
            {"LIVEKIT_URL": "https://rooms.example.org"},
            "LIVEKIT_URL must look like wss://host (a setting of LiveKit is set)",
        ),
        ({"LIVEKIT_URL": "wss://rooms.example.org"}, "LIVEKIT_API_KEY is missing (LIVEKIT_URL is set)"),
        (
            {"LIVEKIT_URL": "wss://rooms.example.org", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "short"},
            "LIVEKIT_API_SECRET must have 32 or more characters (LIVEKIT_URL is set)",
        ),
        ({"LIVEKIT_MEET_URL": "http://meet.example.org"}, "LIVEKIT_MEET_URL must look like https://host/page"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ({"SENTRY_DSN": "hello"}, "SENTRY_DSN must look like https://key@host/project"),
    ],
    ids=lambda value: " ".join(f"{name}={text}" for name, text in value.items()) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_named_in_one_sentence(changes: dict[str, str], sentence: str) -> None:
    assert check(changes) == (1, f"Skileez cannot start: the setting {sentence}.\n")


def check(changes: dict[str, str]) -> tuple[int, str]:
    """What `manage.py check` says in the production environment with these changes."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **ENVIRONMENT, **changes},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout
