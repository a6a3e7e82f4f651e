"""What all tests stand on: a PostgreSQL, a Redis and a Stripe stand-in of this run's own, a clock and a browser.

The servers must be there before Django reads its settings, so they start while this file is loaded.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
import pytest

from demo import embedded

ROOT = Path(__file__).resolve().parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
EXCHANGES = Path(os.environ.get("STRIPE_EXCHANGE_LOG") or ROOT / "test-results" / "stripe-exchanges.jsonl")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LATEST_ROUNDS = 50

running = ExitStack()
atexit.register(running.close)


def make_folder() -> Path:
    """This process's own folder; those of xdist's workers lie in that of the process that started them."""
    if WORKER:
        folder = Path(os.environ["TEST_FOLDER"]) / WORKER
        folder.mkdir()
        return folder
    folder = Path(tempfile.mkdtemp(prefix="skileez-tests-"))
    running.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TEST_FOLDER"] = str(folder)
    return folder


def start_servers() -> None:
    """Start what is not given; xdist's workers are given the database of the run, and a Redis database each."""
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = running.enter_context(embedded.redis(log=FOLDER / "redis.log")).url
    elif WORKER:
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{int(WORKER[2:]) + 1}"
    if not os.environ.get("DATABASE_URL"):
        server = embedded.postgres(FOLDER / "postgres", log=FOLDER / "postgres.log")
        os.environ["DATABASE_URL"] = running.enter_context(server).url


def set_environment() -> None:
    """What the settings read; a developer's own keys must never reach a test."""
    for name in [name for name in os.environ if name.startswith("STRIPE_")] + ["ENV_FILE", "SENTRY_DSN"]:
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "skileez.settings",
        "DEMO": "1",
        "SITE_URL": "http://localhost:8000",
        "EMAIL_URL": "dummymail://",
        "MEDIA_ROOT": str(FOLDER / "media"),
        "CLOCK_FILE": str(FOLDER / "clock"),
        "STRIPE_API_BASE": STANDIN_URL,
        "STANDIN_URL": STANDIN_URL,
    }


FOLDER = make_folder()
standin_port = running.enter_context(embedded.reserve_port())
STANDIN_URL = f"http://127.0.0.1:{standin_port.getsockname()[1]}"
start_servers()
set_environment()
django.setup()

from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nobody's password


def pytest_unconfigure() -> None:
    if not WORKER:
        keep_exchanges()
    running.close()


def keep_exchanges() -> None:
    """Put the run's exchanges with the stand-in into one fresh file."""
    EXCHANGES.parent.mkdir(parents=True, exist_ok=True)
    fresh = EXCHANGES.with_name(f"{EXCHANGES.name}.{os.getpid()}")
    fresh.write_bytes(b"".join(part.read_bytes() for part in sorted(FOLDER.rglob("stripe-exchanges.jsonl"))))
    fresh.replace(EXCHANGES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason=f"{item.nodeid}: no Chromium found"))


class Clock:
    """The clock that the site and the stand-in read; every test begins with the real time."""

    def __init__(self) -> None:
        self.file = Path(settings.CLOCK_FILE)

    def now(self) -> datetime:
        from core import clock

        return clock.now()

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Move it on, as in `advance(hours=2)`; returns the new time."""
        return self.travel_to(self.now() + (by or timedelta(**parts)))

    def travel_to(self, moment: datetime) -> datetime:
        """Set it to a moment, from where it goes on; backwards too, which the demo's own clock never does."""
        self.file.write_text(str((moment - datetime.now(UTC)).total_seconds()))
        return self.now()

    def reset(self) -> None:
        self.file.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """The shared clock; see Clock."""
    moved = Clock()
    moved.reset()
    yield moved
    moved.reset()


@pytest.fixture
def drain(clock: Clock) -> Callable[[], None]:
    """A function that does all due work until nothing is left, as the sweeps of many minutes would."""
    from core.registry import sweeps

    def work() -> None:
        for _round in range(LATEST_ROUNDS):
            if not sum(sweep(clock.now()) for sweep in sweeps.values()):
                return
        pytest.fail(f"The sweeps still found work after {LATEST_ROUNDS} rounds")

    return work
