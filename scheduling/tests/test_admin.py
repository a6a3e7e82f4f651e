"""What staff see of time, and the one thing they decide."""

from datetime import time, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from scheduling.evidence import after_start
from scheduling.models import Calendar, FreeTime, Participant, Reminder, Session
from scheduling.operations import check_in, close_session, mend_availability, schedule
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def staff(client):
    person = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


@pytest.fixture
def unclear(clock):
    clock.travel_to(TEN + 2 * HOUR)
    session = SessionFactory(starts_at=TEN)
    check_in(session, by=student_of(session), now=TEN + 20 * MINUTE)
    return close_session(session, now=TEN + HOUR)


def change(row):
    return reverse(f"admin:scheduling_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", ["session", "reminder", "timeclaim", "calendar"])
def test_lists_and_searches_open(client, staff, model):
    session = SessionFactory()
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    address = reverse(f"admin:scheduling_{model}_changelist")
    assert client.get(address).status_code == 200
    assert client.get(address, {"q": session.coach.email}).status_code == 200
    assert client.get(address, {"q": "nobody"}).status_code == 200


def test_a_session_shows_its_evidence_and_its_timeline_and_cannot_be_saved(client, staff, unclear):
    page = client.get(change(unclear)).text
    for words in ("10:20", "checked_in", "session_ended", "outcome=unclear", student_of(unclear).name):
        assert words in page
    assert client.post(change(unclear), {"state": "missed"}).status_code == 403
    assert client.post(reverse("admin:scheduling_session_add")).status_code == 403
    unclear.refresh_from_db()
    assert unclear.state == "completed"


def test_the_evidence_counts_whole_seconds_as_the_clock_beside_it_does():
    session = SessionFactory(starts_at=TEN)
    moments = (TEN - 3 * MINUTE + timedelta(milliseconds=400), TEN + 15 * MINUTE + timedelta(milliseconds=400))
    assert [after_start(session, at) for at in moments] == ["09:57:00 UTC (-3:00)", "10:15:00 UTC (+15:00)"]


def test_staff_settle_what_is_unclear(client, staff, unclear):
    address = reverse("admin:scheduling_session_actions", args=[unclear.pk, "settle"])
    assert "actions/settle" in client.get(change(unclear)).text
    assert "What did session" in client.get(address).text
    assert "required" in client.post(address, {}).text
    assert client.post(address, {"outcome": "coach_absent"}).headers["Location"] == change(unclear)
    unclear.refresh_from_db()
    assert (unclear.state, unclear.outcome) == ("missed", "coach_absent")
    event = Event.objects.about(unclear).last()
    assert (event.name, event.by) == ("session_settled", staff)
    assert "actions/settle" not in client.get(change(unclear)).text


def test_of_a_group_one_seat_is_settled_by_itself_and_the_other_stays_open(client, staff, clock):
    clock.travel_to(TEN + 2 * HOUR)
    session = SessionFactory(starts_at=TEN, kind=Session.Kind.GROUP, seats=10)
    ada, ben = student_of(session), StudentFactory(name="Ben")
    Participant.objects.create(session=session, user=ben, role=Role.STUDENT)
    check_in(session, by=session.coach, now=TEN + 20 * MINUTE)  # late: nothing follows for anybody
    close_session(session, now=TEN + HOUR)
    address = reverse("admin:scheduling_session_actions", args=[session.pk, "settle"])
    assert ben.email in client.get(address).text
    client.post(address, {"outcome": "coach_absent", "student": ben.pk})
    outcomes = dict(session.participants.filter(role=Role.STUDENT).values_list("user", "outcome"))
    assert outcomes == {ada.pk: "unclear", ben.pk: "coach_absent"}
    assert 'name="student"' not in client.get(address).text  # only one is left
    client.post(address, {"outcome": "student_absent"})
    session.refresh_from_db()
    assert (session.outcome, session.participants.get(user=ada).outcome) == ("coach_absent", "student_absent")


def test_settling_twice_is_refused_on_the_form(client, staff, unclear):
    address = reverse("admin:scheduling_session_actions", args=[unclear.pk, "settle"])
    client.post(address, {"outcome": "completed"})
    assert "is not open" in client.post(address, {"outcome": "coach_absent"}).text
    unclear.refresh_from_db()
    assert unclear.outcome == "completed"


def test_staff_without_the_right_do_not_settle(client, unclear):
    client.force_login(UserFactory(is_staff=True))
    address = reverse("admin:scheduling_session_actions", args=[unclear.pk, "settle"])
    assert client.post(address, {"outcome": "completed"}).status_code == 403
    unclear.refresh_from_db()
    assert unclear.outcome == "unclear"


def test_reminders_are_a_log(client, staff):
    session = SessionFactory()
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    reminder = Reminder.objects.first()
    assert client.post(change(reminder), {"state": "sent"}).status_code == 403


