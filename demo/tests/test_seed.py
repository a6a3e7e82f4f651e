"""The demo's past: complete, true in every cent, and made once. It is played once for all tests of this file."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import CoachProfile, User
from contracts.models import Contract
from core.models import Event, OutgoingMail
from core.registry import invariants
from demo.seed.catalogue import STATEFUL
from demo.seed.coaches import COACHES
from demo.seed.people import DOMAIN, PASSWORD, STAFF, STUDENTS
from marketplace.models import LearningRequest, Proposal
from payments.models import LedgerEntry
from scheduling.models import FreeTime, Session

NOT_SEEDED = {
    ("payment", "processing"): "the stand-in's cards answer at once",
    ("refund", "planned"): "lasts until the next sweep",
    ("refund", "refused"): "Stripe refuses a refund only of money that has gone back already",
    ("transfer", "failed"): "a transfer is never taken back by itself",
    ("mail", "sending"): "lasts as long as a connection to the mail server",
    ("mail", "failed"): "the demo's mail never leaves, so it cannot fail",
}


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, standin_program):
    """What the command printed; undone after the last test."""
    standin_program.reset()
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # as the transactions of other tests, which Stripe may be called in
        around.__enter__()
        try:
            yield run_seed()
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def in_the_seeded_database(seeded, db):
    """Each test sees the seeded rows."""


def run_seed():
    out = StringIO()
    call_command("seed", "--size", "small", "--json", stdout=out)
    return json.loads(out.getvalue())


def counts(found):
    return {kind: {state: len(ids) for state, ids in states.items()} for kind, states in found["objects"].items()}


@pytest.mark.parametrize("kind", STATEFUL)
def test_there_is_one_of_every_kind_in_every_state(seeded, kind):
    missing = {state for state in STATEFUL[kind].State.values if not seeded["objects"][kind].get(state)}
    assert missing == {state for named, state in NOT_SEEDED if named == kind}


def test_every_outcome_of_a_session_is_there():
    assert set(Session.objects.values_list("outcome", flat=True)) == {"", *Session.Outcome.values}


def test_reviews_are_public_and_private_and_notices_read_and_unread(seeded):
    assert set(seeded["objects"]["review"]) == {"public", "private"}
    assert set(seeded["objects"]["notification"]) == {"read", "unread"}


def test_series_run_and_have_ended_groups_are_in_every_state_and_somebody_is_hidden(seeded):
    assert set(seeded["objects"]["series"]) == {"running", "ended"}
    assert set(seeded["objects"]["group"]) == {"scheduled", "completed", "cancelled"}
    assert set(seeded["objects"]["sanction"]) == {"running", "over"}
    assert CoachProfile.objects.filter(is_hidden=True).count() == 1


def test_coaches_saved_requests_that_are_open_and_that_have_ended(seeded):
    assert set(seeded["objects"]["saved_request"]) == {"open", "ended"}


@pytest.mark.parametrize("name", sorted(invariants))
def test_the_past_is_true(name):
    assert list(invariants[name]()) == []


def test_somebody_has_left_and_only_the_history_of_the_coach_remembers():
    contract = Contract.objects.get(student__erased_at__isnull=False)
    assert (str(contract.student), contract.state, contract.review.stars) == ("Former member", "completed", 5)
    assert not OutgoingMail.objects.filter(html__contains="Walter Brandt").exists()


def test_the_past_uses_every_kind_of_ledger_line():
    assert set(LedgerEntry.objects.values_list("kind", flat=True)) == set(LedgerEntry.Kind.values)


def test_everything_happened_before_now_and_in_order(clock):
    moments = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert max(moments) <= clock.now()
    assert moments == sorted(moments)


def test_everybody_is_there_and_can_sign_in(seeded, client):
    assert [person["key"] for person in seeded["people"]] == [each.key for each in [*STUDENTS, *COACHES, *STAFF]]
    assert {person["role"] for person in seeded["people"]} == {"student", "coach", "admin", "finance", "support"}
    for person in (seeded["people"][0], seeded["people"][-1]):
        answer = client.post("/accounts/login/", {"login": person["email"], "password": person["password"]})
        assert (answer.status_code, answer.url) == (302, "/dashboard/")


def test_each_access_token_opens_the_api(seeded):
    for person in seeded["people"][:2]:
        api = APIClient(headers={"Authorization": f"Bearer {person['access_token']}"})
        assert api.get("/api/v1/notifications/").status_code == 200


def test_a_second_run_changes_nothing(seeded):
    rows = User.objects.count(), Event.objects.count(), OutgoingMail.objects.count()
    again = run_seed()
    assert counts(again) == counts(seeded)
    assert again["objects"] == seeded["objects"]
    assert (User.objects.count(), Event.objects.count(), OutgoingMail.objects.count()) == rows


def test_people_are_printed_as_a_table_without_json():
    out = StringIO()
    call_command("seed", stdout=out)
    assert f"student  anna@{DOMAIN}" in out.getvalue()
    assert PASSWORD in out.getvalue()


def test_a_seed_that_was_interrupted_says_how_to_go_on(monkeypatch):
    monkeypatch.setattr("demo.seed.SEEDED", "another_marker")
    with pytest.raises(CommandError, match="begin again with an empty database"):
        run_seed()


LISTS = [
    "dashboard",
    "coaches",
    "requests",
    "requests-saved",
    "invitations",
    "proposals",
    "contracts",
    "sessions",
    "money",
    "notifications",
]
PLAIN = ["home", "profile", "availability", "support", "request-new", "onboarding-coach"]


def pages_of(user):
    """Every page this person can reach, with how many queries it may take."""
    yield from ((reverse(name), 12) for name in LISTS)
    yield from ((reverse(name), 15) for name in PLAIN)
    if user.is_coach:
        yield reverse("payouts"), 12
        yield reverse("coach-reviews", args=[user.pk]), 12
    for rows in (
        Contract.objects.of(user), Session.objects.of(user), Proposal.objects.of(user), LearningRequest.objects.of(user),
    ):  # fmt: skip
        yield from ((row.get_absolute_url(), 15) for row in rows[:4])
    yield from ((reverse("money-of", args=[row.number]), 15) for row in Contract.objects.of(user)[:4])
    yield from ((reverse("coach", args=[coach.user_id]), 15) for coach in CoachProfile.objects.public()[:1])


@pytest.mark.parametrize("key", ["anna", "lucia"])
def test_no_page_takes_more_queries_than_it_may_and_every_component_is_drawn(key, client):
    user = User.objects.get(email=f"{key}@{DOMAIN}")
    client.force_login(user)
    wrong = []
    for path, most in pages_of(user):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        shown = answer.content.decode()
        if answer.status_code not in {200, 302} or len(queries) > most or "<c-" in shown or 'style="' in shown:
            wrong.append((path, answer.status_code, len(queries)))
    assert wrong == []


def test_coaches_can_be_found_by_when_they_are_free():
    rows = FreeTime.objects.filter(coach__calendar__weekly_hours__isnull=False).distinct()
    assert rows.count() >= len(COACHES) // 2
    assert not rows.filter(cells=[]).exists()
