"""Sweeps look at what is due and at nothing else, however many sessions there are; a million by `make test-deep`."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.tests.factories import StudentFactory
from contracts.models import Contract
from contracts.tests.factories import sent
from core.registry import calls_outside, sweeps
from core.wall import data_version
from scheduling.models import (
    CalendarCopy,
    GoogleCalendar,
    Move,
    Participant,
    Reminder,
    Series,
    Session,
    Waiting,
)
from scheduling.tests.factories import DAY, HOUR, MINUTE, NOW, CalendarFactory, SessionFactory
from tests.plans import nodes, plan_of

pytestmark = pytest.mark.django_db
DUE = 3
FEW = 60  # rows looked at for that, indexes and all
OURS = ("scheduling", "contracts")
WAITED_FOR = [
    "holds that ran out",
    "requests nobody answered",
    "moves nobody answered",
    "seats nobody paid",
    "offers of seats nobody took",
    "groups with too few students",
    "series and new rules for clocks",
    "sessions nobody settled",
    "Google calendars to read",
    "Google calendars to write",
    "contract steps",
    "contract warnings",
]


def many(row, count, *, source="generate_series(1, %s) AS n", **columns):
    """So many rows more like this one, in one statement; columns as SQL over `template` and the source."""
    names = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = [columns.get(name, f'template."{name}"') for name in names]
    table, listed = row._meta.db_table, ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM {table} AS template, {source} "
            f"WHERE template.id = {row.pk}",
            [count] if "%s" in source else None,
        )


def crowd(count):
    """So many sessions, half of them over and half agreed for later, with their people, reminders and moves."""
    coach, student = CalendarFactory().coach, StudentFactory()
    later = SessionFactory(coach=coach, student=student, starts_at=NOW + 90 * DAY)
    past = SessionFactory(
        coach=coach, student=student, starts_at=NOW - 90 * DAY, state=Session.State.COMPLETED, outcome="completed"
    )
    for one, sign in ((later, "+"), (past, "-")):
        moved = {name: f"template.{name} {sign} n * interval '1 minute'" for name in ("starts_at", "ends_at")}
        many(one, count // 2, **moved)
    place = Participant.objects.filter(session=later, role=Role.STUDENT).get()
    others = f"(SELECT id, starts_at, state FROM scheduling_session WHERE id NOT IN ({later.pk}, {past.pk})) AS s"
    many(place, 0, source=others, session_id="s.id")
    told = Reminder.objects.create(session=past, version=1, recipient=student, kind="day", state="sent", due_at=NOW)
    state = "CASE WHEN s.state = 'scheduled' THEN 'planned' ELSE 'sent' END"
    many(told, 0, source=others, session_id="s.id", state=state, due_at="s.starts_at - interval '1 day'")
    move = Move.objects.create(
        session=past, version=1, state="agreed", asked_by=coach, role="coach", from_starts_at=NOW, starts_at=NOW,
        asked_at=NOW, answer_due_at=NOW,
    )  # fmt: skip
    many(move, 0, source=others, session_id="s.id")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def some_due():
    """A few sessions that are over and nobody ended, holds that ran out, reminders that are due."""
    for number in range(DUE):
        SessionFactory(starts_at=NOW - (3 + number) * HOUR)
        SessionFactory(
            starts_at=NOW + (30 + number) * HOUR, state=Session.State.HELD, version=0, hold_expires_at=NOW - MINUTE
        )
        near = SessionFactory(starts_at=NOW + (5 + number) * HOUR)
        student = near.participants.get(role=Role.STUDENT).user
        Reminder.objects.create(session=near, version=1, recipient=student, kind="day", due_at=NOW - MINUTE)


def waiting_for_later(count):
    """So many of all else that a sweep looks for, none of it due; with the sweeps that would find it."""
    coach, student = CalendarFactory().coach, StudentFactory()
    pair = {"coach": coach, "student": student}
    later = {name: f"template.{name} + n * interval '1 minute'" for name in ("starts_at", "ends_at")}

    group = SessionFactory(**pair, starts_at=NOW + 3 * DAY, kind="group", seats=9, least=5)
    many(group, count, **later)
    asked = SessionFactory(**pair, starts_at=NOW + 5 * DAY, state="requested", answer_due_at=NOW + DAY)
    many(asked, count, answer_due_at="template.answer_due_at + n * interval '1 minute'")
    held = SessionFactory(**pair, starts_at=NOW + 6 * DAY, state="held", version=0, hold_expires_at=NOW + MINUTE)
    many(held, count, hold_expires_at="template.hold_expires_at + n * interval '1 second'")
    unclear = SessionFactory(**pair, starts_at=NOW - DAY, state="completed", outcome="unclear", ended_at=NOW - DAY)
    many(unclear, count, ended_at="template.ended_at + n * interval '1 second'")

    groups = f"(SELECT id FROM scheduling_session WHERE kind = 'group' AND id <> {group.pk}) AS s"
    seat = Participant.objects.get(session=group, role=Role.STUDENT)
    Participant.objects.filter(pk=seat.pk).update(state="held", hold_expires_at=NOW + HOUR)
    many(seat, 0, source=groups, session_id="s.id")
    line = {"asked_at": NOW, "offered_at": NOW, "offer_ends_at": NOW + HOUR}
    waiting = Waiting.objects.create(session=group, student=student, state="offered", **line)
    many(waiting, 0, source=groups, session_id="s.id")
    move = Move.objects.create(
        session=group, version=1, state="open", asked_by=coach, role="coach", from_starts_at=NOW, starts_at=NOW,
        asked_at=NOW, answer_due_at=NOW + HOUR,
    )  # fmt: skip
    many(move, 0, source=groups, session_id="s.id")
    series = Series.objects.create(
        **pair, anchor=coach, time_zone="UTC", weekday=0, clock="10:00", first_day=NOW.date(), weeks=4,
        duration_minutes=60, tz_version=data_version(), made_at=NOW,
    )  # fmt: skip
    many(series, count)

    many(student, count, email="'somebody' || n || '@example.com'")
    calendar = GoogleCalendar.objects.create(user=student, due_at=NOW + HOUR)
    people = "(SELECT id FROM accounts_user WHERE email LIKE 'somebody%') AS s"
    many(calendar, 0, source=people, user_id="s.id")
    copy = CalendarCopy.objects.create(session=group, user=student, event_id="x", version=1, due_at=NOW + HOUR)
    many(copy, 0, source=groups, session_id="s.id")

    contract = sent()
    Contract.objects.filter(pk=contract.pk).update(expires_at=NOW + 30 * DAY, warned_for=None)
    many(contract.escrow, count, label="'many-' || n")
    escrows = "(SELECT id, label FROM payments_escrow WHERE label LIKE 'many-%') AS s"
    own = {"escrow_id": "s.id", "number": "s.label", "proposal_id": "NULL"}
    many(contract, 0, source=escrows, **own)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return WAITED_FOR


def looked_at(asked):
    """Of each statement on tables of time and agreement: how many rows it looked at, those it threw away among them."""
    found = {}
    for sql in {each["sql"] for each in asked if each["sql"].lstrip().startswith("SELECT")}:
        if any(f'"{app}_' in sql or f" {app}_" in sql for app in OURS):
            scans = [node for node in nodes(plan_of(sql, "ANALYZE", "TIMING OFF")["Plan"]) if _is_scan(node)]
            found[sql] = sum(_rows(node) for node in scans)
    return found


def _is_scan(node):
    return node["Node Type"].endswith("Scan") and "Relation Name" in node


def _rows(node):
    away = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + away) * node["Actual Loops"])


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.deep)])
def test_sweeps_of_time_and_agreement_touch_only_what_is_due(count):
    crowd(count)
    some_due()
    done = {}
    for name, work in sweeps.items():
        if name in calls_outside or not work.__module__.startswith(OURS):
            continue
        with CaptureQueriesContext(connection) as asked:
            done[name] = work(NOW)
        for sql, rows in looked_at(asked).items():
            assert rows <= FEW, (name, rows, sql)
    assert done["sessions that are over"] == DUE
    assert done["holds that ran out"] == DUE
    assert done["reminders"] == DUE
    assert Session.objects.count() >= count


@pytest.mark.parametrize("count", [3_000, pytest.param(20_000, marks=pytest.mark.deep)])
def test_sweeps_look_past_all_that_waits_for_later(count):
    found = dict.fromkeys(waiting_for_later(count), 0)
    for name in found:
        with CaptureQueriesContext(connection) as asked:
            assert sweeps[name](NOW) == 0, name
        for sql, rows in looked_at(asked).items():
            found[name] += 1
            assert rows <= FEW, (name, rows, sql)
    assert [name for name, statements in found.items() if not statements] == []
    for model in (Session, Participant, Waiting, Move, Series, GoogleCalendar, CalendarCopy, Contract):
        assert model.objects.count() > count, model


def test_it_notices_a_sweep_that_reads_them_all():
    crowd(2_000)
    with CaptureQueriesContext(connection) as asked:
        list(Session.objects.filter(duration_minutes__gt=100, starts_at__lt=NOW - timedelta(days=1)))
    [rows] = looked_at(asked).values()
    assert rows >= 1_000
