"""Moving and moving back, as often and wherever the rules let: everything is as before, money included."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Booking, Contract
from contracts.operations import quote_session
from contracts.tests.factories import active, scheduled
from core import clock
from core.registry import invariants
from payments.books import where_is
from payments.models import Escrow, LedgerEntry, Payment, Portion, Refund, Transfer
from scheduling.models import Participant, Session, TimeClaim
from scheduling.operations import agree_to_move, move_session
from scheduling.slots import slots
from scheduling.tests.factories import DAY

pytestmark = pytest.mark.django_db
MOVED = {"version", "earliest_starts_at"}  # that it was moved is never undone
ROWS = [Session, TimeClaim, Participant, Contract, Booking, Escrow, Portion, Payment, LedgerEntry, Refund, Transfer]


def everything(contract):
    """All rows of time and money, the places of the money, and the times that others can book."""
    rows = {
        model.__name__: [
            {name: value for name, value in each.items() if name not in MOVED}
            for each in model.objects.order_by("pk").values()
        ]
        for model in ROWS
    }
    free = slots(contract.coach, None, 60, clock.now(), clock.now() + 6 * DAY, clock.now())
    return rows | {"money": where_is(contract.escrow), "free": free}


def reminders(session):
    session.refresh_from_db()
    planned = session.reminders.filter(state="planned", version=session.version)
    return sorted(planned.values_list("recipient", "kind", "due_at"))


def moved(session, starts_at, who):
    """A move by one side; the other agrees where it is asked."""
    session.refresh_from_db()
    student = next(place.user for place in session.people if place.user_id != session.coach_id)
    by, other = (student, session.coach) if who == "student" else (session.coach, student)
    move = move_session(session, starts_at=starts_at, by=by, now=clock.now())
    if move.state == "open":
        agree_to_move(move, by=other, now=clock.now())
    session.refresh_from_db()
    assert session.starts_at == starts_at


def all_true():
    assert {name: rows for name, check in invariants.items() if (rows := list(check()))} == {}


EXAMPLES = [10, pytest.param(200, marks=pytest.mark.deep)]


@pytest.mark.parametrize("examples", EXAMPLES)
def test_moving_and_moving_back_restores_everything(standin, examples):
    contract = active(standin)
    session = scheduled(contract)
    scheduled(contract, 2, hour=18)

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(there=st.integers(0, 10**6), who=st.sampled_from(["student", "coach"]))
    def check(there, who):
        session.moves.all().delete()  # or two moves would be the last ones
        session.refresh_from_db()
        home, now = session.starts_at, clock.now()
        before, told, mark = everything(contract), reminders(session), session.earliest_starts_at
        owed = quote_session(session, by=contract.student, now=now).back_cents
        ahead = slots(session.coach, contract.student, 60, now, now + 6 * DAY, now, apart_from=session)
        away = [at for at in ahead if at != home]
        moved(session, away[there % len(away)], who)
        between = everything(contract)
        assert between["money"] == before["money"]
        assert (between["Session"] != before["Session"], between["free"] != before["free"]) == (True, True)
        moved(session, home, "coach" if who == "student" else "student")
        assert everything(contract) == before
        assert reminders(session) == told
        assert session.earliest_starts_at == min(mark, away[there % len(away)])
        assert quote_session(session, by=contract.student, now=clock.now()).back_cents <= owed
        type(session).objects.filter(pk=session.pk).update(earliest_starts_at=mark)
        all_true()

    check()
