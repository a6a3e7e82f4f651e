"""A database server whose tables stand already: migrating takes most of a short test run, so its result is kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo import embedded
from demo.start import fingerprint

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache"
KEPT_AT_MOST = 3
TEMPLATE = "migrated"


@contextmanager
def migrated_postgres(folder: Path) -> Iterator[embedded.Server]:
    """A PostgreSQL with a database TEMPLATE: that of an earlier run with the same migrations, or a new one."""
    data, log = folder / "postgres", folder / "postgres.log"
    kept = KEPT / f"{TEMPLATE}-{fingerprint()[:16]}"
    if kept.exists():
        copy(kept, data)
    else:
        with embedded.postgres(data, log=log, database=TEMPLATE) as server:
            migrated = migrate(server.url, folder / "migrate.log")
        if migrated:
            keep(data, kept)
    with embedded.postgres(data, log=log) as server:
        yield server


def emptying(style: object, tables: list[str], **options: bool) -> list[str]:
    """The statements that empty these tables: after a test they hold few rows, and TRUNCATE takes a second even so."""
    deletes = "; ".join(f'DELETE FROM "{table}"' for table in tables)
    # Neither foreign keys nor the triggers that protect rows are asked.
    return (
        [f"SET session_replication_role = replica; {deletes}; SET session_replication_role = DEFAULT"] if tables else []
    )


def migrate(url: str, log: Path) -> bool:
    """Whether the migrations ran; where they do not, the tests that need tables will say why."""
    env = {**os.environ, "DEMO": "1", "DATABASE_URL": url}
    with log.open("w") as output:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate"], cwd=ROOT, env=env, stdout=output, stderr=output, check=False
        )
    return done.returncode == 0


def keep(data: Path, kept: Path) -> None:
    """Put a stopped server's files aside under their name, and forget all but the latest of these."""
    KEPT.mkdir(exist_ok=True)
    fresh = kept.with_name(f"new-{os.getpid()}")
    copy(data, fresh)
    if kept.exists():  # another run was faster
        shutil.rmtree(fresh)
        return
    fresh.rename(kept)
    others = sorted(KEPT.glob(f"{TEMPLATE}-*"), key=lambda path: path.stat().st_ctime)
    for old in others[:-KEPT_AT_MOST]:
        shutil.rmtree(old, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    """With owners, which PostgreSQL is particular about."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
