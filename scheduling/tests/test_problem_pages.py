"""Saying what an unclear session came to, and reporting a problem, on pages and by API."""

import pytest

from accounts.tests.factories import StudentFactory
from scheduling.models import Problem
from scheduling.operations import check_in, close_session
from scheduling.tests.factories import HOUR, MINUTE, MONDAY, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
SAID = {"kind": "late", "text": "We began <b>late</b>."}


def sent(client, address, body=None):
    return client.post(address, body, content_type="application/json")


@pytest.fixture
def unclear(clock):
    clock.travel_to(TEN + 2 * HOUR)
    session = SessionFactory(starts_at=TEN)
    check_in(session, by=student_of(session), now=TEN + 20 * MINUTE)
    return close_session(session, now=TEN + HOUR)


def test_both_say_the_same_on_the_page_and_it_is_settled(client, unclear):
    address = f"/sessions/{unclear.pk}/outcome/"
    client.force_login(student_of(unclear))
    assert "/outcome" in client.get(f"/sessions/{unclear.pk}/").text
    assert "required" in client.post(address, {}).text
    assert client.post(address, {"outcome": "coach_absent"}).headers["Location"] == f"/sessions/{unclear.pk}/"
    client.force_login(unclear.coach)
    assert "Coach absent" in client.get(f"/sessions/{unclear.pk}/").text
    client.post(address, {"outcome": "coach_absent"})
    unclear.refresh_from_db()
    assert (unclear.state, unclear.outcome) == ("missed", "coach_absent")
    assert client.get(address).status_code == 302


def test_a_problem_is_reported_read_and_taken_back(client, unclear):
    student, page = student_of(unclear), f"/sessions/{unclear.pk}/"
    client.force_login(student)
    assert "/report" in client.get(page).text
    assert "What went wrong" in client.get(f"{page}report/").text
    assert client.post(f"{page}report/", SAID).headers["Location"] == page
    assert f'{page}report"' not in client.get(page).text
    assert "have reported a problem" in client.post(f"{page}report/", SAID).text
    client.force_login(unclear.coach)
    shown = client.get(page).text
    assert "We began &lt;b&gt;late&lt;/b&gt;." in shown
    assert "/withdraw/" not in shown
    problem = Problem.objects.get()
    assert client.post(f"/problems/{problem.pk}/withdraw/").status_code == 404
    client.force_login(student)
    client.post(f"/problems/{problem.pk}/withdraw/")
    assert Problem.objects.get().state == "withdrawn"
    assert f'{page}report"' in client.get(page).text


def test_whoever_has_reported_a_problem_is_not_asked_to_once_more_and_the_other_side_still_is(client, unclear):
    address = f"/api/v1/sessions/{unclear.pk}/"

    def offered(person):
        client.force_login(person)
        return "report" in client.get(address).json()["actions"]

    student = student_of(unclear)
    assert offered(student)
    sent(client, f"{address}report/", SAID)
    problem = Problem.objects.get()
    assert (offered(student), offered(unclear.coach)) == (False, True)
    Problem.objects.filter(pk=problem.pk).update(state="solved")
    assert not offered(student)
    Problem.objects.filter(pk=problem.pk).update(state="withdrawn")
    assert offered(student)


@pytest.mark.parametrize("page", ["outcome", "report"])
def test_strangers_find_nothing(client, unclear, page):
    client.force_login(StudentFactory())
    assert client.get(f"/sessions/{unclear.pk}/{page}/").status_code == 404
    assert sent(client, f"/api/v1/sessions/{unclear.pk}/{page}/", SAID | {"outcome": "completed"}).status_code == 404


def test_the_same_by_api(client, unclear):
    client.force_login(student_of(unclear))
    address = f"/api/v1/sessions/{unclear.pk}"
    assert sent(client, f"{address}/outcome/", {"outcome": "unclear"}).status_code == 400
    assert sent(client, f"{address}/outcome/", {"outcome": "coach_absent"}).json()["outcome"] == "unclear"
    made = sent(client, f"{address}/report/", SAID)
    assert (made.status_code, made.json()["status"]) == (201, "open")
    again = sent(client, f"{address}/report/", SAID)
    assert (again.status_code, again.json()["code"]) == (409, "already_reported")
    client.force_login(unclear.coach)
    assert [each["id"] for each in client.get("/api/v1/problems/").json()["results"]] == [made.json()["id"]]
    assert sent(client, f"/api/v1/problems/{made.json()['id']}/withdraw/").status_code == 403
    client.force_login(student_of(unclear))
    assert sent(client, f"/api/v1/problems/{made.json()['id']}/withdraw/").json()["status"] == "withdrawn"
    client.force_login(StudentFactory())
    assert client.get("/api/v1/problems/").json()["results"] == []
