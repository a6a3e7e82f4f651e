"""Starts servers of its own, asks them in rounds, and compares what each kind of request costs."""

import argparse
import http.client
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg

from demo import embedded
from demo.children import Child, Failed

ROOT = Path(__file__).resolve().parent.parent.parent
MOST = {"slots": 2.0, "booking": 2.5}  # times the bare view
WHOLE = "booking_with_all"  # the whole request, with its key, its money and its answer: for information
BARE = "bare"
# What booking leaves behind, taken away between the rounds so that each begins alike.
UNDO = """
DELETE FROM scheduling_timeclaim WHERE session_id = ANY(%(sessions)s);
DELETE FROM scheduling_reminder WHERE session_id = ANY(%(sessions)s);
UPDATE contracts_booking SET state = 'pending' WHERE session_id = ANY(%(sessions)s);
UPDATE scheduling_session SET state = 'unscheduled', starts_at = NULL, ends_at = NULL, version = 0,
       agreed_at = NULL, earliest_starts_at = NULL, answer_due_at = NULL, hold_expires_at = NULL
 WHERE id = ANY(%(sessions)s)
"""

Call = tuple[str, str, dict[str, Any] | None]  # method, address, body


def main(arguments: list[str]) -> int:
    """Measure, print the ratios; 1 when one is above what it may be, or when something failed."""
    asked = _asked(arguments)
    try:
        with ExitStack() as stack:
            result = _measured(Benchmark(stack, asked.requests), asked.rounds)
    except Failed as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(result, indent=2) if asked.json else _table(result))  # noqa: T201
    return 0 if all(result["ratios"][kind]["ratio"] <= most for kind, most in MOST.items()) else 1


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py benchmark", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    parser.add_argument("--rounds", type=int, default=9, help="how often each kind takes its turn")
    parser.add_argument("--requests", type=int, default=60, help="of each kind in each turn, 100 at most")
    return parser.parse_args(arguments)


