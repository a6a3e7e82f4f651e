import time

import psutil
import pytest
from django.core.cache import caches
from django.test import Client

from accounts.tests.factories import PASSWORD, StudentFactory
from core import away
from demo import embedded

NOWHERE = {
    "default": {
        "BACKEND": "core.cache.CacheThatMayBeAway",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
    }
}


@pytest.fixture
def nowhere(settings):
    settings.CACHES = NOWHERE
    return caches["default"]


def test_a_cache_that_is_away_answers_like_an_empty_one(nowhere):
    nowhere.set("k", 1)
    assert (nowhere.get("k", "none"), nowhere.get_many(["k"]), nowhere.add("k", 1), nowhere.incr("k")) == (
        "none",
        {},
        True,
        1,
    )
    assert (nowhere.delete("k"), nowhere.touch("k")) == (False, False)


@pytest.fixture
def frozen(settings, tmp_path):
    """A cache whose Redis stands still: it takes what is sent and never answers."""
    with embedded.redis(log=tmp_path / "redis.log") as server:
        options = settings.CACHES["default"]["OPTIONS"] | {"socket_timeout": 2}
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": server.url, "OPTIONS": options}}
        caches["default"].set("k", 1)
        process = psutil.Process(server.child.process.pid)
        process.suspend()
        while process.status() != psutil.STATUS_STOPPED:  # on a busy machine it may still answer for a moment
            time.sleep(0.01)
        cache = caches["default"]
        cache.process = process
        yield cache
        process.resume()


def test_a_cache_that_stands_still_costs_one_moment_and_not_each_time(frozen):
    began = time.monotonic()
    for _number in range(50):
        assert frozen.get("k", "none") == "none"
    assert 1.9 < time.monotonic() - began < 10


def test_it_is_asked_again_after_a_while(frozen, monkeypatch):
    assert frozen.get("k", "none") == "none"
    frozen.process.resume()
    assert frozen.get("k", "none") == "none"
    monkeypatch.setattr(away, "_until", {})
    assert frozen.get("k", "none") == 1


@pytest.mark.django_db
def test_people_can_sign_in_while_redis_is_away(nowhere):
    user = StudentFactory()
    answer = Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/")
