"""Booking on the pages: the price at once, the time kept, paid, or too late."""

import pytest

from accounts.models import CoachProfile
from accounts.tests.factories import StudentFactory
from contracts.models import Contract
from notifications.models import Notification
from payments.operations import settle_checkout
from scheduling.models import Session
from scheduling.operations import book_consultation, expire_hold
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture(autouse=True)
def now(clock):
    clock.travel_to(NOW)


@pytest.fixture
def student(client):
    student = StudentFactory(time_zone="UTC")
    client.force_login(student)
    return student


def teacher(**calendar):
    return CalendarFactory(**calendar).coach


def text_of(response):
    return " ".join(response.content.decode().split())


def booked(client, coach, query="", **data):
    return client.post(f"/schedule/book/{coach.pk}/{query}", {"start": TEN.isoformat(), "note": "", **data})


def test_the_page_says_the_price_of_each_length_at_once(client, student):
    coach = teacher()
    for query, price in (
        ("", "$60.00"),
        ("?minutes=90", "$90.00"),
        ("?kind=trial", "$15.00"),
        ("?minutes=999", "$60.00"),
    ):
        assert price in text_of(client.get(f"/schedule/book/{coach.pk}/{query}")), query


def test_a_time_is_kept_and_paid_on_the_next_page(client, student, standin):
    coach = teacher()
    answer = booked(client, coach, "?minutes=90", note="The subjunctive")
    contract = Contract.objects.get()
    assert answer.url == f"/contracts/{contract.pk}/pay/"
    page = text_of(client.get(answer.url))
    assert "Held for you until" in page
    assert "Pay $90.00" in page
    to_stripe = client.post(answer.url)
    payment = contract.escrow.payments.get()
    assert to_stripe.url == payment.checkout_url
    standin.pay(payment.checkout_session_id)
    back = client.get(f"/contracts/{contract.pk}/payment-success/?session_id={payment.checkout_session_id}")
    assert "Paid. Your session is agreed." in text_of(back)
    session = Session.objects.get()
    assert (session.state, session.note_to_coach) == ("scheduled", "The subjunctive")
    client.force_login(coach)
    assert "The subjunctive" in text_of(client.get(f"/sessions/{session.pk}/"))


def test_the_page_is_given_again_from_the_cancel_page_within_the_hold(client, student, standin, clock):
    booked(client, teacher())
    contract = Contract.objects.get()
    client.post(f"/contracts/{contract.pk}/pay/")
    page = text_of(client.get(f"/contracts/{contract.pk}/payment-cancel/"))
    assert "Nothing was charged. Your time is still kept." in page
    clock.travel_to(NOW + 16 * MINUTE)
    late = client.get(f"/contracts/{contract.pk}/payment-cancel/", follow=True)
    assert late.redirect_chain[-1][0] == f"/schedule/book/{contract.coach_id}/?kind=direct&minutes=60"
    assert "It was not paid in time" in text_of(late)
    assert client.post(f"/contracts/{contract.pk}/pay/").status_code == 302


def test_a_student_gives_the_time_back(client, student):
    booked(client, teacher())
    contract = Contract.objects.get()
    answer = client.post(f"/contracts/{contract.pk}/give-back/")
    assert answer.url == f"/schedule/book/{contract.coach_id}/"
    assert Session.objects.get().state == "cancelled"


def test_money_that_comes_too_late_is_said_so(client, student, standin, clock):
    coach = teacher()
    booked(client, coach)
    contract = Contract.objects.get()
    client.post(f"/contracts/{contract.pk}/pay/")
    payment = contract.escrow.payments.get()
    standin.pay(payment.checkout_session_id)
    late = clock.travel_to(NOW + 16 * MINUTE)
    expire_hold(Session.objects.get(), now=late)
    book_consultation(coach, starts_at=TEN, by=StudentFactory(), now=late)
    back = client.get(f"/contracts/{contract.pk}/payment-success/?session_id={payment.checkout_session_id}")
    assert "Your payment came too late" in text_of(back)
    notice = Notification.objects.filter(recipient=student, text__contains="goes back to you").get()
    assert "$60.00" in notice.text
    assert client.get(f"/contracts/{contract.pk}/").status_code == 200


def test_a_taken_time_is_said_on_the_page(client, student):
    coach = teacher()
    book_consultation(coach, starts_at=TEN, by=StudentFactory(), now=NOW)
    answer = booked(client, coach)
    assert answer.status_code == 200
    assert "This time is taken" in text_of(answer)


