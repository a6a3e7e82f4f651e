import threading

import pytest
from django.db import OperationalError, connection

from accounts.models import lock_people
from accounts.tests.factories import StudentFactory
from core.models import locked
from core.operations import operation
from core.refused import Refused


class Deadlock(Exception):
    sqlstate = "40P01"


def fails(times):
    calls = []

    @operation
    def work():
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError("deadlock") from Deadlock()
        return "done"

    return work, calls


@pytest.mark.django_db
def test_a_deadlock_is_tried_once_more():
    work, calls = fails(1)
    assert work() == "done"
    assert len(calls) == 2


@pytest.mark.django_db
def test_a_second_deadlock_is_a_clean_refusal():
    work, calls = fails(2)
    with pytest.raises(Refused) as refusal:
        work()
    assert refusal.value.code == "busy"
    assert len(calls) == 2


@pytest.mark.django_db
def test_other_database_errors_are_not_hidden():
    @operation
    def work():
        raise OperationalError("disk full")

    with pytest.raises(OperationalError):
        work()


@pytest.mark.django_db
def test_a_refusal_undoes_all_that_the_operation_did():
    user = StudentFactory(name="Before")

    @operation
    def work():
        row = locked(user)
        row.name = "After"
        row.save()
        raise Refused("no", code="no")

    with pytest.raises(Refused):
        work()
    user.refresh_from_db()
    assert user.name == "Before"


@pytest.mark.django_db(transaction=True)
def test_somebody_who_waits_too_long_for_a_lock_is_refused():
    user = StudentFactory()
    holding, done = threading.Event(), threading.Event()

    @operation
    def hold():
        lock_people([user.pk])
        holding.set()
        done.wait(30)

    def run():
        hold()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    holding.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    try:
        with pytest.raises(Refused) as refusal:
            operation(lambda: lock_people([user.pk]))()
    finally:
        done.set()
        thread.join()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
    assert refusal.value.code == "busy"