def test_staff_mend_a_coach_s_hours(client, staff):
    calendar = CalendarFactory(hours=[])
    data = {name: getattr(calendar, name) for name in ("buffer_before_minutes", "buffer_after_minutes", "step_minutes")}
    data |= {"coach": calendar.coach_id, "time_zone": "Europe/Madrid", "notice_hours": 24, "horizon_days": 60}
    data |= {
        name: getattr(calendar, name) for name in ("confirms", "unverified", "meeting", "consultation_notice_hours")
    }
    data |= {"weekly_hours-TOTAL_FORMS": 1, "weekly_hours-INITIAL_FORMS": 0, "weekly_hours-0-weekday": 2}
    data |= {"weekly_hours-0-starts": "09:00", "weekly_hours-0-ends": "12:00"}
    assert client.post(change(calendar), data).status_code == 302
    calendar = Calendar.objects.get()
    assert (calendar.time_zone, calendar.notice_hours, calendar.weekly_hours.get().weekday) == ("Europe/Madrid", 24, 2)


def ask(client, calendar, **typed):
    asked = {"day": "2027-01-11", "clock": "10:00", "minutes": 60, "kind": ""} | typed
    return client.get(reverse("admin:scheduling_calendar_actions", args=[calendar.pk, "why_not"]), asked)


def supporter(client):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    client.force_login(person)


def test_support_read_why_a_time_is_not_to_be_had(client, clock):
    clock.travel_to(NOW)
    supporter(client)
    session = SessionFactory(starts_at=TEN)
    calendar = session.coach.calendar
    full = "Another session, agreed or held, takes the time from Mon 11 Jan 2027, 10:00 UTC to 11:00."
    assert full in ask(client, calendar).text
    student = SessionFactory(starts_at=TEN + 2 * HOUR).participants.get(role="student").user
    assert "can be booked" in ask(client, calendar, clock="12:00").text
    assert "The student has another session" in ask(client, calendar, clock="12:00", student=student.email).text
    assert "Nobody has this address" in ask(client, calendar, student="nobody@example.com").text


def test_staff_without_the_right_do_not_ask(client, clock):
    client.force_login(UserFactory(is_staff=True))
    assert ask(client, CalendarFactory()).status_code == 403


def rated(coach, *stars, of_coach=None):
    """Sessions of this coach that took place, and what was said of each."""
    for each in stars:
        session = SessionFactory(coach=coach, starts_at=TEN, state=Session.State.COMPLETED, ended_at=TEN + HOUR)
        session.participants.filter(role=Role.STUDENT).update(satisfaction=each)
        session.participants.filter(role=Role.COACH).update(satisfaction=of_coach)


def test_how_sessions_were_is_told_in_figures_where_enough_said_something(client, clock):
    clock.travel_to(TEN + 2 * HOUR)
    supporter(client)
    lucia, few = CalendarFactory(coach__name="Lucía").coach, CalendarFactory(coach__name="Tomás").coach
    rated(lucia, 5, 4, 1, None, of_coach=3)
    rated(few, 1, 1)
    address = reverse("admin:scheduling_session_actions", args=["figures"])
    assert address in client.get(reverse("admin:scheduling_session_changelist")).text
    page = " ".join(client.get(address).text.split())
    assert "<th>Students</th><td>2.4</td>" in page
    assert "<th>Coaches</th><td>3.0</td>" in page
    assert "9 of 12" in page
    assert "Lucía</a></td><td>3.3</td><td>3</td><td>1</td>" in page
    assert "Tomás" not in page
    clock.travel_to(TEN + 91 * 24 * HOUR)
    assert "0 of 0" in client.get(address).text
    client.force_login(UserFactory(is_staff=True))
    assert client.get(address).status_code == 403


def mended(calendar, **hours):
    """What the form of a calendar sends, with Monday's hours as they are or as given."""
    row = calendar.weekly_hours.get()
    names = ["time_zone", "notice_hours", "consultation_notice_hours", "buffer_before_minutes", "buffer_after_minutes"]
    names += ["step_minutes", "horizon_days", "confirms", "unverified", "meeting"]
    typed = {name: getattr(calendar, name) for name in names} | {"coach": calendar.coach_id}
    typed |= {"weekly_hours-TOTAL_FORMS": 1, "weekly_hours-INITIAL_FORMS": 1}
    row = {"id": row.pk, "calendar": calendar.pk, "weekday": 0, "starts": row.starts, "ends": row.ends} | hours
    return typed | {f"weekly_hours-0-{name}": value for name, value in row.items()}


class TestHoursThatStaffMend:
    @pytest.fixture
    def calendar(self, clock):
        clock.travel_to(NOW)
        return CalendarFactory(hours=[(0, time(9), time(17))])

    def test_they_are_found_by_the_new_ones_and_an_event_says_who_it_was(self, client, staff, calendar):
        FreeTime.objects.create(coach=calendar.coach, computed_at=NOW, due_at=NOW + DAY)
        assert client.post(change(calendar), mended(calendar, ends="12:00")).status_code == 302
        assert calendar.weekly_hours.get().ends == time(12)
        assert FreeTime.objects.get().computed_at is None
        event = Event.objects.about(calendar).get()
        assert (event.name, event.by) == ("availability_changed", staff)

    def test_wrong_ones_are_refused_as_on_the_coach_s_page(self, client, staff, calendar):
        client.post(change(calendar), mended(calendar, ends="08:00"))
        assert calendar.weekly_hours.get().ends == time(17)

    def test_a_calendar_is_not_deleted(self, client, staff, calendar):
        assert client.post(reverse("admin:scheduling_calendar_delete", args=[calendar.pk])).status_code == 403

    def test_nobody_else_mends_them(self, calendar):
        with pytest.raises(PermissionDenied):
            mend_availability(calendar, by=calendar.coach, now=NOW)
