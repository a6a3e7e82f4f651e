import threading

import pytest
from django.core import mail as carrier
from django.db import connection

from core import outbox
from core.models import OutgoingMail


def put(clock, key="welcome:1", to="ana@example.org"):
    return outbox.put(
        kind="welcome", key=key, to=to, recipient=None, subject="Hello", text="Hi", html="", now=clock.now()
    )


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
