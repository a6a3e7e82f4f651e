"""Many people at the same moment, each with a connection of their own."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from core.refused import Refused
from tests.slow import far_away


def together(*calls: Callable[[], Any], patience: float = 20) -> list[Any]:
    """Make all calls at the same moment; what each came to: its answer, the code of its refusal, or what broke."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(patience)
            return call()
        except Refused as refused:
            return refused.code
        except Exception as error:  # the test names what it was
            return repr(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextmanager
def database_is_far(folder: Path, *, seconds: float) -> Iterator[None]:
    """Connections made from now on reach PostgreSQL so much later; this thread keeps the one that it has."""
    connection.ensure_connection()
    options = connections.settings["default"]["OPTIONS"]
    near = options["host"]
    with far_away(Path(near), folder, seconds=seconds):
        options["host"] = str(folder)
        try:
            yield
        finally:
            options["host"] = near


def measured(work: Callable[[], Any]) -> float:
    """Seconds that the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
