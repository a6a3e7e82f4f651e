"""Two at the same moment. Each race has its control: without the lock it goes wrong."""

import time

import pytest

from accounts.documents import digest, wanted_document
from accounts.models import CoachProfile, User
from accounts.operations import approve_coach, change_profile, coaches, reject_coach
from accounts.tests.factories import CoachProfileFactory
from core import models
from core.models import Event
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


@pytest.fixture
def slow(monkeypatch):
    """Everybody takes a moment between reading and writing, as under load."""
    monkeypatch.setattr(coaches, "locked", lambda row: pausing(models.locked(row)))


@pytest.fixture
def no_lock(monkeypatch):
    monkeypatch.setattr(coaches, "locked", lambda row: pausing(CoachProfile.objects.get(pk=row.pk)))


def pausing(row):
    time.sleep(0.2)
    return row


def staff(number):
    return User.objects.create_superuser(f"staff{number}@example.com", name="Staff")


def decide_twice(clock):
    profile = CoachProfileFactory(state="submitted")
    seen, now, (nora, paul) = digest(profile), clock.now(), map(staff, (profile.pk, -profile.pk))
    return together(
        lambda: approve_coach(profile, seen=seen, by=nora, now=now).state,
        lambda: reject_coach(profile, seen=seen, reason="Say more.", by=paul, now=now).state,
    )


def approve_while_the_coach_writes(clock):
    profile = CoachProfileFactory(state="submitted", bio="What staff saw.")
    seen, now, nora = digest(profile), clock.now(), staff(profile.pk)
    came_to = together(
        lambda: approve_coach(profile, seen=seen, by=nora, now=now).state,
        lambda: change_profile(profile, by=profile.user, now=now, bio="What came later.").state,
    )
    return came_to, CoachProfile.objects.get(pk=profile.pk)


def is_sound(profile):
    """Only what staff saw is public, and what the coach wrote is not lost."""
    only_seen = profile.bio == "What staff saw." if profile.is_public else profile.state == "submitted"
    return only_seen and wanted_document(profile)["bio"] == "What came later." and profile.state != "approved"


def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(clock, slow):
    for _round in range(ROUNDS):
        assert sorted(decide_twice(clock)) in (["approved", "not_waiting"], ["not_waiting", "rejected"])
    assert Event.objects.filter(name__in=["coach_approved", "coach_rejected"]).count() == ROUNDS


def test_without_the_lock_both_decisions_count(clock, no_lock):
    assert any("not_waiting" not in decide_twice(clock) for _round in range(ROUNDS))


def test_an_approval_never_publishes_what_the_coach_wrote_meanwhile(clock, slow):
    for _round in range(ROUNDS):
        (approval, change), profile = approve_while_the_coach_writes(clock)
        assert (approval, change) in {("approved", "draft"), ("changed_meanwhile", "submitted")}
        assert is_sound(profile)


def test_without_the_lock_a_change_is_lost_or_approved_unseen(clock, no_lock):
    assert not all(is_sound(approve_while_the_coach_writes(clock)[1]) for _round in range(ROUNDS))
