"""Every time that a client sends says its offset from UTC: without one it could mean two moments, or none."""

from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

from contracts.models import Booking
from contracts.tests.factories import active, scheduled, session_of, tomorrow_at
from scheduling.operations import move_session

pytestmark = pytest.mark.django_db
NAIVE = ["2027-01-12T10:00:00", "2027-01-12 10:00", "2027-01-12T10:00:00.5", "2027-01-12", "1800000000"]
EXACT = "2027-01-12T10:00:00+01:00"


@pytest.fixture(scope="module")
def schema():
    out = StringIO()
    call_command("spectacular", stdout=out)
    return yaml.safe_load(out.getvalue())


def times_asked(schema):
    """Method, path and name of each moment in a body or in an address that the schema describes."""
    for path, verbs in schema["paths"].items():
        for verb, asked in verbs.items():
            for each in asked.get("parameters", []):
                if is_moment(each["schema"]):
                    yield verb, path, each["name"]
            for content in asked.get("requestBody", {}).get("content", {}).values():
                for name in moments_in(content["schema"], schema):
                    yield verb, path, name


def moments_in(shape, schema):
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    for part in shape.get("allOf", []) + shape.get("oneOf", []) + shape.get("anyOf", []):
        yield from moments_in(part, schema)
    if "items" in shape:
        yield from moments_in(shape["items"], schema)
    for name, each in shape.get("properties", {}).items():
        if is_moment(each):
            yield name
        else:
            yield from moments_in(each, schema)


def is_moment(shape):
    return shape.get("format") == "date-time" and not shape.get("readOnly")


@pytest.fixture
def people(standin, clock):
    """A contract with a session that has a time and one that has none."""
    contract = active(standin)
    agreed, bare = scheduled(contract, 1), session_of(contract, 2)
    booking, wished = Booking.objects.get(session=agreed), scheduled(contract, 3, hour=18)
    move_session(wished, starts_at=tomorrow_at(20), by=contract.coach, now=clock.now())
    return {
        "/check-availability/{coach_id}/": (contract.student, contract.coach_id),
        "/slots/{coach_id}/": (contract.student, contract.coach_id),
        "/bookings/": (contract.student, None),
        "/contracts/{id}/sessions/": (contract.student, contract.pk),
        "/groups/": (contract.coach, None),
        "/sessions/{id}/hold/": (contract.student, bare.pk),
        "/sessions/{id}/schedule/": (contract.student, bare.pk),
        "/sessions/{id}/reschedule/": (contract.student, agreed.pk),
        "/sessions/{id}/approve-reschedule/": (contract.student, wished.pk),
        "/sessions/{id}/decline-reschedule/": (contract.student, wished.pk),
        "/bookings/{id}/reschedule/": (contract.student, booking.pk),
    }


def send(verb, path, who, **data):
    person, number = who
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(person)
    address = path.replace("{id}", str(number)).replace("{coach_id}", str(number))
    return getattr(client, verb)(address, data, **({} if verb == "get" else {"format": "json"}))


def refuses(answer, name):
    return answer.status_code == 400 and name in answer.json().get("fields", {})


def test_each_time_that_the_schema_asks_for_needs_its_offset(schema, people):
    asked = sorted(set(times_asked(schema)))
    assert {path.removeprefix("/api/v1") for _verb, path, _name in asked} == people.keys(), "say here who may ask it"
    wrong = []
    for verb, path, name in asked:
        who = people[path.removeprefix("/api/v1")]
        wrong += [(path, said) for said in NAIVE if not refuses(send(verb, path, who, **{name: said}), name)]
        if refuses(send(verb, path, who, **{name: EXACT}), name):
            wrong.append((path, EXACT))
    assert wrong == []


def test_it_finds_a_moment_however_deep_it_lies():
    moment = {"type": "string", "format": "date-time"}
    shapes = {"Row": {"properties": {"at": moment, "made": moment | {"readOnly": True}}}}
    body = {"properties": {"rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}}}
    assert list(moments_in(body, {"components": {"schemas": shapes}})) == ["at"]
