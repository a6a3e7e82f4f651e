"""Two browsers at once: what one side does, and what the clock does, is seen by the other without a reload."""

import time
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from notifications.tests.test_live import patient, port, served  # noqa: F401 - fixtures
from scheduling.operations import check_in, close_session, set_meeting_place, write_note, write_summary
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of
from tests.browsing import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN = MONDAY + 10 * HOUR
SECOND = MINUTE / 60
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def look(browser, port):  # noqa: F811
    """Opens a page in a browser of this person's own; a script that breaks fails the test."""
    opened, complaints = [], []

    def open_page(person, path, late="", **how):
        address = f"http://127.0.0.1:{port}"
        context = browser.new_context(base_url=address, locale="en-US", timezone_id="UTC", **how)
        opened.append(context)
        client = Client()
        client.force_login(person)
        context.add_cookies(
            [{"name": key, "value": each.value, "url": address} for key, each in client.cookies.items()]
        )
        page = context.new_page()
        page.asked, page.answered = [], []
        page.on("request", lambda request: page.asked.append(urlsplit(request.url).path))
        page.on("response", lambda answer: page.answered.append(urlsplit(answer.url).path))
        if late:
            page.route(late, lambda route: (time.sleep(1.5), route.continue_()))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        assert page.goto(path).status == 200
        page.evaluate("window.same = true")
        return page

    yield open_page
    for context in opened:
        leave(context)
    assert complaints == []


def sees(page, words):
    """On the very page that was opened, and long before it would look again by itself."""
    page.get_by_text(words).first.wait_for(timeout=15_000)
    assert page.evaluate("window.same")


def test_the_student_sees_the_coach_come_without_a_reload(look, clock):
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN - 2 * MINUTE)
    student = look(student_of(session), session.get_absolute_url())
    waiting = look(student_of(session), reverse("session-join", args=[session.pk]))
    sees(student, "not here yet")
    sees(waiting, "not here yet")
    coach = look(session.coach, session.get_absolute_url())
    coach.get_by_role("button", name="Join session").click(no_wait_after=True)
    sees(student, "here since 09:58")
    sees(waiting, "here since 09:58")


def test_a_page_listens_however_late_the_script_for_it_comes(look, clock):
    """As on a slow line with nothing cached: htmx once began without it, and then the page never listened."""
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN - 2 * MINUTE)
    student = look(student_of(session), session.get_absolute_url(), late="**/hx-sse*.js")
    check_in(session, by=session.coach, now=clock.now())
    sees(student, "here since 09:58")


def test_what_happens_while_the_site_is_away_is_seen_when_it_is_back(look, served, clock):  # noqa: F811
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN - 2 * MINUTE)
    student = look(student_of(session), session.get_absolute_url())
    until_it_listens(student)
    served.child.stop()
    check_in(session, by=session.coach, now=clock.now())
    served.start()
    sees(student, "here since 09:58")


def until_it_listens(page):
    for _moment in range(150):
        if "/live/" in page.answered:
            return
        page.wait_for_timeout(100)
    pytest.fail("It does not listen")


def test_a_page_is_asked_for_once_where_nothing_happens(look, clock):
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN - 2 * MINUTE)
    student = look(student_of(session), session.get_absolute_url())
    until_it_listens(student)
    student.wait_for_timeout(2000)
    asked = [path for path in student.asked if not path.startswith("/static/")]
    assert asked == [session.get_absolute_url(), "/live/"]


def test_both_pages_go_from_ready_to_in_progress_to_completed(look, clock):
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN)
    pages = [look(person, session.get_absolute_url()) for person in (session.coach, student_of(session))]
    for page in pages:
        sees(page, "Ready to join")
    for place in session.people:
        check_in(session, by=place.user, now=clock.now())
    for page in pages:
        sees(page, "Your session is running")
    clock.travel_to(TEN + 50 * MINUTE)
    pages[0].get_by_role("button", name="End session").click()
    sees(pages[1], "Did it take place?")
    sees(pages[1], "It took")


