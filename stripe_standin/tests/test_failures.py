"""Failures on demand: before the work, after it, no answer, too many."""

import http.client

import pytest
import stripe

from .conftest import chosen

CUSTOMER = {"email": "ann@example.com"}


def count(standin):
    return len(standin.stripe.customers.list().data)


def test_500_before_the_work_did_nothing_and_a_retry_works(standin):
    standin.control("fail", mode="500_before", path_contains="/v1/customers")
    key = chosen("customer")
    with pytest.raises(stripe.APIError) as failure:
        standin.stripe.customers.create(CUSTOMER, key)
    assert (failure.value.http_status, count(standin)) == (500, 0)
    standin.stripe.customers.create(CUSTOMER, key)
    assert count(standin) == 1


def test_500_after_the_work_is_replayed_though_the_work_is_done(standin):
    standin.control("fail", mode="500_after", method="POST")
    key = chosen("customer")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            standin.stripe.customers.create(CUSTOMER, key)
        assert failure.value.http_status == 500
    assert count(standin) == 1


def test_a_timeout_after_the_work_gives_the_answer_to_the_same_key(standin):
    standin.control("fail", mode="timeout_after", method="POST", seconds=0.05)
    key = chosen("customer")
    with pytest.raises(stripe.APIConnectionError):
        standin.stripe.customers.create(CUSTOMER, key)
    assert count(standin) == 1
    assert standin.stripe.customers.create(CUSTOMER, key).email == "ann@example.com"
    assert count(standin) == 1


def test_a_timeout_before_the_work_did_nothing(standin):
    standin.control("fail", mode="timeout_before", method="POST", seconds=0.05)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        standin.api("POST", "/v1/customers", CUSTOMER)
    assert count(standin) == 0


def test_429_is_a_rate_limit(standin):
    standin.control("fail", mode="429")
    with pytest.raises(stripe.RateLimitError):
        standin.stripe.customers.list()


def test_only_calls_that_fit_fail_and_only_so_many(standin):
    standin.control("fail", mode="500_before", path_contains="/v1/transfers", count=2)
    assert count(standin) == 0
    answers = [standin.api("GET", "/v1/transfers")[0] for _ in range(3)]
    assert answers == [500, 500, 200]


def test_an_unknown_mode_is_refused(standin):
    assert standin.ask("POST", "/_standin/fail", {"mode": "sometimes"})[0] == 400
