"""The hours of a week as a field: plain checkboxes first, painting where scripts run."""

import re
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.http import QueryDict
from django.template import engines
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from core.forms import WeekHoursField
from core.weeks import weekday_name, weekdays
from tests.browsing import leave


class WeekForm(forms.Form):
    hours = WeekHoursField(label="Preferred times", required=False)


def typed(*values):
    data = QueryDict(mutable=True)
    data.setlist("hours", [str(value) for value in values])
    return WeekForm(data)


def drawn(form):
    return str(
        engines["django"]
        .from_string(CottonCompiler().process('<c-field :field="form.hours" />'))
        .render({"form": form})
    )


def test_the_field_gives_sorted_hours_once_each():
    form = typed(167, 42, 0, 42)
    assert form.is_valid() and form.cleaned_data["hours"] == [0, 42, 167]
    assert (nothing := typed()).is_valid() and nothing.cleaned_data["hours"] == []


@pytest.mark.parametrize("value", ["168", "-1", "x", "", "1.0", "٣", "1e1"])
def test_what_is_no_hour_of_a_week_is_refused(value):
    form = typed(1, value)
    assert list(form.errors) == ["hours"]
    assert 'value="1" aria-label="Mon 01:00–02:00" checked' in drawn(form), "what was chosen stays"


def test_every_hour_has_its_box_and_its_name():
    page = drawn(WeekForm(initial={"hours": [42]}))
    assert len(set(re.findall(r'name="hours" value="(\d+)"', page))) == 168
    assert len(set(re.findall(r'aria-label="(\w{3} [\d:–]+)"', page))) == 168
    assert re.findall(r'value="(\d+)" aria-label="Tue 18:00–19:00" checked', page) == ["42"]
    assert page.count("checked") == 1


def test_the_night_is_folded_away_unless_it_is_marked():
    assert '<details class="disclosure" >' in drawn(WeekForm(initial={"hours": [6]}))
    assert '<details class="disclosure" open>' in drawn(WeekForm(initial={"hours": [5]}))


def test_the_week_begins_as_the_reader_is_used_to():
    assert weekdays() == [0, 1, 2, 3, 4, 5, 6]
    with translation.override("ar"):
        assert weekdays() == [0, 1, 2, 3, 4, 5, 6]
    with translation.override("en-us"):
        assert weekdays() == [6, 0, 1, 2, 3, 4, 5]
        assert re.search(r'<th scope="col">.*?>(\w{3})<', drawn(WeekForm()))[1] == "Sun"
    assert (weekday_name(1), weekday_name(1, "wide")) == ("Tue", "Tuesday")


@pytest.fixture
def shown(page):
    """The field on a page of the site, whatever form it may be used in."""
    return lambda opened=page, direction="ltr", hours=(): show(opened, direction, hours)


def show(page, direction, hours):
    source = '{% extends "base.html" %}{% block content %}<form><c-field :field="form.hours" /></form>{% endblock %}'
    template = engines["django"].from_string(CottonCompiler().process(source))
    request = SimpleNamespace(user=SimpleNamespace(is_authenticated=False), path="/", GET={}, META={}, COOKIES={})
    body = template.render({"form": WeekForm(initial={"hours": hours}), "request": request})
    body = body.replace("<html ", f'<html dir="{direction}" ', 1)
    page.route("**/sample/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto("/sample/")
    return page


def marked(page):
    return sorted(int(box.get_attribute("value")) for box in page.locator(".hours input:checked").all())


def box(page, hour):
    return page.locator(f'.hours input[value="{hour}"]')


def middle(page, hour):
    edges = box(page, hour).bounding_box()
    return edges["x"] + edges["width"] / 2, edges["y"] + edges["height"] / 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestPainting:
    def draw(self, page, start, end):
        page.mouse.move(*middle(page, start))
        page.mouse.down()
        page.mouse.move(*middle(page, end), steps=4)
        page.mouse.up()

    def test_a_click_marks_one_hour(self, shown):
        page = shown()
        box(page, 42).click()
        assert marked(page) == [42]
        box(page, 42).click()
        assert marked(page) == []

    def test_the_mouse_paints_a_rectangle_and_wipes_one(self, shown):
        page = shown()
        self.draw(page, 18, 44)
        assert marked(page) == [18, 19, 20, 42, 43, 44]
        self.draw(page, 43, 20)
        assert marked(page) == [18, 42]
        self.draw(page, 42, 42)
        assert marked(page) == [18]

    def test_a_way_out_and_back_leaves_only_where_it_began(self, shown):
        page = shown()
        page.mouse.move(*middle(page, 42))
        page.mouse.down()
        for hour in (44, 92, 42):
            page.mouse.move(*middle(page, hour), steps=3)
        page.mouse.up()
        assert marked(page) == [42]

    def test_headings_mark_a_day_or_an_hour_of_all_days_and_clear_it(self, shown):
        page = shown(hours=(8,))
        page.get_by_role("button", name="Mon").first.click()
        assert marked(page) == list(range(6, 24))
        page.get_by_role("button", name="Mon").first.click()
        page.get_by_role("button", name="18:00").click()
        assert marked(page) == [18 + 24 * day for day in range(7)]

    @pytest.mark.parametrize(("direction", "key"), [("ltr", "ArrowRight"), ("rtl", "ArrowLeft")])
    def test_the_keyboard_moves_marks_and_paints(self, shown, direction, key):
        page = shown(direction=direction)
        box(page, 18).focus()
        for pressed in ("Space", f"Shift+{key}", "Shift+ArrowDown", key, "ArrowUp", "Space"):
            page.keyboard.press(pressed)
        assert marked(page) == [18, 42, 43, 66]

    def test_the_tab_key_visits_each_table_once(self, shown):
        page = shown()
        box(page, 30).focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.value") == "30"

    def test_a_finger_taps_paints_sideways_and_after_a_moment_down(self, browser, site):
        context = browser.new_context(base_url=site, has_touch=True, viewport={"width": 390, "height": 500})
        page = show(context.new_page(), "ltr", ())
        touch = context.new_cdp_session(page)

        def drag(start, end, wait=0):
            (x, y), (to_x, to_y) = middle(page, start), middle(page, end)
            touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
            page.wait_for_timeout(wait)
            for step in range(1, 11):
                at = {"x": x + (to_x - x) * step / 10, "y": y + (to_y - y) * step / 10}
                touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            page.wait_for_timeout(100)

        box(page, 9).tap()
        assert marked(page) == [9]
        drag(10, 58)
        assert marked(page) == [9, 10, 34, 58]
        box(page, 8).scroll_into_view_if_needed()
        before = page.evaluate("scrollY")
        drag(32, 36, wait=400)
        assert marked(page) == [9, 10, 32, 33, 34, 35, 36, 58]
        assert page.evaluate("scrollY") == before
        drag(84, 79)
        assert marked(page) == [9, 10, 32, 33, 34, 35, 36, 58], "a quick stroke scrolls"
        assert page.evaluate("scrollY") > before
        leave(context)

    def test_without_scripts_it_is_a_form_of_checkboxes(self, browser, site):
        context = browser.new_context(base_url=site, java_script_enabled=False)
        page = show(context.new_page(), "ltr", ())
        box(page, 42).check()
        assert page.locator(".hours button:visible").count() == 0
        assert page.locator(".hours th:has-text('Tue')").first.inner_text() == "Tue"
        leave(context)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_everybody_can_use_it_on_any_screen(self, shown, page, scheme, width):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        shown(hours=(3, 42, 43))
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert [violation["id"] for violation in found.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