def test_the_clock_alone_opens_the_waiting_room(look, clock):
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN - 10 * MINUTE - 6 * SECOND)
    page = look(student_of(session), session.get_absolute_url())
    assert page.get_by_role("button", name="Join session").count() == 0
    sees(page, "The waiting room is open")
    assert page.get_by_role("button", name="Join session").is_visible()


def test_a_card_becomes_ready_by_itself(look, clock):
    session = SessionFactory(starts_at=TEN)
    clock.travel_to(TEN - 6 * SECOND)
    SessionFactory(coach=session.coach, starts_at=TEN + 2 * DAY)
    page = look(session.coach, "/sessions/")
    page.get_by_text("starts in 0:0").first.wait_for()
    page.get_by_text("starts in 0:0").first.wait_for(state="hidden", timeout=10_000)
    assert page.evaluate("window.same")


def test_who_waits_sees_the_link_that_the_coach_adds(look, clock):
    session = SessionFactory(starts_at=TEN)
    session.coach.coach_profile.meeting_url = ""
    session.coach.coach_profile.save()
    clock.travel_to(TEN)
    student = look(student_of(session), reverse("session-join", args=[session.pk]))
    student.get_by_role("button", name="Check in").click()
    student.get_by_text("They know that you wait").wait_for()
    student.evaluate("window.same = true")
    coach = look(session.coach, session.get_absolute_url())
    coach.get_by_label("Meeting link").fill("https://zoom.us/j/7")
    coach.get_by_role("button", name="Save the link").click()
    sees(student, "Back to the meeting")


def test_what_is_typed_stays_while_the_page_follows(look, clock):
    session = SessionFactory(starts_at=TEN)
    session.coach.coach_profile.meeting_url = ""
    session.coach.coach_profile.save()
    clock.travel_to(TEN)
    coach = look(session.coach, session.get_absolute_url())
    coach.get_by_label("Meeting link").fill("https://zoom.us/j/7")
    coach.evaluate("document.activeElement.blur()")
    check_in(session, by=student_of(session), now=clock.now())
    sees(coach, "here since 10:00")
    assert coach.get_by_label("Meeting link").input_value() == "https://zoom.us/j/7"


def over(clock):
    session = SessionFactory(starts_at=TEN)
    for place in session.people:
        check_in(session, by=place.user, now=TEN)
    close_session(session, now=TEN + HOUR)
    write_summary(session, text="Verbs of motion.", by=session.coach, now=TEN + HOUR)
    for place in session.people:
        write_note(session, text="Slow down.", by=place.user)
    clock.travel_to(TEN + HOUR)
    return session


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybody_s_way(look, clock, scheme):
    clock.travel_to(TEN - 5 * MINUTE)
    session, held = SessionFactory(starts_at=TEN), SessionFactory(starts_at=TEN + DAY)
    homeless = SessionFactory(starts_at=TEN)
    homeless.coach.coach_profile.meeting_url = ""
    homeless.coach.coach_profile.save()
    check_in(session, by=session.coach, now=clock.now())
    set_meeting_place(held, url="https://zoom.us/j/1", by=held.coach, now=NOW)
    shown = [(session, "session"), (session, "session-join"), (session, "session-notes"), (held, "session")]
    shown += [(session, "session-meeting"), (homeless, "session"), (homeless, "session-join")]
    barriers = []
    for row, name in shown:
        barriers += barriers_of(look(row.coach, reverse(name, args=[row.pk]), color_scheme=scheme))
    barriers += barriers_of(look(session.coach, "/sessions/", color_scheme=scheme))
    done = over(clock)
    for person in (done.coach, student_of(done)):
        for name in ("session", "session-notes"):
            barriers += barriers_of(look(person, reverse(name, args=[done.pk]), color_scheme=scheme))
    barriers += barriers_of(look(done.coach, "/sessions/?when=past", color_scheme=scheme))
    assert barriers == []


def barriers_of(page):
    page.set_viewport_size({"width": 390, "height": 2600})  # so that the bar of the demo covers nothing
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    wide = [] if page.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["scrolls sideways"]
    barriers = [f"{page.url}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in found]
    leave(page.context)
    return barriers + [f"{page.url}: {word}" for word in wide]
