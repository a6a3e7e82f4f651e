"""Leaving for good on the pages and by the API: who asks proves who they are."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PASSWORD, CoachFactory, StudentFactory
from accounts.tests.signing_in import confirm, sign_in
from contracts.tests.factories import accepted, active, scheduled
from dashboards.operations import reasons_to_stay
from dashboards.tests.leaving import erase
from dashboards.tests.lives import EMAIL, NAME, learnt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("somebody_else_works_here")]


class TestPages:
    def enter(self, client, person):
        sign_in(client, person)
        confirm(client, client.get("/profile/erase/"))

    def test_who_leaves_types_the_address_is_signed_out_and_can_begin_anew(self, client, clock):
        person = StudentFactory(name=NAME, email=EMAIL)
        self.enter(client, person)
        assert "This cannot be undone" in client.get("/profile/erase/").content.decode()
        assert client.post("/profile/erase/", {"email": "other@example.com"}).status_code == 200
        assert User.objects.get(pk=person.pk).erased_at is None
        answer = client.post("/profile/erase/", {"email": EMAIL.upper()}, follow=True)
        assert "Your account is erased" in answer.content.decode()
        assert client.get("/dashboard/").status_code == 302
        unknown = client.post("/accounts/login/", {"login": "nobody@example.com", "password": PASSWORD})
        gone = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
        assert (gone.status_code, gone.context["form"].errors) == (unknown.status_code, unknown.context["form"].errors)
        fresh = StudentFactory(email=EMAIL)
        assert fresh.pk != person.pk

    def test_both_pages_ask_again_who_is_there(self, client):
        client.force_login(StudentFactory())
        for path in ("/profile/erase/", "/profile/data/"):
            assert client.get(path).url.startswith("/accounts/reauthenticate/")
        assert client.post("/profile/data/download/").url.startswith("/accounts/reauthenticate/")
        assert client.post("/profile/erase/", {"email": "x"}).url.startswith("/accounts/reauthenticate/")

    def test_the_page_names_every_reason_and_has_no_button(self, client, standin):
        contract = active(standin, session_count=2)
        scheduled(contract)
        self.enter(client, contract.student)
        page = client.get("/profile/erase/").content.decode()
        for reason in reasons_to_stay(contract.student):
            assert reason in page
        assert "Erase it for good" not in page

    def test_the_other_side_still_reads_its_history(self, client, standin, clock, drain):
        person = StudentFactory(name=NAME)
        contract = learnt(person, standin, clock)
        proposal = contract.proposal
        drain()
        erase(person)
        client.force_login(contract.coach)
        pages = [contract, proposal, proposal.request, contract.bookings.get().session]
        for path in [*(each.get_absolute_url() for each in pages), f"/coaches/{contract.coach_id}/reviews/", "/contracts/",
                     "/dashboard/", "/money/", f"/money/{contract.number}/", "/notifications/"]:  # fmt: skip
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert NAME not in answer.content.decode()
        assert "Former member" in client.get(contract.get_absolute_url()).content.decode()

    def test_an_erased_coach_is_found_nowhere(self, client):
        coach = CoachFactory(name=NAME)
        erase(coach)
        assert client.get(f"/coaches/{coach.pk}/").status_code == 404
        assert client.get(f"/coaches/{coach.pk}/card.png").status_code == 404
        assert client.get(f"/coaches/{coach.pk}/reviews/").status_code == 404
        assert NAME not in client.get("/coaches/").content.decode()

    def test_staff_see_when_somebody_left(self, client):
        person = erase(StudentFactory())
        client.force_login(User.objects.filter(is_superuser=True)[0])
        page = client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
        assert "Former member" in page and "Erased at:" in page


class TestApi:
    def ask(self, person, **body):
        client = APIClient()
        client.force_authenticate(person)
        return client.post("/api/v1/me/erase/", body, format="json")

    def test_the_password_confirms(self):
        person = StudentFactory()
        wrong = self.ask(person, confirm="something else")
        assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["confirm"])
        assert self.ask(person, confirm=PASSWORD).status_code == 204
        assert User.objects.get(pk=person.pk).erased_at

    def test_without_a_password_the_address_does(self):
        person = StudentFactory()
        person.set_unusable_password()
        person.save()
        assert self.ask(person, confirm=PASSWORD).status_code == 400
        assert self.ask(person, confirm=person.email).status_code == 204

    def test_a_refusal_has_its_code_and_all_reasons(self):
        answer = self.ask(accepted().student, confirm=PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_erasable")

    def test_passwords_cannot_be_guessed_here(self):
        person = StudentFactory()
        answers = [self.ask(person, confirm="guess").status_code for _n in range(12)]
        assert answers[:10] == [400] * 10 and answers[-1] == 429
