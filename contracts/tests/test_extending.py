"""More sessions after a contract that goes well."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import CoachProfile
from accounts.tests.factories import StudentFactory
from contracts import operations
from contracts.models import Contract
from contracts.operations import extend_contract, extending
from contracts.tasks import expire_open_steps
from contracts.tests.factories import accepted, active, drafted, held_session, paying, sent
from core import clock as the_clock
from core.refused import Refused
from core.registry import invariants
from payments.operations import settle_checkout
from tests.racing import together

pytestmark = pytest.mark.django_db
SOON = the_clock.now().date() + timedelta(days=90)


def extended(contract, by="student", **terms):
    return extend_contract(contract, by=getattr(contract, by), now=the_clock.now(), **terms)


def refusal_of(work):
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code


def test_a_student_asks_for_more_on_the_same_terms_and_the_coach_is_to_agree(standin, clock):
    contract, now = active(standin), clock.now()
    more = extended(contract)
    assert (more.state, more.is_coachs_idea, more.extends) == ("awaiting_coach", False, contract)
    assert (more.total_cents, more.session_count, more.session_minutes, more.title) == (20000, 4, 60, contract.title)
    assert (more.number != contract.number, more.escrow_id != contract.escrow_id, more.proposal) == (True, True, None)
    assert timedelta(days=7) <= more.expires_at - now < timedelta(days=7, minutes=1)
    assert list(contract.escrow.portions.values_list("gross_cents", flat=True)) == [5000] * 4
    more = operations.accept_contract(more, by=contract.coach, now=now)
    settle_checkout(paying(more, standin).checkout_session_id, now=the_clock.now())
    more.refresh_from_db()
    assert (more.state, more.bookings.count()) == ("active", 4)
    assert {name: rows for name, check in invariants.items() if (rows := list(check()))} == {}


def test_a_coachs_idea_is_seen_by_both_agreed_to_by_the_student_and_then_paid(standin, clock):
    contract = active(standin)
    terms = {"session_count": 2, "rate_cents": 4500, "learning_outcomes": "Speak", "start_date": SOON}
    more = extended(contract, "coach", **terms)
    assert (more.state, more.is_coachs_idea, more.total_cents) == ("draft", True, 9000)
    for person in (contract.student, contract.coach):
        assert more in Contract.objects.of(person)
    with pytest.raises(PermissionDenied):
        operations.accept_contract(more, by=contract.coach, now=clock.now())
    with pytest.raises(PermissionDenied):
        operations.send_contract(more, by=contract.student, now=clock.now())
    more = operations.accept_contract(more, by=contract.student, now=clock.now())
    assert more.state == "awaiting_payment"
    with pytest.raises(Refused):
        operations.accept_contract(more, by=contract.student, now=clock.now())


def test_a_students_own_draft_stays_unseen_and_is_not_accepted_by_its_coach(clock):
    contract = drafted()
    assert contract not in Contract.objects.of(contract.coach)
    accept = lambda: operations.accept_contract(contract, by=contract.coach, now=clock.now())  # noqa: E731
    assert refusal_of(accept) == "wrong_state"


def test_the_student_declines_a_coachs_idea_with_a_reason_and_another_may_follow(standin, clock):
    contract = active(standin)
    more = extended(contract, "coach")
    more = operations.decline_contract(more, by=contract.student, now=clock.now(), reason=" Not now. ")
    assert (more.state, more.end_reason) == ("declined", "Not now.")
    assert extended(contract).state == "awaiting_coach"


def test_only_a_party_extends_and_only_what_runs_or_was_completed_not_long_ago(standin, clock):
    for contract in (drafted(), sent(), accepted()):
        assert refusal_of(lambda contract=contract: extended(contract)) == "not_extendable"
    contract = active(standin, session_count=1)
    with pytest.raises(PermissionDenied):
        extend_contract(contract, by=StudentFactory(), now=clock.now())
    held_session(contract, clock)
    contract.refresh_from_db()
    assert contract.state == "completed"
    clock.travel_to(contract.ended_at + timedelta(days=90))
    assert refusal_of(lambda: extended(contract)) == "not_extendable"
    clock.travel_to(contract.ended_at + timedelta(days=89))
    assert extended(contract).extends == contract


@pytest.mark.parametrize("kind", ["direct", "trial", "group", "subscription"])
def test_other_kinds_of_contracts_are_not_extended(standin, kind):
    contract = active(standin)
    Contract.objects.filter(pk=contract.pk).update(kind=kind)
    assert refusal_of(lambda: extended(contract)) == "not_extendable"


def test_one_extension_is_open_at_a_time_and_the_refusal_names_it(standin):
    contract = active(standin)
    more = extended(contract)
    with pytest.raises(Refused) as refusal:
        extended(contract, "coach")
    assert (refusal.value.code, refusal.value.more) == ("extension_open", {"contract": more.pk})


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"session_count": 0}, "session_count"),
        ({"rate_cents": 500}, "below_minimum"),
        ({"start_date": date(2020, 1, 1)}, "past_start_date"),
        ({"start_date": date.max}, "far_start_date"),
        ({"note": "x" * 2001}, "too_long"),
    ],
)
def test_terms_that_no_contract_could_have_are_refused(standin, terms, code):
    contract = active(standin)
    assert refusal_of(lambda: extended(contract, **terms)) == code
    assert Contract.objects.count() == 1


def test_a_coach_who_was_taken_off_the_site_gets_no_new_contract(standin):
    contract = active(standin)
    CoachProfile.objects.filter(user=contract.coach).update(state="rejected", approved_at=None)
    assert refusal_of(lambda: extended(contract)) == "coach_not_open"


def test_an_idea_that_nobody_answers_expires_after_two_weeks(standin, clock):
    more = extended(active(standin), "coach")
    assert expire_open_steps(clock.now() + timedelta(days=13)) == 0
    assert expire_open_steps(clock.now() + timedelta(days=14)) == 1
    more.refresh_from_db()
    assert more.state == "expired"


def test_both_contracts_show_each_other(client, standin):
    contract = active(standin)
    client.force_login(contract.coach)
    address = reverse("contract-extend", args=[contract.pk])
    assert "Propose more sessions" in client.get(contract.get_absolute_url()).content.decode()
    body = {"payment_model": "per_session", "rate": "50.00", "session_count": "3", "session_minutes": "60"}
    response = client.post(address, body | {"start_date": "", "learning_outcomes": "", "note": ""})
    more = Contract.objects.get(extends=contract)
    assert response["Location"] == more.get_absolute_url()
    assert client.get(address)["Location"] == more.get_absolute_url()
    assert "Waiting for the student" in client.get(more.get_absolute_url()).content.decode()
    client.force_login(contract.student)
    theirs = client.get(more.get_absolute_url()).content.decode()
    assert contract.number in theirs
    assert "Accept contract" in theirs
    assert "Ask for changes" not in theirs
    assert more.number in client.get(contract.get_absolute_url()).content.decode()
    client.post(reverse("contract-accept", args=[more.pk]))
    more.refresh_from_db()
    assert more.state == "awaiting_payment"
    client.force_login(StudentFactory())
    assert client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_extensions_at_once_are_one(standin):
    contract = active(standin)
    results = together(*[lambda: extended(contract).state for _ in range(2)], lambda: extended(contract, "coach").state)
    assert results.count("extension_open") == 2
    assert Contract.objects.filter(extends=contract).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_the_database_refuses_the_second_extension(standin, monkeypatch):
    """The control of the race above: both find nothing open, and the constraint is the last line."""
    import threading

    contract, both_have_looked = active(standin), threading.Barrier(2)
    look = extending._refuse_unless_extendable

    def look_and_wait(*args):
        look(*args)
        both_have_looked.wait(5)

    monkeypatch.setattr(extending, "lock_members", lambda ids: None)
    monkeypatch.setattr(extending, "locked", lambda row: Contract.objects.get(pk=row.pk))
    monkeypatch.setattr(extending, "_refuse_unless_extendable", look_and_wait)
    results = together(*[lambda: extended(contract).state] * 2)
    assert sorted("IntegrityError" in result for result in results) == [False, True]
