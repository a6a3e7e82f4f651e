import math
import re
from datetime import time
from decimal import Decimal
from importlib import import_module

import pytest

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from core.tests.test_keyset import made
from marketplace.filters import CoachFilter
from marketplace.filters.coaches import least_score
from marketplace.tests.pages import text_of
from marketplace.tests.searching import HOUR, NOON, at, free_coach
from scheduling.operations.free_time import refresh_free_time
from scheduling.tests.factories import CalendarFactory

pytestmark = pytest.mark.django_db

QUERIES = 3  # skills with how many teach them, the keys of what is found, the rows of the page
QUERIES_OF_A_SESSION = 3  # the session, the person, and what the header shows of them


def names(client, **query):
    response = client.get("/coaches/", query)
    assert response.status_code == 200
    return [coach.user.name for coach in response.context["page"].rows]


@pytest.fixture
def crowd():
    guitar, spanish = SkillFactory(name="Jazz guitar"), SkillFactory(name="Spanish")
    guitar.synonyms.create(word="schrammeln")
    CoachFactory(
        name="Lucía",
        profile__headline="Talk Spanish",
        profile__bio="From Valencia, with a plan for C++ and Node.js people",
        profile__skills=[spanish],
        profile__hourly_rate_cents=3200,
        profile__rating_sum=46,
        profile__rating_count=10,
    )
    CoachFactory(
        name="Tomáš",
        profile__headline="Improvise",
        profile__bio="On stage, without a plan",
        profile__skills=[guitar],
        profile__hourly_rate_cents=6000,
        profile__trial_rate_cents=None,
        profile__currency="jpy",
        profile__languages=[{"code": "cs", "level": "native"}, {"code": "en", "level": "c1"}],
        profile__rating_sum=44,
        profile__rating_count=10,
    )
    CoachFactory(name="Hidden", profile__state="submitted")


BOTH = ["Lucía", "Tomáš"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, BOTH),
        ({"q": "valencia"}, ["Lucía"]),
        ({"q": "guit"}, ["Tomáš"]),
        ({"q": "SCHRAMMELN"}, ["Tomáš"]),
        ({"q": "lucia"}, ["Lucía"]),
        ({"q": "Lucía tomas"}, []),
        ({"q": '"with a plan"'}, ["Lucía"]),
        ({"q": '"a plan with"'}, []),
        ({"q": "plan -valencia"}, ["Tomáš"]),
        ({"q": "plan -tom"}, BOTH),  # words that are left out are whole
        ({"q": "-valencia"}, BOTH),  # nothing is asked for
        ({"q": "c++"}, ["Lucía"]),
        ({"q": "node.js"}, ["Lucía"]),
        ({"q": "nothing like this"}, []),
        ({"q": "' OR 1=1 --"}, []),
        ({"q": "& | ! ( ) : * <-> \\"}, BOTH),
        ({"skill": "jazz-guitar"}, ["Tomáš"]),
        ({"skill": ["jazz-guitar", "spanish"]}, BOTH),
        ({"price_max": "32"}, ["Lucía"]),
        ({"price_max": "31.99"}, []),
        ({"price_min": "32.01"}, ["Tomáš"]),
        ({"price_min": "6000"}, ["Tomáš"]),
        ({"price_min": "6000.5"}, []),
        ({"currency": "usd"}, ["Lucía"]),
        ({"language": "cs"}, ["Tomáš"]),
        ({"language": "en"}, BOTH),
        ({"min_rating": "4.5"}, ["Lucía"]),
        ({"min_rating": "4"}, BOTH),
        ({"has_trial": "on"}, ["Lucía"]),
        ({"has_trial": "true"}, ["Lucía"]),
        ({"has_trial": "0"}, BOTH),
        ({"has_trial": ""}, BOTH),
        ({"price_min": "cheap", "skill": "unheard-of", "min_rating": "9", "language": "tlh"}, BOTH),
        ({"q": "\x00", "free_day": "9", "free_at": "25:00", "zone": "Mars/Olympus", "sort": "luck"}, BOTH),
        ({"price_max": "1e30", "cursor": "x"}, BOTH),
    ],
)
def test_filters_narrow_the_list(client, crowd, query, found):
    assert names(client, **query) == found


