"""What is written down about free time is what can be booked, and it follows whatever happens."""

import re
import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory
from core.registry import invariants, sweeps
from scheduling.free_time import cell_then, free_then, is_free_then, next_instants
from scheduling.models import FreeTime, Session
from scheduling.operations import (
    Window,
    cancel_session,
    confirm_time,
    drop_hold,
    expire_hold,
    free_time,
    hold_time,
    refresh_due,
    refresh_free_time,
    refresh_many,
    schedule,
    set_availability,
)
from scheduling.tasks import refresh_changed_free_time, refresh_due_free_time
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from scheduling.weekly import weekly_cells

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
TRUTH = "time: nobody is offered time of a coach that is taken"


def fresh(coach, now=NOW):
    refresh_free_time(coach.pk, now=now)
    return FreeTime.objects.get(pk=coach.pk)


def offered(coach, minutes, moments, now=NOW):
    return [at for at in moments if FreeTime.objects.filter(is_free_then([at], now, minutes), pk=coach.pk).exists()]


def first_days(row, count=2):
    return [(f"{start:%d %H:%M}", f"{end:%d %H:%M}") for start, end in row.stretches[:count]]


def test_a_coach_s_hours_are_written_down_as_they_can_be_booked():
    coach = CalendarFactory(horizon_days=30, notice_hours=24).coach
    row = fresh(coach)
    assert first_days(row) == [("08 12:00", "08 17:00"), ("11 09:00", "11 17:00")]
    assert (row.notice_hours, row.horizon_days, row.computed_at) == (24, 30, NOW)
    assert row.stretches[-1][1] >= NOW + 31 * DAY
    assert (row.next_free_at, row.due_at) == (MONDAY + 9 * HOUR, datetime(2027, 1, 9, tzinfo=UTC))


def test_an_agreed_session_and_the_pauses_around_it_are_cut_out():
    coach = CalendarFactory(buffer_before_minutes=10, buffer_after_minutes=30).coach
    SessionFactory(coach=coach, starts_at=TEN)
    assert first_days(fresh(coach), 3)[1:] == [("11 09:00", "11 09:30"), ("11 11:30", "11 17:00")]


def test_sessions_a_coach_takes_as_a_student_are_cut_out_too():
    coach = CalendarFactory().coach
    SessionFactory(student=coach, starts_at=TEN)
    assert first_days(fresh(coach), 3)[1:] == [("11 09:00", "11 10:00"), ("11 11:00", "11 17:00")]


@pytest.mark.parametrize("coach", [lambda: CalendarFactory(hours=[]).coach, CoachFactory])
def test_a_coach_without_hours_is_never_free(coach):
    row = fresh(coach())
    assert (row.stretches, row.cells, row.next_free_at) == ([], [], None)


def test_the_row_is_due_at_the_coach_s_own_midnight_or_when_a_hold_runs_out():
    coach = CalendarFactory(time_zone="Asia/Kathmandu").coach
    assert fresh(coach).due_at == datetime(2027, 1, 8, 18, 15, tzinfo=UTC)
    session = SessionFactory(coach=coach, starts_at=TEN, state=Session.State.HELD, hold_expires_at=NOW + 15 * MINUTE)
    row = fresh(coach)
    assert row.due_at == NOW + 15 * MINUTE
    assert not any(start < session.ends_at and end > TEN for start, end in row.stretches)
    assert any(start <= TEN and session.ends_at <= end for start, end in fresh(coach, NOW + 15 * MINUTE).stretches)


def test_the_row_is_due_as_soon_as_it_is_too_late_to_book_the_first_free_time():
    coach = CalendarFactory(notice_hours=2, step_minutes=30).coach
    now = MONDAY + 7 * HOUR  # two hours before the first hour of the day
    row = fresh(coach, now)
    assert (row.next_free_at, row.due_at) == (MONDAY + 9 * HOUR, now + timedelta(seconds=1))
    assert (refresh_due(now=now), refresh_due(now=row.due_at), refresh_due(now=row.due_at)) == (0, 1, 0)
    assert FreeTime.objects.get(pk=coach.pk).next_free_at == MONDAY + 9 * HOUR + 30 * MINUTE


def test_the_half_hours_of_the_week_follow_the_stretches():
    coach = CalendarFactory(hours=[(0, time(9), time(10)), (6, time(23, 30), time(0))]).coach
    assert fresh(coach).cells == [18, 19, 335]


def fresh_state(coach):
    return FreeTime.objects.values_list("computed_at", "due_at").get(pk=coach.pk)


DONE = {
    "held": lambda session, student: hold_time(session, starts_at=TEN, by=student, now=NOW),
    "scheduled": lambda session, student: schedule(session, starts_at=TEN, by=student, now=NOW),
    "confirmed": lambda session, student: confirm_time(session, by=student, now=NOW),
    "dropped": lambda session, student: drop_hold(session, by=student, now=NOW),
    "expired": lambda session, student: expire_hold(session, now=NOW + 15 * MINUTE),
    "cancelled": lambda session, student: cancel_session(session, by=student, now=NOW),
}


