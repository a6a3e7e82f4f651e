from contextlib import suppress
from datetime import timedelta
from typing import ClassVar

import pytest
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.tests.factories import StudentFactory
from core.api import InstantField, answer_exception, kept_by_key, with_etag
from core.models import KeptAnswer
from core.refused import Refused

pytestmark = pytest.mark.django_db


class Till(APIView):
    """Counts how often it really took something."""

    throttle_classes: list = []
    taken: list = []
    meanwhile: list = []

    @kept_by_key
    def post(self, request):
        if self.meanwhile:
            self.meanwhile.pop()()
        if request.data.get("busy"):
            raise Refused("Too many people are at this.", code="busy", is_passing=True)
        if request.data.get("refuse"):
            raise Refused("The till is closed.", code="closed")
        if request.data.get("break"):
            raise RuntimeError("bug")
        self.taken.append(request.data)
        return Response({"number": len(self.taken)}, status=201)

    @with_etag
    def get(self, request):
        return Response({"taken": len(self.taken)})


@pytest.fixture(autouse=True)
def empty_till():
    Till.taken = []


def send(user, body, key=None, method="post", **headers):
    factory = APIRequestFactory()
    extra = {"headers": {**({"Idempotency-Key": key} if key else {}), **headers}}
    request = getattr(factory, method)("/till", body, format="json", **extra)
    force_authenticate(request, user)
    return Till.as_view()(request)


def test_the_same_key_gets_the_same_answer_and_nothing_is_done_twice():
    user = StudentFactory()
    first, second = send(user, {"a": 1}, "k"), send(user, {"a": 1}, "k")
    assert (first.status_code, first.data) == (second.status_code, second.data) == (201, {"number": 1})
    assert second["Idempotent-Replayed"] == "true"
    assert len(Till.taken) == 1


def test_the_same_key_with_another_body_is_a_conflict():
    user = StudentFactory()
    send(user, {"a": 1}, "k")
    answer = send(user, {"a": 2}, "k")
    assert (answer.status_code, answer.data["code"]) == (409, "idempotency_mismatch")
    assert len(Till.taken) == 1


def test_the_same_key_while_the_first_request_runs_is_a_conflict():
    user, answers = StudentFactory(), []
    Till.meanwhile.append(lambda: answers.append(send(user, {"a": 1}, "k")))
    assert send(user, {"a": 1}, "k").data == {"number": 1}
    [answer] = answers
    assert (answer.status_code, answer.data["code"]) == (409, "idempotency_running")


def test_an_answer_is_kept_for_a_day_and_the_key_is_as_good_as_new_afterwards(clock):
    user = StudentFactory()
    send(user, {"a": 1}, "k")
    clock.advance(KeptAnswer.LASTS - timedelta(seconds=1))
    assert send(user, {"a": 1}, "k").data == {"number": 1}
    clock.advance(timedelta(seconds=1))
    assert send(user, {"a": 2}, "k").data == {"number": 2}
    assert send(user, {"a": 2}, "k")["Idempotent-Replayed"] == "true"
    assert KeptAnswer.objects.get().body == {"number": 2}


def test_a_request_whose_process_died_gives_its_key_back_after_five_minutes(clock):
    user = StudentFactory()
    KeptAnswer.objects.create(user=user, key="k", fingerprint="of who died", made_at=clock.now())
    clock.advance(KeptAnswer.RUNS - timedelta(seconds=1))
    assert send(user, {"a": 1}, "k").data["code"] == "idempotency_mismatch"
    clock.advance(timedelta(seconds=1))
    assert send(user, {"a": 1}, "k").data == {"number": 1}


def test_keys_of_two_people_do_not_meet():
    assert send(StudentFactory(), {"a": 1}, "k").data == {"number": 1}
    assert send(StudentFactory(), {"a": 1}, "k").data == {"number": 2}


def test_without_a_key_each_request_counts():
    user = StudentFactory()
    send(user, {"a": 1})
    assert send(user, {"a": 1}).data == {"number": 2}


@pytest.mark.parametrize(
    ("field", "named"),
    [("notes", {"fields": {"notes": ["Not this one."]}}), ("price", {"fields": {"rate": ["Not this one."]}})],
)
def test_a_refusal_about_a_field_names_it_as_clients_know_it(field, named):
    class View:
        api_names: ClassVar = {"price": "rate"}

    answer = answer_exception(Refused("Not this one.", code="odd", field=field), {"view": View()})
    assert (answer.status_code, answer.data) == (409, {"code": "odd", "detail": "Not this one."} | named)


def test_a_refusal_is_kept_too_in_the_one_form_of_errors():
    user = StudentFactory()
    answers = [send(user, {"refuse": 1}, "k") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {409}
    assert answers[1].data == {"code": "closed", "detail": "The till is closed."}


def test_a_bug_keeps_no_answer_so_that_the_key_may_try_again():
    with pytest.raises(RuntimeError):
        send(StudentFactory(), {"break": 1}, "k")
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("body", [{"a": 1}, {"busy": 1}, {"break": 1}])
def test_who_took_too_long_takes_nothing_from_the_next_with_its_key(clock, body):
    user = StudentFactory()

    def meanwhile():
        clock.advance(KeptAnswer.RUNS)
        send(user, {"b": 2}, "k")

    Till.meanwhile.append(meanwhile)
    with suppress(RuntimeError):
        send(user, body, "k")
    assert KeptAnswer.objects.get().body == {"number": 1}
    assert send(user, {"b": 2}, "k").data == {"number": 1}


def test_a_key_that_is_let_go_while_somebody_looks_is_claimed_anew(monkeypatch, clock):
    user, look = StudentFactory(), KeptAnswer.objects.filter
    KeptAnswer.objects.create(user=user, key="k", fingerprint="of the first", made_at=clock.now())

    def let_go_first(**facts):
        look(fingerprint="of the first").delete()
        return look(**facts)

    monkeypatch.setattr(KeptAnswer.objects, "filter", let_go_first)
    assert send(user, {"a": 1}, "k").data == {"number": 1}


def test_a_client_with_the_current_version_gets_304():
    user = StudentFactory()
    etag = send(user, None, method="get")["ETag"]
    assert send(user, None, method="get", **{"If-None-Match": etag}).status_code == 304
    send(user, {"a": 1})
    assert send(user, None, method="get", **{"If-None-Match": etag}).status_code == 200


class Meeting(serializers.Serializer):
    at = InstantField()


@pytest.mark.parametrize("text", ["2026-12-01T16:00:00", "2026-12-01", "tomorrow", 5])
def test_a_moment_without_its_offset_is_refused(text):
    form = Meeting(data={"at": text})
    assert not form.is_valid()


def test_a_moment_with_its_offset_is_read_exactly():
    form = Meeting(data={"at": "2026-12-01T16:00:00+01:00"})
    assert form.is_valid()
    assert form.validated_data["at"].isoformat() == "2026-12-01T15:00:00+00:00"
