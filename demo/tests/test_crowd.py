"""The crowd: the same people every time, with what the operations would have written of them."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import CoachProfile, User
from accounts.operations import rewrite_words
from core.registry import invariants
from demo.seed.crowd import make_crowd
from demo.seed.people import PASSWORD
from marketplace.models import LearningRequest
from marketplace.operations.words import rewrite_request
from scheduling.models import FreeTime
from scheduling.operations import refresh_many

pytestmark = pytest.mark.django_db

COACHES, REQUESTS = 60, 40
PUBLIC = 57  # of sixty: one draft, one submitted, one rejected


def columns(row, *hidden):
    return {name: value for name, value in vars(row).items() if not name.startswith("_") and name not in hidden}


@pytest.fixture
def crowd(db):
    make_crowd(COACHES, REQUESTS)


def test_there_are_as_many_as_asked_for_and_again_no_more(crowd):
    def counts():
        return User.objects.count(), CoachProfile.objects.public().count(), LearningRequest.objects.count()

    assert counts() == (COACHES + REQUESTS // 4, PUBLIC, REQUESTS)
    make_crowd(COACHES, REQUESTS)
    assert counts() == (COACHES + REQUESTS // 4, PUBLIC, REQUESTS)
    make_crowd(COACHES + 5, REQUESTS)
    assert counts() == (COACHES + 5 + REQUESTS // 4, PUBLIC + 5, REQUESTS)


def test_everybody_is_the_same_the_next_time(crowd):
    def everybody():
        coaches = CoachProfile.objects.values_list("user__name", "headline", "hourly_rate_cents", "stars", "words")
        requests = LearningRequest.objects.values_list("title", "budget_cents", "preferred_hours", "more_words")
        return [*coaches.order_by("pk"), *requests.order_by("pk")]

    first = everybody()
    LearningRequest.objects.all().delete()
    User.objects.all().delete()
    make_crowd(COACHES, REQUESTS)
    assert everybody() == first


def test_coaches_are_written_as_the_operations_write_them(crowd):
    for profile in CoachProfile.objects.public():
        before = columns(profile)
        after = columns(rewrite_words(CoachProfile.objects.get(pk=profile.pk)))
        assert after == before
        assert sorted(profile.skill_ids) == sorted(profile.skills.values_list("pk", flat=True))
        profile.full_clean(exclude=["user", "submitted_at", "approved_at", "response_minutes"])
    assert not CoachProfile.objects.exclude(approved_at=None).filter(words="").exists()
    assert set(CoachProfile.objects.values_list("state", flat=True)) == {"approved", "draft", "submitted", "rejected"}


def test_free_time_is_that_of_the_calendars(crowd, clock):
    before = list(FreeTime.objects.order_by("pk").values("pk", "stretches", "cells", "next_free_at"))
    assert len(before) == COACHES
    refresh_many([row["pk"] for row in before], now=FreeTime.objects.earliest("pk").computed_at)
    assert list(FreeTime.objects.order_by("pk").values("pk", "stretches", "cells", "next_free_at")) == before


def test_requests_are_written_as_the_operations_write_them(crowd, clock):
    now = clock.now()
    for request in LearningRequest.objects.all():
        before = columns(request)
        after = columns(rewrite_request(LearningRequest.objects.get(pk=request.pk), now=now))
        assert after == before
        request.full_clean(exclude=["student", "posted_at", "expires_at"])
        assert len(request.description) >= 50
    states = dict.fromkeys(LearningRequest.objects.values_list("state", flat=True))
    assert set(states) == {"open", "paused", "closed", "expired", "draft"}
    open_ = LearningRequest.objects.open()
    assert not open_.filter(expires_at__lte=now + timedelta(days=1)).exists()


def test_everybody_can_sign_in(crowd, client):
    assert client.login(email=User.objects.earliest("pk").email, password=PASSWORD)


def test_nothing_that_must_be_true_is_broken(crowd):
    assert {name: rows for name, check in invariants.items() if (rows := list(check()))} == {}


def test_the_command_takes_numbers(db):
    call_command("seed", "--size", "large", "--coaches", "3", "--requests", "4")
    assert (CoachProfile.objects.count(), LearningRequest.objects.count()) == (3, 4)
