"""The quote on the page and by the API is the quote that is executed."""

from datetime import timedelta

import pytest

from accounts.tests.factories import StudentFactory
from contracts.models import Booking, Cancellation
from contracts.operations import cancel_booked_session, quote_session
from contracts.tests.factories import accepted, active, scheduled, sent
from scheduling.models import Session
from scheduling.operations import move_session
from scheduling.tests.factories import SessionFactory, student_of

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def session(standin, clock):
    session = scheduled(active(standin))
    Session.objects.filter(pk=session.pk).update(agreed_at=session.starts_at - 100 * HOUR)
    return session


def contract_of(session):
    return Booking.objects.get(session=session).contract


def hidden(page, name):
    return page.content.decode().split(f'name="{name}" value="')[1].split('"')[0]


def test_the_page_shows_the_amounts_and_does_exactly_that(client, session, clock):
    clock.travel_to(session.starts_at - 12 * HOUR)
    client.force_login(contract_of(session).student)
    page = client.get(f"/sessions/{session.pk}/cancel/")
    assert "Call off, $25.00 back to me" in page.content.decode()
    assert "$21.25" in page.content.decode()
    [_head, row] = page.content.decode().split("<tr>")[1:3]
    assert (row.count("<td"), "Late: a part goes back" in row, "of $50.00" in row) == (2, True, True)
    answer = client.post(f"/sessions/{session.pk}/cancel/", {"quote": hidden(page, "quote"), "reason": "Ill"})
    assert answer.headers["Location"] == f"/sessions/{session.pk}/"
    booking = Booking.objects.get(session=session)
    assert (booking.state, booking.portion.gross_cents) == ("cancelled", 2500)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (48, "You are in good time: this brings you no mark."),
        (47, "This is late and brings you a mark."),
        (9, "Less than 10 hours before the start it counts as if you had not come."),
    ],
)
def test_a_coach_reads_what_it_counts_as(client, session, clock, before, words):
    clock.travel_to(session.starts_at - before * HOUR - SECOND)
    client.force_login(session.coach)
    page = client.get(f"/sessions/{session.pk}/cancel/").content.decode()
    assert words in page
    assert ("brings you a mark" in page) == (before < 48)


def test_the_hours_on_the_page_are_those_that_were_agreed_to(client, session, clock):
    contract = contract_of(session)
    type(contract).objects.filter(pk=contract.pk).update(policy=contract.policy | {"release_absent_hours": 1})
    Session.objects.filter(pk=session.pk).update(terms=session.terms | {"cutoff_hours": 8})
    clock.travel_to(session.starts_at - 7 * HOUR)
    client.force_login(session.coach)
    assert "Less than 8 hours before the start" in client.get(f"/sessions/{session.pk}/cancel/").text
    client.force_login(contract.student)
    assert "released after 1 hour<" in client.get(f"/sessions/{session.pk}/cancel/").text


def test_a_coach_reads_how_many_sessions_of_a_contract_are_late(client, session, clock):
    clock.travel_to(session.starts_at - 20 * HOUR)
    client.force_login(session.coach)
    page = client.get(f"/contracts/{contract_of(session).pk}/cancel/").content.decode()
    assert "1 session is late: this brings you a mark." in page


def test_a_stale_page_does_nothing_and_shows_the_difference(client, session, clock):
    client.force_login(contract_of(session).student)
    clock.travel_to(session.starts_at - 25 * HOUR)
    page = client.get(f"/sessions/{session.pk}/cancel/")
    clock.travel_to(session.starts_at - 23 * HOUR)
    sent = {"quote": hidden(page, "quote"), "shown": hidden(page, "shown")}
    again = client.post(f"/sessions/{session.pk}/cancel/", sent).content.decode()
    assert "Nothing was called off" in again
    assert "$50.00 would have gone back then; $25.00 would now." in again
    assert Booking.objects.get(session=session).state == "confirmed"


def test_a_contract_is_called_off_on_its_page(client, session):
    contract = contract_of(session)
    client.force_login(contract.student)
    page = client.get(f"/contracts/{contract.pk}/cancel/")
    assert "Call off, $200.00 back to me" in page.content.decode()
    client.post(f"/contracts/{contract.pk}/cancel/", {"quote": hidden(page, "quote")})
    contract.refresh_from_db()
    assert contract.state == "cancelled"


