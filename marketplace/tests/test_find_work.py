from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, SkillFactory
from core import clock as site_clock
from marketplace.models import LearningRequest, SavedRequest
from marketplace.operations.words import rewrite_request
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.pages import text_of
from marketplace.tests.searching import NOON, at, free_coach

pytestmark = pytest.mark.django_db

# The coach, skills with how often they are asked for, the keys of what is found, the rows of the page.
QUERIES = 4
QUERIES_OF_A_SESSION = 3  # the session, the person, and what the header shows of them


def titles(client, **query):
    response = client.get("/requests/", query)
    assert response.status_code == 200
    return [wanted.title for wanted in response.context["page"].rows]


@pytest.fixture
def coach(client, clock):
    clock.travel_to(NOON)
    skills = [SkillFactory(name=name) for name in ("Spanish", "Python")]
    person = free_coach("Lucía", (at(4, 17), at(4, 21)), profile__skills=skills, profile__hourly_rate_cents=5000)
    client.force_login(person)
    return person


@pytest.fixture
def work(coach):
    """Three open requests, the last posted first, and four that are none of the coach's business."""
    evening = {"time_zone": "UTC", "preferred_hours": [24 + 18]}
    posted = (
        ("Spanish for Valencia", ["Spanish"], evening | {"budget_cents": 40000, "languages": ["en", "de"]}),
        ("Python at the piano", ["Python", "Piano"], {"budget_cents": None, "level": "advanced", "languages": ["es"]}),
        ("Zither for a café", ["Zither"], {"budget_cents": 90000, "currency": "eur", "languages": ["es"]}),
    )
    for hours, (title, skills, more) in enumerate(posted):
        moment = NOON - timedelta(hours=10 - hours)
        wanted = LearningRequestFactory(
            title=title, skills=[SkillFactory(name=name) for name in skills], created_at=moment, **more
        )
        rewrite_request(wanted, now=NOON)
    LearningRequestFactory(title="My own", student=coach)
    LearningRequestFactory(title="Paused", state="paused")
    LearningRequestFactory(title="Draft", state="draft", posted_at=None)
    LearningRequestFactory(title="Late", expires_at=NOON - timedelta(minutes=1))


SPANISH, PYTHON, ZITHER = "Spanish for Valencia", "Python at the piano", "Zither for a café"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [ZITHER, PYTHON, SPANISH]),
        ({"sort": "newest"}, [ZITHER, PYTHON, SPANISH]),
        ({"sort": "match"}, [SPANISH, PYTHON]),  # what shares a skill
        ({"sort": "budget"}, [SPANISH, PYTHON]),  # in US dollars; no budget comes last
        ({"sort": "budget", "currency": "eur"}, [ZITHER]),
        ({"q": "cafe"}, [ZITHER]),
        ({"q": "valen"}, [ZITHER, PYTHON, SPANISH]),  # in every description
        ({"q": "piano -zither"}, [PYTHON]),
        ({"skill": ["piano", "zither"]}, [ZITHER, PYTHON]),
        ({"level": "advanced"}, [PYTHON]),
        ({"budget_min": "400"}, [ZITHER, SPANISH]),
        ({"budget_min": "401"}, [ZITHER]),
        ({"language": "es"}, [ZITHER, PYTHON]),
        ({"fits": "on"}, [SPANISH]),
        ({"fits": "on", "sort": "match"}, [SPANISH]),
        ({"fits": "on", "skill": "piano"}, []),
        (
            {"level": "x", "skill": "x", "sort": "x", "language": "x", "q": "\x00", "cursor": "x"},
            [ZITHER, PYTHON, SPANISH],
        ),
    ],
)
def test_filters_and_orders(client, work, query, found):
    assert titles(client, **query) == found


def test_a_card_says_how_well_it_matches_and_why(client, work):
    page = text_of(client, "/requests/", q="spanish for")
    assert "93% match" not in page
    assert "100% match" in page
    assert "1 of 1 skill · Tue evenings · in a language of yours · within the budget" in page