@pytest.mark.parametrize("name", DONE)
def test_whatever_changes_a_coach_s_time_makes_their_row_due(name):
    session = SessionFactory()
    if name in {"confirmed", "dropped", "expired", "cancelled"}:
        hold_time(session, starts_at=TEN, by=student_of(session), now=NOW)
    bystander = CalendarFactory().coach
    refresh_many([session.coach_id, bystander.pk], now=NOW - HOUR)
    DONE[name](session, student_of(session))
    assert fresh_state(session.coach)[0] is None
    assert fresh_state(session.coach)[1] <= NOW + 15 * MINUTE
    assert fresh_state(bystander)[0] == NOW - HOUR
    assert refresh_due_free_time(NOW + 15 * MINUTE) == 1
    assert list(invariants[TRUTH]()) == []


def test_new_hours_make_a_row_and_the_sweep_fills_it():
    coach = CoachFactory()
    set_availability(hours=[Window(0, time(9), time(12))], by=coach, now=NOW, time_zone="UTC")
    assert fresh_state(coach) == (None, NOW)
    assert sweeps["free time"](NOW) == 1
    assert first_days(FreeTime.objects.get(pk=coach.pk), 1) == [("11 09:00", "11 12:00")]
    set_availability(hours=[], by=coach, now=NOW + HOUR, time_zone="UTC")
    assert sweeps["free time"](NOW + HOUR) == 1
    assert FreeTime.objects.get(pk=coach.pk).stretches == []


def test_a_student_who_coaches_is_due_as_well():
    session = SessionFactory(student=CalendarFactory().coach)
    student = student_of(session)
    refresh_many([session.coach_id, student.pk], now=NOW - HOUR)
    schedule(session, starts_at=TEN, by=student, now=NOW)
    assert fresh_state(student) == fresh_state(session.coach) == (None, NOW)


def test_sessions_without_a_time_change_nothing_when_they_are_cancelled():
    session = SessionFactory()
    refresh_many([session.coach_id], now=NOW - HOUR)
    cancel_session(session, by=student_of(session), now=NOW)
    assert fresh_state(session.coach)[0] == NOW - HOUR


def test_a_change_nudges_the_task_after_the_commit(monkeypatch, django_capture_on_commit_callbacks):
    nudged = []
    monkeypatch.setattr("core.outbox._publish", lambda task, args: nudged.append(task.name))
    session = SessionFactory()
    refresh_many([session.coach_id], now=NOW - HOUR)
    with django_capture_on_commit_callbacks(execute=True):
        schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
        assert nudged == [], "not before"
    assert "scheduling.tasks.refresh_changed_free_time" in nudged


def test_the_task_works_out_what_is_due_by_the_site_s_clock(clock):
    session = SessionFactory()
    clock.travel_to(NOW)
    refresh_many([session.coach_id], now=NOW - HOUR)
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    refresh_changed_free_time()
    assert fresh_state(session.coach)[0] >= NOW


def test_days_that_pass_make_more_days_bookable():
    coach = CalendarFactory(horizon_days=7, hours=[(weekday, time(9), time(10)) for weekday in range(7)]).coach
    last = fresh(coach).stretches[-1]
    assert refresh_due_free_time(NOW + HOUR) == 0
    assert refresh_due_free_time(NOW + 12 * HOUR) == 1
    assert FreeTime.objects.get(pk=coach.pk).stretches[-1][0] == last[0] + DAY


def test_a_thousand_coaches_take_four_statements():
    coaches = [CalendarFactory().coach for _number in range(12)]
    counts = []
    for some in (coaches[:1], coaches):
        with CaptureQueriesContext(connection) as queries:
            assert refresh_many([coach.pk for coach in coaches[: len(some)]], now=NOW) == len(some)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts == [4, 4]


def test_the_truth_is_broken_by_a_row_that_offers_taken_time():
    coach = CalendarFactory().coach
    fresh(coach)
    assert list(invariants[TRUTH]()) == []
    session = SessionFactory(coach=coach, starts_at=TEN)
    assert [row["session_id"] for row in invariants[TRUTH]()] == [session.pk]
    FreeTime.objects.update(computed_at=None)
    assert list(invariants[TRUTH]()) == []


