"""A sign-up that is confirmed at the same moment in which it would be forgotten stays."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connections, transaction

from accounts.models import User, lock_people
from accounts.operations import forget_unconfirmed, make_way
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "aoife@example.com"


@pytest.fixture
def claimed():
    person = UserFactory(email=MINE, verified=False)
    EmailAddress.objects.create(user=person, email=MINE, primary=True)
    return person


def confirm_slowly(person, locked):
    try:
        with transaction.atomic():
            lock_people([person.pk])
            locked.set()
            time.sleep(2)  # longer than a question takes on a busy machine
            EmailAddress.objects.filter(user=person).update(verified=True)
    finally:
        connections.close_all()


def meanwhile(person, call):
    """What a call comes to that begins while the person is being confirmed, and whether it waited for that."""
    locked = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        confirmed = pool.submit(confirm_slowly, person, locked)
        assert locked.wait(20)
        result = call(), confirmed.done()
        confirmed.result()
    return result


def test_the_sweep_passes_by(claimed, clock):
    assert meanwhile(claimed, lambda: forget_unconfirmed(now=clock.now() + timedelta(days=8))) == (0, False)
    assert User.objects.get() == claimed


def test_who_wants_the_address_waits_and_then_sees_that_it_is_taken(claimed):
    assert meanwhile(claimed, lambda: make_way(MINE))[0] == 0
    assert User.objects.get() == claimed


def test_without_anybody_else_both_would_have_gone_on(claimed, clock):
    """The control: nothing but the other one's lock held them back."""
    with transaction.atomic():
        assert forget_unconfirmed(now=clock.now() + timedelta(days=8)) == 1
        transaction.set_rollback(True)
    assert make_way(MINE) == 1
