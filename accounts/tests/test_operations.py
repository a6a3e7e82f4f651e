import pytest

from accounts.models import Relation, Role
from accounts.operations import become, relate, switch_role
from accounts.tests.factories import CoachFactory, StudentFactory
from core.refused import Refused

pytestmark = pytest.mark.django_db


def refusal_of(work, *args, **named):
    with pytest.raises(Refused) as caught:
        work(*args, **named)
    return caught.value.code


def test_who_has_both_roles_switches_between_them():
    person = CoachFactory(is_student=True)
    assert switch_role(person, role=Role.STUDENT).role == "student"
    assert switch_role(person, role=Role.STUDENT).role == "student"
    assert switch_role(person, role=Role.COACH).role == "coach"


@pytest.mark.parametrize("role", ["coach", "admin", ""])
def test_a_role_one_does_not_have_is_not_used(role):
    assert refusal_of(switch_role, StudentFactory(), role=role) == "role_missing"


def test_a_student_becomes_a_coach_and_stays_a_student():
    person = become(StudentFactory(), role="coach")
    assert (person.role, person.is_student, person.is_coach) == ("coach", True, True)


def test_a_coach_becomes_a_student_with_a_profile_even_twice():
    person = CoachFactory()
    for _time in range(2):
        person = become(person, role="student")
    assert person.student_profile.about == ""
    assert person.is_coach


def test_there_are_no_other_roles_to_become():
    assert refusal_of(become, StudentFactory(), role="admin") == "role_unknown"


def test_a_relation_is_remembered_since_the_first_time(clock):
    student, coach = StudentFactory(), CoachFactory()
    first = relate(student, coach, now=clock.now())
    assert relate(student, coach, now=clock.advance(days=1)) == first
    assert Relation.objects.get().since == first.since
