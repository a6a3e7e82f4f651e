import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, StudentFactory

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
            ({"name": "\u200b \u200e"}, "name"),
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
