import pytest

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
