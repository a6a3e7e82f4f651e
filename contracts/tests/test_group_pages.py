from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.models import Contract, GroupOffer
from contracts.operations import cancel_booked_session, cancel_contract, quote_session
from contracts.tests.factories import opens_all_day
from contracts.tests.test_seats import joined, published, states
from core.clock import now
from payments.models import Payment
from scheduling.models import Waiting
from scheduling.operations import cancel_session, join_line
from tests.clock_changes import CHANGES, each

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def text_of(response):
    return response.content.decode()


def typed(**other):
    return {
        "title": "Small talk", "description": "We talk.", "day": (now() + timedelta(days=4)).date().isoformat(),
        "clock": "15:00", "duration_minutes": "60", "seats": "5", "least": "2", "price": "20",
    } | other  # fmt: skip


def address(name, session):
    return reverse(name, args=[session.pk])


def test_anybody_reads_what_is_announced(client):
    offer = published()
    page = client.get(reverse("groups"))
    assert "Small talk" in text_of(page)
    assert "2 seats free" in text_of(page)
    assert "Sign in to join" in text_of(client.get(offer.get_absolute_url()))


def test_a_list_of_many_asks_as_few_questions(client, django_assert_num_queries):
    published()
    with django_assert_num_queries(3):
        client.get(reverse("groups"))
    for _number in range(4):
        published()
    with django_assert_num_queries(3):
        assert len(client.get(reverse("groups")).context["page"].rows) == 5


@pytest.mark.parametrize(
    ("query", "count"), [({"words": "small"}, 1), ({"words": "nothing"}, 0), ({"coach": "0"}, 0), ({"free": "on"}, 1)]
)
def test_the_list_is_narrowed_down(client, query, count):
    published()
    assert len(client.get(reverse("groups"), query).context["page"].rows) == count


def test_a_coach_announces_one_by_their_own_clock(client):
    coach = CoachFactory(time_zone="Europe/Berlin")
    opens_all_day(coach)
    client.force_login(coach)
    response = client.post(reverse("group-new"), typed())
    offer = GroupOffer.objects.get()
    assert (response["Location"], offer.price_cents) == (offer.get_absolute_url(), 2000)
    assert f"{offer.session.starts_at:%H:%M}" == "14:00"


def test_what_is_refused_stands_beside_its_field(client):
    coach = CoachFactory()
    opens_all_day(coach)
    client.force_login(coach)
    page = client.post(reverse("group-new"), typed(price="9.99"))
    assert (page.status_code, GroupOffer.objects.count()) == (200, 0)
    assert "A seat costs at least $10.00." in text_of(page)


def test_a_student_joins_and_is_led_to_pay(client):
    offer, student = published(), StudentFactory()
    client.force_login(student)
    response = client.post(address("group-join", offer.session))
    contract = Contract.objects.get()
    assert response["Location"] == reverse("contract-pay", args=[contract.pk])
    assert client.get(response["Location"]).status_code == 200
    assert "A seat is kept for you until" in text_of(client.get(offer.get_absolute_url()))


def test_who_finds_it_full_waits_in_line_and_leaves_it(client, standin):
    session = published().session
    joined(session, standin)
    joined(session, standin)
    join_line(session, by=StudentFactory(), now=now())
    client.force_login(StudentFactory())
    assert "Wait in line" in text_of(client.get(address("group", session)))
    client.post(address("group-line", session))
    assert "You are number 2 in line" in text_of(client.get(address("group", session)))
    client.post(address("group-line", session), {"leave": "1"})
    assert Waiting.objects.latest("pk").state == "left"


def test_its_coach_edits_it_and_says_that_it_takes_place(client):
    offer = published(least=2)
    client.force_login(offer.session.coach)
    assert "2 more students are needed" in text_of(client.get(offer.get_absolute_url()))
    client.post(address("group-go-ahead", offer.session))
    assert "more students are needed" not in text_of(client.get(offer.get_absolute_url()))
    client.post(address("group-edit", offer.session), typed(title="Long talk", seats="6"))
    offer.refresh_from_db()
    assert (offer.session.title, offer.session.seats) == ("Long talk", 6)


@pytest.mark.parametrize("name", ["group-edit", "group-go-ahead"])
def test_nobody_else_changes_it(client, name):
    session = published().session
    client.force_login(CoachFactory())
    assert client.post(address(name, session), typed()).status_code == 404


def contract_page(client, contract):
    return text_of(client.get(contract.get_absolute_url()))


def test_a_seat_that_is_kept_says_so_on_its_contract_and_leads_nowhere_yet(client):
    session, student = published().session, StudentFactory(name="Ada Byron")
    client.force_login(student)
    client.post(address("group-join", session))
    page = contract_page(client, contract := Contract.objects.get())
    assert "A seat is kept for you until" in page
    assert "schedule your first session" not in page
    assert "Booked by Ada for $20.00" in page
    assert "from the proposal" not in page
    assert (">Held<" in page, ">Scheduled<" in page, f"/sessions/{session.pk}/" in page) == (True, False, False)
    assert Contract.objects.with_progress().get(pk=contract.pk).next_session_at is None


def test_a_seat_given_up_is_cancelled_on_its_contract_whatever_the_group_does(client, standin):
    session = published().session
    contract, other = joined(session, standin), joined(session, standin)
    assert Contract.objects.with_progress().get(pk=contract.pk).next_session_at == session.starts_at
    quote = quote_session(session, by=contract.student, now=now())
    cancel_booked_session(session, by=contract.student, quote=quote.id, now=now())
    for person, link in ((contract.student, False), (session.coach, True)):
        client.force_login(person)
        page = contract_page(client, contract)
        assert (">Scheduled<" in page, "starts in" in page, f"/sessions/{session.pk}/" in page) == (False, False, link)
    client.force_login(other.student)
    assert ">Scheduled<" in contract_page(client, other)
    assert Contract.objects.with_progress().get(pk=contract.pk).next_session_at is None