class Benchmark:
    """A site with a database and a cache of its own, and how to ask it."""

    def __init__(self, stack: ExitStack, requests: int) -> None:
        self.stack, self.requests = stack, min(requests, 100)
        self.folder = Path(tempfile.mkdtemp(prefix="skileez-benchmark-"))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.env = {**os.environ, "DEMO": "1", "EMAIL_URL": "dummymail://", "CLOCK_FILE": str(self.folder / "clock")}
        self.env |= {"MEDIA_ROOT": str(self.folder / "media"), "SECRET_KEY": secrets.token_urlsafe(50)}
        self.env["REDIS_URL"] = stack.enter_context(embedded.redis(log=self.folder / "redis.log")).url
        self.database = stack.enter_context(embedded.postgres(self.folder / "data", log=self.folder / "postgres.log"))
        self.env["DATABASE_URL"] = self.database.url
        self.finish("migration", ["manage.py", "migrate"])
        self.world = json.loads(self.finish("people", ["-m", "demo.benchmark.world"]))
        self.site = self.serve()

    def serve(self) -> Child:
        self.port = embedded.quiet_port()
        command = [sys.executable, "-m", "granian", "--interface=wsgi", "--workers=1", "--blocking-threads=1"]
        command += ["--host=127.0.0.1", f"--port={self.port}", "demo.benchmark.site:application"]
        env = self.env | {"DATABASE_POOL": "4"}
        site = self.stack.enter_context(Child("site", command, log=self.folder / "site.log", env=env, cwd=ROOT))
        site.wait_until(lambda: not embedded.is_free(self.port))
        return site

    def finish(self, name: str, arguments: list[str]) -> str:
        """Run a program to its end; what it printed."""
        answer = self.folder / f"{name}.out"
        command = [sys.executable, *arguments]
        with Child(name, command, log=self.folder / f"{name}.log", answer=answer, env=self.env, cwd=ROOT) as child:
            if child.process.wait():
                child.must_be_running()
        return answer.read_text()

    def ask(self, calls: Iterator[Call]) -> int:
        """Make the calls one after the other; how many there were. Failed when one is not answered as it should be."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.world['token']}", "Content-Type": "application/json"}
        done = 0
        for method, address, body in calls:
            key = {"Idempotency-Key": secrets.token_hex(16)} if body else {}
            connection.request(method, address, json.dumps(body) if body else None, headers | key)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise Failed(f"{method} {address} was answered with {answer.status}: {text[:300]!r}")
            done += 1
        connection.close()
        return done

    def undo(self) -> None:
        with psycopg.connect(self.database.url) as connection:
            for statement in UNDO.split(";"):
                connection.execute(statement, {"sessions": self.world["sessions"]})

    def spent(self) -> float:
        """Seconds of processor time that the site and PostgreSQL have used since they began."""
        return sum(map(_spent_by, (self.site.process.pid, self.database.child.process.pid)))

    def bare(self) -> Iterator[Call]:
        for _number in range(self.requests):
            yield "GET", f"/bare/{self.world['sessions'][0]}/", None

    def slots(self) -> Iterator[Call]:
        now = datetime.now(UTC)
        span = {"from": now.isoformat(), "to": (now + timedelta(days=30)).isoformat(), "duration": 60}
        for _number in range(self.requests):
            yield "GET", f"/api/v1/slots/{self.world['busy']}/?{urlencode(span)}", None

    def booking(self) -> Iterator[Call]:
        return self._bookings("/bare/{}/")

    def booking_with_all(self) -> Iterator[Call]:
        return self._bookings("/api/v1/sessions/{}/schedule/")

    def _bookings(self, address: str) -> Iterator[Call]:
        """Each session at a time of its own, from the day after tomorrow on, twelve a day."""
        first = (datetime.now(UTC) + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
        for number, session in enumerate(self.world["sessions"][: self.requests]):
            starts_at = first + timedelta(days=number // 12, hours=2 * (number % 12))
            yield "POST", address.format(session), {"scheduled_at": starts_at.isoformat()}


def _measured(benchmark: Benchmark, rounds: int) -> dict[str, Any]:
    kinds: dict[str, Callable[[], Iterator[Call]]] = {
        BARE: benchmark.bare,
        "slots": benchmark.slots,
        "booking": benchmark.booking,
        WHOLE: benchmark.booking_with_all,
    }
    costs: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(-1, rounds):  # one round to warm up
        for kind, calls in kinds.items():
            before = benchmark.spent()
            done = benchmark.ask(calls())
            if number >= 0:
                costs[kind].append((benchmark.spent() - before) / done * 1000)
            benchmark.undo()
    ratios = {
        kind: [cost / bare for cost, bare in zip(each, costs[BARE], strict=True)]
        for kind, each in costs.items()
        if kind != BARE
    }
    return {
        "rounds": rounds,
        "requests": benchmark.requests,
        "milliseconds": {kind: round(median(each), 2) for kind, each in costs.items()},
        "ratios": {
            kind: {"ratio": round(median(each), 2), "most": MOST.get(kind), "all": [round(one, 2) for one in each]}
            for kind, each in ratios.items()
        },
    }


def _spent_by(pid: int) -> float:
    """With all processes that it started, those that have ended too."""
    process = psutil.Process(pid)
    try:
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    except psutil.NoSuchProcess:  # one has ended just now: its parent knows what it used
        return _spent_by(pid)
    own = sum(each.user + each.system for each in times)
    return own + sum(each.children_user + each.children_system for each in times)


def _table(result: dict[str, Any]) -> str:
    lines = [f"bare view: {result['milliseconds'][BARE]} ms of processor time for each request"]
    for kind, each in result["ratios"].items():
        lines.append(
            f"{kind}: {each['ratio']} times that" + (f", at most {each['most']} wanted" if each["most"] else "")
        )
    return "\n".join(lines)
