"""A person's own time as they look at it and change it: the calendar, and the week that comes of what a coach types."""

from datetime import time

import pytest
from django.urls import reverse

from accounts.tests.factories import StudentFactory
from scheduling.models import DateException
from scheduling.tests.factories import HOUR, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from scheduling.tests.test_browser import sign_in
from tests.browsing import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN = MONDAY + 10 * HOUR
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def on_a_day_of_winter(clock):
    clock.travel_to(NOW)


@pytest.fixture
def coach():
    return CalendarFactory().coach


def opened(page, client, user, site, path, size=WIDE):
    """The page of this person; a script that breaks fails the test."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size(size)
    sign_in(page.context, client, user, site)
    page.goto(path)
    return complaints


def hours(page, weekday, end):
    """The field of a weekday's first row."""
    return page.locator(f"[name=hours-{weekday}-{end}]")


def of_monday(page):
    """What the preview says of the Monday."""
    return page.locator("#preview .rows > *", has_text="Mon 11 Jan")


class TestCalendar:
    def test_one_goes_from_the_week_to_the_month_and_by_its_days_to_a_session(self, page, client, site):
        session = SessionFactory(starts_at=TEN)
        complaints = opened(page, client, student_of(session), site, reverse("calendar"))
        page.get_by_role("heading", name="4 Jan – 10 Jan 2027").wait_for()
        assert page.locator(".week-view .entry").count() == 0
        page.get_by_role("link", name="Next week").click()
        page.locator(".week-view .entry", has_text="10:00").wait_for()
        page.get_by_role("link", name="Month").click()
        page.get_by_role("heading", name="January 2027").wait_for()
        page.get_by_role("link", name="Mon 11 Jan 2027", exact=True).click()
        page.locator(".week-view .entry", has_text="Conversational Spanish").click()
        page.wait_for_url(f"**{session.get_absolute_url()}")
        assert complaints == []

    def test_another_zone_moves_what_is_shown_and_today_leads_back(self, page, client, site):
        session = SessionFactory(starts_at=TEN)
        opened(page, client, student_of(session), site, reverse("calendar") + "?day=2027-01-11")
        page.get_by_label("Time zone").select_option("Asia/Kathmandu")
        page.locator(".week-view .entry", has_text="15:45").wait_for()
        page.get_by_role("link", name="Today").click()
        page.get_by_role("heading", name="4 Jan – 10 Jan 2027").wait_for()
        assert page.get_by_label("Time zone").input_value() == "Asia/Kathmandu"

    @pytest.mark.parametrize("view", ["week", "month"])
    def test_a_phone_shows_a_list_by_day_and_nothing_reaches_out_of_it(self, page, client, site, view):
        session = SessionFactory(starts_at=TEN)
        path = f"{reverse('calendar')}?view={view}&day=2027-01-11"
        opened(page, client, student_of(session), site, path, PHONE)
        assert not page.locator(f".{view}-view").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator(".agenda .entry", has_text="10:00").click()
        page.wait_for_url(f"**{session.get_absolute_url()}")

    def test_a_coach_goes_from_the_shaded_hours_to_where_they_are_changed(self, page, client, site, coach):
        opened(page, client, coach, site, reverse("calendar") + "?day=2027-01-11")
        page.locator("td.free").first.wait_for()
        page.get_by_role("link", name="Change your hours").click()
        page.get_by_role("heading", name="Availability").wait_for()


class TestPreview:
    def test_what_is_typed_is_drawn_at_once_and_saved_by_a_click_only(self, page, client, site, coach):
        complaints = opened(page, client, coach, site, reverse("availability"))
        of_monday(page).get_by_text("09:00 – 17:00").wait_for()
        hours(page, 0, "ends").fill("12:00")
        of_monday(page).get_by_text("09:00 – 12:00").wait_for()
        of_monday(page).get_by_text("5 starts for an hour").wait_for()
        assert coach.calendar.weekly_hours.get(weekday=0).ends == time(17)
        page.get_by_role("button", name="Save").last.click()
        page.get_by_text("This is when you can be booked from now on.").wait_for()
        assert coach.calendar.weekly_hours.get(weekday=0).ends == time(12)
        assert complaints == []

    def test_the_next_week_keeps_what_was_typed_and_stays_in_sight(self, page, client, site, coach):
        opened(page, client, coach, site, reverse("availability"))
        hours(page, 0, "ends").fill("12:00")
        of_monday(page).get_by_text("09:00 – 12:00").wait_for()
        page.get_by_role("button", name="Next week").click()
        page.locator("#preview .rows > *", has_text="Mon 18 Jan").get_by_text("09:00 – 12:00").wait_for()
        page.locator("#id_notice_hours").fill("13")
        page.locator("#preview").get_by_text("18 Jan – 24 Jan 2027").wait_for()
        page.evaluate("document.querySelector('#exceptions').scrollIntoView()")
        assert page.locator("#preview .week-picture").bounding_box()["y"] > 0

    def test_a_day_that_is_different_is_drawn_before_it_is_added(self, page, client, site, coach):
        opened(page, client, coach, site, reverse("availability"))
        page.locator("[name=exception-first_day]").fill("2027-01-11")
        of_monday(page).get_by_text("closed").wait_for()
        assert not DateException.objects.exists()
        page.get_by_role("button", name="Add these days").click()
        page.get_by_text("Saved. The rest of the page is as you left it.").wait_for()
        assert DateException.objects.get().first_day == MONDAY.date()

    def test_without_scripts_a_button_draws_it(self, browser, client, site, coach):
        context = browser.new_context(base_url=site, java_script_enabled=False)
        sign_in(context, client, coach, site)
        page = context.new_page()
        page.goto(reverse("availability"))
        hours(page, 0, "ends").fill("12:00")
        page.get_by_role("button", name="Preview").click()
        of_monday(page).get_by_text("09:00 – 12:00").wait_for()
        leave(context)


def test_who_is_open_day_and_night_offers_a_week_that_fits_and_the_night_on_demand(page, client, site):
    coach = CalendarFactory(hours=[(weekday, time(0), time(0)) for weekday in range(7)]).coach
    path = reverse("coach-consultation", args=[coach.pk]) + "?week=2027-01-11"
    opened(page, client, StudentFactory(), site, path)
    assert page.locator(".week .scroll").bounding_box()["height"] < 800
    night = page.locator("label.slot", has=page.get_by_label("Mon 11 Jan 2027, 03:30", exact=True))
    assert not night.is_visible()
    page.get_by_role("button", name="Book this time").click()
    assert page.locator(":focus").get_attribute("aria-label") == "Mon 11 Jan 2027, 06:00"
    page.get_by_text("Night, 00:00 to 06:00").click()
    night.click()
    page.get_by_role("button", name="Book this time").click()
    page.get_by_text("Your session is scheduled.").wait_for()
    assert coach.coached_sessions.get().starts_at == MONDAY + 3.5 * HOUR
