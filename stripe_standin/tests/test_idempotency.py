"""Idempotency keys: the same answer, never the work twice."""

import json
import threading

from .conftest import DAY

CUSTOMER = {"email": "ann@example.com"}


def post(standin, key, fields=CUSTOMER, path="/v1/customers", **headers):
    return standin.api("POST", path, fields, Idempotency_Key=key, **headers)


def test_the_same_key_gives_the_first_answer_again(standin):
    first, again = post(standin, "customer:1"), post(standin, "customer:1")
    assert (again[0], again[2]) == (200, first[2])
    assert again[1]["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first[1]
    assert len(standin.stripe.customers.list().data) == 1


def test_another_key_does_the_work_again(standin):
    post(standin, "customer:1"), post(standin, "customer:2")
    assert len(standin.stripe.customers.list().data) == 2


def test_the_key_with_other_parameters_or_another_call_is_an_error(standin):
    post(standin, "customer:1")
    for other in ({"fields": {"email": "bob@example.com"}}, {"path": "/v1/products", "fields": {"name": "x"}}):
        status, _, body = post(standin, "customer:1", **other)
        assert (status, body["error"]["type"]) == (400, "idempotency_error")


def test_the_order_of_parameters_does_not_matter(standin):
    post(standin, "customer:1", {"email": "ann@example.com", "name": "Ann"})
    assert post(standin, "customer:1", {"name": "Ann", "email": "ann@example.com"})[0] == 200


def test_a_key_is_forgotten_after_a_day_of_the_clock(standin):
    first = post(standin, "customer:1")[2]["id"]
    standin.move_clock(DAY - 10)
    assert post(standin, "customer:1")[2]["id"] == first
    standin.move_clock(20)
    assert post(standin, "customer:1")[2]["id"] != first


def test_a_refusal_by_the_state_of_things_is_replayed(standin):
    coach = standin.coach()
    given = {"amount": 1000, "currency": "usd", "destination": coach}
    assert post(standin, "release:1", given, "/v1/transfers")[2]["error"]["code"] == "balance_insufficient"
    standin.paid(20000, "4000000000000077")
    standin.settle()
    status, headers, body = post(standin, "release:1", given, "/v1/transfers")
    assert (status, body["error"]["code"], headers["Idempotent-Replayed"]) == (400, "balance_insufficient", "true")
    assert post(standin, "release:2", given, "/v1/transfers")[0] == 200


def test_wrong_parameters_are_not_kept(standin):
    assert post(standin, "customer:1", {"colour": "red"})[0] == 400
    assert post(standin, "customer:1")[0] == 200


def test_accounts_do_not_share_keys(standin):
    coach = standin.coach()
    first = post(standin, "customer:1")[2]["id"]
    assert post(standin, "customer:1", Stripe_Account=coach)[2]["id"] != first


def test_a_key_in_use_is_a_conflict(standin):
    standin.world.keys_in_use.add(("", "customer:1"))
    status, _, body = post(standin, "customer:1")
    assert (status, body["error"]["type"]) == (409, "idempotency_error")
    standin.world.keys_in_use.clear()
    assert post(standin, "customer:1")[0] == 200


def test_twenty_at_once_with_one_key_do_the_work_once(standin):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(post(standin, "customer:1"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(standin.stripe.customers.list().data) == 1
    assert {status for status, _, _ in answers} <= {200, 409}
    assert len({json.dumps(body) for status, _, body in answers if status == 200}) == 1