class TestAsking:
    def test_the_next_tuesdays_at_six_keep_their_clock(self):
        now = datetime(2027, 3, 16, 17, tzinfo=UTC)
        found = next_instants(1, time(18), ZoneInfo("Europe/Berlin"), now)
        assert found == [datetime(2027, 3, day, hour, tzinfo=UTC) for day, hour in [(23, 17), (30, 16)]] + [
            datetime(2027, 4, day, 16, tzinfo=UTC) for day in (6, 13)
        ]
        assert next_instants(1, time(18), ZoneInfo("Europe/Berlin"), now - MINUTE)[0] == now

    def test_a_time_that_does_not_exist_is_the_end_of_the_gap(self):
        now = datetime(2027, 3, 27, tzinfo=UTC)
        [found] = next_instants(6, time(2, 30), ZoneInfo("Europe/Berlin"), now, count=1)
        assert found == datetime(2027, 3, 28, 1, tzinfo=UTC)

    def test_coaches_are_found_by_when_they_are_free(self):
        morning, evening = (CalendarFactory(hours=[(1, time(start), time(start + 2))]).coach for start in (9, 18))
        refresh_many([morning.pk, evening.pk], now=NOW)
        instants = next_instants(1, time(18, 30), ZoneInfo("UTC"), NOW)
        wanted = CoachProfile.objects.filter(free_then(instants, NOW))
        assert [profile.user_id for profile in wanted] == [evening.pk]
        joined = CoachProfile.objects.filter(is_free_then(instants, NOW, prefix="user__free_time__"))
        assert [profile.user_id for profile in joined] == [evening.pk]
        assert not CoachProfile.objects.filter(free_then(instants, NOW, minutes=120)).exists()
        assert not CoachProfile.objects.filter(free_then([], NOW)).exists()

    def test_one_of_the_next_weeks_is_enough(self):
        session = SessionFactory(starts_at=TEN)
        refresh_many([session.coach_id], now=NOW)
        instants = next_instants(0, time(10), ZoneInfo("UTC"), NOW)
        assert CoachProfile.objects.filter(free_then(instants, NOW)).exists()
        assert not CoachProfile.objects.filter(free_then(instants[:1], NOW)).exists()

    def test_notice_and_horizon_are_those_of_the_moment_of_asking(self):
        coach = CalendarFactory(notice_hours=12, horizon_days=10).coach
        fresh(coach)
        at, far = MONDAY + 9 * HOUR, MONDAY + 7 * DAY + 9 * HOUR
        assert offered(coach, 60, [at], at - 12 * HOUR) == [at]
        assert offered(coach, 60, [at], at - 12 * HOUR + timedelta(seconds=1)) == []
        assert offered(coach, 60, [far], far - 10 * DAY) == []
        assert offered(coach, 60, [far], far - 10 * DAY + timedelta(seconds=1)) == [far]
        assert offered(coach, 60, [at], at + HOUR) == []

    @given(st.integers(0, 7 * 24 * 12), st.sampled_from([60, 75, 120]))
    def test_whoever_is_free_then_has_its_cell(self, number, minutes):
        at = MONDAY + number * 5 * MINUTE
        assert cell_then(at) in weekly_cells([(at, at + minutes * MINUTE)], NOW, weeks=5)

    def test_the_plan_walks_an_index_and_probes_one_row_each(self):
        condition = free_then(next_instants(1, time(18), ZoneInfo("UTC"), NOW), NOW)
        best = CoachProfile.objects.filter(condition, approved_at__isnull=False).order_by("-score", "-id")[:20]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        plan = best.explain()
        assert "Index Scan using coach_best" in plan
        assert "SubPlan" in plan
        assert re.search("using (scheduling_freetime_pkey|free_time_next)", plan)  # by the coach, whichever holds them
        assert "Join" not in plan and "Nested Loop" not in plan


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """A booking that lands between reading and writing must not be forgotten."""

    def race(self, monkeypatch):
        session = SessionFactory()
        student = student_of(session)
        refresh_many([session.coach_id], now=NOW - HOUR)
        FreeTime.objects.update(due_at=NOW)
        has_read, may_write, booked = threading.Event(), threading.Event(), threading.Event()

        def read_and_wait(*args):
            diaries = read(*args)
            has_read.set()
            may_write.wait(10)
            return diaries

        read = free_time.read_diaries
        monkeypatch.setattr(free_time, "read_diaries", read_and_wait)

        def run(call, done):
            try:
                call()
            finally:
                connection.close()
                done.set()

        refreshed = threading.Event()
        threads = [threading.Thread(target=run, args=(lambda: refresh_due(now=NOW), refreshed))]
        threads[0].start()
        assert has_read.wait(10)
        booking = lambda: schedule(session, starts_at=TEN, by=student, now=NOW)  # noqa: E731
        threads.append(threading.Thread(target=run, args=(booking, booked)))
        threads[1].start()
        waited = not booked.wait(0.7)
        may_write.set()
        for thread in threads:
            thread.join(20)
        return waited, list(invariants[TRUTH]())

    def test_the_booking_waits_and_the_row_is_due_again(self, monkeypatch):
        assert self.race(monkeypatch) == (True, [])
        assert FreeTime.objects.get().computed_at is None

    def test_without_the_lock_the_row_would_offer_taken_time(self, monkeypatch):
        monkeypatch.setattr(type(FreeTime.objects.all()), "select_for_update", lambda rows, **kwargs: rows)
        waited, broken = self.race(monkeypatch)
        assert not waited
        assert len(broken) == 1

    def test_two_sweeps_share_the_work(self):
        rows = [CalendarFactory().coach.pk for _number in range(4)]
        refresh_many(rows, now=NOW - DAY)
        with transaction.atomic():
            list(FreeTime.objects.filter(pk__in=rows[:2]).select_for_update())
            done = []
            other = threading.Thread(target=lambda: (done.append(refresh_due(now=NOW)), connection.close()))
            other.start()
            other.join(10)
            assert done == [2]
