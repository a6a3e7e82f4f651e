"""Clicks at the same moment on drafts and invitations; each proof has a control that fails without the lock."""

from threading import Barrier

import pytest

from accounts.tests.factories import CoachFactory
from core.models import Event
from marketplace.operations import invitations, invite_coach, post_draft, requests
from marketplace.tests.factories import LearningRequestFactory
from marketplace.tests.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


def blank_draft():
    return LearningRequestFactory(state="draft", posted_at=None, expires_at=None)


def test_a_draft_posted_twenty_times_at_once_is_posted_once(clock):
    draft, now = blank_draft(), clock.now()
    answers = at_once(lambda _n: post_draft(draft, by=draft.student, now=now), range(MANY))
    assert answers.count("open") == 1
    assert set(answers) <= {"open", "already_posted", "busy"}
    assert Event.objects.filter(name="request_posted").count() == 1


def test_control_without_the_lock_a_draft_is_posted_twice(clock, monkeypatch):
    draft, now, both_have_read = blank_draft(), clock.now(), Barrier(2)

    def read_only(row):
        fresh = type(row).objects.get(pk=row.pk)
        both_have_read.wait(timeout=30)
        return fresh

    monkeypatch.setattr(requests, "lock_members", lambda ids: [])
    monkeypatch.setattr(requests, "locked", read_only)
    assert at_once(lambda _n: post_draft(draft, by=draft.student, now=now), range(2)) == ["open", "open"]


def test_the_last_place_among_invitations_is_given_once(clock, settings):
    settings.POLICY = settings.POLICY | {"request_invitations": 3}
    request, now = LearningRequestFactory(), clock.now()
    coaches = CoachFactory.create_batch(8)
    answers = at_once(lambda coach: invite_coach(request, coach=coach, by=request.student, now=now), coaches)
    assert answers.count("sent") == 3
    assert set(answers) <= {"sent", "too_many_invitations", "busy"}


def test_control_without_the_lock_there_are_too_many_invitations(clock, settings, monkeypatch):
    settings.POLICY = settings.POLICY | {"request_invitations": 1}
    request, now, both_have_counted = LearningRequestFactory(), clock.now(), Barrier(2)
    monkeypatch.setattr(invitations, "lock_members", lambda ids: [])
    monkeypatch.setattr(invitations, "locked", lambda row: type(row).objects.get(pk=row.pk))

    def counted(*args):
        refuse(*args)
        both_have_counted.wait(timeout=30)

    refuse = invitations._refuse_invitation
    monkeypatch.setattr(invitations, "_refuse_invitation", counted)
    coaches = CoachFactory.create_batch(2)
    answers = at_once(lambda coach: invite_coach(request, coach=coach, by=request.student, now=now), coaches)
    assert answers == ["sent", "sent"]
