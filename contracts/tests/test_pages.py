from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts import operations
from contracts.models import Review
from contracts.tests.factories import accepted, active, drafted, held_session, paying, scheduled, sent, session_of
from core import clock as the_clock

pytestmark = pytest.mark.django_db


def page(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


def text_of(response):
    return response.content.decode()


def test_the_student_completes_and_sends_a_draft(client):
    contract = drafted()
    client.force_login(contract.student)
    address = reverse("contract-create", args=[contract.proposal_id])
    assert "Send to the coach" in text_of(client.get(address))
    start = the_clock.now().date() + timedelta(days=10)
    response = client.post(address, {"learning_outcomes": "Order food", "start_date": str(start), "note": ""})
    assert response["Location"] == contract.get_absolute_url()
    contract.refresh_from_db()
    assert (contract.state, contract.learning_outcomes) == ("awaiting_coach", "Order food")


def test_a_wrong_date_is_said_and_what_was_typed_is_kept(client):
    contract = drafted()
    client.force_login(contract.student)
    response = client.post(
        reverse("contract-create", args=[contract.proposal_id]),
        {"learning_outcomes": "Order food", "start_date": "soon"},
    )
    assert response.status_code == 200
    assert "Order food" in text_of(response)
    assert "Enter a valid date" in text_of(response)
    contract.refresh_from_db()
    assert contract.state == "draft"


def test_a_start_too_far_away_is_refused_beside_its_field_and_by_api(client):
    contract, far = drafted(), {"learning_outcomes": "Order food", "start_date": "9999-12-31"}
    client.force_login(contract.student)
    shown = text_of(client.post(reverse("contract-create", args=[contract.proposal_id]), far))
    assert "This start date is too far away. Choose one within a year." in shown
    sent = client.post(f"/api/v1/contracts/create/{contract.proposal_id}/", far, content_type="application/json")
    assert (sent.status_code, sent.json()["code"]) == (409, "far_start_date")
    contract.refresh_from_db()
    assert contract.state == "draft"


@pytest.mark.parametrize(
    "name",
    [
        "contract",
        "contract-accept",
        "contract-decline",
        "contract-cancel",
        "contract-pay",
        "payment-cancel",
        "review-write",
    ],
)
def test_a_stranger_sees_nothing_of_a_contract(client, name):
    contract = sent()
    for stranger in (StudentFactory(), CoachFactory()):
        assert page(client, stranger, name, contract.pk).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client):
    response = client.get(reverse("contract", args=[sent().pk]))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_coach_accepts_by_one_click(client):
    contract = sent()
    assert "Accept contract" in text_of(page(client, contract.coach, "contract", contract.pk))
    client.post(reverse("contract-accept", args=[contract.pk]))
    contract.refresh_from_db()
    assert contract.state == "awaiting_payment"


@pytest.mark.parametrize("verb", ["accept", "decline", "cancel"])
def test_looking_at_a_decision_decides_nothing(client, verb):
    contract = sent()
    assert page(client, contract.coach, f"contract-{verb}", contract.pk).status_code == 200
    contract.refresh_from_db()
    assert contract.state == "awaiting_coach"


def test_calling_off_what_has_ended_is_not_asked(client):
    contract = sent()
    operations.decline_contract(contract, by=contract.coach, now=the_clock.now())
    assert page(client, contract.student, "contract-cancel", contract.pk)["Location"] == contract.get_absolute_url()


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_a_decision_that_is_not_open_is_not_asked(client, standin, verb):
    contract = active(standin)
    assert page(client, contract.coach, f"contract-{verb}", contract.pk)["Location"] == contract.get_absolute_url()
    assert page(client, contract.student, "payment-cancel", contract.pk)["Location"] == contract.get_absolute_url()
    assert page(client, contract.student, "review-write", contract.pk)["Location"] == contract.get_absolute_url()


def test_the_student_is_not_offered_to_accept_for_the_coach(client):
    contract = sent()
    assert "Accept contract" not in text_of(page(client, contract.student, "contract", contract.pk))
    assert client.post(reverse("contract-accept", args=[contract.pk])).status_code == 403


def test_a_refusal_is_shown_on_the_contract(client):
    contract = accepted()
    client.force_login(contract.coach)
    address = reverse("contract", args=[contract.pk])
    response = client.post(
        reverse("contract-accept", args=[contract.pk]), headers={"referer": "http://testserver" + address}, follow=True
    )
    assert "This has changed in the meantime" in text_of(response)


