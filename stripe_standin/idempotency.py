"""Idempotency keys: the first answer is saved and given again, for 24 hours of the stand-in's clock."""

import json
from contextlib import contextmanager

from .errors import invalid, key_in_use, key_misused

LIFETIME = 24 * 3600


@contextmanager
def in_use(world, account, key):
    """Holds the key while its call is answered; a second call with it meanwhile is refused."""
    if not key:
        yield
        return
    if len(key) > 255:
        raise invalid("Idempotency keys may be up to 255 characters long.")
    with world.lock:
        if (account, key) in world.keys_in_use:
            raise key_in_use(key)
        world.keys_in_use.add((account, key))
    try:
        yield
    finally:
        with world.lock:
            world.keys_in_use.discard((account, key))


def saved_answer(call, key):
    """The saved row for this key, or None; refuses the key with another call or other parameters."""
    call.store.sql("DELETE FROM keys WHERE created <= ?", call.world.clock.now() - LIFETIME)
    row = call.store.sql("SELECT * FROM keys WHERE account = ? AND key = ?", call.account, key).fetchone()
    if row and (row["method"], row["path"], row["params"]) != (call.method, call.path, _text(call)):
        raise key_misused(key)
    return row


def save_answer(call, key, status, body) -> None:
    row = (call.account, key, call.method, call.path, _text(call), status, json.dumps(body))
    made = (call.world.request["id"], call.world.clock.now())
    call.store.sql("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row, *made)


def _text(call):
    return json.dumps(call.params, sort_keys=True)
