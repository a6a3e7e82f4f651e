"""Words that Redis did not take: a thread says them again until it does, so that nobody's page waits for that."""

import threading
import time
from collections.abc import Callable

from redis.exceptions import RedisError

PAUSE = 1.0
MOST = 10_000  # by then nobody is at home, and streams that come again tell their pages to look
Words = set[tuple[int, str]]

_words: Words = set()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def keep(words: Words, say: Callable[[Words], None]) -> None:
    """Say these later, as soon as Redis takes them."""
    global _thread
    with _lock:
        if len(_words) < MOST:
            _words.update(words)
        if _thread is None or not _thread.is_alive():  # a thread does not survive a fork
            _thread = threading.Thread(target=_repeat, args=[say], daemon=True, name="unsaid")
            _thread.start()


def _repeat(say: Callable[[Words], None]) -> None:
    global _thread
    while True:
        time.sleep(PAUSE)
        with _lock:
            words = set(_words)
            _words.clear()  # what is kept from now on is news, even if it is the same word
        try:
            say(words)
        except RedisError:
            with _lock:
                _words.update(words)
            continue
        with _lock:
            if not _words:
                _thread = None
                return
