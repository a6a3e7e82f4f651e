"""Photos of people: shown, replaced, taken down, by page, API and staff."""

import random

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import User
from accounts.operations import put_photo, remove_photo
from accounts.pictures import Portrait
from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from accounts.tests.pictures import encoded, picture
from core.models import Event
from core.refused import Refused
from notifications.models import Notification

pytestmark = pytest.mark.django_db
FACE = Portrait(b"large", b"small")


def files_of(person):
    name = person.photo.name
    return [name, name.replace(".webp", "-small.webp")]


def kept(names):
    return [default_storage.exists(name) for name in names]


@pytest.fixture
def person(clock):
    """A student who shows a face."""
    student = StudentFactory()
    return put_photo(student, portrait=FACE, by=student, now=clock.now())


@pytest.fixture
def support():
    staff = UserFactory(is_staff=True)
    staff.groups.add(Group.objects.get(name="support"))
    return staff


class TestShowing:
    def test_two_sizes_lie_under_a_name_nobody_guesses(self, person):
        assert kept(files_of(person)) == [True, True]
        assert person.portrait == f"/media/{person.photo.name}"
        assert person.picture == f"/media/{files_of(person)[1]}"
        assert len(person.photo.name) == len("photos/") + 32 + len(".webp")
        assert list(Event.objects.about(person).values_list("name", "by_id", "facts")) == [
            ("photo_changed", person.pk, {})
        ]

    def test_a_new_one_takes_the_place_of_the_old_one(self, person, clock, django_capture_on_commit_callbacks):
        before = files_of(person)
        with django_capture_on_commit_callbacks(execute=True):
            again = put_photo(person, portrait=FACE, by=person, now=clock.now())
            assert kept(before) == [True, True]  # until the new one is certain
        assert (kept(before), kept(files_of(again))) == ([False, False], [True, True])

    def test_nobody_chooses_the_face_of_another(self, person, support, clock):
        for stranger in (CoachFactory(), support):
            with pytest.raises(PermissionDenied):
                put_photo(person, portrait=FACE, by=stranger, now=clock.now())

    def test_without_a_photo_there_is_no_address(self):
        assert (StudentFactory().picture, StudentFactory().portrait) == ("", "")


class TestTakingDown:
    def test_one_takes_down_ones_own(self, person, clock, django_capture_on_commit_callbacks):
        before = files_of(person)
        with django_capture_on_commit_callbacks(execute=True):
            person = remove_photo(person, by=person, now=clock.now())
        assert (person.portrait, kept(before)) == ("", [False, False])
        assert not Notification.objects.exists()

    def test_staff_take_it_down_and_the_person_is_told(self, person, support, clock):
        remove_photo(person, by=support, now=clock.now())
        notice = Notification.objects.get()
        assert (notice.recipient, notice.url) == (person, "/profile/")
        assert "took your photo down" in notice.text
        assert Event.objects.about(person).last().by == support

    def test_others_do_not(self, person, clock):
        with pytest.raises(PermissionDenied):
            remove_photo(person, by=CoachFactory(), now=clock.now())

    def test_a_second_time_there_is_nothing_to_take_down(self, person, clock):
        remove_photo(person, by=person, now=clock.now())
        with pytest.raises(Refused) as caught:
            remove_photo(person, by=person, now=clock.now())
        assert caught.value.code == "no_photo"

    def test_staff_have_a_button_for_it(self, client, person, support):
        client.force_login(support)
        path = f"/admin/accounts/user/{person.pk}/actions/take_photo_down/"
        assert "Take the photo down" in client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
        assert client.get(path).status_code == 405
        client.post(path)
        person.refresh_from_db()
        assert not person.photo
        assert "Take the photo down" not in client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()


def sent(client, data, name="me.jpg"):
    return client.post("/profile/photo/", {"photo": SimpleUploadedFile(name, data)}, follow=True)


