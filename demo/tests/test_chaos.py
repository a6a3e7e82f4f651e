"""Redis, worker and beat stand still, or Redis is gone: pages answer, booking works, and nothing that is due is lost."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest

from demo import embedded
from demo.children import Child
from demo.start import STANDIN_KEYS
from demo.tests.test_start import ROOT, RunningDemo, folder, own_environment

pytestmark = pytest.mark.deep
__all__ = ["folder"]
PATIENCE = 3.0
PAGES = ["/", "/coaches/", "/requests/", "/accounts/login/", "/api/v1/sessions/", "/api/v1/contracts/", "/healthz"]


class Site:
    """A served site, asked as one of the demo people."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.took: dict[str, float] = {}

    def ask(self, address: str, body: dict[str, Any] | None = None) -> Any:
        """The answer, read as JSON where it is; how long it took is kept."""
        request = urllib.request.Request(f"http://localhost:{self.port}{address}")
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        self.took[address] = max(self.took.get(address, 0.0), time.monotonic() - began)
        return json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def to_book(self) -> list[tuple[int, str]]:
        """Sessions that may be given a time, each with a listed one of its own."""
        found, taken = [], set()
        for session in self.ask("/api/v1/sessions/?state=unscheduled")["results"]:
            now = datetime.now(UTC)
            span = {"from": now.isoformat(), "to": (now + timedelta(days=21)).isoformat(), "duration": 60}
            [coach] = [each["id"] for each in session["participants"] if each["role"] == "coach"]
            slots = self.ask(f"/api/v1/slots/{coach}/?{urlencode(span)}")["slots"]
            free = [slot["scheduled_at"] for slot in slots if slot["scheduled_at"][:10] not in taken]
            if free:
                taken.add(free[0][:10])
                found.append((session["id"], free[0]))
        return found


@pytest.fixture
def demo(folder: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(folder, embedded.quiet_port())
    running.wait_for("Ctrl-C stops everything.", seconds=240)
    running.folder = folder
    yield running
    running.end_by(signal.SIGINT)


def program(demo: RunningDemo, *words: str) -> psutil.Process:
    """By what its command says; Celery's programs change it to a title of their own."""
    for each in demo.programs():
        command = " ".join(each.cmdline())
        if all(word in command for word in words):
            return each
    raise AssertionError([each.cmdline() for each in demo.programs()])


def environment(demo: RunningDemo, redis: psutil.Process) -> dict[str, str]:
    """As its programs have it, which write a title of their own over theirs."""
    [listening] = [each for each in redis.net_connections() if each.status == psutil.CONN_LISTEN]
    standin = f"http://127.0.0.1:{(demo.folder / 'standin-port').read_text().strip()}"
    return own_environment(demo.folder) | {
        **STANDIN_KEYS,
        "DEMO": "1",
        "STRIPE_API_BASE": standin,
        "STANDIN_URL": standin,
        "SITE_URL": f"http://localhost:{demo.port}",
        "CLOCK_FILE": str(demo.folder / "clock"),
        "MEDIA_ROOT": str(demo.folder / "media"),
        "DATABASE_URL": embedded.address(demo.folder / "postgres" / "data", "skileez"),
        "REDIS_URL": f"redis://127.0.0.1:{listening.laddr.port}/0",
    }


@contextmanager
def standing_still(*programs: psutil.Process) -> Iterator[None]:
    everything = [each for one in programs for each in (one, *one.children(recursive=True))]
    try:
        for each in everything:
            each.suspend()
        yield
    finally:
        for each in everything:
            each.resume()


def sweep(env: dict[str, str]) -> dict[str, int]:
    command = [sys.executable, "manage.py", "sweep", "--once"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def eventually(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_nothing_is_lost_and_nobody_waits_while_redis_worker_and_beat_are_away(demo: RunningDemo) -> None:
    (site, first), (other, second), *_more = with_something_to_book(demo)
    redis = program(demo, "demo.redis_server")
    env = environment(demo, redis)
    frozen = [redis, program(demo, "celery", "worker"), program(demo, "celery", "beat")]
    with standing_still(*frozen):
        site.took.clear()
        book_and_look(site, first)
        assert max(site.took.values()) < PATIENCE, site.took
        counts = sweep(env)
        assert counts["mails"] >= 2, counts
        assert -1 not in counts.values(), counts
    eventually(lambda: is_ready(demo.port))

    with site_without_redis(env, demo.folder) as port:
        other.port = port
        other.took.clear()
        book_and_look(other, second)
        assert max(other.took.values()) < PATIENCE, other.took
        assert sweep(env | {"REDIS_URL": "redis://127.0.0.1:1/0"})["mails"] >= 0


def with_something_to_book(demo: RunningDemo) -> list[tuple[Site, tuple[int, str]]]:
    people = json.loads((demo.folder / "postgres" / "people.json").read_text())
    sites = [Site(demo.port, each["access_token"]) for each in people if each["role"] == "student"]
    return [(site, wanted) for site in sites for wanted in site.to_book()[:1]]


def book_and_look(site: Site, wanted: tuple[int, str]) -> None:
    session, starts_at = wanted
    for page in PAGES:
        site.ask(page)
    assert site.ask(f"/api/v1/sessions/{session}/schedule/", {"scheduled_at": starts_at})["state"] == "scheduled"
    for page in PAGES:
        site.ask(page)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


@contextmanager
def site_without_redis(env: dict[str, str], folder: Path) -> Iterator[int]:
    """The same site once more, whose Redis was killed a moment ago."""
    port = embedded.quiet_port()
    with embedded.redis(log=folder / "redis-2.log") as redis:
        command = [sys.executable, "-m", "granian", "--interface=asginl", "--host=127.0.0.1", f"--port={port}"]
        command += ["--workers=1", "--no-ws", "skileez.asgi:application"]
        with Child("site", command, log=folder / "site-2.log", env=env | {"REDIS_URL": redis.url}, cwd=ROOT) as site:
            site.wait_until(lambda: not embedded.is_free(port))
            os.kill(redis.child.process.pid, signal.SIGKILL)
            yield port
