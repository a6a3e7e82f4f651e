"""One clock, moved with the site's: real time plus the offset written in a file that all processes read."""

import time
from pathlib import Path


class Clock:
    """Real time plus the number of seconds found in ``path``; without a file, real time."""

    def __init__(self, path: str = ""):
        self.path = path

    def offset(self) -> float:
        if not self.path:
            return 0.0
        try:
            return float(Path(self.path).read_text().strip() or 0)
        except (OSError, ValueError):
            return 0.0

    def now(self) -> float:
        return time.time() + self.offset()
