"""Secrets of second factors as they are stored: encrypted with the first of `MFA_KEYS`, read with any of them."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

ENCRYPTED = "gAAAA"  # how each Fernet token begins, and no seed in Base32 or in hexadecimal digits


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What was stored before there were keys is read as it is."""
    if not text.startswith(ENCRYPTED):
        return text
    return _keys().decrypt(text.encode()).decode()


def is_by_first_key(text: str) -> bool:
    """Whether the other keys are not needed for this any more."""
    try:
        return bool(Fernet(settings.MFA_KEYS[0]).decrypt(text.encode()))
    except InvalidToken:
        return False


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.MFA_KEYS])