def test_a_contract_that_is_not_paid_is_asked_plainly_and_why(client, clock):
    contract = accepted()
    client.force_login(contract.student)
    page = client.get(f"/contracts/{contract.pk}/cancel/").content
    assert (b"not paid yet" in page, b'name="reason"' in page) == (True, True)
    path = f"/contracts/{contract.pk}/cancel/"
    assert b"at most 500 characters" in client.post(path, {"reason": "x" * 501}).content
    client.post(path, {"reason": "I move <away>"})
    contract.refresh_from_db()
    assert (contract.state, contract.end_reason) == ("cancelled", "I move <away>")
    client.force_login(contract.coach)
    assert b"I move &lt;away&gt;" in client.get(contract.get_absolute_url()).content


def test_why_need_not_be_said(client, clock):
    contract = sent()
    client.force_login(contract.student)
    client.post(f"/contracts/{contract.pk}/cancel/")
    contract.refresh_from_db()
    assert (contract.state, contract.end_reason) == ("cancelled", "")


def test_what_was_asked_before_it_was_paid_calls_nothing_off_afterwards(client, standin):
    contract = active(standin)
    client.force_login(contract.student)
    answer = client.post(f"/contracts/{contract.pk}/cancel/", {"reason": "Asked before"})
    assert (answer.status_code, b"Nothing was called off" in answer.content) == (200, True)
    assert b"Call off, $200.00 back to me" in answer.content
    contract.refresh_from_db()
    assert contract.state == "active"


def test_a_consultation_says_whether_it_counts(client, clock):
    session = SessionFactory(kind="consultation", starts_at=clock.now() + HOUR, duration_minutes=15)
    client.force_login(student_of(session))
    assert b"you cannot have another one" in client.get(f"/sessions/{session.pk}/cancel/").content


def test_strangers_see_nothing(client, session):
    client.force_login(StudentFactory())
    assert client.get(f"/sessions/{session.pk}/cancel/").status_code == 404
    assert client.get(f"/contracts/{contract_of(session).pk}/cancel/").status_code == 404


@pytest.mark.parametrize("thing", ["sessions", "bookings", "contracts"])
def test_clients_get_the_quote_and_execute_it(client, session, thing):
    booking = Booking.objects.get(session=session)
    pk = {"sessions": session.pk, "bookings": booking.pk, "contracts": booking.contract_id}[thing]
    client.force_login(booking.contract.student)
    path = f"/api/v1/{thing}/{pk}/cancel/"
    stale = client.post(path, {"quote": "0"}, content_type="application/json")
    quote = client.get(path).json()
    assert (stale.status_code, stale.json()["code"], stale.json()["quote"]) == (409, "stale_quote", quote)
    assert quote["back"]["amount_cents"] == (20000 if thing == "contracts" else 5000)
    done = client.post(path, {"quote": quote["id"]}, content_type="application/json")
    assert (done.status_code, done.json()) == (200, quote)
    booking.refresh_from_db()
    assert booking.state == "cancelled"
    assert client.post(path, {"quote": quote["id"]}, content_type="application/json").status_code == 409


def test_a_client_moves_a_booking(client, session):
    booking = Booking.objects.get(session=session)
    client.force_login(booking.contract.student)
    wanted = {"scheduled_at": (session.starts_at + 24 * HOUR).isoformat()}
    done = client.put(f"/api/v1/bookings/{booking.pk}/reschedule/", wanted, content_type="application/json")
    assert (done.status_code, done.json()["status"]) == (200, "agreed")
    session.refresh_from_db()
    assert done.json()["session"] == session.pk


@pytest.mark.parametrize(("who", "reader"), [("student", "coach"), ("coach", "student")])
def test_the_other_side_reads_why_it_was_called_off(client, session, who, reader):
    contract = contract_of(session)
    client.force_login(getattr(contract, who))
    page = client.get(f"/sessions/{session.pk}/cancel/")
    client.post(f"/sessions/{session.pk}/cancel/", {"quote": hidden(page, "quote"), "reason": "My <b>train</b>"})
    client.force_login(getattr(contract, reader))
    shown = client.get(f"/sessions/{session.pk}/").content.decode()
    assert "Why it was called off" in shown
    assert "My &lt;b&gt;train&lt;/b&gt;" in shown
    assert f"{getattr(contract, who).first_name} called this session off on" in shown


