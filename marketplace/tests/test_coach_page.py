"""The page by which everybody gets to know a coach."""

import importlib
import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import CoachProfile
from accounts.operations import change_profile
from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from core import clock
from marketplace.cards import draw_card
from marketplace.templatetags.coaches import answers_within, host, years
from scheduling.models import Calendar, TimeClaim, WeeklyHours
from scheduling.tests.factories import SessionFactory

pytestmark = pytest.mark.django_db
VIEWS = importlib.import_module("marketplace.views.coach")  # the package has a view of that name
POISON = "</script><script>alert(1)</script>"
JOB = {"title": "Teacher", "organisation": "Berlitz", "from_year": 2015, "to_year": 2020, "text": "Adults."}
STUDY = {"title": "Philology", "organisation": "València", "from_year": 2010, "to_year": None, "text": ""}
LINK = {"title": "Lessons on film", "url": "https://www.youtube.com/watch?v=1", "text": "Ten minutes."}


@pytest.fixture
def coach():
    return CoachFactory(
        name="Lucía Fernández",
        profile__goal="That you dare to speak.",
        profile__experience=[JOB],
        profile__education=[STUDY],
        profile__portfolio=[LINK],
        profile__rating_sum=9,
        profile__rating_count=2,
        profile__stars=[0, 0, 0, 1, 1],
        profile__sessions_done=12,
        profile__response_minutes=130,
    )


def opens_all_day(coach):
    calendar = Calendar.objects.create(coach=coach, time_zone="UTC", step_minutes=60, buffer_after_minutes=0)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(calendar=calendar, weekday=day, starts="09:00", ends="17:00") for day in range(7)
    )


