"""The sweeps of people look at those who are due, however many there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.operations import forget_unconfirmed, remove_stray_photos
from core import clock
from tests.plans import nodes, plan_of

pytestmark = pytest.mark.django_db
MANY = 3_000


@pytest.fixture
def many():
    User.objects.bulk_create(
        User(email=f"{n}@example.org", name="N", last_login=clock.now(), photo=f"photos/{n:08x}.jpg" if n % 2 else "")
        for n in range(MANY)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")


def indexes_of(work):
    """The index by which the first statement on people finds them; none where it reads them all."""
    with CaptureQueriesContext(connection) as asked:
        work()
    people = next(each["sql"] for each in asked if 'FROM "accounts_user"' in each["sql"])
    return {node.get("Index Name") for node in nodes(plan_of(people)["Plan"]) if "accounts_user" in str(node)}


@pytest.mark.parametrize(
    ("sweep", "index"), [(forget_unconfirmed, "user_never_in"), (remove_stray_photos, "user_photo")]
)
def test_it_finds_them_by_an_index(many, sweep, index):
    assert index in indexes_of(lambda: sweep(now=clock.now()))
