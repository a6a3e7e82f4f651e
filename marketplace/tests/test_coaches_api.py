import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from marketplace.tests.searching import NOON, at, free_coach

pytestmark = pytest.mark.django_db

QUERIES = 4  # skills to choose from, the keys of what is found, its rows, their skills


def client_of(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def found(user=None, **query):
    answer = client_of(user).get("/api/v1/coaches/", query)
    assert answer.status_code == 200, answer.json()
    return [coach["name"] for coach in answer.json()["results"]]


@pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
def test_coaches_who_are_not_approved_are_not_found(state):
    coach = CoachFactory(profile__state=state)
    for client in (client_of(), client_of(coach)):
        assert client.get(f"/api/v1/coaches/{coach.pk}/").status_code == 404
        assert client.get("/api/v1/coaches/").json()["results"] == []


def test_the_list_tells_what_is_public_and_when_a_coach_is_free(clock):
    clock.travel_to(NOON)
    coach = free_coach("Lucía", (at(4, 17), at(4, 18)), profile__rating_sum=9, profile__rating_count=2)
    [answer] = client_of().get("/api/v1/coaches/").json()["results"]
    assert answer == {
        "id": coach.pk,
        "name": "Lucía",
        "headline": "Conversational Spanish for travel and work",
        "bio": coach.coach_profile.bio,
        "country": "ES",
        "languages": [{"code": "es", "level": "native"}, {"code": "en", "level": "c1"}],
        "skills": [{"name": "Spanish", "slug": "spanish"}],
        "hourly_rate": {"amount_cents": 6000, "currency": "usd"},
        "trial_rate": {"amount_cents": 1500, "currency": "usd"},
        "verified": True,
        "rating": 4.5,
        "rating_count": 2,
        "next_free_at": "2026-11-24T17:00:00Z",
    }


def test_the_filters_and_orders_are_those_of_the_page(clock):
    clock.travel_to(NOON)
    free_coach("Cheap", (at(4, 17), at(4, 18)), profile__hourly_rate_cents=1000)
    free_coach(
        "Dear", (at(3, 17), at(3, 18)), profile__hourly_rate_cents=9000, profile__skills=[SkillFactory(name="Zither")]
    )
    assert found(price_min="50", skill="zither") == ["Dear"]
    assert found(skill=["zither", "spanish"], sort="price") == ["Cheap", "Dear"]
    assert found(sort="soonest") == ["Dear", "Cheap"]
    assert found(free_day=1, free_at="18:00", zone="Europe/Madrid") == ["Cheap"]
    assert found(StudentFactory(time_zone="America/New_York"), free_day=1, free_at="12:00") == ["Cheap"]
    assert found(q='"talk, i note"', has_trial="true") == ["Dear", "Cheap"]


@pytest.mark.parametrize(
    "query",
    [
        {"price_min": "x"},
        {"skill": "unheard-of"},
        {"min_rating": "6"},
        {"q": "\x00"},
        {"language": "tlh"},
        {"sort": "luck"},
        {"has_trial": "x"},
        {"zone": "Mars/Olympus"},
        {"cursor": "x"},
    ],
)
def test_wrong_filters_are_refused(query):
    response = client_of().get("/api/v1/coaches/", query)
    assert (response.status_code, list(response.json()["fields"])) == (400, list(query))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"free_day": "1"}, "free_at"),
        ({"free_at": "18:00"}, "free_day"),
        ({"free_day": "1", "free_at": "x"}, "free_at"),
    ],
)
def test_half_a_time_is_refused(query, field):
    response = client_of().get("/api/v1/coaches/", query)
    assert (response.status_code, list(response.json()["fields"])) == (400, [field])


def test_pages_have_cursors_and_the_number_of_queries_does_not_grow(django_assert_num_queries):
    CoachFactory()
    with django_assert_num_queries(QUERIES):
        client_of().get("/api/v1/coaches/")
    CoachFactory.create_batch(20)
    with django_assert_num_queries(QUERIES):
        first = client_of().get("/api/v1/coaches/").json()
    second = client_of().get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (20, 1, None)
    assert client_of().get(second["previous"]).json()["results"] == first["results"]
