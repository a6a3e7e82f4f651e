"""Reading changes nothing: whoever opens every page leaves every row as it was."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import CoachFactory, UserFactory
from contracts.tests.factories import active, held_session, scheduled
from core import clock as time
from marketplace.models import Invitation
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from tests.crawl import crawl

pytestmark = pytest.mark.django_db(transaction=True)
WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.IGNORECASE)
# When somebody was last seen is not what they look at; success of a payment is asked of Stripe, as it must be.
NOT_STATE = {"django_session", "usersessions_usersession"}


@pytest.fixture
def world(standin, clock, drain):
    contract = active(standin, request__questions=["Why?"])
    held_session(contract, clock)
    scheduled(contract, 2)
    request = LearningRequestFactory(student=contract.student)
    ProposalFactory(request=request, coach=contract.coach)
    LearningRequestFactory(student=contract.student, state="draft")
    Invitation.objects.create(request=request, coach=CoachFactory(), sent_at=time.now())
    drain()
    return contract


@pytest.mark.parametrize("reader", ["student", "coach", "staff", "nobody"])
def test_whoever_opens_every_page_changes_no_row(reader, world):
    people = {"student": world.student, "coach": world.coach, "nobody": None}
    people["staff"] = UserFactory(is_staff=True, is_superuser=True)
    client = Client(raise_request_exception=False)
    if people[reader]:
        client.force_login(people[reader])
    starts = [
        "/",
        "/dashboard/",
        "/coaches/",
        "/requests/",
        "/proposals/",
        "/profile/",
        "/onboarding/coach/",
        "/accounts/security/",
    ]
    written, opened, at = [], 0, ""

    def watch(execute, sql, params, many, context):
        found = WRITE.match(sql)
        if found and found[1] not in NOT_STATE:
            written.append((at, found[1]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        for at, answer in crawl(client, *starts, within=PLACES):
            opened += 1
            assert answer.status_code < 500, at
    assert written == []
    assert opened > (15 if reader == "nobody" else 30)


PLACES = tuple(f"/{place}" for place in (
    "accounts", "admin/accounts", "admin/marketplace", "admin/contracts", "coaches", "contracts", "dashboard", "invitations",
    "money", "notifications", "onboarding", "profile", "proposals", "requests", "saved", "sessions", "students", "support",
))  # fmt: skip


def test_the_watch_sees_a_write(world, client):
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append(bool(WRITE.match(sql)))
        return execute(sql, params, many, context)

    client.force_login(world.student)
    with connection.execute_wrapper(watch):
        client.post(reverse("become", args=["coach"]))
    assert any(seen)
