import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import CoachProfile, Relation, Role, User
from accounts.operations import approve_coach, become, reject_coach, relate, submit_coach_profile, switch_role
from accounts.tests.factories import CoachFactory, CoachProfileFactory, StudentFactory, UserFactory
from core.models import Event
from core.refused import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return User.objects.create_superuser("staff@example.com", name="Staff")


def draft(**fields):
    return CoachProfileFactory(state="draft", submitted_at=None, approved_at=None, **fields)


def waiting():
    return CoachProfileFactory(state="submitted", approved_at=None)


def events(profile):
    return list(Event.objects.about(profile).values_list("name", "by_id"))


def refusal_of(work, *args, **named):
    with pytest.raises(Refused) as caught:
        work(*args, **named)
    return caught.value.code


def test_a_complete_draft_is_handed_to_staff(clock):
    profile = draft()
    submitted = submit_coach_profile(profile, by=profile.user, now=(now := clock.now()))
    assert (submitted.state, submitted.submitted_at) == ("submitted", now)
    assert events(profile) == [("coach_submitted", profile.user_id)]


def test_a_rejected_profile_may_be_submitted_again_and_loses_its_reason(clock):
    profile = CoachProfileFactory(state="rejected", rejection_reason="Say more.")
    assert submit_coach_profile(profile, by=profile.user, now=clock.now()).rejection_reason == ""


def test_an_incomplete_draft_is_refused_with_the_names_of_what_is_missing(clock):
    profile = draft(headline="", hourly_rate_cents=0, skills=[])
    with pytest.raises(Refused, match=r"headline, hourly rate and skills\.$") as caught:
        submit_coach_profile(profile, by=profile.user, now=clock.now())
    assert caught.value.code == "incomplete"


def test_nobody_submits_the_profile_of_another(clock):
    with pytest.raises(PermissionDenied):
        submit_coach_profile(draft(), by=CoachFactory(), now=clock.now())


@pytest.mark.parametrize(("state", "code"), [("submitted", "already_submitted"), ("approved", "already_approved")])
def test_submitting_a_second_time_is_refused(clock, state, code):
    profile = CoachProfileFactory(state=state)
    assert refusal_of(submit_coach_profile, profile, by=profile.user, now=clock.now()) == code


def test_staff_approve_and_the_coach_is_public_only_then(clock, staff):
    profile = waiting()
    assert not CoachProfile.objects.public().exists()
    approved = approve_coach(profile, by=staff, now=(now := clock.now()))
    assert (approved.state, approved.approved_at) == ("approved", now)
    assert list(CoachProfile.objects.public()) == [profile]
    assert events(profile) == [("coach_approved", staff.pk)]


def test_approving_a_second_time_is_refused(clock, staff):
    profile = waiting()
    approve_coach(profile, by=staff, now=clock.now())
    assert refusal_of(approve_coach, profile, by=staff, now=clock.now()) == "not_waiting"


def test_who_may_not_change_coach_profiles_approves_nobody(clock):
    for somebody in (StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            approve_coach(waiting(), by=somebody, now=clock.now())


def test_staff_do_not_approve_themselves(clock, staff):
    own = CoachProfileFactory(user=staff, state="submitted")
    with pytest.raises(PermissionDenied):
        approve_coach(own, by=staff, now=clock.now())


def test_staff_send_a_profile_back_with_a_reason_that_no_event_repeats(clock, staff):
    profile = waiting()
    rejected = reject_coach(profile, reason=" Say more. ", by=staff, now=clock.now())
    assert (rejected.state, rejected.rejection_reason) == ("rejected", "Say more.")
    assert Event.objects.about(profile).get().facts == {}


@pytest.mark.parametrize(("reason", "code"), [("  ", "reason_missing"), ("x" * 501, "reason_too_long")])
def test_a_reason_is_needed_and_short(clock, staff, reason, code):
    assert refusal_of(reject_coach, waiting(), reason=reason, by=staff, now=clock.now()) == code


def test_rejecting_a_second_time_is_refused_and_strangers_never_may(clock, staff):
    profile = waiting()
    with pytest.raises(PermissionDenied):
        reject_coach(profile, reason="No.", by=CoachFactory(), now=clock.now())
    reject_coach(profile, reason="No.", by=staff, now=clock.now())
    assert refusal_of(reject_coach, profile, reason="No.", by=staff, now=clock.now()) == "not_waiting"


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
