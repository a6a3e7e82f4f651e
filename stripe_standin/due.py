"""What falls due: fees, funds becoming available, expiries, payouts. Done in order, each at its own moment."""

import traceback

JOBS: dict = {}


def job(name):
    """Registers ``function(world, subject)`` as the work of that name."""

    def register(function):
        JOBS[name] = function
        return function

    return register


def plan(world, name, subject, at) -> None:
    world.store.sql("INSERT INTO due (at, job, subject) VALUES (?, ?, ?)", at, name, subject)


def run_due(world, ahead: float = 0) -> int:
    """Does all that is due now (or within ``ahead`` seconds); answers how much there was."""
    done = 0
    while True:
        with world.lock:
            row = _first(world, world.clock.now() + ahead)
            if row is None:
                return done
            world.store.sql("DELETE FROM due WHERE seq = ?", row["seq"])
            _do(world, row)
        done += 1


def _do(world, row):
    try:
        with world.work(moment=row["at"]):
            JOBS[row["job"]](world, row["subject"])
    except Exception:  # one broken job must not stop all that comes after it
        traceback.print_exc()


def _first(world, until):
    return world.store.sql("SELECT * FROM due WHERE at <= ? ORDER BY at, seq LIMIT 1", until).fetchone()
