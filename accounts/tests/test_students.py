"""Students: what they say of themselves, from what age, and who may read it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from rest_framework.test import APIClient

from accounts.models import StudentProfile
from accounts.operations import describe_student, relate
from accounts.policy import age_on
from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from core.refused import Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPANISH = [{"code": "es", "level": "b2"}]


def refusal_of(person, **facts):
    with pytest.raises(Refused) as caught:
        describe_student(person, by=person, now=NOON, **facts)
    return caught.value.code, caught.value.field


@pytest.fixture
def newcomer():
    return UserFactory(is_student=True, role="student", name="Aoife Byrne", time_zone="Europe/Dublin")


class TestAge:
    @pytest.mark.parametrize(
        ("born_on", "day", "years"),
        [
            (date(2013, 11, 20), date(2026, 11, 19), 12),
            (date(2013, 11, 20), date(2026, 11, 20), 13),
            (date(2012, 2, 29), date(2025, 2, 28), 12),
            (date(2012, 2, 29), date(2025, 3, 1), 13),
            (date(2027, 1, 1), date(2026, 11, 20), -1),
        ],
    )
    def test_years_are_whole(self, born_on, day, years):
        assert age_on(born_on, day) == years

    def test_who_turns_thirteen_today_may_learn(self, newcomer):
        profile = describe_student(newcomer, by=newcomer, now=NOON, born_on=date(2013, 11, 20))
        assert profile.is_old_enough

    def test_who_turns_thirteen_tomorrow_may_not(self, newcomer):
        assert refusal_of(newcomer, born_on=date(2013, 11, 21)) == ("too_young", "born_on")
        assert not StudentProfile.objects.exists()

    def test_the_day_is_that_of_the_person(self, newcomer):
        newcomer.time_zone = "Pacific/Auckland"
        newcomer.save()
        describe_student(newcomer, by=newcomer, now=NOON, born_on=date(2013, 11, 21))  # it is past midnight there

    @pytest.mark.parametrize("born_on", [date(2026, 11, 21), date(1900, 1, 1)])
    def test_years_that_nobody_is_born_in_are_refused(self, newcomer, born_on):
        assert refusal_of(newcomer, born_on=born_on) == ("born_on_odd", "born_on")

    def test_a_date_that_was_said_is_not_taken_back(self, newcomer):
        describe_student(newcomer, by=newcomer, now=NOON, born_on=date(1990, 1, 1))
        assert refusal_of(newcomer, born_on=None) == ("age_missing", "born_on")

    def test_a_profile_without_it_is_not_old_enough(self, newcomer):
        assert not describe_student(newcomer, by=newcomer, now=NOON, about="Hello").is_old_enough


class TestDescribing:
    def test_what_is_not_said_stays_and_saying_it_again_changes_nothing(self, newcomer):
        describe_student(newcomer, by=newcomer, now=NOON, about="Hello", country="IE", languages=SPANISH)
        for _twice in range(2):
            describe_student(newcomer, by=newcomer, now=NOON, country="PT")
        profile = StudentProfile.objects.get()
        assert (profile.about, profile.country, profile.languages) == ("Hello", "PT", SPANISH)

    def test_nobody_speaks_for_another(self, newcomer):
        with pytest.raises(PermissionDenied):
            describe_student(newcomer, by=CoachFactory(), now=NOON, about="x")

    def test_who_only_teaches_has_nothing_to_say_here(self):
        assert refusal_of(CoachFactory(), about="x") == ("role_missing", None)


class TestBeginning:
    SAID = {
        "about": "I move to Valencia.",
        "country": "IE",
        "born_on": "1994-05-06",
        "time_zone": "Europe/Dublin",
        "languages_0_code": "en",
        "languages_0_level": "native",
        "languages_1_code": "es",
        "languages_1_level": "a2",
    }

    def test_a_student_says_everything_at_once(self, client, newcomer):
        client.force_login(newcomer)
        assert client.post("/onboarding/student/", self.SAID).url == "/coaches/"
        assert client.post("/onboarding/student/?next=/requests/new/", self.SAID).url == "/requests/new/"
        assert client.post("/onboarding/student/?next=https://evil.example/", self.SAID).url == "/coaches/"
        profile = StudentProfile.objects.get()
        assert (profile.about, profile.country, profile.born_on) == ("I move to Valencia.", "IE", date(1994, 5, 6))
        assert profile.languages == [{"code": "en", "level": "native"}, {"code": "es", "level": "a2"}]

    def test_it_is_not_finished_without_a_date_of_birth(self, client, newcomer):
        client.force_login(newcomer)
        page = client.post("/onboarding/student/", self.SAID | {"born_on": ""})
        assert page.context["form"].errors == {"born_on": ["This field is required."]}

    def test_it_can_be_left_for_later_and_goes_on_where_it_stopped(self, client, newcomer):
        client.force_login(newcomer)
        assert client.post("/onboarding/student/", self.SAID | {"born_on": "", "later": "1"}).url == "/coaches/"
        page = client.get("/onboarding/student/").content.decode()
        assert "I move to Valencia." in page
        assert '<option value="a2" selected>' in page

    def test_too_young_is_said_in_a_sentence_beside_the_field(self, client, newcomer):
        client.force_login(newcomer)
        page = client.post("/onboarding/student/", self.SAID | {"born_on": "2020-01-01"})
        assert page.context["form"].errors == {"born_on": ["You must be at least 13 years old to learn here."]}
        assert not StudentProfile.objects.exists()

    def test_the_dashboard_reminds_until_it_is_said(self, client, newcomer):
        client.force_login(newcomer)
        reminder = "Say when you were born"
        assert reminder in client.get("/dashboard/").content.decode()
        client.post("/onboarding/student/", self.SAID)
        assert reminder not in client.get("/dashboard/").content.decode()

    def test_looking_makes_no_profile(self, client, newcomer):
        client.force_login(newcomer)
        for path in ("/onboarding/student/", "/profile/", "/dashboard/"):
            assert client.get(path).status_code == 200
        assert not StudentProfile.objects.exists()

    def test_the_profile_page_changes_it_later(self, client, newcomer):
        client.force_login(newcomer)
        said = self.SAID | {"name": "Aoife B.", "language": "en", "languages_1_code": "", "languages_1_level": ""}
        assert client.post("/profile/", said).url == "/profile/"
        assert StudentProfile.objects.get().languages == [{"code": "en", "level": "native"}]
        refused = client.post("/profile/", said | {"born_on": "2020-01-01", "name": "Nobody"})
        assert "at least 13 years" in refused.content.decode()
        newcomer.refresh_from_db()
        assert newcomer.name == "Aoife B."


class TestZone:
    def test_one_click_takes_the_zone_of_the_device(self, client, newcomer):
        client.force_login(newcomer)
        page = client.get("/sessions/").content.decode()
        assert 'data-zone-notice="Europe/Dublin"' in page
        response = client.post(
            "/profile/zone/", {"time_zone": "Asia/Tokyo"}, headers={"referer": "http://testserver/sessions/"}
        )
        newcomer.refresh_from_db()
        assert (response.url, newcomer.time_zone) == ("http://testserver/sessions/", "Asia/Tokyo")

    def test_an_unknown_zone_changes_nothing(self, client, newcomer):
        client.force_login(newcomer)
        client.post("/profile/zone/", {"time_zone": "Mars/Olympus"})
        newcomer.refresh_from_db()
        assert newcomer.time_zone == "Europe/Dublin"

    def test_it_is_taken_by_a_post_only(self, client, newcomer):
        client.force_login(newcomer)
        assert client.get("/profile/zone/").status_code == 405
        assert "data-zone-notice" not in APIClient().get("/").content.decode()


@pytest.fixture
def pair():
    """A student and the coach they have to do with."""
    student = StudentFactory(
        name="Aoife Byrne",
        email="secret@example.com",
        time_zone="Asia/Tokyo",
        profile__about="I move to Valencia.",
        profile__country="IE",
        profile__born_on=date(1994, 5, 6),
        profile__languages=SPANISH,
    )
    coach = CoachFactory()
    relate(student, coach, now=NOON)
    return student, coach


class TestPage:
    def test_a_related_coach_reads_it_with_the_time_there(self, client, pair, clock):
        student, coach = pair
        clock.travel_to(NOON)
        client.force_login(coach)
        page = client.get(f"/students/{student.pk}/").content.decode()
        for words in ("Aoife Byrne", "I move to Valencia.", "Ireland", "Spanish", "B2", "Fri 21:00", "Asia/Tokyo"):
            assert words in page
        for secret in ("secret@example.com", "1994", "May"):
            assert secret not in page

    def test_nobody_else_finds_it(self, client, pair):
        student, coach = pair
        path = f"/students/{student.pk}/"
        assert client.get(path).url == f"/accounts/login/?next={path}"
        for stranger in (CoachFactory(), StudentFactory()):
            client.force_login(stranger)
            assert client.get(path).status_code == 404
        client.force_login(student)
        assert client.get(path).status_code == 200
        assert client.get(f"/students/{coach.pk}/").status_code == 404

    def test_who_left_is_not_found(self, client, pair):
        student, coach = pair
        student.is_active = False
        student.save()
        client.force_login(coach)
        assert client.get(f"/students/{student.pk}/").status_code == 404

    def test_it_takes_three_queries_of_its_own(self, client, pair, django_assert_max_num_queries):
        student, coach = pair
        client.force_login(coach)
        client.get("/dashboard/")
        with django_assert_max_num_queries(4):  # session, person, student, bell
            client.get(f"/students/{student.pk}/")


class TestApi:
    def test_a_related_coach_reads_exactly_this(self, pair, django_assert_num_queries):
        student, coach = pair
        client = APIClient()
        client.force_authenticate(coach)
        with django_assert_num_queries(1):
            answer = client.get(f"/api/v1/students/{student.pk}/")
        assert answer.json() == {
            "id": student.pk,
            "name": "Aoife Byrne",
            "photo": None,
            "about": "I move to Valencia.",
            "country": "IE",
            "languages": SPANISH,
            "time_zone": "Asia/Tokyo",
        }
        again = client.get(f"/api/v1/students/{student.pk}/", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304

    def test_nobody_else_does(self, pair):
        student, _coach = pair
        client = APIClient()
        assert client.get(f"/api/v1/students/{student.pk}/").status_code == 401
        for stranger in (CoachFactory(), StudentFactory()):
            client.force_authenticate(stranger)
            assert client.get(f"/api/v1/students/{student.pk}/").status_code == 404

    def test_one_says_it_of_oneself(self, newcomer):
        client = APIClient()
        client.force_authenticate(newcomer)
        said = {"about": "Hello", "languages": SPANISH, "born_on": "1994-05-06"}
        answer = client.patch("/api/v1/me/", {"student": said}, format="json").json()
        assert answer["student"] == said | {"country": ""}

    @pytest.mark.parametrize(
        ("said", "status", "code"),
        [
            ({"born_on": "2020-01-01"}, 409, "too_young"),
            ({"born_on": "3020-01-01"}, 409, "born_on_odd"),
            ({"born_on": "yesterday"}, 400, "invalid"),
            ({"languages": SPANISH * 2}, 400, "invalid"),
            ({"languages": [{"code": "tlh", "level": "b2"}]}, 400, "invalid"),
            ({"about": "x" * 2001}, 400, "invalid"),
        ],
    )
    def test_what_is_wrong_is_refused(self, newcomer, said, status, code):
        client = APIClient()
        client.force_authenticate(newcomer)
        answer = client.patch("/api/v1/me/", {"name": "New", "student": said}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        newcomer.refresh_from_db()
        assert newcomer.name == "Aoife Byrne"
