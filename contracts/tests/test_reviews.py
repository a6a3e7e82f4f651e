from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory
from contracts import operations
from contracts.models import Review
from contracts.tests.factories import active, held_session
from core.refused import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(standin, clock):
    contract = active(standin, session_count=1)
    held_session(contract, clock)
    contract.refresh_from_db()
    return contract


def write(contract, clock, **facts):
    facts = {"by": contract.student, "stars": 4, "text": "Patient.", "now": clock.now(), **facts}
    return operations.write_review(contract, **facts)


def test_a_review_counts_for_the_coachs_rating(done, clock):
    write(done, clock, stars=4)
    profile = done.coach.coach_profile
    profile.refresh_from_db()
    assert (profile.rating_sum, profile.rating_count, profile.rating) == (4, 1, 4.0)


def test_a_private_review_does_not_change_the_public_rating(done, clock):
    write(done, clock, is_public=False)
    done.coach.coach_profile.refresh_from_db()
    assert done.coach.coach_profile.rating_count == 0
    assert not Review.objects.public().exists()


def test_a_contract_is_reviewed_once(done, clock):
    write(done, clock)
    with pytest.raises(Refused) as refusal:
        write(done, clock)
    assert refusal.value.code == "already_reviewed"


def test_nobody_reviews_before_a_session_took_place(standin, clock):
    with pytest.raises(Refused) as refusal:
        write(active(standin), clock)
    assert refusal.value.code == "too_early"


def test_the_window_closes_fourteen_days_after_the_end(done, clock):
    with pytest.raises(Refused) as refusal:
        write(done, clock, now=done.ended_at + timedelta(days=14, seconds=1))
    assert refusal.value.code == "too_late"
    assert write(done, clock, now=done.ended_at + timedelta(days=14)).stars == 4


def test_neither_the_coach_nor_a_stranger_writes_it(done, clock):
    for person in (done.coach, StudentFactory()):
        with pytest.raises(PermissionDenied):
            write(done, clock, by=person)
