import threading
from email import message_from_bytes

import pytest
from django.core import mail as carrier
from django.db import connection

from core import outbox
from core.models import OutgoingMail


def put(clock, key="welcome:1", to="ana@example.org", **also):
    words = {"subject": "Hello", "text": "Hi", "html": ""}
    return outbox.put(kind="welcome", key=key, to=to, recipient=None, now=clock.now(), **words, **also)


@pytest.mark.django_db
def test_the_same_mail_is_put_only_once(clock):
    assert put(clock).pk == put(clock).pk
    assert put(clock, to="ben@example.org").pk != put(clock).pk


@pytest.mark.django_db
def test_a_mail_is_carried_once_however_often_it_is_asked_for(clock):
    mail = put(clock)
    assert [outbox.carry(mail, now=clock.now()) for _ in range(3)] == [True, False, False]
    assert [message.subject for message in carrier.outbox] == ["Hello"]
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("sent", 1)


@pytest.mark.django_db
def test_a_mail_that_cannot_be_carried_is_tried_later_and_given_up_in_the_end(clock, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    mail = put(clock)
    assert outbox.carry(mail, now=clock.now()) is False
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("planned", 1)
    assert "refused" in mail.last_error.lower()
    OutgoingMail.objects.update(attempts=outbox.TRIES - 1, due_at=clock.now())
    outbox.carry(mail, now=clock.now())
    mail.refresh_from_db()
    assert mail.state == "failed"


@pytest.mark.django_db(transaction=True)
def test_two_workers_carry_a_mail_once(clock):
    mail, start, results = put(clock), threading.Barrier(4), []

    def run():
        start.wait()
        results.append(outbox.carry(mail, now=clock.now()))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == [False, False, False, True]
    assert len(carrier.outbox) == 1


FILE = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:CANCEL\r\nSUMMARY:Zoë 🎉\r\nEND:VCALENDAR\r\n"


@pytest.mark.django_db
def test_a_calendar_file_goes_along_for_programs_and_for_people(clock):
    mail = put(clock, calendar=FILE)
    outbox.carry(mail, now=clock.now())
    parts = message_from_bytes(carrier.outbox[0].message().as_bytes()).walk()
    files = [part for part in parts if part.get_content_type() == "text/calendar"]
    assert [(part.get_param("method"), part.get_filename()) for part in files] == [
        ("CANCEL", None),
        ("CANCEL", "invite.ics"),
    ]
    assert {part.get_payload(decode=True).decode() for part in files} == {FILE.replace("\r\n", "\n")}


@pytest.mark.django_db
def test_a_mail_without_one_has_none_and_a_forgotten_mail_has_lost_it(clock):
    plain, mail = put(clock, key="plain"), put(clock, key="with", calendar=FILE)
    outbox.carry(plain, now=clock.now())
    assert "text/calendar" not in carrier.outbox[0].message().as_string()
    outbox.forget(OutgoingMail.objects.filter(pk=mail.pk))
    mail.refresh_from_db()
    assert mail.calendar == ""
