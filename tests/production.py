"""The production environment as tests use it: the example file with its secrets filled in."""

from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "deploy" / "env.example"
SECRETS = {
    "SECRET_KEY": "test-only-0a1b2c3d4e5f6g7h8i9j-test-only-0a1b2c3d4e5f6g7h8i9j",
    "MFA_KEYS": "test-only-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p0=",
    "STRIPE_SECRET_KEY": "sk_test_production",
    "STRIPE_WEBHOOK_SECRET": "whsec_platform",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_connect",
}


def read_example() -> dict[str, str]:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


ENVIRONMENT = {**read_example(), **SECRETS}
