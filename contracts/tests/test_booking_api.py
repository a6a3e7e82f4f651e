"""Booking by API: the price comes from the coach's rates, the same key books once."""

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import StudentFactory
from contracts.models import Booking, Contract
from payments.operations import settle_checkout
from scheduling.models import Session
from scheduling.operations import book_consultation
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, CalendarFactory

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
BOOKINGS = "/api/v1/bookings/"


@pytest.fixture(autouse=True)
def now(clock):
    clock.travel_to(NOW)


@pytest.fixture
def student():
    return StudentFactory()


@pytest.fixture
def client(student):
    return of(student)


def of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def teacher(**calendar):
    return CalendarFactory(**calendar).coach


def asked(coach, **facts):
    return {"coach": coach.pk, "scheduled_at": "2027-01-11T11:00:00+01:00", "duration": 60} | facts


def test_an_hour_is_booked_at_the_coach_s_rate_and_to_be_paid(client, standin):
    answer = client.post(BOOKINGS, asked(teacher(), type="one_on_one", notes="Hello"), format="json")
    assert answer.status_code == 201, answer.json()
    data, booking = answer.json(), Booking.objects.get()
    assert (data["id"], data["contract"], data["session"]) == (booking.pk, booking.contract_id, booking.session_id)
    assert data["price"] == {"amount_cents": 6000, "currency": "usd"}
    assert (data["status"], data["type"], data["payment_required"]) == ("pending", "one_on_one", True)
    assert data["checkout_url"].startswith("http")
    assert (data["scheduled_at"], data["duration_minutes"], data["timezone"]) == ("2027-01-11T10:00:00Z", 60, "UTC")
    assert booking.session.note_to_coach == "Hello"
    settle(standin, booking)
    assert client.get(f"{BOOKINGS}{booking.pk}/").json()["status"] == "confirmed"


def settle(standin, booking):
    payment = booking.contract.escrow.payments.get()
    standin.pay(payment.checkout_session_id)
    settle_checkout(payment.checkout_session_id, now=NOW)


def test_a_trial_costs_the_coach_s_price_for_it(client, standin):
    answer = client.post(BOOKINGS, asked(teacher(), type="trial", duration=30), format="json").json()
    assert (answer["type"], answer["price"]["amount_cents"], answer["duration_minutes"]) == ("trial", 1500, 30)


def test_a_consultation_is_free_and_has_a_session_but_no_booking(client):
    data = asked(teacher(), type="consultation")
    del data["duration"]
    answer = client.post(BOOKINGS, data, format="json").json()
    assert (answer["id"], answer["contract"], answer["payment_required"], answer["checkout_url"]) == (
        None,
        None,
        False,
        "",
    )
    assert (answer["status"], answer["price"]["amount_cents"], answer["duration_minutes"]) == ("confirmed", 0, 15)
    assert client.get(f"/api/v1/sessions/{answer['session']}/").json()["type"] == "consultation"
    assert client.get(BOOKINGS).json()["results"] == []


def test_the_same_key_books_once(client, standin):
    data, key = asked(teacher()), {"Idempotency-Key": "once"}
    first, again = (client.post(BOOKINGS, data, format="json", headers=key) for _time in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert Contract.objects.count() == 1
    other = client.post(BOOKINGS, data | {"duration": 30}, format="json", headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"scheduled_at": "2027-01-11T11:00:00"}, "scheduled_at"),
        ({"scheduled_at": "2020-01-11T11:00:00Z"}, "scheduled_at"),
        ({"duration": 14}, "duration"),
        ({"duration": 181}, "duration"),
        ({"duration": None}, "duration"),
        ({"type": "lecture"}, "type"),
        ({"type": "consultation", "duration": 30}, "duration"),
        ({"coach": 0}, "coach"),
        ({"coach": 10**30}, "coach"),
        ({"coach": "x"}, "coach"),
        ({"notes": "x" * 2001}, "notes"),
    ],
)
def test_what_is_not_said_well_is_a_400(client, facts, field):
    answer = client.post(BOOKINGS, asked(teacher()) | facts, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not Session.objects.exists()


def test_a_taken_time_is_a_409(client, standin):
    coach = teacher()
    of(StudentFactory()).post(BOOKINGS, asked(coach), format="json")
    answer = client.post(BOOKINGS, asked(coach), format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "booked")


def test_a_coach_does_not_book_and_nobody_without_a_sign_in(standin):
    coach = teacher()
    assert of(coach).post(BOOKINGS, asked(teacher()), format="json").status_code == 403
    assert APIClient().post(BOOKINGS, asked(coach), format="json").status_code == 401


def requested(client, standin):
    booking_id = client.post(BOOKINGS, asked(teacher(confirms="request")), format="json").json()["id"]
    booking = Booking.objects.get(pk=booking_id)
    settle(standin, booking)
    return booking


def test_the_coach_confirms_a_booking_once_however_often(client, standin):
    booking = requested(client, standin)
    url = f"{BOOKINGS}{booking.pk}/confirm/"
    assert client.put(url).status_code == 403
    assert of(StudentFactory()).put(url).status_code == 404
    for _time in range(2):
        answer = of(booking.contract.coach).put(url)
        assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")


def test_the_coach_declines_and_the_student_gets_all_back(client, standin):
    booking = requested(client, standin)
    url = f"/api/v1/sessions/{booking.session_id}/decline/"
    assert client.post(url).status_code == 403
    answer = of(booking.contract.coach).post(url, {"reason": "Away"}, format="json")
    assert (answer.status_code, answer.json()["state"], answer.json()["decline_reason"]) == (200, "cancelled", "Away")
    booking.refresh_from_db()
    assert (booking.state, booking.portion.state) == ("cancelled", "refunding")
    assert of(booking.contract.coach).post(url).json()["code"] == "wrong_state"


def test_the_student_takes_a_request_back(client, standin):
    booking = requested(client, standin)
    url = f"/api/v1/sessions/{booking.session_id}/withdraw/"
    assert of(booking.contract.coach).post(url).status_code == 403
    assert client.post(url).json()["state"] == "cancelled"


def test_a_consultation_is_confirmed_as_a_session(client):
    coach = teacher(confirms="request")
    session = book_consultation(coach, starts_at=TEN + DAY, by=StudentFactory(), now=NOW)
    answer = of(coach).post(f"/api/v1/sessions/{session.pk}/confirm/")
    assert (answer.status_code, answer.json()["state"]) == (200, "scheduled")