def read(client, coach, **query):
    answer = client.get(f"/coaches/{coach.pk}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def told_to_machines(page):
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return {part["@type"]: part for part in json.loads(block)["@graph"]}


class TestPage:
    def test_it_shows_the_whole_document_and_the_numbers(self, client, coach):
        page = read(client, coach)
        for words in (
            "Lucía Fernández", "Conversational Spanish for travel and work", "That you dare to speak.", "Native speaker",
            "$60.00", "$15.00", "Spain", "Spanish", "native", "C1, advanced", "Teacher", "Berlitz", "2015–2020",
            "since 2010", "youtube.com", "4.50", "12 sessions done", "usually answers within 3 hours",
        ):  # fmt: skip
            assert words in page, words
        assert 'rel="noopener nofollow ugc"' in page
        assert re.search(r'max="2" value="1" aria-label="5 stars"', page)
        assert "<c-" not in page

    def test_private_things_are_not_on_it_nor_in_what_machines_read(self, client, coach):
        page = read(client, coach)
        for secret in (coach.email, "meet.jit.si"):
            assert secret not in page

    def test_the_next_free_times_are_those_that_can_be_booked(self, client, coach, clock):
        opens_all_day(coach)
        clock.travel_to(clock.now().replace(hour=8, minute=0, second=0, microsecond=0))
        page = read(client, coach)
        assert page.count('<span class="time">') == 9
        assert '<span class="time">09:00</span>' in page
        assert "+5<" in page
        assert f"{clock.now() + timedelta(days=1):%-d}" in page

    def test_free_times_are_shown_however_far_ahead_the_first_one_is(self, client, coach, clock):
        opens_all_day(coach)
        Calendar.objects.filter(coach=coach).update(horizon_days=60)
        clock.travel_to(clock.now().replace(hour=8, minute=0, second=0, microsecond=0))
        away = clock.now() + timedelta(days=20)
        session = SessionFactory(coach=coach)
        TimeClaim.objects.create(user=coach, session=session, during=(away - timedelta(days=20), away))
        assert f"{away:%-d %b %Y}" in read(client, coach)
        free = client.get(f"/api/v1/coaches/{coach.pk}/").json()["next_free"]
        assert [moment[:10] for moment in free] == [f"{away:%Y-%m-%d}"] * 5

    def test_whose_clock_is_not_known_reads_whose_clock_it_is(self, client, coach):
        opens_all_day(coach)
        assert "For an hour, by the clock of UTC." in read(client, coach)
        client.force_login(StudentFactory(time_zone="Europe/Dublin"))
        assert "For an hour, in your time zone (Europe/Dublin)." in read(client, coach)

    def test_a_coach_without_hours_has_no_free_times(self, client, coach):
        assert "No free times at the moment." in read(client, coach)

    def test_the_buttons_are_what_the_reader_can_do(self, client, coach):
        assert "Sign up to learn" in read(client, coach)
        client.force_login(StudentFactory())
        assert "Post a learning request" in read(client, coach)
        client.force_login(CoachFactory())
        assert "Become a student" in read(client, coach)
        client.force_login(coach)
        assert "Edit your coach profile" in read(client, coach)

    def test_who_coaches_now_is_offered_to_switch_before_the_buttons_of_students(self, client, coach):
        both = CoachFactory(is_student=True)
        client.force_login(both)
        page = read(client, coach)
        word = "You are the student here; the menu shows your coaching."
        assert word in page and "Post a learning request" not in page
        client.post("/profile/role/", {"role": "student", "next": "/"})
        page = read(client, coach)
        assert word not in page and "Post a learning request" in page

    def test_what_one_can_do_stands_right_after_the_name(self, client, coach):
        page = read(client, coach)
        places = [
            page.index(words) for words in ("<h1>", "Sign up to learn", "Next free times", "That you dare to speak")
        ]
        assert places == sorted(places)

    def test_it_takes_as_many_queries_with_little_as_with_much(self, client, coach):
        opens_all_day(coach)
        client.force_login(StudentFactory())
        skills = [SkillFactory() for _n in range(20)]
        few = CoachFactory()
        coach.coach_profile.skills.set(skills)
        counts = []
        for each in (few, coach):
            with CaptureQueriesContext(connection) as queries:
                read(client, each)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 8


class TestOwnPreview:
    def test_a_change_is_shown_to_its_coach_only(self, client, coach):
        change_profile(coach.coach_profile, by=coach, now=clock.now(), headline="Speak like a local", skills=[])
        client.force_login(coach)
        assert "Changed, but not public yet: skills, headline." in read(client, coach)
        assert "Speak like a local" not in read(client, coach)
        preview = read(client, coach, preview=1)
        assert "Speak like a local" in preview and "This is a preview." in preview
        assert 'content="noindex"' in preview and "ld+json" not in preview
        client.force_login(StudentFactory())
        assert "Speak like a local" not in read(client, coach, preview=1)

    def test_new_skills_of_a_wish_have_their_names(self, client, coach):
        SkillFactory(name="Sourdough", slug="sourdough")
        change_profile(coach.coach_profile, by=coach, now=clock.now(), skills=["sourdough"])
        client.force_login(coach)
        assert "Sourdough" in read(client, coach, preview=1)

    def test_before_approval_the_coach_reads_the_wish_and_nobody_else_anything(self, client):
        draft = CoachFactory(profile__state="draft", profile__headline="", profile__bio="")
        change_profile(draft.coach_profile, by=draft, now=clock.now(), headline="Not yet public")
        assert client.get(f"/coaches/{draft.pk}/").status_code == 404
        client.force_login(draft)
        page = read(client, draft)
        assert "Not yet public" in page and "Only you see this page" in page and "og:image" not in page


class TestMachines:
    def test_search_engines_read_person_service_offers_and_rating(self, client, coach):
        told = told_to_machines(read(client, coach))
        assert told["Person"]["name"] == "Lucía Fernández"
        assert told["Person"]["knowsAbout"] == ["Spanish"]
        assert [(each["price"], each["priceCurrency"]) for each in told["Service"]["offers"]] == [
            ("60.00", "USD"),
            ("15.00", "USD"),
        ]
        rating = told["Service"]["aggregateRating"]
        assert (rating["ratingValue"], rating["reviewCount"]) == (4.5, 2)

    def test_who_has_no_reviews_claims_no_rating_and_yen_have_no_decimals(self, client):
        coach = CoachFactory(profile__currency="jpy", profile__hourly_rate_cents=5000, profile__trial_rate_cents=None)
        service = told_to_machines(read(client, coach))["Service"]
        assert "aggregateRating" not in service
        assert [each["price"] for each in service["offers"]] == ["5000"]

    def test_words_cannot_leave_the_block(self, client):
        coach = CoachFactory(name=f"Eve {POISON}", profile__bio=POISON, profile__headline=f"A & B {POISON}")
        page = read(client, coach)
        assert "<script>alert" not in page
        assert told_to_machines(page)["Person"]["description"] == POISON

    def test_a_shared_link_has_title_picture_and_address(self, client, coach):
        page = read(client, coach)
        assert (
            f'<link rel="canonical" href="http://localhost:{page.split("http://localhost:")[1].split("/")[0]}' in page
        )
        for part in ("og:title", "og:description", "og:url", "og:image", "twitter:card"):
            assert f'"{part}"' in page
        picture = re.search(r'"og:image" content="http://[^/]+([^"]+)"', page)[1]
        assert client.get(picture).status_code == 200


class TestCard:
    @pytest.fixture(autouse=True)
    def nothing_was_drawn_before(self):
        cache.clear()

    def test_it_is_a_picture_of_the_size_that_sites_ask_for(self, client, coach):
        answer = client.get(f"/coaches/{coach.pk}/card.png")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert Image.open(BytesIO(answer.content)).size == (1200, 630)
        assert "public" in answer["Cache-Control"]

    def test_it_is_drawn_once_and_not_sent_to_who_has_it(self, client, coach, monkeypatch):
        etag = client.get(f"/coaches/{coach.pk}/card.png")["ETag"]
        drawn = []
        monkeypatch.setattr(VIEWS, "draw_card", lambda found: drawn.append(found) or b"")
        assert client.get(f"/coaches/{coach.pk}/card.png").content[:4] == b"\x89PNG"
        assert client.get(f"/coaches/{coach.pk}/card.png", headers={"If-None-Match": etag}).status_code == 304
        assert drawn == []
        CoachProfile.objects.filter(user=coach).update(headline="Something else")
        assert client.get(f"/coaches/{coach.pk}/card.png")["ETag"] != etag
        assert len(drawn) == 1

    def test_nobody_sees_one_of_a_coach_who_is_not_public(self, client):
        draft = CoachFactory(profile__state="draft")
        client.force_login(draft)
        assert client.get(f"/coaches/{draft.pk}/card.png").status_code == 404

    @pytest.mark.parametrize("name", ["田中 美緒", "محمد", "X" * 80, " ", "Tomáš \x00Novák", "🦊"])
    def test_any_name_makes_a_picture(self, name):
        coach = CoachFactory.build(name=name)
        profile = CoachProfile(user=coach, headline="word " * 24, hourly_rate_cents=6000)
        assert draw_card(profile)[:4] == b"\x89PNG"


def test_the_api_tells_the_same_and_the_list_tells_less(coach):
    opens_all_day(coach)
    found = APIClient().get(f"/api/v1/coaches/{coach.pk}/").json()
    assert found["goal"] == "That you dare to speak."
    assert (found["experience"], found["education"], found["portfolio"]) == ([JOB], [STUDY], [LINK])
    assert found["stars"] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 1}
    assert (found["sessions_done"], found["response_minutes"]) == (12, 130)
    assert len(found["next_free"]) == 5 and found["next_free"][0].endswith("Z")
    assert not {"email", "meeting_url", "wanted"} & set(found)
    assert "goal" not in APIClient().get("/api/v1/coaches/").json()["results"][0]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, ""),
        (0, "usually answers within an hour"),
        (60, "usually answers within an hour"),
        (61, "usually answers within 2 hours"),
        (1440, "usually answers within 24 hours"),
        (1441, "usually answers within 2 days"),
    ],
)
def test_how_soon_a_coach_answers_is_said_in_words(minutes, words):
    assert answers_within(minutes) == words


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://www.youtube.com/x", "youtube.com"), ("https://github.com", "github.com"), ("https://[", ""), ("", "")],
)
def test_a_link_says_where_it_leads(url, name):
    assert host(url) == name


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(2015, 2020, "2015–2020"), (2015, None, "since 2015"), (2015, 2015, "2015"), (None, None, "")],
)
def test_years_are_said_short(start, end, words):
    assert years({"from_year": start, "to_year": end}) == words


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_policy_lets_search_engines_data_pass_and_runs_none_of_it(page, coach):
    CoachProfile.objects.filter(user=coach).update(bio=POISON)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    page.goto(f"/coaches/{coach.pk}/")
    page.get_by_text("Nobody", exact=False).first.or_(page.locator("#reviews-heading")).first.wait_for()
    assert (
        page.evaluate(
            "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').text)['@graph'].length"
        )
        == 2
    )