def test_paying_leads_to_stripes_page_and_back_to_an_active_contract(client, standin):
    contract = accepted()
    assert "$200.00" in text_of(page(client, contract.student, "contract-pay", contract.pk))
    response = client.post(reverse("contract-pay", args=[contract.pk]))
    payment = contract.escrow.payments.get()
    assert (response.status_code, response["Location"]) == (302, payment.checkout_url)
    standin.pay(payment.checkout_session_id)
    back = page(client, contract.student, "payment-success", contract.pk, session_id=payment.checkout_session_id)
    assert "Paid. Your contract is active." in text_of(back)


def test_the_address_of_success_alone_activates_nothing(client, standin):
    contract = accepted()
    client.force_login(contract.student)
    client.post(reverse("contract-pay", args=[contract.pk]))
    payment = contract.escrow.payments.get()
    back = page(client, contract.student, "payment-success", contract.pk, session_id=payment.checkout_session_id)
    assert back["Location"] == reverse("payment-cancel", args=[contract.pk])
    assert page(client, contract.student, "payment-success", contract.pk, session_id="cs_forged").status_code == 404
    contract.refresh_from_db()
    assert contract.state == "awaiting_payment"


def test_somebody_elses_payment_is_not_shown(client, standin):
    contract, other = accepted(), accepted()
    payment = paying(other, standin)
    assert (
        page(
            client, contract.student, "payment-success", contract.pk, session_id=payment.checkout_session_id
        ).status_code
        == 404
    )


def test_cancelling_on_stripes_page_offers_to_try_again(client):
    contract = accepted()
    assert "Try again" in text_of(page(client, contract.student, "payment-cancel", contract.pk))


def test_the_contract_shows_where_the_money_is(client, standin, clock, drain):
    contract = active(standin)
    held_session(contract, clock)
    clock.advance(hours=25)
    drain()
    shown = text_of(page(client, contract.student, "contract", contract.pk))
    for amount in ("$200.00", "$42.50", "$7.50", "$150.00"):
        assert amount in shown
    assert "1 of 4 sessions complete" in shown


def test_scheduling_leads_to_the_first_session_without_a_time(client, standin):
    contract = active(standin)
    response = page(client, contract.student, "contract-sessions", contract.pk)
    assert response["Location"] == reverse("session-schedule", args=[session_of(contract, 1).pk])
    scheduled(contract, 1)
    response = page(client, contract.student, "schedule-paid-session", contract.pk)
    assert response["Location"] == reverse("session-schedule", args=[session_of(contract, 2).pk])
    assert page(client, contract.coach, "contract-sessions", contract.pk)["Location"] == contract.get_absolute_url()


def test_a_review_is_written_by_page_once(client, standin, clock):
    contract = active(standin, session_count=1)
    held_session(contract, clock)
    client.force_login(contract.student)
    address = reverse("review-write", args=[contract.pk])
    assert "Write a review" in text_of(client.get(contract.get_absolute_url()))
    client.post(address, {"stars": "5", "text": "Clear & kind", "is_public": "on"})
    assert Review.objects.get().stars == 5
    again = client.post(address, {"stars": "1", "text": "Changed my mind"})
    assert "You have reviewed this contract already" in text_of(again)
    public = text_of(client.get(reverse("coach-reviews", args=[contract.coach_id])))
    assert "Clear &amp; kind" in public


def test_lists_need_the_same_queries_for_one_and_for_twenty_contracts(client, django_assert_max_num_queries):
    student, coach = StudentFactory(), CoachFactory()
    counts = []
    for number in (1, 19):
        for _ in range(number):
            drafted(request__student=student, coach=coach)
        client.force_login(student)
        client.get(reverse("contracts"))
        with django_assert_max_num_queries(12) as queries:
            assert client.get(reverse("contracts")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_contract_page_needs_the_same_queries_for_one_and_for_twenty_sessions(
    client, standin, django_assert_max_num_queries
):
    counts = []
    for sessions in (1, 20):
        contract = active(standin, session_count=sessions)
        client.force_login(contract.student)
        with django_assert_max_num_queries(15) as queries:
            assert client.get(contract.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
