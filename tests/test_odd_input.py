"""Whatever is sent, nobody sees an error of ours: by page, by API, by webhook."""

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, StudentFactory
from marketplace.tests.factories import LearningRequestFactory

pytestmark = pytest.mark.django_db
DEEP = '{"a":' * 5000 + "1" + "}" * 5000
ODD_PAGES = [
    "/coaches/?skill=%00", "/coaches/?q=%00", "/requests/?skill=%00", "/requests/?q=%00", "/money/%00/", "/sessions/?when=%00",
    "/contracts/?before=%00", "/demo/mail/?to=%00", "/accounts/login/?next=%00", "/notifications/?after=9" + "9" * 400,
]  # fmt: skip
HALF_A_PAIR = '"\\ud800"'


@pytest.fixture
def coach():
    return CoachFactory()


@pytest.mark.parametrize("path", ODD_PAGES)
def test_pages_answer_odd_addresses(path, coach):
    client = Client(raise_request_exception=False)
    client.force_login(coach)
    assert client.get(path).status_code < 500


@pytest.mark.parametrize("total", ["5" * 5000, "-1", "x", "\x00"])
def test_the_hours_form_answers_odd_counts(total, coach):
    client = Client(raise_request_exception=False)
    client.force_login(coach)
    assert client.post("/availability/", {"add": "1", "hours-TOTAL_FORMS": total}).status_code < 500


@pytest.mark.parametrize("body", [DEEP, HALF_A_PAIR, '{"email": "\\ud800@x.y", "password": "\\u0000"}', "[" * 9000])
@pytest.mark.parametrize("path", ["auth/login", "auth/signup", "auth/password/request", "tokens/refresh"])
def test_signing_in_by_api_answers_odd_bodies(path, body):
    client = Client(raise_request_exception=False)
    answer = client.post(f"/_allauth/app/v1/{path}", body, content_type="application/json")
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("post", "/api/v1/requests/", DEEP),
        ("post", "/api/v1/requests/", '{"skill_tags": ["\\u0000"], "level": "\\ud800"}'),
        ("patch", "/api/v1/me/", '{"name": "\\ud800", "language": "\\ud800"}'),
        ("post", "/api/v1/me/role/", '{"role": "\\ud800"}'),
        ("patch", "/api/v1/me/coach/", '{"hourly_rate": {"currency": "usd"}}'),
        ("patch", "/api/v1/me/coach/", '{"trial_rate": {"amount_cents": 5}, "skills": ["\\u0000"]}'),
    ],
)
def test_endpoints_answer_odd_bodies_in_the_one_form_of_errors(verb, path, body, coach):
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(coach)
    answer = getattr(client, verb)(path, body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert {"code", "detail"} <= answer.json().keys()


def test_half_a_price_is_refused_with_the_field_that_is_missing():
    request = LearningRequestFactory()
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(request.student)
    answer = client.patch(f"/api/v1/requests/{request.pk}/", {"budget": {"currency": "usd"}}, format="json")
    assert answer.status_code == 400
    assert "budget" in answer.json()["fields"]


def test_what_is_not_there_is_said_in_the_form_of_the_api():
    answer = APIClient().get("/api/v1/nowhere/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("moment", ["9" * 400, "-1", "nan", "1e9"])
def test_webhooks_answer_odd_signatures(moment):
    client = Client(raise_request_exception=False)
    body = json.dumps({"id": "evt_1"})
    for path in ("/webhooks/stripe", "/api/v1/webhook/"):
        answer = client.post(
            path, body, content_type="application/json", headers={"Stripe-Signature": f"t={moment},v1=x"}
        )
        assert answer.status_code == 400


def test_a_message_with_an_unprintable_character_arrives():
    client = Client(raise_request_exception=False)
    client.force_login(StudentFactory())
    answer = client.post("/support/", {"subject": "Hi\x0b", "message": "I need help\x0b with this.", "topic": "other"})
    assert answer.status_code < 500
