"""Programs that this program starts and that end with it, whatever ends it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self


class Failed(Exception):
    """A program did not start or ended by itself; the text is for people."""


class Child:
    """A program in a process group of its own; what it says goes to `log`, its answer to `answer` where that is given."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        answer: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stop_by: signal.Signals = signal.SIGTERM,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log = log
        self.stop_by = stop_by
        self.answer = answer or log
        with log.open("wb") as output, self.answer.open("wb" if answer else "ab") as answer_file:
            self.process = subprocess.Popen(  # noqa: S603
                [*bound_to_parent(stop_by), *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=answer_file,
                stderr=output,
                env=env,
                cwd=cwd,
                start_new_session=True,
                pass_fds=pass_fds,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the signal that it stops by, without waiting."""
        if self.is_running():
            self.process.send_signal(self.stop_by)

    def stop(self, patience: float = 10) -> None:
        """Ask it to stop, wait that many seconds, then end it and all that it started."""
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def must_be_running(self) -> None:
        if not self.is_running():
            words = "\n".join(f"    {line}" for line in self.output().splitlines()[-8:])
            raise Failed(f"The {self.name} ended by itself; the end of {self.log}:\n{words}")

    def wait_until(self, ready: Callable[[], bool], patience: float = 60) -> None:
        """Return when it is ready; Failed when it ends before, or is not ready in that many seconds."""
        deadline = time.monotonic() + patience
        while not ready():
            self.must_be_running()
            if time.monotonic() > deadline:
                raise Failed(f"The {self.name} was not ready after {patience:.0f} seconds; see {self.log}.")
            time.sleep(0.05)


def bound_to_parent(stop_by: signal.Signals) -> list[str]:
    """The words before a command that make Linux stop it when its parent is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={stop_by.name.removeprefix('SIG')}"] if setpriv else []
