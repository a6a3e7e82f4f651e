import pytest
from django.urls import reverse

from accounts.tests.factories import CoachFactory, StudentFactory

pytestmark = pytest.mark.django_db


def test_the_landing_page_shows_approved_coaches_only(client):
    CoachFactory(name="Lucía Fernández")
    CoachFactory(name="Kofi Boateng", profile__state="draft")
    page = client.get("/").content.decode()
    assert "Lucía Fernández" in page
    assert "Kofi Boateng" not in page


def test_the_landing_page_leads_a_person_signed_in_to_their_dashboard(client):
    client.force_login(StudentFactory())
    assert reverse("dashboard") in client.get("/").content.decode()


def test_the_dashboard_is_for_people_signed_in(client):
    answer = client.get("/dashboard/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    "path", ["/dashboard/", "/money/", "/notifications/", "/support/", "/demo/mail/", "/demo/people/", "/demo/clock/"]
)
@pytest.mark.parametrize("factory", [StudentFactory, CoachFactory])
def test_pages_open(client, path, factory):
    client.force_login(factory())
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<c-" not in answer.content.decode()
