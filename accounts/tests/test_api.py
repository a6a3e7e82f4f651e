import pytest
from rest_framework.test import APIClient

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


def client_of(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


class TestMe:
    def test_strangers_are_nobody(self):
        for method, path in [
            ("get", ""),
            ("patch", ""),
            ("post", "role/"),
            ("get", "coach/"),
            ("post", "coach/submit/"),
        ]:
            response = getattr(client_of(), method)(f"/api/v1/me/{path}")
            assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")

    def test_one_changes_what_one_says_of_oneself_and_nothing_else(self):
        student = StudentFactory()
        change = {
            "name": "Aoife",
            "time_zone": "Europe/Lisbon",
            "student": {"country": "PT"},
            "email": "other@example.com",
            "role": "coach",
            "is_staff": True,
        }
        answer = client_of(student).patch("/api/v1/me/", change, format="json").json()
        assert (answer["name"], answer["time_zone"], answer["student"]["country"]) == ("Aoife", "Europe/Lisbon", "PT")
        assert answer["student"]["about"] == "I learn in the evenings."
        assert (answer["email"], answer["role"]) == (student.email, "student")
        student.refresh_from_db()
        assert not student.is_staff

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"name": ""}, "name"),
            ({"name": "x" * 81}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"language": "tlh"}, "language"),
            ({"student": {"country": "XX"}}, "student"),
            ({"student": 5}, "student"),
        ],
    )
    def test_wrong_values_are_named(self, change, field):
        response = client_of(StudentFactory()).patch("/api/v1/me/", change, format="json")
        assert (response.status_code, response.json()["code"]) == (400, "invalid")
        assert list(response.json()["fields"]) == [field]

    def test_who_only_teaches_has_no_student_part(self):
        client = client_of(CoachFactory())
        assert client.get("/api/v1/me/").json()["student"] is None
        response = client.patch("/api/v1/me/", {"student": {"about": "x"}}, format="json")
        assert (response.status_code, response.json()["code"]) == (409, "role_missing")


class TestRole:
    def test_who_has_both_switches(self):
        person = CoachFactory(is_student=True)
        response = client_of(person).post("/api/v1/me/role/", {"role": "student"}, format="json")
        assert (response.status_code, response.json()["role"]) == (200, "student")

    def test_who_has_one_takes_the_other_on_or_is_refused(self):
        client = client_of(StudentFactory())
        refused = client.post("/api/v1/me/role/", {"role": "coach"}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "role_missing")
        taken = client.post("/api/v1/me/role/", {"role": "coach", "take_on": True}, format="json")
        assert taken.json()["roles"] == ["student", "coach"]

    def test_there_are_two_roles(self):
        response = client_of(StudentFactory()).post("/api/v1/me/role/", {"role": "staff"}, format="json")
        assert response.status_code == 400


class TestOffer:
    OFFER = {
        "headline": "Jazz guitar",
        "bio": "Touring musician.",
        "country": "CZ",
        "languages": "Czech",
        "skills": ["jazz-guitar"],
        "hourly_rate": {"amount_cents": 4000, "currency": "eur"},
        "trial_rate": {"amount_cents": 1000, "currency": "eur"},
        "meeting_url": "https://zoom.us/j/1",
    }

    @pytest.fixture
    def newcomer(self):
        SkillFactory(name="Jazz guitar")
        return client_of(UserFactory(is_coach=True, role="coach"))

    def test_from_an_empty_draft_to_a_submitted_offer(self, newcomer):
        assert newcomer.get("/api/v1/me/coach/").json()["state"] == "draft"
        refused = newcomer.post("/api/v1/me/coach/submit/")
        assert (refused.status_code, refused.json()["code"]) == (409, "incomplete")
        assert (
            newcomer.patch("/api/v1/me/coach/", self.OFFER, format="json").json()
            == {
                "state": "draft",
                "rejection_reason": "",
            }
            | self.OFFER
        )
        assert newcomer.post("/api/v1/me/coach/submit/").json()["state"] == "submitted"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"meeting_url": "https://evil.example/"}, "meeting_url"),
            ({"hourly_rate": {"amount_cents": 0, "currency": "eur"}}, "hourly_rate"),
            ({"hourly_rate": {"amount_cents": 100, "currency": "xxx"}}, "hourly_rate"),
            ({"hourly_rate": {"amount_cents": 10**12, "currency": "eur"}}, "hourly_rate"),
            ({"hourly_rate": 40}, "hourly_rate"),
            ({"trial_rate": {"amount_cents": 100, "currency": "eur"}}, "trial_rate"),
            ({"skills": ["unheard-of"]}, "skills"),
            ({"country": "XX"}, "country"),
        ],
    )
    def test_wrong_values_are_named(self, newcomer, change, field):
        response = newcomer.patch("/api/v1/me/coach/", change, format="json")
        assert response.status_code == 400
        assert list(response.json()["fields"]) == [field]

    def test_an_approved_offer_stays_complete_and_its_state_is_not_typed(self):
        coach = CoachFactory()
        client = client_of(coach)
        emptied = client.patch("/api/v1/me/coach/", {"bio": "x", "skills": []}, format="json")
        assert (emptied.status_code, list(emptied.json()["fields"])) == (400, ["skills"])
        client.patch("/api/v1/me/coach/", {"state": "draft", "headline": "New"}, format="json")
        offer = CoachProfile.objects.get(user=coach)
        assert (offer.state, offer.headline) == ("approved", "New")

    def test_who_does_not_teach_has_no_offer(self):
        assert client_of(StudentFactory()).get("/api/v1/me/coach/").status_code == 404


