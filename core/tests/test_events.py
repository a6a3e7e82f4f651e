import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

from accounts.tests.factories import StudentFactory
from core import events
from core.events import on, record
from core.models import Event

pytestmark = pytest.mark.django_db
NAME = "something_happened"


@pytest.fixture
def heard():
    told = []
    on(NAME)(lambda subject, event: told.append((subject, event.facts)))
    yield told
    events._reactions[NAME].clear()


def test_what_happened_is_written_down_and_told_once(heard, clock):
    user = StudentFactory()
    event = record(user, NAME, by=user, at=clock.now(), cents=5)
    assert heard == [(user, {"cents": 5})]
    assert (event.subject, event.by, event.name) == (user, user, NAME)


def test_a_failing_reaction_takes_the_event_with_it(clock):
    user = StudentFactory()

    def fail(subject, event):
        raise RuntimeError("no")

    on("fails")(fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        record(user, "fails", by=None, at=clock.now())
    assert not Event.objects.filter(name="fails").exists()


@pytest.mark.parametrize("sql", ["UPDATE core_event SET name = 'x'", "DELETE FROM core_event"])
def test_history_cannot_be_rewritten_even_by_sql(sql, clock):
    user = StudentFactory()
    record(user, NAME, by=user, at=clock.now())
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Event.objects.filter(name=NAME).count() == 1


def test_the_timeline_of_several_things_is_in_order(clock):
    first, second, other = StudentFactory(), StudentFactory(), StudentFactory()
    for person in (first, second, other, first):
        record(person, NAME, by=None, at=clock.now())
    found = Event.objects.about(first, second).filter(name=NAME)
    assert [event.subject_id for event in found] == [first.pk, second.pk, first.pk]
