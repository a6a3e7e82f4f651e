import pytest
from django.core.cache import caches
from django.test import Client

from accounts.tests.factories import PASSWORD, StudentFactory

NOWHERE = {
    "default": {
        "BACKEND": "core.cache.CacheThatMayBeAway",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
    }
}


@pytest.fixture
def away(settings):
    settings.CACHES = NOWHERE
    return caches["default"]


def test_a_cache_that_is_away_answers_like_an_empty_one(away):
    away.set("k", 1)
    assert (away.get("k", "none"), away.get_many(["k"]), away.add("k", 1), away.incr("k")) == ("none", {}, True, 1)
    assert (away.delete("k"), away.touch("k")) == (False, False)


@pytest.mark.django_db
def test_people_can_sign_in_while_redis_is_away(away):
    user = StudentFactory()
    answer = Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/")