def test_a_skill_can_be_chosen_after_the_api_was_described(client, crowd):
    assert CoachFilter.base_filters["skill"].field.choices == []  # made once, for the description
    assert names(client, skill="jazz-guitar") == ["Tomáš"]


@pytest.mark.parametrize("rating", [Decimal("4.5"), Decimal("4"), Decimal("3")])
def test_whoever_has_a_rating_has_its_least_score(rating):
    for count in range(1, 300):
        least = math.ceil(rating * count)
        assert (least + 18) * 1000 // (count + 5) >= least_score(rating)


class TestSorting:
    @pytest.fixture
    def three(self, clock):
        clock.travel_to(NOON)
        cheap = {"profile__hourly_rate_cents": 2000, "profile__rating_sum": 30, "profile__rating_count": 10}
        free_coach("Late", (at(3, 9), at(3, 11)), **cheap)
        free_coach("Dear", (at(1, 9), at(1, 11)), profile__hourly_rate_cents=9000)
        free_coach("Busy", profile__hourly_rate_cents=3000, profile__rating_sum=50, profile__rating_count=10)
        CoachFactory(name="Euro", profile__hourly_rate_cents=100, profile__currency="eur")

    @pytest.mark.parametrize(
        ("sort", "found"),
        [
            ("", ["Busy", "Euro", "Dear", "Late"]),  # ties: who came last
            ("best", ["Busy", "Euro", "Dear", "Late"]),
            ("newest", ["Euro", "Busy", "Dear", "Late"]),
            ("soonest", ["Dear", "Late"]),
            ("price", ["Late", "Busy", "Dear"]),
            ("-price", ["Dear", "Busy", "Late"]),
        ],
    )
    def test_each_order(self, client, three, sort, found):
        assert names(client, sort=sort) == found

    def test_prices_are_compared_within_one_currency_and_the_page_says_which(self, client, three):
        assert names(client, sort="price", currency="eur") == ["Euro"]
        response = client.get("/coaches/", {"sort": "price"})
        assert '<option value="usd" selected>' in response.content.decode()
        assert response.context["applied"] == []  # nobody can take away what they have not chosen

    @pytest.mark.parametrize("sort", ["best", "newest", "soonest", "price", "-price"])
    def test_each_order_goes_on_behind_its_cursor(self, client, clock, sort):
        clock.travel_to(NOON)
        for number in range(22):
            moment = at(1 + number // 4, 9)
            free_coach(f"C{number}", (moment, moment + HOUR), profile__hourly_rate_cents=1000 + number // 3)
        first = client.get("/coaches/", {"sort": sort}).context["page"]
        second = client.get("/coaches/" + first.next).context["page"]
        assert (len(first.rows), len(second.rows), second.next) == (20, 2, "")
        assert len({row.pk for row in first.rows + second.rows}) == 22
        assert client.get("/coaches/" + second.previous).context["page"].rows == first.rows


class TestFreeThen:
    """Tuesday is the fourth day after the Friday: 24 November."""

    @pytest.fixture
    def tuesdays(self, clock):
        clock.travel_to(NOON)
        free_coach("Madrid", (at(4, 17), at(4, 18, 30)))
        free_coach("Week after", (at(11, 16), at(11, 19)))
        free_coach("Too short", (at(4, 17), at(4, 17, 45)))
        free_coach("Mondays", (at(3, 10), at(3, 20)))
        free_coach("In five weeks", (at(39, 17), at(39, 18)))
        free_coach("No hours")

    def test_a_weekday_and_a_time_by_the_clock_of_the_reader(self, client, tuesdays):
        assert names(client, free_day="1", free_at="18:00", zone="Europe/Madrid") == ["Week after", "Madrid"]
        assert names(client, free_day="1", free_at="17:00") == ["Week after", "Madrid"]  # nobody said where: UTC
        client.force_login(StudentFactory(time_zone="America/New_York"))
        assert names(client, free_day="1", free_at="12:00") == ["Week after", "Madrid"]
        assert names(client, free_day="1", free_at="18:00") == []

    def test_the_card_says_where_an_hour_can_begin_by_the_steps_of_the_coach(self, client, clock):
        clock.travel_to(NOON)
        hours = [(1, time(9, 30), time(13)), (1, time(17), time(20))]
        coach = CalendarFactory(coach=CoachFactory(), hours=hours, step_minutes=60).coach
        refresh_free_time(coach.pk, now=NOON)
        asked = {"free_day": "1", "zone": "UTC"}
        for free_at, said in (("10:15", "10:30"), ("10:00", "10:30"), ("11:30", "11:30"), ("12:00", "11:30")):
            page = text_of(client, "/coaches/", free_at=free_at, **asked)
            assert f"Can begin Tue {said}" in page
        assert "Can begin Tue 22:45" in text_of(
            client, "/coaches/", free_at="23:00", free_day="1", zone="Asia/Kathmandu"
        )
        page = text_of(client, "/coaches/")
        assert "Can begin" not in page
        assert "Free Tue 9:30" in page or "Free Tue 09:30" in page

    def test_saying_where_an_hour_can_begin_takes_one_query(self, client, clock, django_assert_num_queries):
        clock.travel_to(NOON)
        for _number in range(3):
            coach = CalendarFactory(coach=CoachFactory(), hours=[(1, time(9), time(13))]).coach
            refresh_free_time(coach.pk, now=NOON)
            with django_assert_num_queries(QUERIES + 1):
                assert client.get("/coaches/", {"free_day": "1", "free_at": "10:00"}).context["page"].rows

    def test_a_zone_of_quarters_of_an_hour_is_understood(self, client, tuesdays):
        assert names(client, free_day="1", free_at="22:45", zone="Asia/Kathmandu") == ["Week after", "Madrid"]

    def test_notice_counts(self, client, clock):
        clock.travel_to(NOON)
        free_coach("Quick", (at(0, 18), at(0, 19)), notice=2)
        free_coach("Slow", (at(0, 18), at(0, 19)), notice=12)
        assert names(client, free_day="4", free_at="18:00") == ["Quick"]

    def test_half_a_question_says_what_is_missing(self, client, tuesdays):
        for query in ({"free_day": "1"}, {"free_at": "18:00"}):
            assert "Choose both a weekday and a time." in text_of(client, "/coaches/", **query)
            assert len(names(client, **query)) == 6

    def test_the_chip_names_both_and_takes_both_away(self, client, tuesdays):
        query = {"free_day": "1", "free_at": "18:00", "language": "es"}
        [_language, chip] = client.get("/coaches/", query).context["applied"]
        assert chip == {"label": "Free on Tuesday around 18:00", "remove": "?language=es"}

    def test_the_next_free_time_is_told_by_the_clock_of_the_reader(self, client, tuesdays):
        assert "Free Tue 17:00" in text_of(client, "/coaches/", q="madrid")
        page = text_of(client, "/coaches/", q="madrid", zone="Europe/Madrid")
        assert "Free Tue 18:00" in page
        assert "Times are those of Europe/Madrid." in page
        client.force_login(StudentFactory(time_zone="Asia/Tokyo"))
        assert "Free Wed 02:00" in text_of(client, "/coaches/", q="madrid")

    def test_a_free_time_that_has_passed_is_not_told(self, client, clock, tuesdays):
        clock.travel_to(at(4, 18))
        assert "Free Tue" not in text_of(client, "/coaches/", q="madrid")


def test_a_chip_takes_its_filter_away_and_leaves_the_others(client, crowd):
    response = client.get("/coaches/", {"skill": "spanish", "price_max": "50", "before": "99", "cursor": "x"})
    chips = {chip["label"]: chip["remove"] for chip in response.context["applied"]}
    assert chips == {"Spanish": "?price_max=50", "Price per hour up to: 50": "?skill=spanish"}


def test_where_nobody_is_found_each_filter_can_be_taken_away(client, crowd):
    page = text_of(client, "/coaches/", skill="spanish", language="cs")
    assert "Nobody matches all of this" in page
    assert "Without “Spanish”" in page
    assert "Without “Language: Czech”" in page


def test_wrong_filters_say_so(client):
    assert "Price per hour from: Enter a number." in text_of(client, "/coaches/", price_min="cheap")


@pytest.mark.parametrize("word", ["x", "2", "truly", "\x00"])
def test_a_yes_or_no_that_is_neither_says_so_and_leaves_the_box_empty(client, crowd, word):
    page = text_of(client, "/coaches/", has_trial=word)
    assert "Offers a trial: Say true or false." in page
    assert not is_ticked(page)
    assert names(client, has_trial=word) == BOTH
    assert is_ticked(text_of(client, "/coaches/", has_trial="TRUE"))


def is_ticked(page):
    [box] = re.findall(r'<input type="checkbox" name="has_trial"[^>]*>', page)
    assert "value=" not in box
    return " checked" in box


def test_the_list_is_counted_up_to_a_limit(client, crowd, monkeypatch):
    assert "2 coaches match." in text_of(client, "/coaches/")
    assert "1 coach matches." in text_of(client, "/coaches/", q="lucia")
    monkeypatch.setattr(import_module("marketplace.views.coaches"), "COUNTED", 1)
    assert "More than 1 coaches match." in text_of(client, "/coaches/")


def test_skills_are_offered_with_how_many_teach_them_the_chosen_ones_first(client):
    spanish, zither = SkillFactory(name="Spanish"), SkillFactory(name="Zither")
    SkillFactory(name="Nobody teaches this")
    CoachFactory(profile__skills=[spanish, zither])
    CoachFactory(profile__skills=[spanish])
    CoachFactory(profile__skills=[zither, spanish], profile__state="submitted")

    def offered(**query):
        shown = client.get("/coaches/", query).context["facets"]
        return [(each["skill"].name, each["chosen"]) for each in shown]

    assert offered() == [("Spanish", False), ("Zither", False)]
    assert offered(skill="zither") == [("Zither", True), ("Spanish", False)]


def test_every_skill_that_somebody_teaches_can_be_ticked(client):
    CoachFactory(profile__skills=[SkillFactory(name=f"Skill of {number:02}") for number in range(14)])
    shown = client.get("/coaches/").context["facets"]
    assert [each["skill"].name for each in shown if each["more"]] == [
        f"Skill of {number}" for number in (10, 11, 12, 13)
    ]
    assert 'value="skill-of-13"' in client.get("/coaches/").content.decode()


def test_leaving_out_words_needs_a_word_to_look_for(client):
    CoachFactory(name="Lucía")
    assert "Give at least one word to look for" in text_of(client, "/coaches/", q="-spanish")
    assert client.get("/api/v1/coaches/", {"q": '-"spanish"'}).json()["fields"].keys() == {"q"}
    assert names(client, q="lucia -french") == ["Lucía"]


def test_the_number_of_queries_does_not_grow(client, django_assert_num_queries):
    CoachFactory()
    with django_assert_num_queries(QUERIES):
        client.get("/coaches/")
    client.force_login(StudentFactory())
    with django_assert_num_queries(QUERIES + QUERIES_OF_A_SESSION):
        client.get("/coaches/")
    for number in range(19):
        CoachFactory(profile__skills=[SkillFactory(name=f"Skill of {number}")])
    with django_assert_num_queries(QUERIES + QUERIES_OF_A_SESSION):
        assert len(names(client)) == 20


def test_a_cursor_of_another_order_begins_anew(client, crowd):
    assert names(client, cursor=made("-score", True, 10**6, 1), sort="newest") == BOTH[::-1]


def test_cards_lead_to_booking_as_far_as_a_coach_can_be_booked(client):
    both, paid_only, neither = CoachFactory(), CoachFactory(), CoachFactory()
    CalendarFactory(coach=both)
    CalendarFactory(coach=paid_only, takes_consultations=False)
    page = client.get("/coaches/").text
    booking = [f'href="/schedule/book/{coach.pk}/"' in page for coach in (both, paid_only, neither)]
    asking = [f'href="/schedule/free-consultation/{coach.pk}' in page for coach in (both, paid_only, neither)]
    assert (booking, asking) == ([True, True, False], [True, False, False])
    client.force_login(both)
    assert "/schedule/book/" not in client.get("/coaches/").text