def test_what_one_answered_and_saved_is_marked(client, coach, work):
    ProposalFactory(request=LearningRequest.objects.get(title=PYTHON), coach=coach)
    SavedRequest.objects.create(request=LearningRequest.objects.get(title=ZITHER), coach=coach, saved_at=NOON)
    assert "You sent a proposal" in text_of(client, "/requests/", skill="python")
    assert "You sent a proposal" not in text_of(client, "/requests/", skill="zither")
    rows = client.get("/requests/").context["page"].rows
    assert [row.is_saved for row in rows] == [True, False, False]


def test_nothing_found_leads_on(client, work):
    page = text_of(client, "/requests/", skill="piano", fits="on")
    assert "No open request matches" in page
    assert "Without “Piano”" in page


def test_a_yes_or_no_that_is_neither_says_so(client, work):
    assert "Fits when I am free: Say true or false." in text_of(client, "/requests/", fits="x")
    assert "My own: Say true or false." in text_of(client, "/requests/", mine="x")


@pytest.mark.parametrize("sort", ["newest", "match", "budget"])
def test_each_order_goes_on_behind_its_cursor(client, coach, sort):
    spanish = SkillFactory(name="Spanish")
    for number in range(22):
        budget = {"budget_cents": None if number % 5 == 0 else 10000 + number // 4}
        moment = site_clock.now() - timedelta(hours=number // 3)
        LearningRequestFactory(skills=[spanish], created_at=moment, **budget)
    first = client.get("/requests/", {"sort": sort}).context["page"]
    second = client.get("/requests/" + first.next).context["page"]
    assert (len(first.rows), len(second.rows), second.next) == (20, 2, "")
    assert len({row.pk for row in first.rows + second.rows}) == 22
    assert client.get("/requests/" + second.previous).context["page"].rows == first.rows


def test_a_coach_without_a_calendar_or_an_approval(client, work):
    client.force_login(CoachFactory(profile__skills=[SkillFactory(name="Zither")]))
    assert titles(client, fits="on") == []
    assert titles(client, sort="match") == [ZITHER]
    client.force_login(CoachFactory(profile__state="submitted"))
    assert ZITHER not in text_of(client, "/requests/")


def test_the_number_of_queries_does_not_grow(client, coach, django_assert_num_queries):
    LearningRequestFactory(skills=[SkillFactory(name="Spanish")])
    for sort in ("newest", "match", "budget"):
        with django_assert_num_queries(QUERIES + QUERIES_OF_A_SESSION):
            client.get("/requests/", {"sort": sort})
    for number in range(19):
        LearningRequestFactory(skills=[SkillFactory(name="Spanish"), SkillFactory(name=f"Skill of {number}")])
    for sort in ("newest", "match", "budget"):
        with django_assert_num_queries(QUERIES + QUERIES_OF_A_SESSION):
            assert len(titles(client, sort=sort)) == 20


class TestApi:
    def found(self, person, **query):
        client = APIClient()
        client.force_authenticate(person)
        answer = client.get("/api/v1/requests/", query)
        assert answer.status_code == 200, answer.json()
        return [row["title"] for row in answer.json()["results"]]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"mine": "false", "state": "open", "language": "es"}, [ZITHER, PYTHON]),
            ({"sort": "match"}, [SPANISH, PYTHON]),
            ({"fits": "true"}, [SPANISH]),
            ({"q": '"at the piano"'}, [PYTHON]),
            ({"sort": "budget", "currency": "eur"}, [ZITHER]),
        ],
    )
    def test_the_filters_and_orders_are_those_of_the_page(self, coach, work, query, found):
        assert self.found(coach, **query) == found

    def test_the_number_of_queries_does_not_grow(self, coach, django_assert_num_queries):
        client = APIClient()
        client.force_authenticate(coach)
        skills = [SkillFactory(name=name) for name in ("Spanish", "Piano")]
        for count in (1, 19):
            LearningRequestFactory.create_batch(count, skills=skills, questions=["Why?", "How?"])
            with django_assert_num_queries(4):  # skills to choose from, what is found, its skills and questions
                answer = client.get("/api/v1/requests/", {"skill": "piano"}).json()
        assert len(answer["results"]) == 20

    def test_who_does_not_teach_has_no_match(self, coach, work):
        student = LearningRequest.objects.get(title=ZITHER).student
        assert self.found(student, sort="match") == []
        assert self.found(student) == [ZITHER]
