"""Other terms before the coach agrees."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.tests.factories import StudentFactory
from contracts import operations
from contracts.differences import differences, sums_of
from contracts.models import ChangeRequest, Contract
from contracts.operations import agree_to_changes, decline_changes, request_changes, withdraw_changes
from contracts.operations import changes as module
from contracts.tasks import expire_open_steps
from contracts.tests.factories import accepted, drafted, paying, sent
from core import clock as the_clock
from core.refused import Refused
from core.registry import invariants
from payments.operations import settle_checkout
from payments.policy import plan_portions
from tests.racing import together

pytestmark = pytest.mark.django_db
SOON = the_clock.now().date() + timedelta(days=90)


def asked(contract, now=None, **wanted):
    wanted = wanted or {"rate_cents": 4500}
    return request_changes(contract, by=contract.coach, now=now or the_clock.now(), **wanted)


def refusal_of(work):
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code


def portions_of(contract):
    return list(contract.escrow.portions.order_by("number").values_list("gross_cents", "fee_cents"))


def broken():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))}


def test_a_coach_asks_for_other_terms_and_nothing_changes_yet(clock):
    contract, now = sent(), clock.now()
    change = asked(contract, now, rate_cents=4500, session_count=6, words=" Six would be better. ")
    contract.refresh_from_db()
    assert (change.number, change.state, change.words) == (1, "open", "Six would be better.")
    assert (change.before["rate_cents"], change.after["rate_cents"]) == (5000, 4500)
    assert (change.after["session_count"], change.after["session_minutes"]) == (6, 60)
    assert (contract.state, contract.total_cents, contract.expires_at) == (
        "awaiting_coach",
        20000,
        now + timedelta(days=7),
    )
    assert portions_of(contract) == [(5000, 750)] * 4


def test_agreeing_makes_them_the_contracts_to_the_cent(clock, standin):
    contract, now = sent(), clock.now()
    asked(contract, rate_cents=3333, session_count=7, start_date=SOON, learning_outcomes="Order food")
    contract = agree_to_changes(contract, number=1, by=contract.student, now=now)
    contract.refresh_from_db()
    assert (contract.state, contract.expires_at) == ("awaiting_payment", now + timedelta(days=7))
    assert (contract.total_cents, contract.session_count, contract.start_date) == (23331, 7, SOON)
    assert contract.outcomes == ["Order food"]
    assert portions_of(contract) == [(3333, 500)] * 7
    payment = paying(contract, standin)
    settle_checkout(payment.checkout_session_id, now=the_clock.now())
    contract.refresh_from_db()
    assert (payment.amount_cents, contract.state, contract.bookings.count()) == (23331, "active", 7)
    assert broken() == {}


def test_a_contract_per_hour_is_cut_anew_so_that_parts_add_up():
    contract = sent(payment_model="per_hour", rate_cents=2000, session_count=3, session_minutes=50)
    asked(contract, rate_cents=2500, session_count=7, session_minutes=25)
    contract = agree_to_changes(contract, number=1, by=contract.student, now=the_clock.now())
    assert contract.total_cents == 7292  # 2 h 55 at 25.00, half a cent up
    assert portions_of(contract) == [(1041, 156)] * 6 + [(1046, 157)]
    assert sum(gross for gross, _fee in portions_of(contract)) == 7292


def test_the_fee_and_the_policy_stay_those_of_the_contract(settings):
    contract = sent()
    settings.POLICY = settings.POLICY | {"fee_contract": 3000, "awaiting_payment_days": 1, "change_requests": 1}
    asked(contract, session_count=2)
    now = the_clock.now()
    contract = agree_to_changes(contract, number=1, by=contract.student, now=now)
    assert portions_of(contract) == [(5000, 750)] * 2
    assert contract.expires_at == now + timedelta(days=7)


def test_declining_keeps_the_terms_and_gives_the_coach_a_fresh_week(clock):
    contract = sent()
    asked(contract)
    now = clock.advance(days=3)
    decline_changes(contract, number=1, by=contract.student, now=now)
    contract.refresh_from_db()
    assert (contract.state, contract.total_cents, contract.expires_at) == (
        "awaiting_coach",
        20000,
        now + timedelta(days=7),
    )
    assert operations.accept_contract(contract, by=contract.coach, now=now).total_cents == 20000


def test_withdrawing_lets_the_coach_accept_the_terms_as_they_are():
    contract = sent()
    asked(contract)
    accept = lambda: operations.accept_contract(contract, by=contract.coach, now=the_clock.now())  # noqa: E731
    assert refusal_of(accept) == "change_open"
    withdraw_changes(contract, number=1, by=contract.coach, now=the_clock.now())
    assert accept().state == "awaiting_payment"


def test_only_the_coach_asks_and_only_the_student_answers():
    contract, now, stranger = sent(), the_clock.now(), StudentFactory()
    for person in (contract.student, stranger):
        with pytest.raises(PermissionDenied):
            request_changes(contract, by=person, now=now, rate_cents=4500)
    asked(contract)
    for answer in (agree_to_changes, decline_changes):
        for person in (contract.coach, stranger):
            with pytest.raises(PermissionDenied):
                answer(contract, number=1, by=person, now=now)
    for person in (contract.student, stranger):
        with pytest.raises(PermissionDenied):
            withdraw_changes(contract, number=1, by=person, now=now)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"session_count": 0}, "session_count"),
        ({"session_count": 101}, "session_count"),
        ({"session_minutes": 14}, "session_minutes"),
        ({"rate_cents": 999}, "below_minimum"),
        ({"rate_cents": 99_999_999}, "above_maximum"),
        ({"start_date": date(2020, 1, 1)}, "past_start_date"),
        ({"start_date": date.max}, "far_start_date"),
        ({"learning_outcomes": "x" * 2001}, "too_long"),
        ({"rate_cents": 4500, "words": "x" * 2001}, "too_long"),
        ({"rate_cents": 5000}, "terms_unchanged"),
    ],
)
def test_terms_that_no_contract_could_have_are_refused(wanted, code):
    contract = sent()
    assert refusal_of(lambda: asked(contract, **wanted)) == code
    assert not ChangeRequest.objects.exists()


def test_one_request_is_open_at_a_time_and_ten_are_the_most():
    contract = sent()
    asked(contract)
    assert refusal_of(lambda: asked(contract, session_count=5)) == "change_open"
    for number in range(1, 11):
        decline_changes(contract, number=number, by=contract.student, now=the_clock.now())
        if number < 10:
            asked(contract, rate_cents=4500 + number)
    assert refusal_of(lambda: asked(contract, session_count=5)) == "too_many_changes"


@pytest.mark.parametrize("make", [drafted, accepted])
def test_terms_are_asked_for_only_while_the_contract_waits_for_its_coach(make):
    assert refusal_of(lambda: asked(make())) == "not_changeable"


@pytest.mark.parametrize("kind", ["direct", "trial", "group", "subscription"])
def test_other_kinds_of_contracts_have_no_terms_to_discuss(kind):
    contract = sent()
    Contract.objects.filter(pk=contract.pk).update(kind=kind)
    assert refusal_of(lambda: asked(contract)) == "not_changeable"


def test_an_answer_to_another_request_than_the_one_shown_is_refused():
    contract, now = sent(), the_clock.now()
    asked(contract)
    withdraw_changes(contract, number=1, by=contract.coach, now=now)
    asked(contract, rate_cents=9000)
    assert refusal_of(lambda: agree_to_changes(contract, number=1, by=contract.student, now=now)) == "stale_change"
    agree_to_changes(contract, number=2, by=contract.student, now=now)
    assert refusal_of(lambda: agree_to_changes(contract, number=2, by=contract.student, now=now)) == "stale_change"
    assert refusal_of(lambda: decline_changes(contract, number=2, by=contract.student, now=now)) == "stale_change"


def test_a_request_ends_with_its_contract(clock):
    late, called_off = sent(), sent()
    for contract in (late, called_off):
        asked(contract)
    operations.cancel_contract(called_off, by=called_off.student, now=clock.now())
    late.refresh_from_db()
    agree = lambda: agree_to_changes(late, number=1, by=late.student, now=late.expires_at)  # noqa: E731
    assert refusal_of(agree) == "expired"
    assert expire_open_steps(late.expires_at) == 1
    assert set(ChangeRequest.objects.values_list("state", flat=True)) == {"ended"}
    assert refusal_of(lambda: agree_to_changes(late, number=1, by=late.student, now=clock.now())) == "stale_change"


def test_differences_say_line_by_line_what_would_be_other_and_show_the_coach_what_reaches_them():
    contract = sent()
    change = asked(contract, rate_cents=4500, session_count=6)
    facts = {"currency": "usd", "fee_basis_points": 1500}
    lines = differences(change.before, change.after, for_coach=True, **facts)
    told = {line.name: (line.before, line.after) for line in lines if line.is_changed}
    assert told == {
        "sessions": ("4 sessions of 60 min", "6 sessions of 60 min"),
        "rate": ("$50.00 per session", "$45.00 per session"),
        "total": ("$200.00", "$270.00"),
        "fee": ("$30.00", "$40.50"),
        "net": ("$170.00", "$229.50"),
    }
    seen_by_student = [line.name for line in differences(change.before, change.after, for_coach=False, **facts)]
    assert seen_by_student == ["sessions", "rate", "start_date", "learning_outcomes", "total"]
    assert sum(fee for _gross, fee in plan_portions(27000, 6, 1500)) == sums_of(change.after, 1500).fee_cents == 4050


def test_both_read_the_difference_and_the_student_agrees_by_one_click(client):
    contract = sent(request__student__name="Anna Berg", coach__name="Lucía Sol")
    client.force_login(contract.coach)
    address = reverse("contract-request-changes", args=[contract.pk])
    assert "Ask for these terms" in client.get(address).content.decode()
    body = {"payment_model": "per_session", "rate": "45.00", "session_count": "6", "session_minutes": "60"}
    client.post(address, body | {"start_date": "", "learning_outcomes": "", "words": "Six!"})
    mine = client.get(contract.get_absolute_url()).content.decode()
    assert "Take this back" in mine
    assert "$229.50" in mine
    assert "Accept contract" not in mine
    client.force_login(contract.student)
    theirs = client.get(contract.get_absolute_url()).content.decode()
    assert "Agree to these terms" in theirs
    assert "$229.50" not in theirs
    assert "<del>$200.00</del>" in theirs
    answer = reverse("contract-change", args=[contract.pk, 1])
    assert client.post(answer, {"answer": "nonsense"}).status_code == 302
    client.post(answer, {"answer": "agree"})
    contract.refresh_from_db()
    assert (contract.state, contract.total_cents) == ("awaiting_payment", 27000)
    client.force_login(StudentFactory())
    assert client.post(answer, {"answer": "agree"}).status_code == 404
    assert client.get(address).status_code == 404


def test_a_refused_wish_is_said_on_the_form(client):
    contract = sent()
    client.force_login(contract.coach)
    body = {"payment_model": "per_session", "rate": "1.00", "session_count": "6", "session_minutes": "60"}
    response = client.post(reverse("contract-request-changes", args=[contract.pk]), body)
    assert "One session must cost at least $10.00." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_accepting_and_asking_at_once_is_one_of_the_two():
    for _round in range(4):
        contract, now = sent(), the_clock.now()
        results = together(
            lambda contract=contract, now=now: operations.accept_contract(contract, by=contract.coach, now=now).state,
            lambda contract=contract, now=now: asked(contract, now).state,
        )
        contract.refresh_from_db()
        open_ones = contract.change_requests.filter(state="open").count()
        assert (results, contract.state, open_ones) in [
            (["awaiting_payment", "not_changeable"], "awaiting_payment", 0),
            (["change_open", "open"], "awaiting_coach", 1),
        ]


@pytest.mark.django_db(transaction=True)
def test_ten_agreements_at_once_are_one():
    contract, now = sent(), the_clock.now()
    asked(contract)
    results = together(
        *[lambda: agree_to_changes(contract, number=1, by=contract.student, now=now).state for _ in range(10)]
    )
    assert sorted(results) == ["awaiting_payment"] + ["stale_change"] * 9
    assert broken() == {}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_agreements_find_the_request_open(monkeypatch):
    """The control of the race above."""
    import threading

    both_have_read = threading.Barrier(2)

    def read(contract):
        fresh = Contract.objects.get(pk=contract.pk)
        both_have_read.wait(5)
        return fresh

    contract, now = sent(), the_clock.now()
    asked(contract)
    monkeypatch.setattr(module, "locked", read)
    decline = lambda: decline_changes(contract, number=1, by=contract.student, now=now).state  # noqa: E731
    assert together(decline, decline) == ["awaiting_coach", "awaiting_coach"]
