"""The story of a contract in words that both parties read."""

from datetime import timedelta

import pytest

from accounts.tests.factories import StudentFactory
from contracts import events as of_contracts
from contracts import operations
from contracts.models import Contract
from contracts.progress import progress_of
from contracts.sentences import SENTENCES
from contracts.tests.factories import active, held_session, scheduled, sent
from contracts.tests.test_api import api
from contracts.timeline import timeline_of
from core.events import record
from core.templatetags.skileez import when
from payments import events as of_payments
from scheduling import events as of_scheduling
from scheduling.models import Session
from scheduling.operations import agree_to_move, move_session

pytestmark = pytest.mark.django_db


def texts(contract):
    rows = contract.bookings.select_related("session", "portion")
    return [entry.text for entry in timeline_of(contract, rows)][::-1]


def told_in(contract):
    rows = contract.bookings.select_related("session", "portion")
    return timeline_of(contract, rows)


@pytest.fixture
def people():
    return {"request__student": StudentFactory(name="Anna Berg"), "coach__name": "Lucía Sol"}


def test_terms_money_and_sessions_are_told_in_whole_sentences(standin, clock, drain, people):
    contract = sent(session_count=2, **people)
    operations.request_changes(contract, by=contract.coach, now=clock.now(), rate_cents=4500)
    contract = operations.agree_to_changes(contract, number=1, by=contract.student, now=clock.now())
    payment = operations.start_payment(contract, by=contract.student, now=clock.now())
    standin.pay(payment.checkout_session_id)
    from payments.operations import settle_checkout

    settle_checkout(payment.checkout_session_id, now=clock.now())
    contract.refresh_from_db()
    held_session(contract, clock)
    clock.advance(hours=25)
    drain()
    told = texts(contract)
    assert told[:4] == [
        "Contract drafted from the proposal",
        "Sent to Lucía",
        "Lucía asked for other terms (request 1): $90.00 instead of $100.00",
        "Anna agreed to request 1: the contract comes to $90.00 now",
    ]
    assert "$90.00 was paid and is held until the sessions are done" in told
    assert any(line.startswith("Session 1 of 2 was scheduled for ") for line in told)
    assert told[-2:] == ["Session 1 of 2 took place", "Session 1 of 2: $38.25 was released to Lucía, $6.75 is the fee"]


def test_who_did_it_is_named_and_what_the_clock_did_has_nobody(standin, clock, people):
    contract = active(standin, **people)
    who = {entry.name: entry.who for entry in told_in(contract)}
    assert who["contract_sent"] == "Anna Berg"
    assert who["contract_accepted"] == "Lucía Sol"
    assert who["contract_activated"] == ""


