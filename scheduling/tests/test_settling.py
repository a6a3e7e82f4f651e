"""What an unclear session came to: said by both sides, decided by staff, seat by seat."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from scheduling.models import Participant, Session
from scheduling.operations import ask_staff, check_in, close_session, confirm_outcome, end, say_outcome, settle_outcome
from scheduling.tasks import ask_staff_about_unclear
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, SessionFactory, claim, student_of
from scheduling.tests.test_operations import names, refused
from tests.plans import nodes, plan_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
LATER = TEN + 2 * HOUR


def support():
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    return person


def unclear(**fields):
    """Only the student came, and late."""
    session = SessionFactory(starts_at=TEN, **fields)
    check_in(session, by=student_of(session), now=TEN + 20 * MINUTE)
    return close_session(session, now=TEN + HOUR)


def group(coach=0, **arrivals):
    """A group session that is over: the coach and each student came so many minutes after its start, or not at all."""
    session = SessionFactory(starts_at=TEN, kind=Session.Kind.GROUP, seats=10)
    session.participants.filter(role=Role.STUDENT).delete()
    session.time_claims.exclude(user=session.coach).delete()
    students = {}
    for name in arrivals:
        students[name] = StudentFactory(name=name)
        Participant.objects.create(session=session, user=students[name], role=Role.STUDENT)
        claim(session, students[name])
    for who, minutes in [(session.coach, coach), *((students[name], arrivals[name]) for name in arrivals)]:
        if minutes is not None:
            check_in(session, by=who, now=TEN + minutes * MINUTE)
    return close_session(session, now=TEN + HOUR), students


def seats(session):
    return dict(session.participants.filter(role=Role.STUDENT).values_list("user__name", "outcome"))


class TestWhoWaitsAlone:
    @pytest.mark.parametrize(("role", "outcome"), [("coach", "student_absent"), ("student", "coach_absent")])
    def test_may_close_it_as_soon_as_the_quarter_of_an_hour_is_over(self, role, outcome):
        session = SessionFactory(starts_at=TEN)
        here = session.participants.get(role=role).user
        check_in(session, by=here, now=TEN + 15 * MINUTE)
        refused("not_started", end, session, by=here, now=TEN + 14 * MINUTE)
        for _twice in range(2):
            session = end(session, by=here, now=TEN + 15 * MINUTE)
        assert (session.state, session.outcome, session.ended_at) == ("missed", outcome, TEN + 15 * MINUTE)
        assert names(session) == ["checked_in", "session_ended"]

    def test_may_not_when_they_came_late_themselves(self):
        session = SessionFactory(starts_at=TEN)
        check_in(session, by=session.coach, now=TEN + 15.02 * MINUTE)
        refused("not_started", end, session, by=session.coach, now=TEN + 30 * MINUTE)

    def test_may_not_once_the_other_is_here(self):
        session = SessionFactory(starts_at=TEN)
        check_in(session, by=session.coach, now=TEN)
        check_in(session, by=student_of(session), now=TEN + 16 * MINUTE)
        session = end(session, by=session.coach, now=TEN + 17 * MINUTE)
        assert session.outcome == "unclear"

    def test_who_is_not_here_ends_nothing(self):
        session = SessionFactory(starts_at=TEN)
        check_in(session, by=session.coach, now=TEN)
        refused("not_started", end, session, by=student_of(session), now=TEN + 16 * MINUTE)
        Session.objects.filter(pk=session.pk).update(state="in_progress")
        refused("not_here", end, session, by=student_of(session), now=TEN + 16 * MINUTE)


class TestSeats:
    def test_each_student_of_a_group_has_an_outcome_of_their_own(self):
        session, _people = group(coach=0, ada=0, ben=15, cleo=15.02, dan=None)
        assert seats(session) == {
            "ada": "completed",
            "ben": "completed",
            "cleo": "student_absent",
            "dan": "student_absent",
        }
        assert (session.state, session.outcome) == ("completed", "completed")

    def test_a_group_to_which_no_student_came_in_time_was_missed(self):
        session, _people = group(coach=0, ada=None, ben=20)
        assert (session.state, session.outcome) == ("missed", "student_absent")

    def test_an_absent_coach_is_absent_for_all(self):
        session, _people = group(coach=None, ada=0, ben=None)
        assert seats(session) == {"ada": "coach_absent", "ben": "both_absent"}
        assert (session.state, session.outcome) == ("missed", "coach_absent")

    def test_kept_and_given_up_seats_do_not_count(self):
        session = SessionFactory(starts_at=TEN, kind=Session.Kind.GROUP, seats=10)
        left = StudentFactory()
        Participant.objects.create(session=session, user=left, role=Role.STUDENT, state="left", checked_in_at=TEN)
        check_in(session, by=session.coach, now=TEN)
        session = close_session(session, now=TEN + HOUR)
        assert session.outcome == "student_absent"
        assert session.participants.get(user=left).outcome == ""

    def test_one_open_seat_keeps_the_session_open_and_is_settled_by_itself(self):
        session, people = group(coach=None, ada=0, ben=20)
        assert (seats(session), session.outcome) == ({"ada": "coach_absent", "ben": "unclear"}, "unclear")
        session = settle_outcome(session, outcome="both_absent", by=support(), now=LATER, student=people["ben"])
        assert (seats(session), session.outcome) == ({"ada": "coach_absent", "ben": "both_absent"}, "coach_absent")
        facts = Event.objects.about(session).last().facts
        assert facts == {"outcome": "both_absent", "students": [people["ben"].pk]}

    def test_a_seat_that_is_clear_has_nothing_to_say(self):
        session, people = group(coach=None, ada=0, ben=20)
        refused("already_settled", say_outcome, session, outcome="both_absent", by=people["ada"], now=LATER)
        refused("already_settled", settle_outcome, session, outcome="completed", by=support(), now=LATER,
                student=people["ada"])  # fmt: skip


class TestAgreeing:
    @pytest.mark.parametrize("outcome", ["completed", "student_absent", "coach_absent", "both_absent"])
    def test_what_both_say_is_what_it_came_to(self, outcome):
        session = unclear()
        say_outcome(session, outcome=outcome, by=student_of(session), now=LATER)
        session.refresh_from_db()
        assert session.outcome == "unclear"
        session = say_outcome(session, outcome=outcome, by=session.coach, now=LATER)
        assert session.outcome == outcome
        assert session.state == ("completed" if outcome == "completed" else "missed")
        assert session.participants.get(role="student").outcome == outcome

    def test_while_they_differ_it_stays_open_and_either_may_say_otherwise(self):
        session = unclear()
        student = student_of(session)
        confirm_outcome(session, by=student, now=LATER)
        session = say_outcome(session, outcome="student_absent", by=session.coach, now=LATER)
        assert session.outcome == "unclear"
        session = say_outcome(session, outcome="student_absent", by=student, now=LATER)
        place = session.participants.get(user=student)
        assert (session.outcome, place.says, place.confirmed_at) == ("student_absent", "student_absent", None)

    def test_saying_the_same_twice_is_saying_it_once(self):
        session = unclear()
        for _twice in range(2):
            say_outcome(session, outcome="coach_absent", by=session.coach, now=LATER)
        assert names(session).count("outcome_said") == 1

    def test_strangers_and_made_up_answers_are_refused(self):
        session = unclear()
        for outcome in ("completed", "coach_absent"):
            with pytest.raises(PermissionDenied):
                say_outcome(session, outcome=outcome, by=StudentFactory(), now=LATER)
        for outcome in ("unclear", "", "paid"):
            refused("no_outcome", say_outcome, session, outcome=outcome, by=session.coach, now=LATER)

    def test_only_an_unclear_session_is_spoken_of(self):
        session = SessionFactory(starts_at=TEN)
        refused("already_settled", say_outcome, session, outcome="coach_absent", by=session.coach, now=LATER)


class TestStaff:
    def test_support_may_settle_and_others_of_staff_may_not(self):
        session = unclear()
        finance = UserFactory(is_staff=True)
        finance.groups.add(Group.objects.get(name="finance"))
        with pytest.raises(PermissionDenied):
            settle_outcome(session, outcome="completed", by=finance, now=LATER)
        assert settle_outcome(session, outcome="completed", by=support(), now=LATER).outcome == "completed"

    def test_they_are_asked_once_after_three_days(self):
        session = unclear()
        over = TEN + HOUR
        assert ask_staff_about_unclear(over + 3 * DAY - MINUTE) == 0
        assert ask_staff_about_unclear(over + 3 * DAY) == 1
        assert ask_staff_about_unclear(over + 4 * DAY) == 0
        assert names(session).count("staff_asked") == 1

    def test_they_are_not_asked_about_what_is_settled(self):
        session = unclear()
        settle_outcome(session, outcome="completed", by=support(), now=LATER)
        assert ask_staff(session, now=TEN + 5 * DAY) is False
        assert ask_staff_about_unclear(TEN + 5 * DAY) == 0

    def test_the_sweep_finds_them_by_their_index(self):
        coach, facts = unclear().coach, {"kind": "contract", "duration_minutes": 60, "ended_at": TEN}
        Session.objects.bulk_create(Session(coach=coach, outcome="completed", **facts) for _number in range(3000))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE scheduling_session")
        with CaptureQueriesContext(connection) as asked:
            ask_staff_about_unclear(TEN + 4 * DAY)
        plan = plan_of(asked[0]["sql"])["Plan"]
        assert "session_unclear" in {node.get("Index Name") for node in nodes(plan)}