def test_students_of_a_group_do_not_read_each_others_reasons(client, session):
    other = StudentFactory()
    made = {"session": session, "made_at": session.starts_at}
    Cancellation.objects.create(**made, by=other, role="student", reason="My own affair")
    Cancellation.objects.create(**made, by=session.coach, role="coach", reason="I am ill")
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    client.force_login(contract_of(session).student)
    shown = client.get(f"/sessions/{session.pk}/").content.decode()
    assert "My own affair" not in shown
    assert "I am ill" in shown


def test_the_page_of_a_contract_offers_to_call_off_what_is_to_come(client, session, clock):
    contract = contract_of(session)
    address = f'href="/contracts/{contract.pk}/cancel/"'
    for person in (contract.student, contract.coach):
        client.force_login(person)
        shown = client.get(f"/contracts/{contract.pk}/").content.decode()
        assert "Call off all that is to come" in shown
        assert address in shown
        assert f'href="/sessions/{session.pk}/reschedule/"' in shown
        assert f'href="/sessions/{session.pk}/cancel/"' in shown
    quote = client.get(f"/contracts/{contract.pk}/cancel/")
    client.post(f"/contracts/{contract.pk}/cancel/", {"quote": hidden(quote, "quote")})
    shown = client.get(f"/contracts/{contract.pk}/").content.decode()
    assert address not in shown
    assert "4 did not take place" in shown


def test_whoever_has_to_answer_declines_instead_of_calling_off(client):
    contract = sent()
    client.force_login(contract.coach)
    assert "Call this contract off" not in client.get(contract.get_absolute_url()).content.decode()
    client.force_login(contract.student)
    assert "Call this contract off" in client.get(contract.get_absolute_url()).content.decode()


def test_a_wish_for_another_time_stands_on_the_card_of_the_contract(client, session, clock):
    contract = contract_of(session)
    clock.travel_to(session.starts_at - 20 * HOUR)
    move_session(
        session, starts_at=session.starts_at + 48 * HOUR, reason="A concert", by=contract.student, now=clock.now()
    )
    client.force_login(contract.coach)
    shown = client.get(contract.get_absolute_url()).content.decode()
    assert f"{contract.student.first_name} asks for" in shown
    assert "“A concert”" in shown
    assert f'href="/sessions/{session.pk}/move/"' in shown


def test_calling_off_a_consultation_promises_no_money(client, clock):
    session = SessionFactory(kind="consultation", starts_at=clock.now() + HOUR, duration_minutes=15)
    client.force_login(student_of(session))
    page = client.get(f"/sessions/{session.pk}/cancel/")
    sent_form = {"quote": hidden(page, "quote"), "shown": hidden(page, "shown")}
    answer = client.post(f"/sessions/{session.pk}/cancel/", sent_form, follow=True).content.decode()
    assert "Called off." in answer
    assert "to the card it came from" not in answer


class TestWhyItWasCalledOff:
    def read(self, client, session, person):
        client.force_login(person)
        return client.get(f"/api/v1/sessions/{session.pk}/cancellations/")

    def test_both_sides_read_it_with_what_became_of_the_money(self, client, session, clock):
        contract = contract_of(session)
        clock.travel_to(session.starts_at - 12 * HOUR)
        assert self.read(client, session, contract.coach).json() == []
        quote = quote_session(session, by=contract.student, now=clock.now())
        cancel_booked_session(session, by=contract.student, quote=quote.id, reason="My train is late.", now=clock.now())
        told = {"role": "student", "rule": "late", "reason": "My train is late."}
        for person in (contract.student, contract.coach):
            [row] = self.read(client, session, person).json()
            assert {name: row[name] for name in told} == told
            assert [row["back"]["amount_cents"], row["kept"]["amount_cents"]] == [2500, 2500]

    def test_of_a_consultation_there_is_no_money(self, client, clock):
        session = SessionFactory(kind="consultation", starts_at=clock.now() + 30 * HOUR)
        student = student_of(session)
        quote = quote_session(session, by=session.coach, now=clock.now())
        cancel_booked_session(session, by=session.coach, quote=quote.id, reason="Ill", now=clock.now())
        [row] = self.read(client, session, student).json()
        assert (row["booking"], row["rule"], row["reason"], row["back"]) == (None, "", "Ill", None)

    def test_strangers_read_nothing(self, client, session):
        assert self.read(client, session, StudentFactory()).status_code == 404
