"""The look: every component draws, nothing inline, nothing physical, every icon there, every colour readable."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import mjml
import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django_cotton.compiler_regex import CottonCompiler

from core.templatetags.design import bars, by_time, initials
from scheduling.matching import Match

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(path for path in ROOT.glob("**/templates/**/*.html") if ".venv" not in path.parts)
COMPONENTS = sorted((ROOT / "templates/cotton").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
NOON = datetime(2026, 11, 20, 16, 20, tzinfo=UTC)

SAMPLES = {
    "avatar": ('<c-avatar name="Lucía Fernández" :pk="7" />', ">LF</span>"),
    "badge": ('<c-badge tone="good" icon="check-circle">Active</c-badge>', "badge good"),
    "bars": ('<c-bars :rows="bars" label="Earnings" />', 'height="150"'),
    "bubble": ('<c-bubble mine by="Ada" :at="noon" read>Hello</c-bubble>', "bubble mine"),
    "button": ('<c-button href="/x/" variant="outline" icon="download">Get</c-button>', 'class="button outline'),
    "card": ('<c-card title="Payment" accent>…</c-card>', '<h2 class="card-title">Payment</h2>'),
    "checks": ('<c-checks :items="words" />', "<span>one</span>"),
    "chip": ('<c-chip remove="?">Spanish</c-chip>', '<a class="chip" href="?">'),
    "coach_card": ('<c-coach-card name="Mei" :skills="words"><c-slot name="price">$28</c-slot></c-coach-card>', "$28"),
    "confirm": ('<c-confirm title="Cancel?" tone="bad" submit="Cancel it">Gone.</c-confirm>', "danger-fill"),
    "countdown": ('<c-countdown :until="noon" />', "Fri 20 Nov 2026, 16:20"),
    "date_tile": ('<c-date-tile :instant="noon" />', '<span class="day">20</span>'),
    "disclosure": ('<c-disclosure label="Why?">Because.</c-disclosure>', "<summary>Why?"),
    "distribution": ('<c-distribution :rows="stars" :total="2" />', 'value="2"'),
    "empty": ('<c-empty title="Nothing">Yet.<c-slot name="action">Do</c-slot></c-empty>', "<h2>Nothing</h2>"),
    "field": ('<c-field :field="form.title" />', '<label for="id_title">Title</label>'),
    "filters": ("<c-filters>fields</c-filters>", "Filters"),
    "form": ('<c-form :form="form" submit="Send" />', "csrfmiddlewaretoken"),
    "hours_grid": ('<c-hours-grid name="at" :hours="hours" />', 'value="42" aria-label="Tue 18:00–19:00" checked'),
    "icon": ('<c-icon name="bell" label="Bell" />', 'role="img" aria-label="Bell"'),
    "match_grid": ('<c-match-grid :match="match" role="coach" />', "Both free: Tue 18:00–19:00"),
    "money": ('<c-money :cents="48000" currency="usd" />', "$480.00"),
    "notice": ('<c-notice tone="warn">Careful.</c-notice>', "notice warn"),
    "page_head": ('<c-page-head title="Find a coach" sub="214 match" />', "<h1>Find a coach</h1>"),
    "pager": ('<c-pager :page="page" />', 'aria-current="page">2</a>'),
    "person": ('<c-person name="Mei Tanaka" href="/x/" sub="Japan" verified />', 'aria-label="Verified"'),
    "progress": ('<c-progress label="5 of 8" :value="5" :max="8" />', "62%"),
    "quote": ('<c-quote by="Lucía">Friday?</c-quote>', "<cite>Lucía</cite>"),
    "rating": ('<c-rating average="4.97" :count="128" />', "(128)"),
    "rows": ("<c-rows>…</c-rows>", '<dl class="rows">'),
    "rows/row": ('<c-rows.row label="Held" tone="good">$180</c-rows.row>', "<dd>$180</dd>"),
    "section_head": ('<c-section-head title="Sessions" id="s" />', '<h2 id="s">Sessions</h2>'),
    "session_card": ('<c-session-card title="Session 6" :starts_at="noon" state="ready" />', "session ready"),
    "stars": ('<c-stars :value="4" />', "4 of 5 stars"),
    "stars_input": ('<c-stars-input name="stars" label="Yours" :value="3" />', 'value="3" required checked'),
    "stat": ('<c-stat label="Sessions" :value="0" />', '<span class="value ">0</span>'),
    "steps": ('<c-steps :items="steps" label="Profile" />', 'aria-current="step"'),
    "table": ('<c-table label="All"><tbody></tbody></c-table>', 'aria-label="All"'),
    "tabs": ('<c-tabs :items="steps" label="Parts" />', '<span class="n">0</span>'),
    "time_ago": ('<c-time-ago :instant="noon" />', 'datetime="2026-11-20T16:20:00+00:00"'),
    "timeline": ('<c-timeline :items="history" />', "Paid"),
    "title_block": ('<c-title-block title="Spanish" name="Lucía" />', "<h1>Spanish</h1>"),
    "toast": ('<c-toast level="success">Sent.</c-toast>', "notice good"),
    "week_grid": ('<c-week-grid :days="days" title="Week" :chosen="noon" />', 'value="2026-11-20T16:20:00+00:00"'),
}


class SampleForm(forms.Form):
    title = forms.CharField(help_text="What do you want to learn?", max_length=5)
    level = forms.ChoiceField(choices=[("a", "Beginner")], widget=forms.RadioSelect)
    notes = forms.CharField(required=False)
    agree = forms.BooleanField()


def context() -> dict[str, object]:
    return {
        "noon": NOON,
        "words": ["one", "two"],
        "bars": [{"label": "Jan", "value": 5, "text": "$5"}, {"label": "Feb", "value": 0}],
        "stars": [{"stars": 5, "count": 2}],
        "form": SampleForm(),
        "page": Paginator(range(30), 10).page(2),
        "steps": [{"label": "Goal", "url": "/", "done": True, "current": True, "active": True, "count": 0}],
        "history": [{"text": "Paid", "at": NOON}],
        "days": [(date(2026, 11, 20), [{"start": NOON, "taken": False}]), (date(2026, 11, 21), [])],
        "hours": [42],
        "match": Match(
            percent=50, hours_both=[42], grid=[{18: "student", 42: "both"}.get(n, "none") for n in range(168)]
        ),
        "csrf_token": "token",
    }


def draw(source: str, **more: object) -> str:
    return str(engines["django"].from_string(CottonCompiler().process(source)).render(context() | more))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates/cotton").with_suffix(""))


def without_comments(source: str) -> str:
    return re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", source, flags=re.S)


def test_every_component_has_a_sample():
    assert set(SAMPLES) == {name_of(path) for path in COMPONENTS}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_component_draws_what_it_is_given(name):
    source, expected = SAMPLES[name]
    drawn = draw(source)
    assert expected in drawn
    assert "<c-" not in drawn and "{{" not in drawn


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_a_component_says_how_it_is_used_and_names_its_attributes(path):
    source = path.read_text()
    assert source.startswith("{# <c-"), "the first line shows the component in use"
    declared = re.search(r"<c-vars ([^>]*)/>", source)
    assert declared, "what is not declared leaks in from the page around it"
    assert re.sub(r'[\w-]+="[^"]*"', "", declared[1]).strip() == "", "each attribute and slot has a default"


def test_the_reference_names_every_component():
    words = (ROOT / "docs/components.md").read_text()
    assert [
        name for name in map(name_of, COMPONENTS) if f"<c-{name.replace('/', '.').replace('_', '-')}" not in words
    ] == []


def test_what_people_wrote_is_escaped():
    drawn = draw(
        '<c-badge>{{ word }}</c-badge><c-card :title="word" /><c-button title="{{ word }}">x</c-button>', word='"<b>'
    )
    assert "<b>" not in drawn
    assert 'title="&quot;&lt;b&gt;"' in drawn


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_inline_and_no_component_left_over(path):
    source = without_comments(path.read_text())
    assert not re.search(r"\sstyle\s*=|<style", source)
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", source)
    assert not re.search(r"""\s(on[a-z]+|hx-on[\w:.-]*)\s*=\s*["']""", source)
    assert not re.search(r"""hx-trigger\s*=\s*["'][^"']*\[|["']js:|javascript:""", source)
    assert "<c-" not in CottonCompiler().process(source)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_knows_no_left_and_right(path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    sides = r"(?:left|right|top|bottom)"
    physical = [
        *re.findall(rf"(?:margin|padding|border|scroll-margin|scroll-padding)-{sides}[\w-]*\s*:", source),
        *re.findall(rf"[{{;\s]{sides}\s*:", source),
        *re.findall(r"(?:text-align|float|clear)\s*:\s*(?:left|right)", source),
    ]
    assert physical == []
    for name, one, two, three, four in re.findall(
        r"\b(margin|padding|inset)\s*:\s*([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;}]+)\s*[;}]", source
    ):
        assert two == four, f"{name}: {one} {two} {three} {four} differs between the sides"


def test_nothing_is_fetched_from_elsewhere():
    for path in [*STYLES, *TEMPLATES, *(ROOT / "static/js").glob("*.js")]:
        assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", path.read_text()), path


def test_every_icon_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons/sprite.svg").read_text()))
    code = [path for app in ROOT.iterdir() if (app / "__init__.py").exists() for path in app.rglob("*.py")]
    named = set()
    for path in [*TEMPLATES, *code]:
        if "tests" in path.parts:
            continue
        source = without_comments(path.read_text())
        for value in re.findall(r"""\bicon(?:_end)?["']?\s*[:=]\s*["']((?:[^"'{]|{[{%].*?[}%]})*)["']""", source):
            named |= set(re.sub(r"{[{%].*?[}%]}", " ", value).split())
        for value in re.findall(r'<c-icon name="((?:[^"{]|{[{%].*?[}%]})*)"', source):
            named |= set(re.sub(r"{[{%].*?[}%]}", " ", value).split())
    assert len(named) > 40
    assert sorted(named - sprite) == []


TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (ROOT / "static/css/tokens.css").read_text()
    )
}
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "muted") for ground in ("bg", "surface", "surface-past", "surface-sunk", "bar")),
    *((ink, ground) for ink in ("accent", "bad", "good") for ground in ("bg", "surface", "surface-past")),
    ("accent-hover", "surface"), ("accent-hover", "bg"), ("on-accent", "accent"), ("on-accent", "accent-hover"),
    ("on-mint", "mint"), ("on-mint", "mint-hover"), ("good", "good-bg"), ("info", "info-bg"), ("warn", "warn-bg"),
    ("bad", "bad-bg"), ("neutral", "neutral-bg"), ("ink", "neutral-bg"), ("on-bad-fill", "bad-fill"),
]  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted([luminance(one), luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read_on_its_ground(ink, ground, scheme):
    assert contrast(TOKENS[ink][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(scheme):
    assert contrast(TOKENS["line-strong"][scheme], TOKENS["surface"][scheme]) >= 3


def test_initials_can_be_read_on_every_avatar():
    source = (ROOT / "static/css/components.css").read_text()
    colours = re.findall(r"linear-gradient\(160deg, (#\w{6}), (#\w{6})\)", source)
    assert len(colours) == 6
    assert min(contrast("#ffffff", colour) for pair in colours for colour in pair) >= 4.5


def test_a_field_is_bound_to_its_help_and_its_error():
    form = SampleForm({"title": "too long", "notes": ""})
    drawn = draw('<c-form :form="form" />', form=form)
    assert 'id="id_title_helptext"' in drawn
    assert 'aria-describedby="id_title_helptext id_title_error"' in drawn
    assert 'id="id_title_error"' in drawn
    assert '<a href="#id_title">Title</a>: Ensure this value has at most 5 characters (it has 8).' in drawn
    assert '<a href="#id_level">Level</a>' in drawn and '<div id="id_level"' in drawn
    assert drawn.count("(optional)") == 1


def test_an_hour_that_happens_twice_makes_two_rows():
    with timezone.override(ZoneInfo("Europe/London")):
        first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        rows = by_time([(date(2026, 10, 25), [{"start": first}, {"start": second}])])
    assert [row["clock"] for row in rows] == ["01:30", "01:30"]
    assert [row["cells"][0] for row in rows] == [
        (date(2026, 10, 25), {"start": first}, "01:30 BST"),
        (date(2026, 10, 25), {"start": second}, "01:30 GMT"),
    ]


@pytest.mark.parametrize(
    ("zone", "first", "names"),
    [
        ("America/New_York", datetime(2026, 11, 1, 5, 0, tzinfo=UTC), ["01:00 EDT", "01:00 EST"]),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 14, 30, tzinfo=UTC), ["01:30 UTC+11", "01:30 UTC+10:30"]),
        ("Africa/Casablanca", datetime(2027, 2, 7, 1, 0, tzinfo=UTC), ["02:00 UTC+01", "02:00 UTC+00"]),
    ],
)
def test_each_of_two_equal_clocks_says_which_it_is_and_no_other_does(zone, first, names):
    with timezone.override(ZoneInfo(zone)):
        day = timezone.localtime(first).date()
        starts = [first + timedelta(minutes=15 * number) for number in range(-8, 16)]
        rows = by_time([(day, [{"start": each} for each in starts])])
    said = [row["cells"][0][2] for row in rows]
    assert len(set(said)) == 24
    assert [name for name in said if name.startswith(names[0][:5])] == names
    assert {len(name) > 5 for name, row in zip(said, rows, strict=True) if row["clock"] >= "03:00"} == {False}


def a_week_of(hours):
    return [
        (
            date(2026, 11, 20),
            [{"start": datetime(2026, 11, 20, hour, half, tzinfo=UTC)} for hour in hours for half in (0, 30)],
        )
    ]


@pytest.mark.parametrize(
    ("hours", "night", "day"), [(range(24), 12, 36), (range(6, 24), 0, 36), (range(12), 0, 24), (range(13), 12, 14)]
)
def test_the_night_of_a_long_day_is_folded_away(hours, night, day):
    with timezone.override(UTC):
        drawn = draw('<c-week-grid :days="days" title="Week" />', days=a_week_of(hours))
    before, _mark, after = drawn.partition("</table>")[0].rpartition("<tbody>")
    assert (before.count('type="radio"'), after.count('type="radio"')) == (night, day)
    assert ("Night, 00:00 to 06:00" in drawn) == (night > 0)
    assert ('class="scroll long"' in drawn) == (night + day > 24)


def test_bars_of_nothing_are_nothing_and_the_tallest_fills_the_picture():
    assert bars([])["rows"] == []
    assert [bar["height"] for bar in bars([{"label": "a", "value": 1}, {"label": "b", "value": 3}])["rows"]] == [
        50,
        150,
    ]


@pytest.mark.parametrize(
    ("name", "expected"), [("Lucía Fernández", "LF"), ("Ada de la Cruz", "AC"), ("Mei", "M"), ("", "")]
)
def test_initials(name, expected):
    assert initials(name) == expected


@pytest.mark.parametrize("source", ['<c-avatar name="{{ name }}" />', '<c-person name="{{ name }}" />'])
def test_initials_are_of_the_name_and_not_of_how_it_is_escaped(source):
    assert ">C&lt;</span>" in draw(source, name="Cian <Byrne>")


def test_a_mail_has_its_words_its_button_and_its_reason():
    person = SimpleNamespace(name="Ada <b>")
    about = {
        "text": "You & Lucía meet.",
        "url": "/contracts/3/",
        "site_url": "https://skileez.example",
        "recipient": person,
    }
    html = str(mjml.mjml2html(render_to_string("mail/base.mjml", about)))
    assert "You &amp; Lucía meet." in html and 'href="https://skileez.example/contracts/3/"' in html
    assert "Ada &lt;b&gt;" in html and "Ada <b>" not in html
    text = render_to_string("mail/base.txt", about)
    assert "You & Lucía meet." in text and "https://skileez.example/contracts/3/" in text and "Ada <b>" in text


def test_the_page_of_a_broken_site_needs_nothing_but_itself():
    drawn = get_template("500.html").render()
    assert "Something broke on our side" in drawn
    assert "<nav" not in drawn


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"])
def test_pages_for_everybody_are_dressed(client, address):
    page = client.get(address).content.decode()
    assert "site-header" in page and "<c-" not in page
    assert '"includeIndicatorCSS": false' in page


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/nowhere/"])
def test_pages_for_everybody_can_be_used_by_everybody(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(address)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off or scrolls sideways"


@pytest.mark.browser
def test_the_theme_is_switched_and_remembered(page):
    page.emulate_media(color_scheme="light")
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == "rgb(14, 21, 25)"
