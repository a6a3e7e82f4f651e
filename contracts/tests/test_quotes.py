"""What calling a session off costs, to the cent and to the second."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.quotes import Failing, Rule, Seat, as_data, quote, quote_free

START = datetime(2027, 1, 11, 10, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
LONG_AGO = START - 500 * HOUR
SEAT = Seat(
    booking=7, number=1, gross_cents=5000, fee_cents=750, terms={}, starts_at=START, agreed_at=LONG_AGO, marks=(1,)
)


def line(role="student", before=100 * HOUR, **facts):
    [only] = quote([replace(SEAT, **facts)], role=role, now=START - before, currency="usd").lines
    return only


@pytest.mark.parametrize(
    ("before", "rule", "back", "kept", "fee", "until"),
    [
        (240 * HOUR, "free", 5000, 0, 0, START - 24 * HOUR),
        (24 * HOUR, "free", 5000, 0, 0, START - 24 * HOUR),
        (24 * HOUR - SECOND, "late", 2500, 2500, 375, START - 10 * HOUR),
        (10 * HOUR, "late", 2500, 2500, 375, START - 10 * HOUR),
        (10 * HOUR - SECOND, "too_late", 0, 5000, 750, None),
        (SECOND, "too_late", 0, 5000, 750, None),
    ],
)
def test_what_a_student_gets_back_at_each_edge(before, rule, back, kept, fee, until):
    said = line(before=before)
    assert (said.rule, said.back_cents, said.kept_cents, said.fee_cents) == (rule, back, kept, fee)
    assert (said.valid_until, said.to_coach_cents) == (until, kept - fee)


@pytest.mark.parametrize("role", ["coach", "staff"])
@pytest.mark.parametrize("before", [240 * HOUR, 10 * HOUR, SECOND])
def test_whoever_else_calls_off_gives_all_back(role, before):
    said = line(role, before)
    assert (said.rule, said.back_cents, said.kept_cents, said.valid_until) == (role, 5000, 0, None)


@pytest.mark.parametrize(
    ("booked", "before", "rule", "back"),
    [
        (20 * HOUR, 20 * HOUR, "cooling_off", 5000),
        (20 * HOUR, 19 * HOUR, "cooling_off", 5000),
        (20 * HOUR, 19 * HOUR - SECOND, "late", 2500),
        (5 * HOUR, 4 * HOUR, "cooling_off", 5000),
        (5 * HOUR, 4 * HOUR - SECOND, "too_late", 0),
        (150 * MINUTE, 2 * HOUR, "cooling_off", 5000),  # it ends two hours before the start
        (150 * MINUTE, 2 * HOUR - SECOND, "too_late", 0),
        (90 * MINUTE, 90 * MINUTE, "too_late", 0),
    ],
)
def test_whoever_has_just_booked_may_think_again(booked, before, rule, back):
    said = line(before=before, agreed_at=START - booked)
    assert (said.rule, said.back_cents) == (rule, back)


def test_the_rule_that_lasts_longest_is_named():
    just_booked = line(before=24 * HOUR + MINUTE, agreed_at=START - 24 * HOUR - MINUTE)
    assert (just_booked.rule, just_booked.valid_until) == ("cooling_off", START - 23 * HOUR - MINUTE)
    assert line(before=30 * HOUR, agreed_at=START - 30 * HOUR).rule == "free"


def test_a_session_without_a_time_gives_all_back():
    assert line(starts_at=None).rule == "no_time"
    assert line(starts_at=None).back_cents == 5000


def test_a_coach_who_wants_another_time_gives_all_back_while_that_is_open():
    until = START - 8 * HOUR
    assert line(before=8 * HOUR, moved_until=until).rule == "moved"
    assert line(before=8 * HOUR, moved_until=until).back_cents == 5000
    assert line(before=8 * HOUR - SECOND, moved_until=until).back_cents == 0


def test_what_was_not_paid_does_not_come_back():
    said = line(is_paid=False)
    assert (said.rule, said.back_cents, said.kept_cents) == ("unpaid", 0, 0)


def test_the_numbers_are_those_the_contract_was_made_with():
    terms = {"free_change_student_hours": 48, "cutoff_hours": 6, "late_cancel_percent": 80, "cooling_off_minutes": 0}
    assert line(before=48 * HOUR, terms=terms).back_cents == 5000
    assert line(before=47 * HOUR, terms=terms).back_cents == 4000
    assert line(before=6 * HOUR, terms=terms).back_cents == 4000
    assert line(before=6 * HOUR - SECOND, terms=terms).back_cents == 0


@pytest.mark.parametrize(
    ("gross", "fee", "back", "kept", "kept_fee"),
    [(4999, 750, 2500, 2499, 375), (1001, 150, 501, 500, 75), (1, 0, 1, 0, 0), (5000, 750, 2500, 2500, 375)],
)
def test_half_a_cent_goes_to_the_student(gross, fee, back, kept, kept_fee):
    said = line(before=12 * HOUR, gross_cents=gross, fee_cents=fee)
    assert (said.back_cents, said.kept_cents, said.fee_cents) == (back, kept, kept_fee)


def test_a_quote_adds_up_and_stands_until_its_first_edge():
    late = replace(SEAT, booking=8, number=2, starts_at=START - 80 * HOUR)
    both = quote([SEAT, late], role="student", now=START - 100 * HOUR, currency="usd")
    assert (both.back_cents, both.kept_cents, both.fee_cents, both.to_coach_cents) == (7500, 2500, 375, 2125)
    assert both.valid_until == START - 90 * HOUR


@pytest.mark.parametrize(
    "change",
    [
        {"booking": 8},
        {"gross_cents": 5001},
        {"fee_cents": 0, "starts_at": START - 490 * HOUR},
        {"starts_at": START - 400 * HOUR},
        {"is_paid": False},
        {"marks": (2,)},
    ],
)
def test_whatever_decides_it_makes_it_another_quote(change):
    now = START - 100 * HOUR
    first = quote([SEAT], role="student", now=now, currency="usd")
    assert first.id == quote([SEAT], role="student", now=now + HOUR, currency="usd").id
    assert first.id != quote([replace(SEAT, **change)], role="student", now=now, currency="usd").id


def test_another_role_and_another_tier_make_it_another_quote():
    ids = {quote([SEAT], role=role, now=START - 100 * HOUR).id for role in ("student", "coach", "staff")}
    ids |= {quote([SEAT], role="student", now=START - hours * HOUR).id for hours in (20, 5)}
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("role", "before", "given_back"),
    [("student", 2 * HOUR, True), ("student", 2 * HOUR - SECOND, False), ("coach", SECOND, True)],
)
def test_a_consultation_costs_nothing_but_may_be_used_up(role, before, given_back):
    free = quote_free(role=role, starts_at=START, now=START - before, terms={}, marks=(1,))
    assert (free.lines, free.back_cents, free.is_given_back) == ((), 0, given_back)


def test_what_counts_against_a_coach_makes_it_another_quote_and_ends_it():
    late = Failing("late_cancel", START - 10 * HOUR)
    early, same, worse = (
        quote([SEAT], role="coach", now=START - 60 * HOUR, failing=(failing,))
        for failing in (Failing(None, START - 48 * HOUR), Failing(None, START - 40 * HOUR), late)
    )
    assert (early.id == same.id, early.id == worse.id) == (True, False)
    assert (early.coach_marks, early.valid_until) == ([], START - 48 * HOUR)
    assert (worse.coach_marks, worse.valid_until) == (["late_cancel"], START - 10 * HOUR)
    assert as_data(worse)["coach_marks"] == ["late_cancel"]


def test_what_clients_read():
    data = as_data(quote([SEAT], role="student", now=START - 12 * HOUR, currency="usd"))
    assert data["back"] == {"amount_cents": 2500, "currency": "usd"}
    assert data["lines"][0]["rule"] == Rule.LATE
    assert data["lines"][0]["to_coach"] == {"amount_cents": 2125, "currency": "usd"}
    assert data["valid_until"] == "2027-01-11T00:00:00Z"
