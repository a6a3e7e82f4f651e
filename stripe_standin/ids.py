"""Identifiers that look like Stripe's."""

import secrets
import string

LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{letters(length)}"


def letters(length: int) -> str:
    return "".join(LETTERS[byte % 62] for byte in secrets.token_bytes(length))
