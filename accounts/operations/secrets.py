"""Secrets of second factors, when their key changes."""

from allauth.mfa.models import Authenticator

from accounts.secrets import decrypt, encrypt, is_by_first_key
from core.operations import operation

BATCH = 500
HELD = ("secret", "seed")  # of an app; of recovery codes


def renew_secrets() -> int:
    """Encrypt with the first key what is not; how many they were. Safe to stop and to run again."""
    done, last = 0, 0
    while pks := _next_batch(last):
        done, last = done + _renew(pks), pks[-1]
    return done


def _next_batch(last: int) -> list[int]:
    held = Authenticator.objects.filter(data__has_any_keys=HELD, pk__gt=last)
    return list(held.order_by("pk").values_list("pk", flat=True)[:BATCH])


@operation
def _renew(pks: list[int]) -> int:
    """Locked, so that a recovery code used meanwhile stays used."""
    stale = [row for row in Authenticator.objects.select_for_update().filter(pk__in=pks) if _is_stale(row)]
    for row in stale:
        row.data |= {name: encrypt(decrypt(row.data[name])) for name in HELD if name in row.data}
        row.save(update_fields=["data"])
    return len(stale)


def _is_stale(row: Authenticator) -> bool:
    return not all(is_by_first_key(row.data[name]) for name in HELD if name in row.data)
