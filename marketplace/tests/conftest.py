import pytest
from django.core.cache import cache

from accounts.tests.factories import CoachFactory, StudentFactory


@pytest.fixture
def student(client):
    person = StudentFactory(time_zone="Europe/Dublin")
    client.force_login(person)
    return person


@pytest.fixture
def coach(client):
    person = CoachFactory()
    client.force_login(person)
    return person


@pytest.fixture(autouse=True)
def fresh_counts():
    """How many teach or ask for a skill is remembered for minutes, longer than a test lasts."""
    cache.delete_many(["coaches-by-skill", "requests-by-skill"])
