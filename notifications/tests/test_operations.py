from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.tests.factories import StudentFactory
from core.events import record
from core.models import OutgoingMail
from notifications.models import Notification
from notifications.operations import open_notice, read_notices, tell, write_to
from notifications.words import moment, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return StudentFactory(name="Anna Kowalska", time_zone="America/New_York")


@pytest.fixture
def event(student, clock):
    return record(student, "something_happened", by=student, at=clock.now())


def tell_anna(student, event, **changes):
    fields = {"kind": "contracts", "text": "Your contract has begun.", "url": "/contracts/1/"}
    return tell(student, event, **fields | changes)


def test_a_person_is_told_of_an_event(student, event):
    notice = tell_anna(student, event)
    assert (notice.text, notice.url, notice.kind) == ("Your contract has begun.", "/contracts/1/", "contracts")
    assert notice.made_at == event.at
    assert notice.read_at is None


def test_a_person_is_told_of_an_event_once(student, event):
    first = tell_anna(student, event, mail="notice", subject="Begun")
    again = tell_anna(student, event, mail="notice", subject="Begun", text="Something else.")
    assert again.pk == first.pk
    assert Notification.objects.get().text == "Your contract has begun."
    assert OutgoingMail.objects.count() == 1


def test_a_notice_without_a_mail_writes_none(student, event):
    tell_anna(student, event)
    assert not OutgoingMail.objects.exists()


def test_a_mail_carries_the_words_and_the_way(student, event, settings):
    tell_anna(student, event, mail="notice", subject="Begun")
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject, mail.key) == (student.email, "Begun", f"event:{event.pk}")
    assert "Your contract has begun." in mail.text
    assert f"{settings.SITE_URL}/contracts/1/" in mail.text
    assert "Your contract has begun." in mail.html
    assert f"{settings.SITE_URL}/contracts/1/" in mail.html


def test_a_lazy_sentence_is_read_in_the_recipients_time_zone(student, event, clock):
    noon = clock.now().replace(year=2026, month=12, day=1, hour=12, minute=0)
    notice = tell_anna(student, event, text=say(_("It is on {moment}."), moment=moment(noon)))
    assert notice.text == "It is on Tue 1 Dec 2026, 07:00 EST."


def test_a_mail_alone_is_written_once(student, event):
    for _time in range(2):
        write_to(student, event, mail="notice", subject="Begun", text="Your contract has begun.", url="/contracts/1/")
    assert OutgoingMail.objects.count() == 1
    assert not Notification.objects.exists()


def test_two_people_are_told_of_the_same_event(student, event):
    tell_anna(student, event)
    tell_anna(StudentFactory(), event)
    assert Notification.objects.count() == 2


def test_opening_a_notice_marks_it_as_read_at_the_first_time(student, event, clock):
    notice, now = tell_anna(student, event), clock.now()
    open_notice(notice, by=student, now=now)
    open_notice(notice, by=student, now=now + timedelta(hours=1))
    assert Notification.objects.get().read_at == now


def test_a_stranger_cannot_open_a_notice(student, event, clock):
    with pytest.raises(PermissionDenied):
        open_notice(tell_anna(student, event), by=StudentFactory(), now=clock.now())
    assert Notification.objects.get().read_at is None


def test_reading_all_notices_touches_only_ones_own(student, event, clock):
    tell_anna(student, event)
    other = tell_anna(StudentFactory(), event)
    assert read_notices(by=student, now=clock.now()) == 1
    assert read_notices(by=student, now=clock.now()) == 0
    assert list(Notification.objects.unread()) == [other]


def test_reading_some_notices_leaves_the_rest(student, event, clock):
    first = tell_anna(student, event)
    second = tell_anna(student, record(student, "something_else", by=student, at=clock.now()))
    assert read_notices(by=student, now=clock.now(), ids=[first.pk]) == 1
    assert list(Notification.objects.unread()) == [second]
