from datetime import timedelta

import pytest

from accounts.tests.factories import StudentFactory
from core.events import record
from notifications.models import Notification
from notifications.operations import open_notice, tell
from notifications.tasks import forget_old_notices

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(clock):
    return clock.now().replace(hour=2, minute=1)


@pytest.fixture
def notices(night):
    """One read 91 days ago, one read 89 days ago, one never read."""
    student = StudentFactory()
    made = [
        tell(student, record(student, "happened", by=None, at=night), kind="money", text="It happened.", url="/")
        for _number in range(3)
    ]
    for notice, days in zip(made, [91, 89], strict=False):
        open_notice(notice, by=student, now=night - timedelta(days=days))
    return made


def test_notices_read_over_90_days_ago_are_forgotten_at_night(notices, night):
    assert forget_old_notices(night) == 1
    assert set(Notification.objects.all()) == set(notices[1:])
    assert forget_old_notices(night) == 0


def test_by_day_nothing_is_forgotten(notices, night):
    assert forget_old_notices(night.replace(hour=14)) == 0
    assert Notification.objects.count() == 3
