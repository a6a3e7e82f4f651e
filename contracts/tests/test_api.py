import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import StudentFactory
from contracts.models import Contract, Review
from contracts.tests.factories import accepted, active, drafted, held_session, opens_all_day, sent, tomorrow_at
from payments.models import Payment

pytestmark = pytest.mark.django_db


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_without_signing_in_there_is_401():
    assert APIClient().get("/api/v1/contracts/").status_code == 401


def test_a_contract_shows_its_terms_in_the_agreed_words():
    contract = sent()
    answer = api(contract.student).get(f"/api/v1/contracts/{contract.pk}/")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["contract_number"], body["status"], body["state"]) == (contract.number, "pending", "awaiting_coach")
    assert body["total_amount"] == {"amount_cents": 20000, "currency": "usd"}
    assert body["paid_amount"] == {"amount_cents": 0, "currency": "usd"}
    assert (body["total_sessions"], body["completed_sessions"], body["remaining_sessions"]) == (4, 0, 4)
    assert (body["can_be_cancelled"], body["can_schedule_sessions"]) == (True, False)
    assert "email" not in str(body)


def test_a_known_etag_saves_the_body():
    contract = sent()
    client = api(contract.student)
    etag = client.get(f"/api/v1/contracts/{contract.pk}/")["ETag"]
    assert client.get(f"/api/v1/contracts/{contract.pk}/", headers={"If-None-Match": etag}).status_code == 304


def test_strangers_get_404_for_everything():
    contract, client = sent(), api(StudentFactory())
    assert client.get(f"/api/v1/contracts/{contract.pk}/").json() == {
        "code": "not_found",
        "detail": "Not found.",
    }
    for verb in ("accept", "decline", "cancel", "sessions"):
        assert client.post(f"/api/v1/contracts/{contract.pk}/{verb}/").status_code == 404
    assert client.post("/api/v1/checkout/", {"contract": contract.pk}, format="json").status_code == 404


def test_the_agreement_runs_by_api():
    contract = drafted()
    student, coach = api(contract.student), api(contract.coach)
    path = f"/api/v1/contracts/create/{contract.proposal_id}/"
    assert student.post(path, {"learning_outcomes": "Order food"}, format="json").json()["state"] == "awaiting_coach"
    assert student.post(path, {}, format="json").status_code == 409
    assert student.post(f"/api/v1/contracts/{contract.pk}/accept/").status_code == 403
    assert coach.post(f"/api/v1/contracts/{contract.pk}/accept/").json()["state"] == "awaiting_payment"
    refused = coach.post(f"/api/v1/contracts/{contract.pk}/decline/")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_checkout_is_opened_once_per_key(standin):
    contract = accepted()
    client = api(contract.student)
    answers = [
        client.post("/api/v1/checkout/", {"contract": contract.pk}, format="json", headers={"Idempotency-Key": "pay-1"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["amount"] == {"amount_cents": 20000, "currency": "usd"}
    assert Payment.objects.count() == 1
    other = client.post("/api/v1/checkout/", {"contract": 999999}, format="json", headers={"Idempotency-Key": "pay-1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


def test_the_next_session_is_scheduled_by_api(standin):
    contract = active(standin)
    opens_all_day(contract.coach)
    client, when = api(contract.student), tomorrow_at(15)
    path = f"/api/v1/contracts/{contract.pk}/sessions/"
    naive = client.post(path, {"scheduled_at": when.replace(tzinfo=None).isoformat()}, format="json")
    assert (naive.status_code, naive.json()["code"]) == (400, "invalid")
    made = client.post(path, {"scheduled_at": when.isoformat()}, format="json")
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["status"]) == (1, "confirmed")
    assert made.json()["price"] == {"amount_cents": 5000, "currency": "usd"}
    taken = client.post(path, {"scheduled_at": when.isoformat()}, format="json")
    assert taken.status_code == 409
    assert [row["status"] for row in client.get(path).json()] == ["confirmed", "pending", "pending", "pending"]
    assert client.get("/api/v1/bookings/?status=confirmed&role=student").json()["results"][0]["number"] == 1
    assert client.get("/api/v1/bookings/?role=coach").json()["results"] == []


def test_a_review_by_api_and_who_may_read_it(standin, clock):
    contract = active(standin, session_count=1)
    client = api(contract.student)
    body = {"contract": contract.pk, "stars": 5, "text": "Clear."}
    assert client.post("/api/v1/reviews/", body, format="json").json()["code"] == "too_early"
    held_session(contract, clock)
    assert client.post("/api/v1/reviews/", {**body, "stars": 6}, format="json").status_code == 400
    assert client.post("/api/v1/reviews/", body, format="json").status_code == 201
    for path in ("coach", "mentor"):
        public = APIClient().get(f"/api/v1/reviews/{path}/{contract.coach_id}/").json()
        assert [row["stars"] for row in public["results"]] == [5]
    assert Review.objects.count() == 1
    session = contract.bookings.get().session_id
    for person, seen in ((contract.student, [5]), (contract.coach, [5]), (StudentFactory(), [])):
        shown = api(person).get(f"/api/v1/reviews/session/{session}/").json()["results"]
        assert [row["stars"] for row in shown] == seen


def test_a_time_is_held_confirmed_or_given_back_by_api(standin):
    contract = active(standin)
    opens_all_day(contract.coach)
    client, pk = api(contract.student), contract.bookings.first().session_id
    body = {"scheduled_at": tomorrow_at(15).isoformat()}
    assert api(StudentFactory()).post(f"/api/v1/sessions/{pk}/hold/", body, format="json").status_code == 404
    assert api(contract.coach).post(f"/api/v1/sessions/{pk}/hold/", body, format="json").status_code == 403
    assert client.post(f"/api/v1/sessions/{pk}/confirm/").json()["code"] == "hold_expired"
    assert client.post(f"/api/v1/sessions/{pk}/hold/", body, format="json").json()["state"] == "held"
    assert client.post(f"/api/v1/sessions/{pk}/drop/").json()["state"] == "unscheduled"
    client.post(f"/api/v1/sessions/{pk}/hold/", body, format="json")
    for _twice in range(2):
        assert client.post(f"/api/v1/sessions/{pk}/confirm/").json()["state"] == "scheduled"


def test_lists_need_the_same_queries_for_one_and_for_twenty(django_assert_max_num_queries):
    student, counts = StudentFactory(), []
    for number in (1, 19):
        for _ in range(number):
            drafted(request__student=student)
        with django_assert_max_num_queries(4) as queries:
            assert len(api(student).get("/api/v1/contracts/").json()["results"]) == Contract.objects.count()
        counts.append(len(queries))
    assert counts[0] == counts[1]