class TestPage:
    @pytest.fixture
    def client(self, client):
        client.person = StudentFactory()
        client.force_login(client.person)
        return client

    def test_a_photo_is_uploaded_shown_replaced_and_removed(self, client):
        assert "Your photo is saved." in sent(client, picture()).content.decode()
        first = User.objects.get(pk=client.person.pk)
        page = client.get("/profile/").content.decode()
        assert f'src="{first.portrait}" alt="Your photo" width="88" height="88" loading="lazy"' in page
        assert f'src="{first.picture}" alt="" width="36" height="36"' in page  # in the bar on top
        assert "Replace the photo" in page
        sent(client, picture("PNG"))
        assert User.objects.get(pk=client.person.pk).photo.name != first.photo.name
        assert "Your photo is removed." in client.post("/profile/photo/remove/", follow=True).content.decode()
        assert not User.objects.get(pk=client.person.pk).photo

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture that we can read"),
            (b"", "not a picture that we can read"),
            (picture() + bytes(5 * 1024 * 1024), "larger than 5 MB"),
            (picture("PNG", (7000, 7000), mode="1"), "more than 24 million pixels"),
        ],
    )
    def test_a_refusal_is_a_sentence(self, client, data, sentence):
        assert sentence in sent(client, data).content.decode()
        assert not User.objects.get(pk=client.person.pk).photo

    def test_nothing_chosen_is_said(self, client):
        for data in ({}, {"photo": "words"}):
            assert "Choose a picture first." in client.post("/profile/photo/", data, follow=True).content.decode()

    def test_a_name_means_nothing(self, client):
        for name in ("../../evil.html", "me.svg", "a\x00b.php", "x" * 300):
            sent(client, picture(), name)
            assert User.objects.get(pk=client.person.pk).photo.name.endswith(".webp")

    def test_looking_changes_nothing(self, client):
        assert [client.get(path).status_code for path in ("/profile/photo/", "/profile/photo/remove/")] == [405, 405]

    def test_strangers_are_asked_who_they_are(self):
        from django.test import Client

        for path in ("/profile/photo/", "/profile/photo/remove/"):
            assert Client().post(path).url.startswith("/accounts/login/")

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "random"])
    def test_no_bytes_break_the_form(self, client, kind):
        chance = random.Random(f"form {kind}")
        noise = Image.effect_noise((80, 80), 90).convert("RGB")
        whole = chance.randbytes(2000) if kind == "random" else encoded(noise, kind)
        for _round in range(25):
            broken = bytearray(whole)
            for _flip in range(chance.choice([1, 2, 9])):
                broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            data = bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])])
            response = client.post("/profile/photo/", {"photo": SimpleUploadedFile("me.jpg", data)})
            assert response.status_code == 302


class TestServing:
    def test_a_photo_is_served_as_one_and_kept_for_good(self, client, person):
        response = client.get(person.portrait)
        assert b"".join(response.streaming_content) == b"large"
        assert b"".join(client.get(person.picture).streaming_content) == b"small"
        shown = [response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")]
        assert shown == ["image/webp", "nosniff", "public, max-age=31536000, immutable"]

    @pytest.mark.parametrize("path", ["", "photos/", "photos/../secret.txt", "secret.txt", f"photos/{'0' * 32}.webp"])
    def test_nothing_else_of_the_folder_is(self, client, path):
        default_storage.save("secret.txt", SimpleUploadedFile("x", b"secret"))
        assert client.get(f"/media/{path}").status_code == 404


class TestApi:
    @pytest.fixture
    def api(self):
        client = APIClient()
        client.person = StudentFactory()
        client.force_authenticate(client.person)
        return client

    def put(self, api, data):
        return api.put("/api/v1/me/photo/", {"photo": SimpleUploadedFile("me.png", data)}, format="multipart")

    def test_a_client_puts_and_deletes(self, api, settings):
        answer = self.put(api, picture("PNG"))
        person = User.objects.get(pk=api.person.pk)
        assert (answer.status_code, answer.json()) == (200, {"photo": settings.SITE_URL + person.portrait})
        api.force_authenticate(person)
        assert api.get("/api/v1/me/").json()["photo"] == settings.SITE_URL + person.portrait
        assert api.delete("/api/v1/me/photo/").status_code == 204
        again = api.delete("/api/v1/me/photo/")
        assert (again.status_code, again.json()["code"]) == (409, "no_photo")

    def test_refusals_have_codes(self, api):
        refused = self.put(api, b"<svg/>")
        assert (refused.status_code, refused.json()["code"]) == (409, "picture_not_readable")
        refused = self.put(api, bytes(6 * 1024 * 1024))
        assert (refused.status_code, refused.json()["code"]) == (409, "picture_too_big")

    def test_what_is_no_upload_is_invalid(self, api):
        assert api.put("/api/v1/me/photo/", {"photo": "words"}, format="multipart").status_code == 400
        assert api.put("/api/v1/me/photo/", {}, format="multipart").status_code == 400
        assert api.put("/api/v1/me/photo/", {"photo": "x"}, format="json").status_code in {400, 415}
        broken = api.put("/api/v1/me/photo/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
        assert broken.status_code == 400

    def test_strangers_are_nobody(self):
        assert APIClient().put("/api/v1/me/photo/").status_code == 401
        assert APIClient().delete("/api/v1/me/photo/").status_code == 401
