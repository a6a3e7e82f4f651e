"""The whole product with one command: servers, demo data, site, worker and beat; Ctrl-C stops all of it.

This program loads no Django itself: it sets the environment that the others read, starts them, and watches them.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from demo import embedded
from demo.children import Child, Failed

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
# Known to everyone, and good for the stand-in only.
STANDIN_KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_" + "standin0" * 4,
    "STRIPE_WEBHOOK_SECRET": "whsec_" + "platform" * 4,
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_" + "connect0" * 4,
}


class Stopped(Exception):
    """Somebody asked the demo to stop."""


def main(arguments: list[str]) -> int:
    """Run the demo until somebody stops it: 0; or until something fails: 1 and a sentence."""
    port = read_port(arguments)
    folder = Path(os.environ.get("DEMO_DIR") or ROOT / ".demo").absolute()
    (folder / "log").mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            asked = stack.enter_context(listening_to_signals())
            stack.enter_context(alone_in(folder))
            must_be_free(port)
            Demo(folder, port, stack, asked).run()
    except Stopped:
        say("Everything is stopped.")
        return 0
    except Failed as error:
        say(str(error))
    return 1


def forget_unfinished(folder: Path) -> None:
    """Forget what a start left that was interrupted while it made the demo data: half a past helps nobody."""
    data = folder / "postgres" / "data"
    if data.exists() and not (folder / "postgres" / "people.json").exists():
        embedded.end_leftover(data)
        shutil.rmtree(folder / "postgres")
        for name in ("stripe.sqlite3", "clock"):
            (folder / name).unlink(missing_ok=True)


class Demo:
    """One running demo: what it started, in the order in which it must end."""

    def __init__(self, folder: Path, port: int, stack: ExitStack, asked_to_stop: Callable[[], bool]) -> None:
        self.folder = folder
        self.port = port
        self.stack = stack
        self.asked_to_stop = asked_to_stop
        self.began = time.monotonic()
        self.env = {**os.environ, "DEMO": "1", "PYTHONUNBUFFERED": "1", "CLOCK_FILE": str(folder / "clock")}
        self.env.setdefault("SITE_URL", f"http://localhost:{port}")
        self.env.setdefault("MEDIA_ROOT", str(folder / "media"))
        self.own_database = not self.env.get("DATABASE_URL")
        self.watched: list[Child] = []

    def run(self) -> None:
        """Start everything and stay until somebody asks to stop or a program ends."""
        say(f"Starting the demo; what its programs say is in {self.folder / 'log'}.")
        if self.own_database:
            forget_unfinished(self.folder)
        self.start_servers()
        self.migrate()
        people = self.seed()
        self.start_programs()
        self.wait_for_page()
        self.introduce(people)
        self.wait_until(lambda: False)

    def start_servers(self) -> None:
        if not self.env.get("REDIS_URL"):
            self.env["REDIS_URL"] = self.keep(embedded.redis(log=self.log("redis"))).url
        if not any(name.startswith("STRIPE_") for name in self.env if name != "STRIPE_EXCHANGE_LOG"):
            self.start_standin()
        if self.own_database:
            server = self.keep(embedded.postgres(self.folder / "postgres" / "data", log=self.log("postgres")))
            self.env["DATABASE_URL"] = server.url

    def start_standin(self) -> None:
        """Start the Stripe stand-in; its first call comes much later, so nothing waits for it."""
        port = remembered_port(self.folder / "standin-port")
        address = f"http://127.0.0.1:{port}"
        self.env |= STANDIN_KEYS | {"STRIPE_API_BASE": address, "STANDIN_URL": address}
        hook = f"http://127.0.0.1:{self.port}/webhooks/stripe"
        platform = f"--webhook={hook}={STANDIN_KEYS['STRIPE_WEBHOOK_SECRET']}"
        connect = f"--webhook={hook}={STANDIN_KEYS['STRIPE_CONNECT_WEBHOOK_SECRET']}=connect"
        store = f"--store={self.folder / 'stripe.sqlite3'}"
        links = f"--public-url={self.env['SITE_URL']}/standin"  # the site carries browsers there
        self.start("Stripe stand-in", ["-m", "stripe_standin", f"--port={port}", store, platform, connect, links])

    def migrate(self) -> None:
        """Bring the tables up to date; skipped while no migration and no package has changed since."""
        marker = self.folder / "postgres" / "migrated"
        if self.own_database and marker.exists() and marker.read_text() == fingerprint():
            return
        say("Making the tables …")
        self.finish("migration", ["manage.py", "migrate"])
        if self.own_database:
            marker.write_text(fingerprint())

    def seed(self) -> list[dict[str, str]]:
        """The demo people, made when there are none; kept in a file, since passwords can't be read back."""
        kept = self.folder / "postgres" / "people.json"
        if self.own_database and kept.exists():
            return list(json.loads(kept.read_text()))
        say("Making the demo people and what they have been doing …")
        seeded = self.finish(
            "seed", ["manage.py", "seed", "--size=small", "--json"], answer=self.folder / "seeded.json"
        )
        people = json.loads(seeded.answer.read_text())["people"]
        if self.own_database:
            kept.write_text(json.dumps(people))
        return list(people)

    def start_programs(self) -> None:
        site = ["-m", "granian", "--interface=asginl", "--host=127.0.0.1", f"--port={self.port}", "--workers=1"]
        end = ["--workers-kill-timeout=3", "--no-ws", "skileez.asgi:application"]
        worker = ["-m", "celery", "--app=skileez", "worker", "--concurrency=1", "--without-gossip", "--without-mingle"]
        beat = ["-m", "celery", "--app=skileez", "beat", "--pidfile="]
        pool = {"DATABASE_POOL": self.env.get("DATABASE_POOL") or "8"}
        programs = [
            self.start("site", [*site, *end], env=pool),
            self.start("worker", [*worker, "--loglevel=INFO"]),
            self.start("beat", [*beat, "--loglevel=INFO"]),
        ]
        self.stack.callback(ask_all_to_stop, programs)

    def wait_for_page(self) -> None:
        say("Starting the site …")
        self.wait_until(lambda: is_served(f"http://127.0.0.1:{self.port}/"), patience=90)

    def introduce(self, people: list[dict[str, str]]) -> None:
        site = self.env["SITE_URL"]
        say(f"\nSkileez is at {site}/ after {time.monotonic() - self.began:.0f} seconds.\n")
        say(table([("role", "e-mail", "password")] + [(p["role"], p["email"], p["password"]) for p in people]))
        say(f"\nMails: {site}/demo/mail/   Clock: {site}/demo/clock/   Stripe stand-in: {site}/standin/")
        say("Ctrl-C stops everything.\n")

    def keep(self, server: AbstractContextManager[embedded.Server]) -> embedded.Server:
        started = self.stack.enter_context(server)
        self.watched.append(started.child)
        return started

    def start(
        self, name: str, arguments: list[str], *, env: dict[str, str] | None = None, answer: Path | None = None
    ) -> Child:
        command = [sys.executable, *arguments]
        log = self.log(name.split()[-1])
        child = Child(name, command, log=log, answer=answer, env=self.env | (env or {}), cwd=ROOT)
        self.watched.append(child)
        return self.stack.enter_context(child)

    def finish(self, name: str, arguments: list[str], *, answer: Path | None = None) -> Child:
        """Run a program to its end; Failed when it ends badly."""
        child = self.start(name, arguments, answer=answer)
        self.watched.remove(child)
        self.wait_until(lambda: not child.is_running())
        if child.process.returncode:
            child.must_be_running()
        return child

    def wait_until(self, ready: Callable[[], bool], patience: float = float("inf")) -> None:
        """Return when it is ready; Stopped when somebody asks, Failed when a program ends or it takes too long."""
        deadline = time.monotonic() + patience
        while not ready():
            if self.asked_to_stop():
                raise Stopped
            for child in self.watched:
                child.must_be_running()
            if time.monotonic() > deadline:
                raise Failed(f"The site did not answer within {patience:.0f} seconds; see {self.folder / 'log'}.")
            time.sleep(0.1)

    def log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"


