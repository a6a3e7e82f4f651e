"""Delivers events: signed, after the answer, again with growing pauses until the receiver says 2xx."""

import hashlib
import hmac
import http.client
import json
import random
import threading
import time
import traceback
from urllib.parse import urlsplit

from .events import plan_delivery

PAUSES = (1, 5, 30, 300, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
PATIENCE = 10


def sign(payload: str, secret: str, moment: int) -> str:
    """The value of the Stripe-Signature header."""
    digest = hmac.new(secret.encode(), f"{moment}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def deliver_due(world) -> int:
    """Delivers what is due now, in the order of the events; answers how many receivers said yes."""
    with world.lock:
        statement = "SELECT * FROM deliveries WHERE state = 'pending' AND next_at <= ? ORDER BY seq"
        rows = world.store.sql(statement, world.clock.now()).fetchall()
    done = 0
    for row in rows:
        if world.paused:
            break
        done += _deliver_if_pending(world, row["seq"])
    return done


def deliver_all(world, *, order="created", twice=False) -> dict:
    """Delivers all that is pending, retries as well, until nothing new comes of it."""
    counts, tried = {"delivered": 0, "failed": 0}, set()
    while True:
        with world.lock:
            rows = world.store.sql("SELECT seq FROM deliveries WHERE state = 'pending' ORDER BY seq").fetchall()
        batch = [row["seq"] for row in rows if row["seq"] not in tried]
        if not batch:
            return counts
        tried.update(batch)
        turns = batch * (2 if twice else 1)
        if order == "shuffled":
            random.SystemRandom().shuffle(turns)
        for seq in turns:
            sent = _deliver_anyway(world, seq) if twice else _deliver_if_pending(world, seq)
            counts["delivered" if sent else "failed"] += 1


def deliver_again(world, seq, *, later=0, times=1) -> None:
    """Plans the delivery of the same event to the same endpoint anew, ``later`` seconds from now."""
    with world.work() as store:
        row = store.sql("SELECT * FROM deliveries WHERE seq = ?", seq).fetchone()
        for _ in range(times if row else 0):
            plan_delivery(world, row["event"], row["endpoint"], world.clock.now() + later)


class Courier(threading.Thread):
    """Delivers in the background as long as the program runs."""

    def __init__(self, world):
        super().__init__(daemon=True, name="courier")
        self.world, self.stopped = world, threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            self.world.wake.wait(0.25)
            self.world.wake.clear()
            self.stopped.wait(0.02)  # lets the answer to the call leave before the news of it
            if not self.world.paused:
                self._deliver()

    def _deliver(self):
        try:
            deliver_due(self.world)
        except Exception:  # one odd event must not end all deliveries
            traceback.print_exc()

    def stop(self) -> None:
        self.stopped.set()
        self.world.wake.set()


def _deliver_if_pending(world, seq):
    with world.sending:
        with world.lock:
            row = world.store.sql("SELECT state FROM deliveries WHERE seq = ?", seq).fetchone()
        return row is not None and row["state"] == "pending" and _deliver(world, seq)


def _deliver_anyway(world, seq):
    with world.sending:
        return _deliver(world, seq)


def _deliver(world, seq) -> bool:
    """One attempt; its outcome is stored."""
    with world.lock:
        row = world.store.sql("SELECT * FROM deliveries WHERE seq = ?", seq).fetchone()
        endpoint = row and world.store.get(row["endpoint"])
        event = row and world.store.get(row["event"])
        secret = world.store.hidden(endpoint["id"])["secret"] if endpoint else ""
    if not (endpoint and event):
        with world.lock:
            world.store.sql("UPDATE deliveries SET state = 'given up' WHERE seq = ?", seq)
        return False
    payload = json.dumps(event, indent=2)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": sign(payload, secret, int(world.clock.now())),
    }
    world.log.delivery(event, headers)
    started = time.perf_counter()
    status, error = _post(endpoint["url"], payload.encode(), headers)
    _note(world, row, status, error, (time.perf_counter() - started) * 1000)
    return 200 <= status < 300


def _post(url, body, headers):
    """The receiver's status, or 0 and what went wrong."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path or "/", body, headers)
        return connection.getresponse().status, ""
    except (OSError, ValueError, http.client.HTTPException) as error:
        return 0, str(error) or type(error).__name__
    finally:
        connection.close()


def _note(world, row, status, error, milliseconds):
    now, seq = world.clock.now(), row["seq"]
    with world.lock:
        insert = "INSERT INTO attempts (delivery, at, status, error, milliseconds) VALUES (?, ?, ?, ?, ?)"
        world.store.sql(insert, seq, now, status, error, milliseconds)
        attempts = world.store.sql("SELECT count(*) FROM attempts WHERE delivery = ?", seq).fetchone()[0]
        if 200 <= status < 300:
            state, next_at = "delivered", now
            _one_less_pending(world, row)
        else:
            state = "pending" if attempts <= len(PAUSES) else "given up"
            next_at = now + PAUSES[min(attempts, len(PAUSES)) - 1]
        update = "UPDATE deliveries SET state = ?, attempts = ?, next_at = ? WHERE seq = ?"
        world.store.sql(update, state, attempts, next_at, seq)


def _one_less_pending(world, row):
    event = world.store.get(row["event"])
    if event and row["state"] == "pending":
        world.store.save({**event, "pending_webhooks": max(event["pending_webhooks"] - 1, 0)})
