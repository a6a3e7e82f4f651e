import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import CoachProfileFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client):
    person = UserFactory(is_staff=True, name="Support")
    person.groups.add(Group.objects.get(name="support"))
    client.force_login(person)
    return person


def test_people_who_are_no_staff_do_not_get_in(client):
    client.force_login(StudentFactory())
    assert client.get("/admin/").status_code in {302, 403}


def test_signing_in_to_the_admin_goes_through_the_site_with_its_limits(client):
    response = client.get("/admin/login/?next=/admin/")
    assert response.url.startswith(reverse("account_login"))


def test_support_reads_people_but_no_password_and_changes_nobody(client, support):
    student = StudentFactory()
    page = client.get(f"/admin/accounts/user/{student.pk}/change/").content.decode()
    assert student.email in page
    assert student.password not in page
    client.post(f"/admin/accounts/user/{student.pk}/change/", {"name": "x", "is_superuser": "on"})
    student.refresh_from_db()
    assert not student.is_superuser


def test_only_superusers_hand_out_power(client):
    from django.contrib.auth.models import Permission

    person = UserFactory(is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(person)
    student = StudentFactory()
    fields = {"name": "New", "role": "student", "time_zone": "UTC", "language": "en", "is_active": "on"}
    client.post(f"/admin/accounts/user/{student.pk}/change/", fields | {"is_superuser": "on", "is_staff": "on"})
    student.refresh_from_db()
    assert (student.name, student.is_superuser, student.is_staff) == ("New", False, False)
    boss = User.objects.create_superuser("boss@example.com", name="Boss")
    client.post(f"/admin/accounts/user/{boss.pk}/change/", fields | {"name": "Fool"})
    boss.refresh_from_db()
    assert boss.name == "Boss"


def test_a_superuser_opens_every_page_of_this_floor(client):
    client.force_login(User.objects.create_superuser("boss@example.com", name="Boss"))
    CoachProfileFactory()
    for model in ("user", "coachprofile", "studentprofile", "relation", "skill"):
        assert client.get(f"/admin/accounts/{model}/").status_code == 200
