"""What all tests stand on: a PostgreSQL, a Redis and a Stripe stand-in of this run's own, a clock and a browser.

The servers must be there before Django reads its settings, so they start while this file is loaded.
"""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import pytest
from playwright.sync_api import Error as PlaywrightError

from demo import embedded
from tests.browsing import leave
from tests.database import TEMPLATE, emptying, migrated_postgres
from tests.standin import Standin, running_standin

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
MOST_ROUNDS = 50

running = ExitStack()
atexit.register(running.close)
signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends in order, as Ctrl-C does


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
        os.environ["DATABASE_URL"] = running.enter_context(migrated_postgres(FOLDER)).url
        os.environ["TEST_TEMPLATE"] = TEMPLATE


def set_environment() -> None:
    """What the settings read; a developer's own keys must never reach a test."""
    for name in [name for name in os.environ if name.startswith("STRIPE_")] + ["ENV_FILE", "SENTRY_DSN"]:
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "skileez.settings",
        "DEMO": "1",
        "SITE_URL": f"http://{SITE}",
        "DJANGO_LIVE_TEST_SERVER_ADDRESS": SITE,
        "EMAIL_URL": "dummymail://",
        "MEDIA_ROOT": str(FOLDER / "media"),
        "CLOCK_FILE": str(FOLDER / "clock"),
        "STRIPE_API_BASE": STANDIN_URL,
        "STANDIN_URL": STANDIN_URL,
        "STANDIN_PUBLIC_URL": f"http://{SITE}/standin",
    }


FOLDER = make_folder()
STANDIN_PORT = embedded.quiet_port()
STANDIN_URL = f"http://127.0.0.1:{STANDIN_PORT}"
SITE = f"localhost:{embedded.quiet_port()}"
start_servers()
set_environment()
django.setup()
# Left in the environment, xdist's workers would read the settings before they come here.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nobody's password
if os.environ.get("TEST_TEMPLATE"):
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = TEMPLATE


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
        elif item.get_closest_marker("browser"):
            # A browser on a busy machine may drop a navigation or be late: once more. What was asserted is never asked twice.
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[PlaywrightError]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """pytest-django's, with a quicker way to empty the tables of a server that is ours."""
    from django.db import connection

    if os.environ.get("TEST_TEMPLATE"):
        connection.ops.sql_flush = emptying


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
        """To the real time, or so many days from it: a test must hold on any day."""
        self.file.unlink(missing_ok=True)
        if days := os.environ.get("TESTS_BEGIN_IN_DAYS"):
            self.travel_to(datetime.now(UTC) + timedelta(days=int(days)))


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """The shared clock; see Clock."""
    moved = Clock()
    moved.reset()
    yield moved
    moved.reset()


@pytest.fixture(autouse=True)
def numbers() -> Iterator[None]:
    """The numbers of the rules as the settings say, until a test changes one; no statement is counted for looking."""
    from core.numbers import go_by_the_settings

    go_by_the_settings()
    yield
    go_by_the_settings()


@pytest.fixture
def drain(clock: Clock) -> Callable[[], None]:
    """A function that does all due work until nothing is left, as the sweeps of many minutes would."""
    from core.registry import sweeps

    def work() -> None:
        for _round in range(MOST_ROUNDS):
            if not sum(sweep(clock.now()) for sweep in sweeps.values()):
                return
        pytest.fail(f"The sweeps still found work after {MOST_ROUNDS} rounds")

    return work


@pytest.fixture(scope="session")
def standin_program() -> Iterator[Standin]:
    secrets = settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET
    with running_standin(port=STANDIN_PORT, folder=FOLDER, secrets=secrets) as program:
        yield program


@pytest.fixture
def standin(standin_program: Standin, clock: Clock) -> Standin:
    """The Stripe stand-in, empty; see tests/standin.py."""
    standin_program.reset()
    return standin_program


@pytest.fixture
def site(standin: Standin, live_server: Any) -> Iterator[str]:
    """The address of the site as a server, which the stand-in's webhooks reach by themselves."""
    standin.serve(live_server.url)
    yield live_server.url
    standin.reset()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for tests marked `browser`; ended with the module, since its event loop runs in this very thread."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """A fresh page on the site; the test fails when a script breaks or the content policy blocks something."""
    context = browser.new_context(base_url=site, locale="en-US", timezone_id="UTC")
    opened, complaints = context.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    leave(context)
    assert complaints == []
