import pytest
from django.core.cache import cache

from accounts.tests.factories import StudentFactory
from core.models import OutgoingMail
from core.refused import Refused
from dashboards.operations import ask_staff

pytestmark = pytest.mark.django_db
MESSAGE = "My payment does not show up."


@pytest.fixture(autouse=True)
def nothing_was_written_before():
    cache.clear()


def write(client, **fields):
    return client.post("/support/", {"about": "SKZ-2026-000042", "message": MESSAGE} | fields)


def test_a_message_goes_to_staff_and_a_copy_to_the_person(client):
    anna = StudentFactory(email="anna@example.com")
    client.force_login(anna)
    assert write(client).status_code == 302
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {"hello@skileez.example", "anna@example.com"}
    assert mails["hello@skileez.example"].subject == "Support: SKZ-2026-000042"
    assert "From anna@example.com about SKZ-2026-000042:" in mails["hello@skileez.example"].text
    assert MESSAGE in mails["hello@skileez.example"].text
    assert MESSAGE in mails["anna@example.com"].text


def test_somebody_who_is_not_signed_in_leaves_an_address_and_gets_no_copy(client):
    assert write(client, email="visitor@example.com").status_code == 302
    [mail] = OutgoingMail.objects.all()
    assert (mail.to, "visitor@example.com" in mail.text) == ("hello@skileez.example", True)


@pytest.mark.parametrize("wrong", [{"message": "short"}, {"about": ""}, {"message": "x" * 5001}, {"email": "nonsense"}])
def test_a_message_with_something_missing_is_shown_again(client, wrong):
    answer = write(client, **{"email": "visitor@example.com"} | wrong)
    assert answer.status_code == 200
    assert not OutgoingMail.objects.exists()


def test_markup_in_a_message_is_only_text(client):
    client.force_login(StudentFactory())
    write(client, message="<script>alert(1)</script> and <mj-raw>more</mj-raw>")
    for mail in OutgoingMail.objects.all():
        assert "<script>alert" not in mail.html
        assert "&lt;script&gt;" in mail.html
        assert "<script>alert(1)</script>" in mail.text


def test_a_sixth_message_within_the_hour_is_refused(clock):
    anna = StudentFactory()
    for _time in range(5):
        ask_staff(about="Help", message=MESSAGE, by=anna, network="", now=clock.now())
    with pytest.raises(Refused) as refused:
        ask_staff(about="Help", message=MESSAGE, by=anna, network="", now=clock.now())
    assert refused.value.code == "too_many"
    assert OutgoingMail.objects.count() == 10


def test_a_message_still_goes_out_while_redis_is_away(clock, monkeypatch):
    from redis.exceptions import ConnectionError

    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", away)
    ask_staff(about="Help", message=MESSAGE, by=StudentFactory(), network="", now=clock.now())
    assert OutgoingMail.objects.count() == 2


def test_the_form_begins_with_what_it_is_about(client):
    assert 'value="SKZ-2026-000042"' in client.get("/support/?about=SKZ-2026-000042").content.decode()
