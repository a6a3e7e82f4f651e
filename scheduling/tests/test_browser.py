"""Picking a time as people do it: with scripts and without."""

import pytest
from django.conf import settings
from django.urls import reverse

from scheduling.tests.factories import HOUR, MONDAY, NOW, SessionFactory, student_of
from tests.browsing import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def session(clock):
    clock.travel_to(NOW)
    return SessionFactory()


def sign_in(context, client, user, site):
    client.force_login(user)
    context.add_cookies([{"name": key, "value": each.value, "url": site} for key, each in client.cookies.items()])


def pick(page, session):
    page.goto(reverse("session-schedule", args=[session.pk]))
    page.locator("label.slot", has=page.get_by_label("Mon 11 Jan 2027, 10:00", exact=True)).click()
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("button", name="Confirm this time").click()
    page.get_by_text("Your session is scheduled.").wait_for()


def test_a_student_picks_and_confirms_a_time(page, site, client, session):
    sign_in(page.context, client, student_of(session), site)
    pick(page, session)
    page.get_by_text("starts in 2d 21h").wait_for()
    session.refresh_from_db()
    assert (session.state, session.starts_at) == ("scheduled", TEN)


def test_changing_the_zone_shows_the_same_week_by_another_clock(page, site, client, session):
    sign_in(page.context, client, student_of(session), site)
    page.goto(reverse("session-schedule", args=[session.pk]))
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")
    page.get_by_label("Mon 11 Jan 2027, 14:45", exact=True).wait_for(state="attached")


def test_it_all_works_without_scripts(browser, site, client, session):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    sign_in(context, client, student_of(session), site)
    pick(context.new_page(), session)
    session.refresh_from_db()
    assert session.starts_at == TEN
    leave(context)


def test_a_countdown_waits_for_its_words_before_it_replaces_them(page):
    """A page that arrives in two pieces, cut between the element and what stands in it."""
    script = (settings.BASE_DIR / "static/js/skileez.js").read_text()
    page.evaluate(
        """async (script) => {
          document.open();
          document.write(`<!doctype html><html lang="en"><script>${script}</` + `script><count-down data-until="2099-01-01T00:00:00Z" data-text="{left} left">`);
          await new Promise((done) => setTimeout(done, 100));
          document.write("Thu 1 Jan 2099</count-down>");
          document.close();
        }""",
        script,
    )
    shown = page.locator("count-down")
    shown.filter(has_text="left").wait_for()
    assert "2099" not in shown.inner_text()
