"""Production as docker-compose.yml describes it: the same commands from the same environment file really run."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
import yaml

from demo import embedded
from demo.children import Child
from tests.production import ENVIRONMENT, SECRETS, read_example

ROOT = Path(__file__).resolve().parent.parent
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
PROGRAMS = ["web", "live", "worker", "beat"]
DEMO_ONLY = {"DEMO", "CLOCK_FILE", "STRIPE_API_BASE", "STANDIN_URL", "GOOGLE_CALENDAR_BASE", "GOOGLE_TOKEN_URL"}
DEMO_ONLY |= {"GOOGLE_REVOKE_URL"}
SET_BY_THE_IMAGE = {"DATABASE_POOL", "STATIC_ROOT", "ENV_FILE"}
HOST = str(urlsplit(ENVIRONMENT["SITE_URL"]).hostname)
WITHOUT_MODULES = """
import sys
class Refuse:
    def find_spec(self, name, *rest):
        if name.partition(".")[0] in sys.argv[1:]:
            raise ModuleNotFoundError(f"{name} is a package of development")
sys.meta_path.insert(0, Refuse())
from django.core.management import execute_from_command_line
from skileez import asgi, wsgi
execute_from_command_line(["manage.py", "check"])
"""
EVERY_SECOND = """
from django_celery_beat.models import IntervalSchedule, PeriodicTask
second, made = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
PeriodicTask.objects.create(name="sweep at once", task="core.tasks.sweep_all", interval=second)
"""


def test_the_site_runs_without_the_packages_of_development() -> None:
    """`check` loads every page and task; the packages that only dev.txt names are refused meanwhile."""
    pinned = {name: set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
              for name in ("base.txt", "dev.txt")}  # fmt: skip
    extra = pinned["dev.txt"] - pinned["base.txt"]
    owners = {
        module: {name.lower().replace("_", "-") for name in names} for module, names in packages_distributions().items()
    }
    modules = {module for module, names in owners.items() if names & extra}
    assert {"pytest", "psutil", "django_stubs_ext"} <= modules
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MODULES, *sorted(modules)],
        cwd=ROOT, env={"PATH": os.environ["PATH"], **ENVIRONMENT}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_example_names_every_setting_and_nothing_else() -> None:
    source = (ROOT / "skileez" / "settings.py").read_text()
    read = set(re.findall(r'\b(?:required|flag|number|env\.\w+)\(\s*"([A-Z_]+)"', source))
    by_compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert set(read_example()) == (read - DEMO_ONLY - SET_BY_THE_IMAGE) | by_compose


def test_the_example_holds_no_secret() -> None:
    example = read_example()
    assert {name: example[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_all_programs_share_one_image_and_one_environment_file() -> None:
    for name in [*PROGRAMS, "migrate"]:
        assert (SERVICES[name]["image"], SERVICES[name]["env_file"]) == ("skileez", ".env")


def test_nginx_sends_the_live_stream_unbuffered_to_its_own_process_and_all_else_to_the_site() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    upstreams = dict(re.findall(r"upstream (\w+) \{ server ([\w:]+);", text))
    assert upstreams == {name: f"{name}:{SERVICES[name]['environment']['GRANIAN_PORT']}" for name in ("web", "live")}
    locations = dict(re.findall(r"location (/\S*) \{(.*?)\}", text[text.index("listen 443") :], re.DOTALL))
    assert set(locations) == {"/live/", "/media/photos/", "/media/", "/"}
    assert "proxy_pass http://live;" in locations["/live/"]
    assert "proxy_buffering off;" in locations["/live/"]
    assert "proxy_pass http://web;" in locations["/"]


def test_nginx_serves_photos_by_itself_as_pictures_only_and_nothing_else_of_the_folder() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    photos = text[text.index("location /media/photos/") : text.index("location /media/ ")]
    for line in (
        "alias /srv/media/photos/;",
        "X-Content-Type-Options nosniff",
        "immutable",
        "types { image/webp webp; }",
    ):
        assert line in photos
    assert "location /media/ { return 404; }" in text
    assert "media:/srv/media:ro" in SERVICES["nginx"]["volumes"]


def test_site_stream_worker_and_beat_start_do_their_work_and_stop(production: "Production") -> None:
    production.manage("shell", "--command", EVERY_SECOND)
    web, live, worker, beat = [production.start(name) for name in PROGRAMS]
    for program in (web, live):
        program.wait_until(lambda port=production.ports[program.name]: answer(port, "/healthz")[0] == 200)

    status, page = answer(production.ports["web"], "/")
    assert (status, "<html" in page) == (200, True)
    stylesheet = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert stylesheet and answer(production.ports["web"], stylesheet[1])[0] == 200
    assert answer(production.ports["web"], "/", proto="http")[0] == 301
    assert answer(production.ports["web"], "/", host="elsewhere.example")[0] == 400
    assert answer(production.ports["live"], "/live/")[0] in {302, 401, 403}
    assert production.run(["python", "deploy/healthcheck.py"], GRANIAN_PORT=str(production.ports["web"])) == 0
    worker.wait_until(lambda: "sweep" in production.heartbeats(), patience=60)
    assert beat.is_running()

    for program in (beat, worker, live, web):
        program.stop(patience=30)
        assert program.process.returncode == 0, f"{program.name}: {program.output()[-2000:]}"


class Production:
    """The environment file with this machine's servers in it, and what runs from it."""

    def __init__(self, folder: Path, stack: ExitStack, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self.stack = stack
        self.database_url = database_url
        self.ports = {"web": embedded.quiet_port(), "live": embedded.quiet_port()}
        self.env = ENVIRONMENT | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": str(folder / "static"),
        }

    def start(self, name: str) -> Child:
        """Start a service of docker-compose.yml by its own command, on a port of its own."""
        own = SERVICES[name].get("environment", {})
        if "GRANIAN_PORT" in own:
            own = own | {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(self.ports[name])}
        command = ["env", *shlex.split(SERVICES[name]["command"])]  # `env` looks the program up in the PATH it is given
        log = self.folder / f"{name}.log"
        return self.stack.enter_context(Child(name, command, log=log, env=self.env | own, cwd=ROOT))

    def run(self, command: list[str], **more: str) -> int:
        done = subprocess.run(
            ["env", *command], cwd=ROOT, env=self.env | more, timeout=300, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.returncode

    def manage(self, *arguments: str) -> None:
        self.run(["python", "manage.py", *arguments])

    def heartbeats(self) -> set[str]:
        with psycopg.connect(self.database_url) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM core_heartbeat")}


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Production]:
    """An empty production site: its own database made by the real migrations, its own Redis, its static files."""
    with ExitStack() as stack:
        database_url = stack.enter_context(own_database())
        redis_url = stack.enter_context(embedded.redis(log=tmp_path / "redis.log")).url
        prepared = Production(tmp_path, stack, database_url, redis_url)
        prepared.run(shlex.split(SERVICES["migrate"]["command"]))
        prepared.manage("collectstatic", "--noinput")
        yield prepared


@contextmanager
def own_database() -> Iterator[str]:
    """The address of a new database on the server of this test run; dropped at the end."""
    name = f"production_{uuid4().hex[:8]}"
    server = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def answer(port: int, path: str, *, host: str = HOST, proto: str = "https") -> tuple[int, str]:
    """Status and text of a page, asked for as nginx would; redirects are not followed, 0 is no answer."""
    headers = {"Host": host, "X-Forwarded-Proto": proto, "X-Forwarded-For": "203.0.113.7"}
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except OSError:
        return 0, ""
    finally:
        connection.close()