def test_what_another_student_of_the_session_did_is_not_told(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    before = len(told_in(contract))
    record(session, "session_confirmed", by=StudentFactory(), at=clock.now())
    assert len(told_in(contract)) == before


def test_every_sentence_is_about_an_event_that_exists():
    known = {
        value
        for floor in (of_contracts, of_payments, of_scheduling)
        for name, value in vars(floor).items()
        if name.isupper()
    }
    assert {name.partition(":")[0] for name in SENTENCES} - known == set()


def test_progress_counts_what_is_done_ahead_open_and_held(standin, clock):
    contract = active(standin)
    held_session(contract, clock)
    session = scheduled(contract, 2)
    rows = contract.bookings.select_related("session", "portion")
    progress = progress_of(rows)
    assert (progress.total, progress.done, progress.ahead, progress.open, progress.lost) == (4, 1, 1, 2, 0)
    assert (progress.remaining, progress.held_cents, progress.next_at) == (3, 20000, session.starts_at)


def test_a_session_called_off_late_is_no_longer_to_come_though_its_money_is_kept(standin, clock):
    session = scheduled(active(standin))
    contract = session.bookings.get().contract
    Session.objects.filter(pk=session.pk).update(agreed_at=clock.now() - timedelta(days=2))
    clock.travel_to(session.starts_at - timedelta(hours=1))
    quote = operations.quote_session(session, by=contract.student, now=clock.now())
    operations.cancel_booked_session(session, by=contract.student, quote=quote.id, now=clock.now())
    seen = Contract.objects.with_progress().get(pk=contract.pk)
    assert (seen.cancelled_sessions, seen.refunded_sessions, seen.remaining_sessions) == (1, 0, 3)
    progress = progress_of(contract.bookings.select_related("session", "portion"))
    assert (progress.lost, progress.open, progress.remaining, progress.held_cents) == (1, 3, 3, 20000)


@pytest.mark.parametrize(
    ("hours_before", "told"),
    [
        (30, "Session 1 of 4 was called off: $50.00 goes back to Anna"),
        (12, "Session 1 of 4 was called off late: $25.00 goes back to Anna, $25.00 is kept"),
        (1, "Session 1 of 4 was called off too late for a refund: $50.00 is kept"),
    ],
)
def test_a_session_called_off_is_told_once_with_what_goes_back(standin, clock, people, hours_before, told):
    contract = active(standin, **people)
    session = scheduled(contract)
    Session.objects.filter(pk=session.pk).update(agreed_at=clock.now() - timedelta(days=2))
    clock.travel_to(session.starts_at - timedelta(hours=hours_before))
    quote = operations.quote_session(session, by=contract.student, now=clock.now())
    operations.cancel_booked_session(session, by=contract.student, quote=quote.id, now=clock.now())
    assert [text for text in texts(contract) if "called off" in text] == [told]


def test_a_contract_called_off_is_told_with_its_sum(standin, clock, people):
    contract = active(standin, **people)
    quote = operations.quote_contract(contract, by=contract.coach, now=clock.now())
    operations.cancel_contract(contract, by=contract.coach, quote=quote.id, now=clock.now())
    assert "Lucía called off all that was to come: $200.00 goes back" in texts(contract)


def test_moves_and_what_each_side_said_are_told(standin, clock, people):
    contract = active(standin, **people)
    session = scheduled(contract)
    clock.travel_to(session.starts_at - timedelta(hours=20))
    later = session.starts_at + timedelta(hours=48)
    wanted = move_session(session, starts_at=later, by=contract.student, now=clock.now())
    agree_to_move(wanted, by=contract.coach, now=clock.now())
    record(session, of_scheduling.STAFF_ASKED, by=None, at=clock.now())
    record(
        session, of_scheduling.OUTCOME_SAID, by=contract.coach, at=clock.now(), role="coach", outcome="student_absent"
    )
    record(contract, of_contracts.PAYMENT_CAME_LATE, by=None, at=clock.now(), code="taken")
    told = texts(contract)
    assert f"Session 1 of 4: asked to move it to {when(later)}" in told
    assert f"Session 1 of 4 was moved from {when(session.starts_at)} to {when(later)}" in told
    assert told[-3:] == [
        "Session 1 of 4: our staff were asked to settle what it came to",
        "Session 1 of 4: said that Anna did not come",
        "The payment came when the time was no longer held: all of it goes back",
    ]


def test_the_seat_of_another_student_is_not_told(standin, clock, people):
    contract = active(standin, **people)
    session = scheduled(contract)
    before = texts(contract)
    record(session, of_scheduling.SEAT_EXPIRED, by=None, at=clock.now(), student=StudentFactory().pk)
    assert texts(contract) == before
    record(session, of_scheduling.SEAT_EXPIRED, by=None, at=clock.now(), student=contract.student_id)
    assert texts(contract) == [*before, "The seat was not paid in time and is free again"]


def test_clients_read_the_same_story_and_a_stranger_nothing(standin):
    contract = active(standin)
    path = f"/api/v1/contracts/{contract.pk}/timeline/"
    body = api(contract.coach).get(path).json()
    assert [row["name"] for row in body][-2:] == ["contract_sent", "contract_drafted"]
    assert set(body[0]) == {"name", "text", "at", "who"}
    assert api(StudentFactory()).get(path).status_code == 404


def test_terms_are_discussed_by_api(people):
    contract = sent(**people)
    coach, student = api(contract.coach), api(contract.student)
    path = f"/api/v1/contracts/{contract.pk}/"
    assert student.post(f"{path}request-changes/", {"session_count": 6}, format="json").status_code == 403
    odd = coach.post(f"{path}request-changes/", {"rate": {"amount_cents": 4500, "currency": "eur"}}, format="json")
    assert (odd.status_code, odd.json()["code"]) == (400, "invalid")
    wanted = {"rate": {"amount_cents": 4500, "currency": "usd"}, "session_count": 6, "words": "Six!"}
    made = coach.post(f"{path}request-changes/", wanted, format="json")
    assert (made.status_code, made.json()["number"], made.json()["after"]["total"]["amount_cents"]) == (201, 1, 27000)
    shown = student.get(path).json()
    assert (shown["is_changing"], shown["can_be_accepted"], shown["end_date"]) == (True, False, None)
    [asked] = student.get(f"{path}changes/").json()
    assert [line["name"] for line in asked["differences"] if line["is_changed"]] == ["sessions", "rate", "total"]
    stale = student.post(f"{path}changes/2/agree/")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_change")
    assert coach.post(f"{path}changes/1/agree/").status_code == 403
    assert student.post(f"{path}changes/1/agree/").json()["total_amount"]["amount_cents"] == 27000
    assert api(StudentFactory()).post(f"{path}changes/1/agree/").status_code == 404


def test_a_contract_is_extended_by_api_once_per_key(standin):
    contract = active(standin)
    client, path = api(contract.student), f"/api/v1/contracts/{contract.pk}/extend/"
    answers = [client.post(path, {"session_count": 2}, format="json", headers={"Idempotency-Key": "k"}) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [201, 201]
    body = answers[0].json()
    assert (body["follows"], body["proposed_by"], body["total_amount"]["amount_cents"]) == (
        contract.pk,
        "student",
        10000,
    )
    refused = client.post(path, {}, format="json")
    assert (refused.json()["code"], refused.json()["contract"]) == ("extension_open", body["id"])
    assert Contract.objects.count() == 2
    assert api(StudentFactory()).post(path, {}, format="json").status_code == 404


def test_a_reason_for_declining_goes_with_it_by_api():
    contract = sent()
    path = f"/api/v1/contracts/{contract.pk}/decline/"
    body = api(contract.coach).post(path, {"reason": "Booked out"}, format="json").json()
    assert (body["state"], body["end_reason"]) == ("declined", "Booked out")
    assert body["end_date"] == str(Contract.objects.get().ended_at.date())


def test_other_terms_for_the_same_sum_do_not_speak_of_two(people, clock):
    contract = sent(session_count=2, **people)
    operations.request_changes(contract, by=contract.coach, now=clock.now(), learning_outcomes="Order a coffee")
    assert texts(contract)[-1] == "Lucía asked for other terms (request 1); the total stays at $100.00"