@contextmanager
def listening_to_signals() -> Iterator[Callable[[], bool]]:
    """Yields whether somebody asked this program, or the `make` that started it, to stop.

    A signal only leaves a note: an exception out of nowhere could come between starting a program and keeping it.
    """
    asked: list[int] = []
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as nohup sets it
            signal.signal(number, lambda number, frame: asked.append(number))
    make = os.getppid() if os.environ.get("MAKELEVEL") else 0
    before = blocked_by(make)
    yield lambda: bool(asked) or (make != 0 and (os.getppid() != make or blocked_by(make) != before))


def blocked_by(process: int) -> set[signal.Signals]:
    """Which of our signals a program holds back: `make` does so with the one it got while it waits for us to end."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return set()
    mask = int(status.partition("SigBlk:")[2].split()[0], 16)
    return {number for number in SIGNALS if mask >> (number - 1) & 1}


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder; Failed when another demo has it."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failed(f"A demo already runs from {folder}: stop it, or set DEMO_DIR to another folder.") from error
        yield


def read_port(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py demo", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000", help="8000, or PORT when set")
    return int(parser.parse_args(arguments).port)


def must_be_free(port: int) -> None:
    if not embedded.is_free(port):
        raise Failed(f"Port {port} is taken: serve the demo elsewhere, as in `PORT={port + 1} make demo`.")


def remembered_port(file: Path) -> int:
    """The port in the file, so that addresses stay good from start to start; a new one when it is taken."""
    if not file.exists() or not embedded.is_free(int(file.read_text())):
        file.write_text(str(embedded.quiet_port()))
    return int(file.read_text())


def fingerprint() -> str:
    """Changes when a migration, an app's start-up code or a pinned package changes."""
    files = [ROOT / "requirements" / "base.txt", *ROOT.glob("*/*migrations/*.py"), *ROOT.glob("*/apps.py")]
    return hashlib.sha256(b"".join(str(file).encode() + file.read_bytes() for file in sorted(files))).hexdigest()


def is_served(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def ask_all_to_stop(programs: list[Child]) -> None:
    """They end side by side; each is waited for afterwards."""
    say("\nStopping …")
    for program in programs:
        program.ask_to_stop()


def table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def say(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:  # nobody reads any more; stopping in order matters more
        pass
