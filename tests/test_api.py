"""The API as a whole: it describes itself, speaks one form of errors, and never breaks on odd input."""

from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.tests.factories import StudentFactory

VERBS = {"get", "post", "put", "patch", "delete"}
ODD = ["abc", "0", "-1", "99999999999999999999", "%00", "%F0%9F%90%98", "1.5", "null", "../1"]


@pytest.fixture(scope="module")
def schema():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


@pytest.fixture(scope="module")
def described(schema):
    return {
        (verb, path): asked for path, verbs in schema["paths"].items() for verb, asked in verbs.items() if verb in VERBS
    }


def test_the_schema_is_valid_and_every_operation_says_what_it_does(described):
    unsaid = [key for key, asked in described.items() if not asked.get("summary")]
    assert unsaid == []
    assert len(described) > 40


def test_the_one_form_of_errors_says_when_fields_are_named(schema):
    error = schema["components"]["schemas"]["Error"]
    assert (list(error["properties"]), error["required"]) == (["code", "detail", "fields"], ["code", "detail"])
    assert "with 409 where the refusal is about one field" in error["properties"]["fields"]["description"]


def test_everything_that_books_pays_or_moves_money_takes_an_idempotency_key(described):
    takes_key = {path for (verb, path), asked in described.items() if any(
        each["name"] == "Idempotency-Key" for each in asked.get("parameters", []))}  # fmt: skip
    for part in ("/checkout/", "/contracts/{id}/sessions/", "/connect/onboard/", "/sessions/{id}/schedule/"):
        assert any(path.endswith(part) for path in takes_key), part


@pytest.mark.django_db
def test_odd_addresses_get_a_clear_answer_and_never_an_error_of_ours(described):
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(StudentFactory())
    broken = []
    for (verb, path), _asked in described.items():
        for odd in ODD if "{" in path else [""]:
            address = path.replace(path[path.find("{") : path.find("}") + 1], odd) if "{" in path else path
            answer = getattr(client, verb)(address, {"odd": "\x00"}, format="json")
            if answer.status_code >= 500:
                broken.append((verb, address, answer.status_code))
    assert broken == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["{", "[]", '"text"', "null", '{"stars": 1e400}', '{"contract": 99999999999999999999}']
)
def test_odd_bodies_get_a_clear_answer(described, body):
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(StudentFactory())
    broken = []
    for verb, path in described:
        if verb in {"post", "put", "patch"}:
            address = path.replace("{", "").replace("}", "") if "{" not in path else path.split("{")[0] + "1/"
            answer = getattr(client, verb)(address, body, content_type="application/json")
            if answer.status_code >= 500:
                broken.append((verb, address, answer.status_code))
    assert broken == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["contracts", "proposals", "invitations", "saved", "sessions", "notifications"])
def test_a_cursor_that_no_list_gave_out_is_named(path):
    client = APIClient()
    client.force_authenticate(StudentFactory())
    answer = client.get(f"/api/v1/{path}/?cursor=abc")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["cursor"])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_of_the_api_works_offline_under_the_strict_policy(browser, site):
    """Its own style element is refused by the policy and not needed; its scripts must run."""
    page = browser.new_context(base_url=site).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/api/docs/")
    page.get_by_text("/api/v1/availability/").first.wait_for()  # only what is near is drawn
    assert errors == []
