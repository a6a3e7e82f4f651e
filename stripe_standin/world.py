"""Everything one running stand-in consists of, and the one lock under which it changes."""

import sys
import threading
from contextlib import contextmanager

from .clock import Clock
from .config import Config
from .log import ExchangeLog
from .store import Store


class World:
    """Store, clock, settings and log. All work is done inside ``work()``: one transaction at a time."""

    def __init__(self, config: Config):
        self.config = config
        self.clock = Clock(config.clock_file)
        self.store = Store(config.store)
        self.log = ExchangeLog(config.log)
        self.lock = threading.RLock()
        self.wake = threading.Event()  # set when there may be something to deliver
        self.sending = threading.Lock()  # held while webhooks are delivered
        self.paused = False
        self.failures: list = []
        self.keys_in_use: set = set()
        self.request: dict | None = None  # the API call being answered, named in the events it causes
        self._moment: int | None = None

    def now(self) -> int:
        """The moment at which work happens: the clock's, or while late work is done the one it was due at."""
        return int(self.clock.now()) if self._moment is None else self._moment

    def link(self, path: str) -> str:
        return self.config.public_url + path

    def complain(self, message: str) -> None:
        sys.stderr.write(message)
        sys.stderr.flush()

    @contextmanager
    def work(self, moment=None):
        """One transaction under the lock; whatever is raised inside undoes it."""
        with self.lock:
            self._moment = None if moment is None else int(moment)
            self.store.sql("BEGIN IMMEDIATE")
            try:
                yield self.store
            except BaseException:
                self.store.sql("ROLLBACK")
                raise
            else:
                self.store.sql("COMMIT")
            finally:
                self._moment = None
        self.wake.set()
