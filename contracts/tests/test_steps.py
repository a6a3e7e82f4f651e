"""What happens when nobody acts, and to the request of a contract that came to nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import StudentFactory, UserFactory
from contracts import operations
from contracts.models import Contract
from contracts.tasks import expire_open_steps, warn_of_open_steps
from contracts.tests.factories import accepted, active, drafted, paying, sent
from core import clock as the_clock
from core.refused import Refused
from marketplace.models import LearningRequest
from marketplace.operations import accept_proposal, propose, reopen_request
from marketplace.tests.factories import ProposalFactory
from payments.models import Payment
from tests.plans import nodes, plan_of

pytestmark = pytest.mark.django_db


def told(person):
    return list(person.notifications.filter(event__name="step_ending").values_list("text", flat=True))


@pytest.mark.parametrize(
    ("make", "to", "says"),
    [
        (drafted, "student", "send it until"),
        (sent, "coach", "waits for your answer until"),
        (accepted, "student", "can be paid until"),
    ],
)
def test_whoever_is_to_act_is_told_once_a_day_before(make, to, says):
    contract = make()
    day_before = contract.expires_at - timedelta(days=1)
    assert warn_of_open_steps(day_before - timedelta(seconds=1)) == 0
    assert warn_of_open_steps(day_before) == 1
    assert warn_of_open_steps(day_before) == 0
    assert warn_of_open_steps(contract.expires_at) == 0
    [text] = told(getattr(contract, to))
    assert says in text
    assert told(contract.other_party(getattr(contract, to))) == []


def test_a_new_end_is_told_of_again_and_other_terms_wait_for_the_student(clock):
    contract = sent()
    assert warn_of_open_steps(contract.expires_at - timedelta(hours=5)) == 1
    now = clock.travel_to(contract.expires_at - timedelta(hours=4))
    operations.request_changes(contract, by=contract.coach, now=now, rate_cents=4500)
    assert warn_of_open_steps(now) == 0
    assert warn_of_open_steps(now + timedelta(days=6, hours=1)) == 1
    assert len(told(contract.coach)) == len(told(contract.student)) == 1


def test_short_holds_of_bookings_are_not_warned_of():
    contract = accepted()
    Contract.objects.filter(pk=contract.pk).update(kind="direct")
    assert warn_of_open_steps(contract.expires_at - timedelta(minutes=5)) == 0


@pytest.mark.parametrize("work", [expire_open_steps, warn_of_open_steps])
def test_sweeps_find_what_is_due_by_an_index(work):
    drafted()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contracts_contract")
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        work(the_clock.now())
    found = next(each["sql"] for each in asked if "expires_at" in each["sql"])
    used = {node.get("Index Name") for node in nodes(plan_of(found)["Plan"])}
    assert "contract_open_step" in used


def test_a_contract_waits_for_the_bank_that_works_on_its_payment_and_no_longer(client, standin):
    contract = accepted()
    payment = paying(contract, standin)
    Payment.objects.filter(pk=payment.pk).update(state="processing")
    late = contract.expires_at + timedelta(days=3)
    assert warn_of_open_steps(contract.expires_at - timedelta(hours=1)) == 0
    assert expire_open_steps(late) == 0
    assert operations.expire_contract(contract, now=late).state == "awaiting_payment"
    for person, words in (
        (contract.student, "Your bank works on the payment."),
        (contract.coach, "has paid, and the bank"),
    ):
        client.force_login(person)
        page = client.get(contract.get_absolute_url()).content.decode()
        assert (words in page, f"/contracts/{contract.pk}/pay/" in page) == (True, False)
    Payment.objects.filter(pk=payment.pk).update(state="failed")
    assert expire_open_steps(late) == 1


def ended(contract, how, now):
    if how == "declined":
        operations.decline_contract(contract, by=contract.coach, now=now)
    elif how == "cancelled":
        operations.cancel_contract(contract, by=contract.student, now=now)
    else:
        expire_open_steps(contract.expires_at)


@pytest.mark.parametrize("how", ["declined", "cancelled", "expired"])
def test_the_request_of_a_contract_that_came_to_nothing_may_be_opened_and_matched_again(how, clock):
    contract = sent()
    request, coach = contract.proposal.request, contract.coach
    ended(contract, how, clock.now())
    request.refresh_from_db()
    contract.proposal.refresh_from_db()
    assert (request.state, contract.proposal.state) == ("paused", "lapsed")
    freed = contract.student.notifications.filter(event__name="request_freed").count()
    assert freed == (0 if how == "cancelled" else 1)
    request = reopen_request(request, by=contract.student, now=clock.now())
    terms = {"payment_model": "per_session", "rate_cents": 4000, "session_count": 3, "session_minutes": 60}
    again = propose(request, by=coach, now=clock.now(), answers={}, cover_letter="I would begin again. " * 8, **terms)
    accept_proposal(again, by=contract.student, now=clock.now())
    assert Contract.objects.get(proposal=again).total_cents == 12000
    request.refresh_from_db()
    assert request.state == "matched"


def test_a_request_stays_matched_while_its_contract_goes_on(standin):
    contract = active(standin)
    assert LearningRequest.objects.get().state == "matched"
    with pytest.raises(Refused):
        reopen_request(contract.proposal.request, by=contract.student, now=the_clock.now())


def test_a_draft_that_ends_unseen_is_not_told_to_its_coach(clock):
    contract = drafted()
    operations.cancel_contract(contract, by=contract.student, now=clock.now())
    assert not contract.coach.notifications.filter(event__name="contract_cancelled").exists()


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("declined", "Declined by"),
        ("cancelled", "The contract was cancelled"),
        ("expired", "Expired: nobody agreed in time"),
    ],
)
def test_the_page_says_in_one_sentence_why_it_ended(client, how, sentence, clock):
    contract = sent()
    ended(contract, how, clock.now())
    for person in (contract.student, contract.coach):
        client.force_login(person)
        assert sentence in client.get(contract.get_absolute_url()).content.decode()


def test_a_reason_for_declining_is_optional_kept_and_read_by_the_student(client):
    contract = sent()
    client.force_login(contract.coach)
    address = reverse("contract-decline", args=[contract.pk])
    assert "Why?" in client.get(address).content.decode()
    assert client.post(address, {"reason": "x" * 501}).status_code == 200
    client.post(address, {"reason": "I am <b>fully</b> booked."})
    client.force_login(contract.student)
    assert "I am &lt;b&gt;fully&lt;/b&gt; booked." in client.get(contract.get_absolute_url()).content.decode()


def test_staff_call_an_unpaid_contract_off_with_a_reason(standin, clock):
    boss, contract = UserFactory(is_staff=True, is_superuser=True), sent()
    for person in (contract.student, StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            operations.cancel_by_staff(contract, by=person, now=clock.now(), reason="Asked by mail")
    with pytest.raises(Refused) as refusal:
        operations.cancel_by_staff(contract, by=boss, now=clock.now(), reason=" ")
    assert refusal.value.code == "reason_missing"
    contract = operations.cancel_by_staff(contract, by=boss, now=clock.now(), reason="Asked by mail")
    assert (contract.state, contract.end_reason) == ("cancelled", "Asked by mail")
    with pytest.raises(Refused) as refusal:
        operations.cancel_by_staff(active(standin), by=boss, now=clock.now(), reason="No")
    assert refusal.value.code == "not_open"


def test_a_start_in_the_past_and_a_late_draft_are_refused(clock):
    contract, now = drafted(request__student__time_zone="Pacific/Auckland"), clock.now()
    yesterday = (now + timedelta(hours=13)).date() - timedelta(days=2)
    with pytest.raises(Refused) as refusal:
        operations.send_contract(contract, by=contract.student, now=now, start_date=yesterday)
    assert (refusal.value.code, refusal.value.field) == ("past_start_date", "start_date")
    with pytest.raises(Refused) as refusal:
        operations.send_contract(contract, by=contract.student, now=contract.expires_at)
    assert refusal.value.code == "expired"


def test_a_start_is_within_a_year_where_the_student_is(clock):
    contract, now = drafted(request__student__time_zone="Pacific/Auckland"), clock.now()
    last = (now + timedelta(hours=13)).date() + timedelta(days=366)
    with pytest.raises(Refused, match="Choose one within a year") as refusal:
        operations.send_contract(contract, by=contract.student, now=now, start_date=last + timedelta(days=1))
    assert (refusal.value.code, refusal.value.field) == ("far_start_date", "start_date")
    assert operations.send_contract(contract, by=contract.student, now=now, start_date=last).start_date == last


def test_proposals_of_others_are_not_freed_with_it(clock):
    contract, other = sent(), ProposalFactory()
    operations.decline_contract(contract, by=contract.coach, now=clock.now())
    other.refresh_from_db()
    assert other.state == "open"


def test_support_calls_a_contract_off_in_the_admin_with_a_reason(client):
    support, contract = UserFactory(is_staff=True), sent()
    support.groups.add(Group.objects.get(name="support"))
    client.force_login(support)
    address = f"/admin/contracts/contract/{contract.pk}/actions/call_off/"
    shown = client.get(f"/admin/contracts/contract/{contract.pk}/change/").content.decode()
    assert "Call off" in shown
    assert "Contract drafted from the proposal" in shown
    assert client.post(address, {"reason": ""}).status_code == 200
    client.post(address, {"reason": "The student asked us by mail."})
    contract.refresh_from_db()
    assert (contract.state, contract.end_reason) == ("cancelled", "The student asked us by mail.")
    assert "Call off" not in client.get(f"/admin/contracts/contract/{contract.pk}/change/").content.decode()
    finance = UserFactory(is_staff=True)
    finance.groups.add(Group.objects.get(name="finance"))
    client.force_login(finance)
    assert client.post(address, {"reason": "Again"}).status_code == 403