class TestCoaches:
    def test_everybody_reads_public_coaches_and_nothing_private(self):
        coach = CoachFactory(name="Lucía", profile__rating_sum=9, profile__rating_count=2)
        answer = client_of().get(f"/api/v1/coaches/{coach.pk}/").json()
        assert answer == {
            "id": coach.pk,
            "name": "Lucía",
            "headline": "Conversational Spanish for travel and work",
            "bio": coach.coach_profile.bio,
            "country": "ES",
            "languages": "Spanish, English",
            "skills": [{"name": "Spanish", "slug": "spanish"}],
            "hourly_rate": {"amount_cents": 6000, "currency": "usd"},
            "trial_rate": {"amount_cents": 1500, "currency": "usd"},
            "verified": True,
            "rating": 4.5,
            "rating_count": 2,
        }

    @pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
    def test_coaches_who_are_not_approved_are_not_found(self, state):
        coach = CoachFactory(profile__state=state)
        for client in (client_of(), client_of(coach)):
            assert client.get(f"/api/v1/coaches/{coach.pk}/").status_code == 404
            assert client.get("/api/v1/coaches/").json()["results"] == []

    def test_a_client_that_has_this_version_is_told_so(self):
        path = f"/api/v1/coaches/{CoachFactory().pk}/"
        etag = client_of().get(path).headers["ETag"]
        assert client_of().get(path, headers={"If-None-Match": etag}).status_code == 304

    def test_the_filters_are_those_of_the_page(self):
        CoachFactory(name="Cheap", profile__hourly_rate_cents=1000)
        CoachFactory(name="Dear", profile__hourly_rate_cents=9000)
        found = client_of().get("/api/v1/coaches/", {"price_min": "50", "skill": "spanish"}).json()["results"]
        assert [coach["name"] for coach in found] == ["Dear"]

    @pytest.mark.parametrize("query", [{"price_min": "x"}, {"skill": "unheard-of"}, {"min_rating": "6"}, {"q": "\x00"}])
    def test_wrong_filters_are_refused(self, query):
        response = client_of().get("/api/v1/coaches/", query)
        assert (response.status_code, list(response.json()["fields"])) == (400, list(query))

    def test_pages_have_cursors_and_the_number_of_queries_does_not_grow(self, django_assert_num_queries):
        CoachFactory()
        with django_assert_num_queries(2):
            client_of().get("/api/v1/coaches/")
        CoachFactory.create_batch(20)
        with django_assert_num_queries(2):
            first = client_of().get("/api/v1/coaches/").json()
        assert len(first["results"]) == 20
        assert len(client_of().get(first["next"]).json()["results"]) == 1

    def test_the_skills_to_choose_from(self):
        SkillFactory(name="Zither")
        assert {"name": "Zither", "slug": "zither"} in client_of().get("/api/v1/skills/").json()