def test_a_seat_that_is_not_paid_is_free_at_once_when_its_contract_is_called_off(client):
    session, student = published().session, StudentFactory()
    client.force_login(student)
    client.post(address("group-join", session))
    contract = Contract.objects.get()
    with pytest.raises(PermissionDenied):
        cancel_contract(contract, by=session.coach, now=now())
    client.post(address("contract-cancel", contract))
    contract.refresh_from_db()
    assert (contract.state, contract.bookings.get().state) == ("cancelled", "cancelled")
    assert (states(session), session.time_claims.filter(user=student).exists()) == (["left"], False)


def test_a_coach_s_profile_shows_what_they_announce(client):
    offer = published()
    page = client.get(reverse("coach-groups", args=[offer.session.coach_id]))
    assert "Small talk" in text_of(page)


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def asked(**other):
    starts_at = (now() + timedelta(days=5)).replace(minute=0, second=0, microsecond=0)
    return {
        "title": "Small talk", "description": "We talk.", "scheduled_at": starts_at.isoformat(), "duration_minutes": 60,
        "seats": 2, "minimum_enrolment": 0, "price": {"amount_cents": 1500, "currency": "usd"},
    } | other  # fmt: skip


def test_clients_announce_change_and_find(client):
    coach = CoachFactory()
    opens_all_day(coach)
    made = api(coach).post("/api/v1/groups/", asked(), format="json")
    assert (made.status_code, made.json()["free_seats"]) == (201, 2)
    path = f"/api/v1/groups/{made.json()['id']}/"
    terms = {name: asked()[name] for name in ("description", "minimum_enrolment", "price")}
    changed = api(coach).put(path, terms | {"title": "Long talk", "seats": 4}, format="json")
    assert (changed.json()["title"], changed.json()["free_seats"]) == ("Long talk", 4)
    found = api(StudentFactory()).get("/api/v1/groups/", {"words": "long"}).json()["results"]
    assert [each["id"] for each in found] == [made.json()["id"]]
    assert api(StudentFactory()).put(path, terms | {"title": "Other", "seats": 4}, format="json").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"scheduled_at": "2027-01-01T10:00:00"}, 400),
        ({"seats": 101}, 400),
        ({"price": {"amount_cents": 1500, "currency": "eur"}}, 409),
        ({"price": {"amount_cents": 1, "currency": "usd"}}, 409),
    ],
)
def test_clients_are_told_what_cannot_be_announced(wrong, code):
    coach = CoachFactory()
    opens_all_day(coach)
    assert api(coach).post("/api/v1/groups/", asked(**wrong), format="json").status_code == code


def test_clients_join_wait_and_leave(standin):
    session = published().session
    path = f"/api/v1/groups/{session.pk}/"
    answer = api(StudentFactory()).post(path + "join/")
    assert (answer.status_code, answer.json()["state"]) == (201, "awaiting_payment")
    joined(session, standin)
    waiting = api(StudentFactory())
    assert waiting.post(path + "join/").json()["code"] == "full"
    assert waiting.post(path + "line/").json() == {"status": "waiting", "position": 1, "offer_ends_at": None}
    assert waiting.delete(path + "line/").status_code == 204
    assert api(session.coach).post(path + "go-ahead/").status_code == 200


@each([change for change in CHANGES if change.kind != "even"])
def test_a_time_that_happens_twice_is_asked_for_and_one_that_never_does_is_refused(change, client, clock):
    clock.travel_to(change.before - 5 * DAY)
    client.force_login(coach := CoachFactory(time_zone=change.zone.key))
    opens_all_day(coach)
    here = typed(day=change.day.isoformat(), clock=f"{change.clock:%H:%M}")
    assert "the second time" not in text_of(client.get(reverse("group-new")))
    said = "the second time" if change.on else "Clocks go forward that day: there is no such time."
    assert said in text_of(client.post(reverse("group-new"), here))
    assert not GroupOffer.objects.exists()
    for which, at in enumerate(change.on):
        client.post(reverse("group-new"), here | {"which": str(which)})
        assert GroupOffer.objects.get().session.starts_at == at
        cancel_session(GroupOffer.objects.get().session, by=coach, now=now())
        GroupOffer.objects.all().delete()


def test_the_page_of_payment_speaks_of_the_seat_and_its_time(client, standin):
    session, student = published().session, StudentFactory()
    client.force_login(student)
    client.post(address("group-join", session))
    contract = Contract.objects.get()
    page = text_of(client.get(address("contract-pay", contract)))
    assert "Held for you until" in page
    assert "schedule them" not in page
    assert "Give the time back" not in page
    assert "Held for you until" in text_of(client.get(address("payment-cancel", contract)))
    client.post(address("contract-pay", contract))
    payment = Payment.objects.get()
    standin.pay(payment.checkout_session_id)
    back = client.get(address("payment-success", contract), {"session_id": payment.checkout_session_id})
    assert "Paid. Your session is agreed." in text_of(back)


def test_a_seat_that_is_kept_no_longer_leads_back_to_its_group(client, clock):
    session = published().session
    client.force_login(StudentFactory())
    client.post(address("group-join", session))
    clock.travel_to(now() + timedelta(minutes=15))
    response = client.get(address("contract-pay", Contract.objects.get()))
    assert response["Location"] == address("group", session)
