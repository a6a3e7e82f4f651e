import pytest

from accounts.models import CoachProfile, User
from accounts.tests.factories import CoachFactory, CoachProfileFactory, SkillFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coach():
    return CoachFactory(name="Lucía Fernández")


def test_the_public_profile_shows_the_offer_and_no_address(client, coach):
    page = client.get(f"/coaches/{coach.pk}/").content.decode()
    assert "Lucía Fernández" in page
    assert "$60.00" in page
    assert coach.email not in page
    assert "meet.jit.si" not in page
