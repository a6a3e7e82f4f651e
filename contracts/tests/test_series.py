from datetime import timedelta

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.tests.factories import StudentFactory
from contracts.models import Booking
from contracts.operations import quote_session
from contracts.tests.factories import active, opens_all_day, sent, session_of, tomorrow_at
from core import clock
from core.registry import invariants
from scheduling.models import Series, Session
from scheduling.operations import end_series, schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(standin):
    made = active(standin)
    opens_all_day(made.coach)
    return made


def asked(**other):
    first = (clock.now() + timedelta(days=3)).date()
    return {
        "whose": "coach",
        "weekday": first.weekday(),
        "clock": "15:00",
        "from_day": first.isoformat(),
        "weeks": 4,
    } | other


def address(contract):
    return reverse("series-new", args=[contract.pk])


def text_of(response):
    return response.content.decode()


def shown_in(client, contract, **other):
    return client.get(address(contract), asked(**other)).context["preview"].fingerprint


def test_a_student_sees_each_date_and_books_them_all(client, contract):
    client.force_login(contract.student)
    page = client.get(address(contract), asked())
    assert "Book 4 sessions" in text_of(page)
    shown = page.context["preview"].fingerprint
    response = client.post(address(contract), asked(shown=shown))
    series = Series.objects.get()
    assert response["Location"] == series.get_absolute_url()
    assert set(Booking.objects.values_list("state", "session__state")) == {("confirmed", "scheduled")}
    assert "Each week with" in text_of(client.get(series.get_absolute_url()))


def test_the_contracts_page_offers_it_while_two_sessions_have_no_time(client, contract):
    client.force_login(contract.student)
    assert "Book weekly" in text_of(client.get(contract.get_absolute_url()))
    client.force_login(contract.coach)
    assert "Book weekly" not in text_of(client.get(contract.get_absolute_url()))


def test_a_date_that_was_taken_since_is_shown_and_nothing_is_booked(client, contract):
    client.force_login(contract.student)
    shown = shown_in(client, contract)
    schedule(session_of(contract), starts_at=tomorrow_at(15), by=contract.student, now=clock.now())
    page = client.post(address(contract), asked(shown=shown))
    assert (page.status_code, Series.objects.count()) == (200, 0)
    assert "Something has changed since you looked" in text_of(page)
    assert page.context["preview"].fingerprint != shown


def test_what_cannot_be_read_books_nothing(client, contract):
    client.force_login(contract.student)
    page = client.post(address(contract), asked(weeks="1", clock="25:00"))
    assert (page.status_code, page.context["preview"], Series.objects.count()) == (200, None, 0)


def test_nobody_else_sees_it(client, contract):
    client.force_login(StudentFactory())
    assert client.get(address(contract)).status_code == 404
    client.force_login(contract.coach)
    assert client.get(address(contract))["Location"] == contract.get_absolute_url()


def test_a_contract_that_is_not_paid_has_nothing_to_book(client):
    unpaid = sent()
    client.force_login(unpaid.student)
    assert client.get(address(unpaid))["Location"] == unpaid.get_absolute_url()


def test_ending_it_gives_the_bookings_back_and_the_page_says_which(client, contract):
    client.force_login(contract.student)
    client.post(address(contract), asked(shown=shown_in(client, contract)))
    series = Series.objects.get()
    question = client.get(reverse("series-end", args=[series.pk]))
    assert "4 sessions are given back" in text_of(question)
    client.post(reverse("series-end", args=[series.pk]))
    assert set(Booking.objects.values_list("state", "session__state")) == {("pending", "unscheduled")}
    assert all(list(check()) == [] for check in invariants.values())
    assert "All of its sessions were given back" in text_of(client.get(series.get_absolute_url()))


@pytest.mark.parametrize("name", ["series", "series-end"])
def test_a_stranger_finds_no_series(client, contract, name):
    client.force_login(contract.student)
    client.post(address(contract), asked(shown=shown_in(client, contract)))
    client.force_login(StudentFactory())
    assert client.get(reverse(name, args=[Series.objects.get().pk])).status_code == 404


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_clients_preview_and_book_and_end(contract):
    client, path = api(contract.student), f"/api/v1/contracts/{contract.pk}/series/"
    preview = client.get(path, asked(weeks=5)).json()
    assert [each["code"] for each in preview["dates"]] == ["free"] * 4 + ["no_session"]
    answer = client.post(path, asked(weeks=5, fingerprint=preview["fingerprint"]), format="json")
    assert answer.status_code == 201
    assert [each["code"] for each in answer.json()["left_out"]] == ["no_session"]
    series = answer.json()["series"]
    assert [each["state"] for each in series["sessions"]] == ["scheduled"] * 4
    ended = client.post(f"/api/v1/series/{series['id']}/end/").json()
    assert (ended["sessions"], ended["ended_at"] is None) == ([], False)


def test_clients_get_the_new_preview_with_the_refusal(contract):
    client, path = api(contract.student), f"/api/v1/contracts/{contract.pk}/series/"
    answer = client.post(path, asked(fingerprint="old"), format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_preview")
    assert answer.json()["preview"]["fingerprint"] == client.get(path, asked()).json()["fingerprint"]


@pytest.mark.parametrize(
    ("wrong", "field"), [({"weekday": 7}, "weekday"), ({"weeks": 101}, "weeks"), ({"clock": "24:00"}, "clock")]
)
def test_clients_are_told_what_cannot_be_read(contract, wrong, field):
    answer = api(contract.student).get(f"/api/v1/contracts/{contract.pk}/series/", asked(**wrong))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_clients_find_only_their_own(contract):
    stranger = api(StudentFactory())
    assert stranger.get(f"/api/v1/contracts/{contract.pk}/series/", asked()).status_code == 404
    assert stranger.post("/api/v1/series/1/end/").status_code == 404


def test_lists_of_series_ask_the_same_few_questions(contract, django_assert_num_queries):
    client = api(contract.student)
    path = f"/api/v1/contracts/{contract.pk}/series/"

    def booked():
        fingerprint = client.get(path, asked()).json()["fingerprint"]
        client.post(path, asked(fingerprint=fingerprint), format="json")
        series = Series.objects.latest("pk")
        end_series(series, by=contract.student, now=clock.now())

    booked()
    with django_assert_num_queries(2):
        client.get("/api/v1/series/")
    booked()
    booked()
    assert Session.objects.filter(state="unscheduled").count() == 4
    with django_assert_num_queries(2):
        assert len(client.get("/api/v1/series/").json()["results"]) == 3


def test_a_session_that_a_series_gave_back_may_be_thought_over_when_it_is_booked_anew(client, contract, clock):
    client.force_login(contract.student)
    client.post(address(contract), asked(shown=shown_in(client, contract)))
    clock.advance(hours=3)
    end_series(Series.objects.get(), by=contract.student, now=clock.now())
    session = session_of(contract)
    booked_at = clock.now()
    starts_at = (booked_at + timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
    schedule(session, starts_at=starts_at, by=contract.student, now=booked_at)
    last = booked_at + timedelta(minutes=60)
    quote = quote_session(session, by=contract.student, now=last)
    assert (quote.lines[0].rule, quote.valid_until) == ("cooling_off", last)
