"""A coach's profile and the skills for clients: the same document, the same rules as the wizard."""

import pytest
from rest_framework.test import APIClient

from accounts.models import CoachProfile, SkillSynonym
from accounts.skills import resolve
from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/coach/"
JOB = {"title": "Guide", "organisation": "Museum", "from_year": 2011, "to_year": None, "text": ""}
LINK = {"title": "Films", "url": "https://youtu.be/abc", "text": ""}
EVERYTHING = {
    "goal": "You leave able to talk.",
    "skills": ["chess", "spanish"],
    "experience": [JOB],
    "education": [JOB | {"to_year": 2019}],
    "portfolio": [LINK],
    "languages": [{"code": "es", "level": "native"}],
    "headline": "Jazz guitar",
    "bio": "Touring musician.",
    "country": "CZ",
    "hourly_rate": {"amount_cents": 4000, "currency": "eur"},
    "trial_rate": {"amount_cents": 1000, "currency": "eur"},
    "meeting_url": "https://zoom.us/j/1",
}
STANDS = {"state": "draft", "is_public": False, "rejection_reason": ""}


def client_of(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


@pytest.fixture
def newcomer():
    return client_of(UserFactory(is_coach=True, role="coach"))


def patch(client, **change):
    return client.patch(ME, change, format="json")


def test_from_an_empty_draft_to_a_submitted_profile(newcomer):
    empty = newcomer.get(ME).json()
    assert (empty["state"], empty["goal"], empty["hourly_rate"]) == ("draft", "", None)
    assert empty["missing"] == ["skills", "languages", "headline", "bio", "country", "hourly_rate"]
    assert not CoachProfile.objects.exists(), "looking makes nothing"
    refused = newcomer.post(f"{ME}submit/")
    assert (refused.status_code, refused.json()["code"]) == (409, "incomplete")
    answer = patch(newcomer, **EVERYTHING)
    assert answer.status_code == 200
    changed = ["goal", "skills", "experience", "education", "portfolio", "languages", "headline", "bio"]
    assert answer.json() == STANDS | {"changed": changed, "missing": []} | EVERYTHING
    assert newcomer.get(ME).json() == answer.json()
    assert newcomer.post(f"{ME}submit/").json()["state"] == "submitted"


def test_skills_are_understood_by_any_word(newcomer):
    SkillSynonym.objects.create(skill=SkillFactory(name="Ocarina"), word="sweet potato")
    assert patch(newcomer, skills=["JS", "Sweet Potato"]).json()["skills"] == ["javascript", "ocarina"]
    wrong = patch(newcomer, skills=["alchemy", "js"])
    assert wrong.json()["fields"] == {"skills": ["Not in the list of skills: alchemy."]}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"headline": "x" * 121}, {"headline": ["Write at most 120 characters."]}),
        ({"headline": None}, {"headline": ["This field may not be null."]}),
        (
            {"experience": [JOB, JOB | {"to_year": 2001}]},
            {"experience": {"1": {"to_year": ["This cannot end before it begins."]}}},
        ),
        ({"experience": [JOB] * 11}, {"experience": ["Give at most 10 entries."]}),
        ({"languages": [{"code": "es", "level": "c1"}] * 2}, {"languages": ["You chose Spanish twice."]}),
        ({"country": "XX"}, {"country": ["Choose a country of the list."]}),
        (
            {"hourly_rate": {"amount_cents": 999, "currency": "eur"}},
            {"hourly_rate": ["An hour costs at least €10.00."]},
        ),
        (
            {k: EVERYTHING[k] | {"currency": c} for k, c in (("hourly_rate", "usd"), ("trial_rate", "eur"))},
            {"trial_rate": ["Use the currency of the hourly rate."]},
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(newcomer, change, fields):
    response = patch(newcomer, goal="Unwritten", **change)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["fields"] == fields
    assert newcomer.get(ME).json()["goal"] == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"meeting_url": "https://evil.example/"}, "meeting_url"),
        ({"portfolio": [LINK | {"url": "https://github.com.evil.com"}]}, "portfolio"),
        ({"hourly_rate": {"amount_cents": 0, "currency": "eur"}}, "hourly_rate"),
        ({"hourly_rate": {"amount_cents": 2000, "currency": "xxx"}}, "hourly_rate"),
        ({"hourly_rate": {"amount_cents": 10**12, "currency": "eur"}}, "hourly_rate"),
        ({"hourly_rate": 40}, "hourly_rate"),
        ({"experience": "x"}, "experience"),
        ({"experience": [{"title": "Guide"}]}, "experience"),
        ({"experience": [JOB | {"from_year": "MMXI"}]}, "experience"),
        ({"languages": [{"code": "es"}]}, "languages"),
        ({"skills": "js"}, "skills"),
        ({"skills": ["x" * 61]}, "skills"),
    ],
)
def test_values_of_a_wrong_kind_are_named(newcomer, change, field):
    response = newcomer.patch(ME, change, format="json")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]


def test_columns_left_out_of_an_entry_are_empty(newcomer):
    answer = patch(newcomer, experience=[{"title": "Guide", "from_year": 2011}])
    assert answer.json()["experience"] == [JOB | {"organisation": ""}]


def test_a_change_of_a_public_profile_waits_and_may_be_thrown_away():
    coach = CoachFactory()
    client = client_of(coach)
    answer = patch(client, bio="New words.", state="approved", hourly_rate={"amount_cents": 7000, "currency": "usd"})
    assert {name: answer.json()[name] for name in ("state", "is_public", "changed", "bio")} == {
        "state": "draft",
        "is_public": True,
        "changed": ["bio"],
        "bio": "New words.",
    }
    public = CoachProfile.objects.get(user=coach)
    assert public.bio.startswith("Native speaker")
    assert public.hourly_rate_cents == 7000
    discarded = client.post(f"{ME}discard/").json()
    assert (discarded["state"], discarded["changed"], discarded["bio"]) == ("approved", [], public.bio)
    assert client.post(f"{ME}discard/").json()["code"] == "nothing_to_discard"


def test_what_others_see_has_a_country_and_a_rate_but_a_draft_may_wait(newcomer):
    coach = client_of(CoachFactory())
    for change, field in (({"country": ""}, "country"), ({"hourly_rate": None}, "hourly_rate")):
        assert patch(coach, **change).json()["fields"] == {field: ["This cannot be empty any more."]}
        assert patch(newcomer, **change).status_code == 200
    assert patch(coach, trial_rate=None).json()["trial_rate"] is None


def test_who_does_not_teach_has_no_offer():
    client = client_of(StudentFactory())
    assert client.get(ME).status_code == 404
    for path in (f"{ME}submit/", f"{ME}discard/"):
        assert client.post(path).status_code == 404
    assert patch(client, bio="x").status_code == 404
    assert APIClient().get(ME).status_code == 401


def test_the_skills_to_choose_from_with_category_and_synonyms(django_assert_num_queries):
    SkillSynonym.objects.create(skill=SkillFactory(name="Zither", category="music"), word="cítara")
    with django_assert_num_queries(2):
        listed = APIClient().get("/api/v1/skills/").json()
    assert {"name": "Zither", "slug": "zither", "category": "music", "synonyms": ["citara"]} in listed
    assert len(listed) > 120


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("js", "javascript"),
        ("ECMAScript", "javascript"),
        ("Español", "spanish"),
        ("castellano", "spanish"),
        ("ml", "machine-learning"),
    ],
)
def test_the_curated_list_understands_what_people_say(word, slug):
    assert [skill.slug for skill in resolve([word]).skills] == [slug]
