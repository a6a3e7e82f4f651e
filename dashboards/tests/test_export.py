"""Taking one's data along: everything of the person, nothing private of anybody else."""

import io
import json
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PASSWORD, StudentFactory
from accounts.tests.signing_in import confirm, latest_mail, sign_in
from core import clock as the_clock
from core.models import Event
from core.refused import Refused
from dashboards.export import LEFT_OUT, parts_of
from dashboards.operations import erase_account, export_data
from dashboards.tests.lives import EMAIL, LETTER, NAME, SECRET, learnt, somebody, wishes

pytestmark = pytest.mark.django_db


def export(person):
    with ZipFile(export_data(person, by=person, now=the_clock.now())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(files, name):
    return json.loads(files[f"{name}.json"])


def test_every_model_that_points_to_a_person_is_in_the_export_or_left_out_for_a_reason():
    pointing = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is User for field in model._meta.fields)
    }
    exported = {part.model._meta.label for part in parts_of(User(pk=1)).values()}
    assert pointing - exported - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) & exported == set()
    assert set(LEFT_OUT) <= pointing


def test_all_that_a_person_wrote_and_did_is_there(standin, clock, drain):
    person = somebody()
    contract = learnt(person, standin, clock)
    wishes(person)
    drain()
    files = export(person)
    assert rows(files, "accounts/account")[0]["email"] == EMAIL
    assert {each["email"] for each in rows(files, "accounts/addresses")} == {EMAIL, "Zyxwv.Other@example.com"}
    assert rows(files, "accounts/student")[0]["about"] == SECRET
    assert rows(files, "accounts/coach")[0]["wanted"] == {"headline": f"{SECRET} again"}
    assert {each["state"] for each in rows(files, "marketplace/requests")} == {"draft", "open", "matched"}
    assert LETTER in {each["cover_letter"] for each in rows(files, "marketplace/proposals_sent")}
    assert contract.number in {each["number"] for each in rows(files, "contracts/contracts")}
    assert rows(files, "contracts/reviews")[0]["text"] == "She is patient."
    assert "Lucía" in {each["coach.name"] for each in rows(files, "scheduling/sessions")}
    assert rows(files, "payments/payments")[0]["amount_cents"] == 5000
    assert {each["kind"] for each in rows(files, "payments/lines")} == {"paid", "released", "fee"}
    assert rows(files, "notifications/notices") and rows(files, "notifications/mails")
    for name in ["accounts/second_factors", "accounts/google", "marketplace/questions", "marketplace/answers",
                 "marketplace/terms", "marketplace/invitations_sent", "marketplace/saved", "scheduling/hours"]:  # fmt: skip
        assert rows(files, name), name
    assert NAME in files["README.txt"].decode()


def test_who_has_left_is_named_as_everywhere(standin, clock):
    contract = learnt(somebody(), standin, clock)
    erase_account(contract.student, by=contract.student, now=the_clock.now())
    files = export(contract.coach)
    assert rows(files, "contracts/contracts")[0]["student.name"] == "Former member"
    assert rows(files, "contracts/reviews")[0]["author.name"] == "Former member"
    assert rows(files, "payments/held")[0] == {
        "label": contract.number, "currency": "usd", "payer.name": "Former member", "payee.name": "Lucía"
    }  # fmt: skip


def test_no_address_and_no_secret_of_anybody_goes_with_it(standin, clock, drain):
    person = somebody()
    contract = learnt(person, standin, clock)
    life = wishes(person)
    drain()
    everything = b"".join(export(person).values()).decode()
    for other in (contract.coach, life.coach, life.student):
        assert other.email not in everything
    assert "password" not in json.dumps(rows(export(person), "accounts/account"))
    assert '"secret"' not in everything


def test_what_opens_the_account_is_not_in_the_mails(client):
    """Whoever holds a token for some minutes must not find a new password in the data."""
    person = StudentFactory()
    client.post("/accounts/password/reset/", {"email": person.email})
    link = latest_mail(person.email).text.split("/password/reset/key/")[1].split()[0]
    files = export(person)
    assert not [name for name, content in files.items() if link.encode() in content]
    [told] = rows(files, "notifications/mails_about_sign_in")
    assert (told["kind"], told["to"]) == ("password_reset_key", person.email)


def test_the_photo_goes_along():
    person = User.objects.get(pk=StudentFactory(photo=ContentFile(b"a face", "me.webp")).pk)
    assert export(person)["photo.webp"] == b"a face"
    person.photo.storage.delete(person.photo.name)
    assert "photo.webp" not in export(person)


def test_it_is_noted_and_five_times_an_hour_at_most(clock):
    person = StudentFactory()
    for _time in range(5):
        export(person)
    assert Event.objects.about(person).filter(name="data_exported", by=person).count() == 5
    with pytest.raises(Refused) as refusal:
        export(person)
    assert refusal.value.code == "too_many"
    clock.advance(hours=1, seconds=1)
    export(person)


def test_nobody_takes_the_data_of_somebody_else():
    with pytest.raises(PermissionDenied):
        export_data(StudentFactory(), by=StudentFactory(is_superuser=True), now=the_clock.now())


def test_the_page_gives_a_zip_after_the_password(client):
    person = StudentFactory()
    sign_in(client, person)
    page = confirm(client, client.get("/profile/data/"))
    assert client.get(page.url).status_code == 200
    answer = client.post("/profile/data/download/")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    assert "README.txt" in ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()


def ask(person, **body):
    client = APIClient()
    client.force_authenticate(person)
    return client.post("/api/v1/me/export/", body, format="json")


def test_clients_get_it_too_with_the_password():
    answer = ask(StudentFactory(), confirm=PASSWORD)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None


def test_a_token_alone_is_not_enough():
    person = StudentFactory()
    for body in ({}, {"confirm": ""}, {"confirm": "something else"}, {"confirm": person.email}):
        answer = ask(person, **body)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["confirm"])
    assert not Event.objects.about(person).filter(name="data_exported").exists()


def test_without_a_password_the_address_confirms():
    person = StudentFactory()
    person.set_unusable_password()
    person.save()
    assert ask(person, confirm=PASSWORD).status_code == 400
    assert ask(person, confirm=person.email).status_code == 200


def test_passwords_cannot_be_guessed_here_nor_by_turns_with_erasing():
    person, client = StudentFactory(), APIClient()
    client.force_authenticate(person)
    paths = ["/api/v1/me/export/", "/api/v1/me/erase/"] * 5
    assert [client.post(path, {"confirm": "guess"}, format="json").status_code for path in paths] == [400] * 10
    assert [client.post(path, {"confirm": PASSWORD}, format="json").status_code for path in paths[:2]] == [429, 429]


def test_clients_must_be_signed_in_and_post():
    client = APIClient()
    assert client.post("/api/v1/me/export/", {"confirm": PASSWORD}, format="json").status_code == 401
    client.force_authenticate(StudentFactory())
    assert client.get("/api/v1/me/export/").status_code == 405


def test_the_schema_asks_for_the_password():
    schema = SchemaGenerator().get_schema(public=True)
    posts = [schema["paths"][f"/api/v1/me/{path}/"]["post"] for path in ("export", "erase")]
    bodies = {each["requestBody"]["content"]["application/json"]["schema"]["$ref"] for each in posts}
    assert bodies == {"#/components/schemas/ConfirmRequest"}
    assert all({"400", "429"} <= set(each["responses"]) for each in posts)
