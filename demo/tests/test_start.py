"""The demo as a program: it starts, serves, says no in one sentence, and leaves nothing running."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo.embedded import quiet_port
from demo.start import forget_unfinished

ROOT = Path(__file__).resolve().parent.parent.parent
FROM_OUTSIDE = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "CLOCK_FILE", "MEDIA_ROOT", "PORT", "MAKELEVEL")


class RunningDemo:
    """`manage.py demo` in a folder and on a port of its own."""

    def __init__(self, folder: Path, port: int, command: list[str] | None = None) -> None:
        self.port = port
        self.said = folder / "said.txt"
        self.process = subprocess.Popen(
            command or [sys.executable, "manage.py", "demo", f"--port={port}"],
            cwd=ROOT,
            env=own_environment(folder),
            stdout=self.said.open("w"),
            stderr=subprocess.STDOUT,
        )

    def output(self) -> str:
        return self.said.read_text()

    def wait_for(self, words: str, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def programs(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end_by(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder with a short name, in which PostgreSQL's socket file has room."""
    with tempfile.TemporaryDirectory(prefix="skileez-demo-") as name:
        yield Path(name)
        for process in psutil.process_iter(["cmdline"]):
            if any(name in word for word in process.info["cmdline"] or []):
                process.kill()


def test_the_demo_serves_its_page_and_stops_without_a_trace_even_after_it_was_killed(folder: Path) -> None:
    first = RunningDemo(folder, quiet_port())
    first.wait_for("Ctrl-C stops everything.")
    assert_page_is_served(first.port)
    assert "password" in first.output()
    assert refused(folder, quiet_port()) == (
        1, f"A demo already runs from {folder}: stop it, or set DEMO_DIR to another folder.\n"
    )  # fmt: skip
    programs = first.programs()
    assert {"postgres"} <= {program.name() for program in programs}
    first.end_by(signal.SIGKILL)
    assert still_running(programs, within=15) == []

    second = RunningDemo(folder, quiet_port())
    second.wait_for("Ctrl-C stops everything.", seconds=60)
    assert "Making" not in second.output(), "tables and people are made once"
    assert_page_is_served(second.port)
    programs = second.programs()
    assert len(programs) >= 6
    assert second.end_by(signal.SIGINT) == 0
    assert still_running(programs, within=0) == []
    assert second.output().endswith("Everything is stopped.\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_asked_to_stop_while_it_starts_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    demo = RunningDemo(folder, quiet_port())
    demo.wait_for("Making the tables")
    programs = demo.programs()
    assert {"postgres"} <= {program.name() for program in programs}
    assert demo.end_by(number) == 0
    assert still_running(programs, within=0) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_demo_ends_with_the_make_that_started_it(folder: Path, number: signal.Signals) -> None:
    makefile = folder / "Makefile"
    makefile.write_text(f".PHONY: demo\ndemo:\n\t@{sys.executable} manage.py demo --port={quiet_port()}\n")
    demo = RunningDemo(folder, 0, ["make", "-f", str(makefile), "demo"])
    demo.wait_for("Making the tables")
    programs = demo.programs()
    assert {"postgres", "python"} <= {re.sub(r"[\d.]+$", "", program.name()) for program in programs}
    assert demo.end_by(number) == -number
    assert still_running(programs, within=15) == []


def test_a_taken_port_is_said_in_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refused(folder, port) == (
            1, f"Port {port} is taken: serve the demo elsewhere, as in `PORT={port + 1} make demo`.\n"
        )  # fmt: skip


def own_environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    kept = {name: value for name, value in kept.items() if not name.startswith("STRIPE_")}
    return {**kept, "DEMO_DIR": str(folder)}


def refused(folder: Path, port: int) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", f"--port={port}"],
        cwd=ROOT, env=own_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30,
    )  # fmt: skip
    return done.returncode, done.stdout


def assert_page_is_served(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        assert answer.status == 200


def still_running(programs: list[psutil.Process], *, within: float) -> list[psutil.Process]:
    """Those of the programs that are alive after so many seconds at most; a zombie is dead."""
    deadline = time.monotonic() + within
    while (alive := [program for program in programs if is_alive(program)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return alive


def is_alive(program: psutil.Process) -> bool:
    try:
        return program.is_running() and program.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_start_that_was_interrupted_while_it_made_the_data_is_begun_again(folder: Path) -> None:
    (folder / "postgres" / "data").mkdir(parents=True)
    for name in ("clock", "stripe.sqlite3", "seeded.json"):
        (folder / name).write_text("1")
    forget_unfinished(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["seeded.json"]


def test_a_finished_start_is_kept(folder: Path) -> None:
    (folder / "postgres" / "data").mkdir(parents=True)
    for name in ("postgres/people.json", "clock"):
        (folder / name).write_text("[]")
    forget_unfinished(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["clock", "postgres"]
