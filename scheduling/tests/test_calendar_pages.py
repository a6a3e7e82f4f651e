"""The calendar as a page, and the page of what reads it."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import StudentFactory
from scheduling.models import Feed, GoogleCalendar
from scheduling.operations.calendars import connect_google, lose_google
from scheduling.operations.feeds import renew_feed
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
WEEK, MONTH = "/calendar/?day=2027-01-11", "/calendar/?view=month&day=2027-01-11"


@pytest.fixture(autouse=True)
def on_friday(clock):
    cache.clear()
    clock.travel_to(NOW)


def page(client, path=WEEK, person=None):
    if person:
        client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestCalendar:
    @pytest.mark.parametrize("path", [WEEK, MONTH])
    def test_all_kinds_are_there_as_coach_and_as_student(self, client, path):
        coach = CalendarFactory().coach
        shown = [
            SessionFactory(coach=coach, starts_at=TEN),
            SessionFactory(coach=coach, starts_at=TEN + DAY, state="held", hold_expires_at=NOW + 9 * MINUTE, version=0),
            SessionFactory(coach=coach, starts_at=TEN + 2 * DAY, state="requested", version=0),
            SessionFactory(starts_at=TEN + 3 * DAY, student=coach),
        ]
        hidden = [
            SessionFactory(coach=coach, starts_at=TEN + DAY + HOUR, state="cancelled"),
            SessionFactory(coach=coach, starts_at=TEN + DAY - 3 * HOUR, state="held", hold_expires_at=NOW, version=0),
            SessionFactory(starts_at=TEN),
        ]
        html = page(client, path, coach)
        assert [f"/sessions/{each.pk}/" in html for each in shown] == [True] * 4
        assert [f"/sessions/{each.pk}/" in html for each in hidden] == [False] * 3

    def test_the_free_hours_of_a_coach_are_shaded_and_students_have_none(self, client):
        session = SessionFactory(starts_at=TEN)
        html = page(client, person=session.coach)
        assert (
            html.count('class="free"') == 5 * 8 - 1 + 1
        )  # hours from nine to five, but that of the session; the legend
        assert 'class="free"' not in page(client, person=student_of(session))

    def test_times_follow_the_zone_that_is_asked_for(self, client):
        session = SessionFactory(starts_at=TEN)
        html = page(client, WEEK + "&zone=Asia/Kolkata", session.coach)
        assert "<b>15:30</b>" in html
        assert "All times in Asia/Kolkata." in html

    def test_a_session_across_midnight_is_there_on_both_days_and_in_both_weeks(self, client):
        session = SessionFactory(starts_at=MONDAY - HOUR / 2)
        html = page(client, person=student_of(session))
        assert html.count(f'href="/sessions/{session.pk}/"') == 2, "in the week and in the list"
        assert "until 00:30" in html
        before = page(client, "/calendar/?day=2027-01-10")
        assert ("<b>23:30</b>" in before, "until 00:30" in before) == (True, False)
        month = page(client, MONTH)
        assert (month.count("1 session<"), "until 00:30" in month) == (1, False)

    def test_a_week_of_many_hours_is_drawn_closer(self, client):
        session = SessionFactory(starts_at=MONDAY + 20 * HOUR)
        assert "week-view long" not in page(client, person=student_of(session))
        claimed = SessionFactory(starts_at=MONDAY + DAY + 6 * HOUR, student=student_of(session))
        assert claimed and "week-view long" in page(client)

    def test_today_is_marked(self, client):
        html = page(client, "/calendar/", StudentFactory())
        assert html.count('aria-current="date"') == 1
        assert 'aria-current="date"' not in page(client)

    def test_one_steps_on_and_back(self, client):
        html = page(client, person=StudentFactory())
        assert "view=week&amp;day=2027-01-04" in html
        assert "view=week&amp;day=2027-01-18" in html
        html = page(client, MONTH)
        assert "view=month&amp;day=2026-12-01" in html
        assert "view=month&amp;day=2027-02-01" in html

    def test_a_month_counts_and_names_three_of_a_day(self, client):
        coach = CalendarFactory().coach
        for number in range(5):
            SessionFactory(coach=coach, starts_at=TEN + number * HOUR)
        html = page(client, MONTH, coach)
        assert "5 sessions" in html
        assert "2 more" in html

    @pytest.mark.parametrize(
        "odd", ["?day=x", "?day=9999-12-31", "?day=0001-01-01", "?zone=Mars", "?view=x", "?day=2027-02-30"]
    )
    def test_odd_addresses_show_this_week(self, client, odd):
        assert "Calendar" in page(client, "/calendar/" + odd, StudentFactory())

    @pytest.mark.parametrize("path", [WEEK, MONTH])
    def test_as_many_statements_for_one_session_as_for_twenty(self, client, path):
        coach = CalendarFactory().coach
        client.force_login(coach)
        SessionFactory(coach=coach, starts_at=TEN)
        before = queries_of(client, path)
        for number in range(1, 20):
            SessionFactory(coach=coach, starts_at=TEN + number % 5 * DAY + number // 5 * HOUR)
        assert queries_of(client, path) == before

    def test_only_who_is_signed_in_has_one(self, client):
        assert client.get("/calendar/").status_code == 302


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        page(client, path)
    return len(queries)


class TestSettings:
    def test_an_address_is_made_and_made_anew(self, client):
        student = StudentFactory()
        assert "Make my address" in page(client, "/calendar/settings/", student)
        assert not Feed.objects.exists()
        client.post("/calendar/address/")
        first = Feed.objects.get().token
        assert f"http://testserver/calendar/{first}.ics" in page(client, "/calendar/settings/")
        client.post("/calendar/address/")
        assert Feed.objects.get().token != first

    def test_looking_changes_nothing(self, client):
        client.force_login(StudentFactory())
        assert client.get("/calendar/address/").status_code == 405
        assert client.get("/calendar/google/connect/").status_code == 405

    def test_without_keys_it_says_so(self, client):
        html = page(client, "/calendar/settings/", StudentFactory())
        assert "not set up for Google" in html
        assert client.post("/calendar/google/connect/").status_code == 404

    def test_a_lost_calendar_is_said_in_words_and_leads_back(self, client, settings):
        common = settings.SOCIALACCOUNT_PROVIDERS["google"]
        settings.SOCIALACCOUNT_PROVIDERS = {"google": common | {"APPS": [{"client_id": "c", "secret": "s"}]}}
        coach = CalendarFactory().coach
        lose_google(connect_google(coach, now=NOW), reason="invalid_grant", now=NOW)
        html = page(client, "/calendar/settings/", coach)
        assert "no times of yours are offered" in html
        assert "Connect again" in html
        coach.calendar.unverified = "mark"
        coach.calendar.save()
        assert "marked as not checked" in page(client, "/calendar/settings/")

    def test_it_is_told_at_once_and_once(self):
        coach = CalendarFactory().coach
        calendar = connect_google(coach, now=NOW)
        for _time in range(2):
            lose_google(calendar, reason="invalid_grant", now=NOW)
        [notice] = coach.notifications.all()
        assert notice.text.startswith("Google lets us into your calendar no longer")
        assert notice.url == "/calendar/settings/"

    def test_it_is_disconnected(self, client):
        student = StudentFactory()
        connect_google(student, now=NOW)
        client.force_login(student)
        client.post("/calendar/google/disconnect/")
        assert GoogleCalendar.objects.get().state == "off"
        client.force_login(StudentFactory())
        assert client.post("/calendar/google/disconnect/").status_code == 404

    def test_nobody_sees_the_address_of_another(self, client):
        token = renew_feed(by=StudentFactory(), now=NOW).token
        assert token not in page(client, "/calendar/settings/", StudentFactory())
