import pytest
from django.urls import reverse

from accounts.models import StudentProfile
from accounts.tests.factories import (
    CoachFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def text_of(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


class TestCoach:
    def test_the_public_profile_shows_the_offer_and_nothing_private(self, client):
        coach = CoachFactory(name="Lucía Fernández", profile__rating_sum=9, profile__rating_count=2)
        page = text_of(client, f"/coaches/{coach.pk}/")
        for words in ("Lucía Fernández", "$60.00", "$15.00", "Spain", "Spanish", "English", "4.5"):
            assert words in page
        assert coach.email not in page
        assert "meet.jit.si" not in page
        assert "<c-" not in page

    @pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
    def test_before_approval_only_the_coach_sees_it(self, client, state):
        coach = CoachFactory(profile__state=state)
        assert client.get(f"/coaches/{coach.pk}/").status_code == 404
        client.force_login(StudentFactory())
        assert client.get(f"/coaches/{coach.pk}/").status_code == 404
        client.force_login(coach)
        assert "Only you see this page" in text_of(client, f"/coaches/{coach.pk}/")

    def test_a_closed_account_is_not_found(self, client):
        coach = CoachFactory(is_active=False)
        assert client.get(f"/coaches/{coach.pk}/").status_code == 404

    @pytest.mark.parametrize("pk", [0, 10**18, 10**40])
    def test_who_does_not_exist_is_not_found(self, client, pk):
        assert client.get(f"/coaches/{pk}/").status_code == 404


class TestProfile:
    def test_it_asks_for_a_login(self, client):
        assert client.get("/profile/").url == "/accounts/login/?next=/profile/"

    def test_a_student_changes_name_zone_and_what_coaches_read(self, client):
        student = StudentFactory()
        client.force_login(student)
        data = {"name": "Aoife", "time_zone": "Europe/Dublin", "language": "en", "about": "Evenings.", "country": "IE"}
        data |= {"born_on": "1990-04-12"}
        assert client.post("/profile/", data).url == "/profile/"
        student.refresh_from_db()
        assert (student.name, student.time_zone) == ("Aoife", "Europe/Dublin")
        assert StudentProfile.objects.get(user=student).about == "Evenings."

    def test_it_keeps_what_was_typed_and_says_what_is_wrong(self, client):
        client.force_login(StudentFactory())
        data = {"name": "", "time_zone": "Mars/Olympus", "language": "en", "about": "Kept words", "country": "XX"}
        response = client.post("/profile/", data)
        page = response.content.decode()
        assert "Kept words" in page
        assert "Select a valid choice. Mars/Olympus is not one of the available choices." in page
        assert "Select a valid choice. XX is not one of the available choices." in page

    def test_a_coach_has_no_student_part(self, client):
        client.force_login(CoachFactory())
        page = text_of(client, "/profile/")
        assert 'name="about"' not in page
        assert "Approved" in page

    def test_pages_are_shown_in_the_readers_zone(self, client):
        client.force_login(StudentFactory(time_zone="No/Such"))
        assert client.get("/profile/").status_code == 200


class TestRoles:
    def test_who_has_both_switches(self, client):
        person = CoachFactory(is_student=True)
        client.force_login(person)
        assert client.post("/profile/role/", {"role": "student"}).url == reverse("dashboard")
        person.refresh_from_db()
        assert person.role == "student"

    def test_who_has_one_is_offered_the_other(self, client):
        client.force_login(StudentFactory())
        assert client.post("/profile/role/", {"role": "coach"}).url == "/profile/become/coach/"
        assert client.post("/profile/role/", {"role": "pope"}).url == "/profile/"
        assert "Become a coach" in text_of(client, "/profile/become/coach/")

    def test_switching_takes_a_post(self, client):
        client.force_login(StudentFactory())
        assert client.get("/profile/role/").status_code == 405

    def test_a_student_becomes_a_coach_and_goes_on_to_the_profile(self, client):
        student = StudentFactory()
        client.force_login(student)
        assert client.post("/profile/become/coach/").url == "/onboarding/coach/"
        student.refresh_from_db()
        assert student.is_using_coach_role
        assert client.get("/profile/become/pope/").status_code == 404


class TestOnboarding:
    @pytest.fixture
    def newcomer(self, client):
        person = UserFactory(is_coach=True, role="coach")
        client.force_login(person)
        return person

    def test_it_leads_to_the_page_of_the_role(self, client, newcomer):
        assert client.get("/onboarding/").url == "/onboarding/coach/"
        client.force_login(StudentFactory())
        assert client.get("/onboarding/").url == "/onboarding/student/"

    def test_who_does_not_have_the_role_is_asked_first(self, client):
        client.force_login(StudentFactory())
        assert client.get("/onboarding/coach/").url == "/profile/become/coach/"
        client.force_login(CoachFactory())
        assert client.get("/onboarding/student/").url == "/profile/become/student/"

    def test_a_student_says_a_few_words(self, client):
        student = StudentFactory()
        client.force_login(student)
        said = {"about": "Hello", "country": "DE", "born_on": "1999-12-31", "time_zone": "Europe/Berlin"}
        assert client.post("/onboarding/student/", said).url == "/coaches/"
        assert StudentProfile.objects.get(user=student).country == "DE"
