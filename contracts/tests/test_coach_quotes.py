"""A coach reads before the click which marks calling off brings, and gets exactly those."""

import pytest

from contracts.models import Mark
from contracts.operations import cancel_booked_session, cancel_contract, quote_contract, quote_session
from contracts.tests.factories import active, scheduled
from contracts.tests.test_cancelling import HOUR, SECOND, old, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "marks", "until"),
    [
        (48 * HOUR, [], 48 * HOUR),
        (48 * HOUR - SECOND, ["late_cancel"], 10 * HOUR),
        (10 * HOUR, ["late_cancel"], 10 * HOUR),
        (10 * HOUR - SECOND, ["absence"], None),
    ],
)
def test_a_coach_is_told_the_mark_that_calling_off_brings_and_gets_it(before, marks, until, standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    quote = quote_session(session, by=contract.coach, now=session.starts_at - before)
    assert (quote.coach_marks, quote.valid_until) == (marks, session.starts_at - until if until else None)
    assert quote_session(session, by=contract.student, now=session.starts_at - before).coach_marks == []
    cancel_booked_session(session, by=contract.coach, quote=quote.id, now=session.starts_at - before)
    assert list(Mark.objects.values_list("reason", flat=True)) == marks


def test_a_quote_of_a_coach_goes_stale_when_it_would_bring_a_mark(standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    edge = session.starts_at - 48 * HOUR
    shown = quote_session(session, by=contract.coach, now=edge).id
    late = edge + SECOND
    refusal = refused("stale_quote", cancel_booked_session, session, by=contract.coach, quote=shown, now=late)
    assert refusal.more["quote"]["coach_marks"] == ["late_cancel"]
    assert not Mark.objects.exists()


def test_each_late_session_of_a_contract_brings_a_mark_and_those_without_a_time_none(standin, clock):
    contract = active(standin)
    now = old(scheduled(contract, 1)).starts_at - 40 * HOUR
    scheduled(contract, 2, hour=18)
    quote = quote_contract(contract, by=contract.coach, now=now)
    assert (len(quote.lines), quote.coach_marks) == (4, ["late_cancel", "late_cancel"])
    cancel_contract(contract, by=contract.coach, quote=quote.id, now=now)
    assert Mark.objects.count() == 2