def test_strangers_see_nothing_of_a_booking(client, student):
    booked(client, teacher())
    contract = Contract.objects.get()
    client.force_login(StudentFactory())
    for path in ("pay/", "payment-cancel/", ""):
        assert client.get(f"/contracts/{contract.pk}/{path}").status_code == 404
    assert client.post(f"/contracts/{contract.pk}/give-back/").status_code == 404
    assert client.get(f"/sessions/{Session.objects.get().pk}/pay/").status_code == 404
    client.force_login(contract.coach)
    assert client.get(f"/contracts/{contract.pk}/").status_code == 404


def test_a_second_trial_is_explained_not_offered(client, student, standin):
    coach = teacher()
    booked(client, coach, "?kind=trial")
    contract = Contract.objects.get()
    client.post(f"/contracts/{contract.pk}/pay/")
    standin.pay(contract.escrow.payments.get().checkout_session_id)
    settle_checkout(contract.escrow.payments.get().checkout_session_id, now=NOW)
    page = text_of(client.get(f"/schedule/book/{coach.pk}/?kind=trial"))
    assert "You have had your trial with this coach." in page
    assert "Keep this time" not in page
    options = text_of(client.get(f"/coaches/{coach.pk}/booking/"))
    assert "You have had your trial with this coach." in options


def test_the_coach_s_page_offers_all_that_can_be_booked(client, student):
    coach = teacher()
    assert f"/coaches/{coach.pk}/booking/" in text_of(client.get(f"/coaches/{coach.pk}/"))
    options = text_of(client.get(f"/coaches/{coach.pk}/booking/"))
    assert f"/schedule/free-consultation/{coach.pk}" in options
    assert "Trial for $15.00" in options
    assert f'/schedule/book/{coach.pk}/"' in options
    CoachProfile.objects.update(is_hidden=True)
    assert "cannot be booked anew" in text_of(client.get(f"/coaches/{coach.pk}/booking/"))


def test_a_consultation_is_asked_for_and_confirmed_on_the_pages(client, student):
    coach = teacher(confirms="request")
    page = f"/schedule/free-consultation/{coach.pk}/"
    assert "says yes to each booking" in text_of(client.get(page))
    answer = client.post(page, {"start": TEN.isoformat(), "note": "How do you teach?"})
    session = Session.objects.get()
    assert answer.url == f"/sessions/{session.pk}/"
    assert "You have booked your free consultation with this coach before." in text_of(client.get(page))
    client.force_login(coach)
    assert f"/sessions/{session.pk}/confirm" in text_of(client.get("/dashboard/"))
    asked = text_of(client.get(f"/sessions/{session.pk}/confirm/"))
    assert "How do you teach?" in asked
    assert client.post(f"/sessions/{session.pk}/confirm/").url == f"/sessions/{session.pk}/"
    session.refresh_from_db()
    assert session.state == "scheduled"
    client.force_login(StudentFactory())
    assert client.post(f"/sessions/{session.pk}/confirm/").status_code == 404


def test_a_coach_declines_with_a_reason_that_the_student_reads(client, student):
    session = book_consultation(teacher(confirms="request"), starts_at=TEN, by=student, now=NOW)
    client.force_login(session.coach)
    client.post(f"/sessions/{session.pk}/confirm/", {"decline": "1", "reason": "I am away"})
    session.refresh_from_db()
    assert (session.state, session.decline_reason) == ("cancelled", "I am away")
    client.force_login(student)
    assert "I am away" in text_of(client.get(f"/sessions/{session.pk}/"))
    assert Notification.objects.filter(recipient=student, text__contains="cannot meet you then").count() == 1


def test_a_student_takes_a_request_back(client, student):
    session = book_consultation(teacher(confirms="request"), starts_at=TEN + DAY, by=student, now=NOW)
    assert "withdraw" in text_of(client.get(f"/sessions/{session.pk}/"))
    client.post(f"/sessions/{session.pk}/withdraw/")
    session.refresh_from_db()
    assert session.state == "cancelled"
    assert Notification.objects.filter(recipient=session.coach, text__contains="taken their request back").exists()


def test_a_coach_who_is_not_public_has_no_such_pages(client, student):
    coach = teacher()
    CoachProfile.objects.update(state="draft", approved_at=None)
    for page in (f"/schedule/book/{coach.pk}/", f"/schedule/free-consultation/{coach.pk}/"):
        assert client.get(page).status_code == 404
