"""The ladder: what a coach who fails students is marked with, what it leads to, and how it is taken back."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from contracts import operations, policy
from contracts.invariants import marks_have_a_reason
from contracts.models import Mark, Sanction
from contracts.operations import marks
from contracts.tasks import end_due_sanctions
from core.models import Event
from core.refused import Refused
from core.registry import invariants
from scheduling.models import Participant, Session
from scheduling.operations import cancel_session, check_in, close_session, settle_outcome
from scheduling.tests.factories import HOUR, MINUTE, SessionFactory, student_of
from tests.plans import nodes, plan_of
from tests.racing import together

pytestmark = pytest.mark.django_db
START = datetime(2027, 1, 11, 10, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = "The doctor kept me until noon."


@pytest.fixture
def coach():
    return CoachFactory()


@pytest.fixture
def support():
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    return person


def missed(coach, day=0):
    """The coach does not come to a session on the so-manieth day."""
    session = SessionFactory(coach=coach, starts_at=START + day * DAY)
    check_in(session, by=student_of(session), now=session.starts_at)
    close_session(session, now=session.ends_at)
    return Mark.objects.get(session=session)


def at(day):
    """An hour after the start of the session of that day: when its mark is made."""
    return START + day * DAY + HOUR


def test_a_coach_who_failed_one_seat_of_a_group_is_marked_whatever_another_came_to(coach, support):
    session = SessionFactory(coach=coach, kind=Session.Kind.GROUP, seats=9, starts_at=START)
    ben = StudentFactory()
    Participant.objects.create(session=session, user=ben, role="student")
    check_in(session, by=ben, now=START)
    check_in(session, by=coach, now=START + 20 * MINUTE)  # late: absent to who was there, unclear to who was not
    close_session(session, now=session.ends_at)
    assert not Mark.objects.exists()
    settle_outcome(session, outcome="student_absent", by=support, now=START + 2 * HOUR)
    assert (Mark.objects.get().reason, list(marks_have_a_reason())) == ("absence", [])


def is_hidden(coach):
    return CoachProfile.objects.get(user=coach).is_hidden


def steps(coach):
    return list(Sanction.objects.filter(coach=coach).order_by("pk").values_list("step", flat=True))


def broken():
    truths = ["coach: hidden exactly while a sanction runs", "mark: only for a session its coach was absent from, or cancelled"]  # fmt: skip
    return [name for name in truths if list(invariants[name]())]


def refusal(code, work, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        work(*args, **kwargs)
    assert refused.value.code == code


class TestWhatIsMarked:
    def test_a_coach_who_does_not_come_is_marked_once(self, coach):
        mark = missed(coach)
        assert (mark.reason, mark.state, mark.made_at) == ("absence", "stands", at(0))
        assert operations.mark_coach(mark.session, reason="absence", now=at(0)) is None
        event = Event.objects.about(mark).get()
        assert (event.name, event.by) == ("mark_made", None)
        assert event.facts == {"session": mark.session_id, "reason": "absence", "step": "warning"}

    @pytest.mark.parametrize("who", ["both", "coach", "nobody"])
    def test_nothing_else_is(self, coach, who):
        session = SessionFactory(coach=coach, starts_at=START)
        here = {"both": [coach, student_of(session)], "coach": [coach], "nobody": []}[who]
        for person in here:
            check_in(session, by=person, now=START)
        close_session(session, now=START + HOUR)
        assert not Mark.objects.exists()

    @pytest.mark.parametrize(
        ("before", "reason"),
        [
            (48 * HOUR, None),
            (48 * HOUR - MINUTE, "late_cancel"),
            (10 * HOUR, "late_cancel"),
            (10 * HOUR - MINUTE, "absence"),
            (MINUTE, "absence"),
        ],
    )
    def test_a_coach_who_cancels_late_is_marked(self, coach, before, reason):
        session = SessionFactory(coach=coach, starts_at=START)
        cancel_session(session, by=coach, now=START - before)
        assert list(Mark.objects.values_list("reason", flat=True)) == ([reason] if reason else [])
        assert broken() == []

    def test_nobody_else_s_cancellation_is_theirs(self, coach, support):
        for by in ("student", "staff", "clock"):
            session = SessionFactory(coach=coach, starts_at=START)
            session.time_claims.all().delete()
            who = {"student": student_of(session), "staff": support, "clock": None}[by]
            cancel_session(session, by=who, now=START - HOUR)
        assert not Mark.objects.exists()

    @pytest.mark.parametrize(("before", "reason"), [(2 * HOUR, None), (2 * HOUR - MINUTE, "absence")])
    def test_a_consultation_may_be_called_off_until_two_hours_before(self, coach, before, reason):
        session = SessionFactory(coach=coach, starts_at=START, kind=Session.Kind.CONSULTATION, duration_minutes=15)
        cancel_session(session, by=coach, now=START - before)
        assert list(Mark.objects.values_list("reason", flat=True)) == ([reason] if reason else [])

    @pytest.mark.parametrize("was", ["held", "requested", "unscheduled"])
    def test_what_was_not_agreed_may_be_called_off(self, was):
        assert policy.mark_of("contract", was, "coach", 5, {}) is None


class TestTheLadder:
    def test_each_mark_within_ninety_days_is_one_step_more(self, coach):
        for day in (0, 20, 40, 60, 80):
            missed(coach, day)
        assert steps(coach) == ["warning", "hidden_7", "hidden_14", "hidden_30", "review"]
        ends = [None, at(20) + 7 * DAY, at(40) + 14 * DAY, at(60) + 30 * DAY, None]
        assert list(Sanction.objects.order_by("pk").values_list("until", flat=True)) == ends

    def test_a_warning_hides_nobody_and_the_second_does(self, coach):
        missed(coach)
        assert not is_hidden(coach)
        missed(coach, 1)
        assert is_hidden(coach)
        assert not CoachProfile.objects.listed().filter(user=coach).exists()
        assert broken() == []

    def test_a_mark_of_ninety_days_ago_counts_no_more(self, coach):
        missed(coach, 0), missed(coach, 90)
        assert steps(coach) == ["warning", "warning"]
        other = CoachFactory()
        missed(other, 0)
        Mark.objects.filter(coach=other).update(made_at=at(0) + MINUTE)
        missed(other, 90)
        assert steps(other) == ["warning", "hidden_7"]

    def test_the_sweep_shows_a_coach_when_the_last_sanction_is_over(self, coach):
        missed(coach, 0), missed(coach, 1), missed(coach, 2)  # hidden until day 8, and until day 16
        assert end_due_sanctions(at(8) - MINUTE) == 0
        assert end_due_sanctions(at(8)) == 1
        assert is_hidden(coach)
        assert end_due_sanctions(at(16) - MINUTE) == 0
        assert end_due_sanctions(at(16)) == 1
        assert not is_hidden(coach)
        assert end_due_sanctions(at(30)) == 0
        shown = Event.objects.filter(name="sanction_ended").order_by("pk").values_list("facts__shown", flat=True)
        assert list(shown) == [False, True]
        assert broken() == []

    def test_from_the_fifth_on_only_staff_show_them_again(self, coach, support):
        for day in range(5):
            missed(coach, day)
        end_due_sanctions(at(300))
        assert is_hidden(coach)
        [review] = Sanction.objects.filter(step="review")
        for stranger in (coach, UserFactory(is_staff=True)):
            with pytest.raises(PermissionDenied):
                operations.lift_sanction(review, by=stranger, now=at(300))
        operations.lift_sanction(review, by=support, now=at(300))
        assert not is_hidden(coach)
        refusal("not_running", operations.lift_sanction, review, by=support, now=at(300))
        assert Mark.objects.filter(state="stands").count() == 5
        assert broken() == []

    def test_the_sweep_finds_them_by_their_index(self, coach):
        facts = {"kind": "contract", "duration_minutes": 60, "state": "cancelled"}
        sessions = Session.objects.bulk_create(Session(coach=coach, **facts) for _number in range(3000))
        made = Mark.objects.bulk_create(Mark(coach=coach, session=each, made_at=START) for each in sessions)
        over = {"step": "hidden_7", "starts_at": START, "until": START, "is_over": True}
        Sanction.objects.bulk_create(Sanction(coach=coach, mark=each, **over) for each in made)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE contracts_sanction")
        with CaptureQueriesContext(connection) as asked:
            end_due_sanctions(at(1))
        plan = plan_of(asked[0]["sql"])["Plan"]
        assert "sanction_due" in {node.get("Index Name") for node in nodes(plan)}


class TestExcuses:
    def test_a_coach_says_why_and_staff_take_it(self, coach, support):
        missed(coach)
        mark = missed(coach, 1)
        mark = operations.ask_excuse(mark, text=WORDS, by=coach, now=at(2))
        assert (mark.state, mark.excuse) == ("excuse_asked", WORDS)
        assert is_hidden(coach)  # it stands until somebody has looked at it
        mark = operations.excuse_mark(mark, decision="Get well soon.", by=support, now=at(3))
        assert (mark.state, mark.decision, mark.decided_by, mark.decided_at) == (
            "excused", "Get well soon.", support, at(3),
        )  # fmt: skip
        assert not is_hidden(coach)
        assert Event.objects.about(mark).last().facts == {"shown": True}
        assert broken() == []

    def test_within_seven_days_and_once(self, coach):
        mark = missed(coach)
        refusal("not_excusable", operations.ask_excuse, mark, text=WORDS, by=coach, now=at(7))
        operations.ask_excuse(mark, text=WORDS, by=coach, now=at(7) - MINUTE)
        refusal("not_excusable", operations.ask_excuse, mark, text=WORDS, by=coach, now=at(1))

    @pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
    def test_it_takes_words(self, coach, support, text):
        mark = missed(coach)
        refusal("no_words", operations.ask_excuse, mark, text=text, by=coach, now=at(1))
        operations.ask_excuse(mark, text=WORDS, by=coach, now=at(1))
        refusal("no_words", operations.keep_mark, mark, decision=text, by=support, now=at(1))

    def test_strangers_neither_excuse_nor_appeal_nor_decide(self, coach):
        mark = missed(coach)
        for stranger in (StudentFactory(), CoachFactory(), UserFactory(is_staff=True)):
            for ask in (operations.ask_excuse, operations.appeal_mark):
                with pytest.raises(PermissionDenied):
                    ask(mark, text=WORDS, by=stranger, now=at(1))
            for decide in (operations.excuse_mark, operations.keep_mark, operations.lift_mark, operations.uphold_mark):
                with pytest.raises(PermissionDenied):
                    decide(mark, decision=WORDS, by=stranger, now=at(1))

    def test_an_excuse_that_is_not_taken_may_be_appealed_once_within_seven_days(self, coach, support):
        mark = missed(coach)
        refusal("not_appealable", operations.appeal_mark, mark, text=WORDS, by=coach, now=at(1))
        operations.ask_excuse(mark, text=WORDS, by=coach, now=at(1))
        operations.keep_mark(mark, decision="You could have written.", by=support, now=at(2))
        refusal("not_appealable", operations.appeal_mark, mark, text=WORDS, by=coach, now=at(9))
        mark = operations.appeal_mark(mark, text=WORDS, by=coach, now=at(9) - MINUTE)
        assert (mark.state, mark.appeal) == ("appealed", WORDS)
        mark = operations.uphold_mark(mark, decision="We stay with it.", by=support, now=at(10))
        assert (mark.state, mark.counts) == ("upheld", True)
        refusal("not_appealable", operations.appeal_mark, mark, text=WORDS, by=coach, now=at(10))
        refusal("wrong_state", operations.lift_mark, mark, decision=WORDS, by=support, now=at(11))

    def test_a_decision_is_made_once(self, coach, support):
        mark = missed(coach)
        refusal("wrong_state", operations.keep_mark, mark, decision=WORDS, by=support, now=at(1))
        operations.ask_excuse(mark, text=WORDS, by=coach, now=at(1))
        operations.excuse_mark(mark, decision=WORDS, by=support, now=at(1))
        refusal("wrong_state", operations.excuse_mark, mark, decision=WORDS, by=support, now=at(1))

    def test_what_later_marks_led_to_is_reckoned_as_if_it_had_never_been(self, coach, support):
        first = missed(coach, 0)
        missed(coach, 1), missed(coach, 2)
        assert steps(coach) == ["warning", "hidden_7", "hidden_14"]
        operations.lift_mark(first, decision="It was our mistake.", by=support, now=at(3))
        assert steps(coach) == ["warning", "warning", "hidden_7"]
        assert Sanction.objects.get(step="hidden_7").until == at(9)
        assert is_hidden(coach)
        assert end_due_sanctions(at(9)) == 1
        assert not is_hidden(coach)
        missed(coach, 20)
        assert steps(coach)[-1] == "hidden_14"
        assert broken() == []

    def test_a_sanction_that_would_have_been_over_is_over(self, coach, support):
        first = missed(coach, 0)
        missed(coach, 1), missed(coach, 2)
        operations.lift_mark(first, decision="It was our mistake.", by=support, now=at(10))
        assert not is_hidden(coach)
        assert broken() == []


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def two_absences(self):
        coach = CoachFactory()
        sessions = [SessionFactory(coach=coach, starts_at=START + day * DAY) for day in range(2)]
        for session in sessions:
            check_in(session, by=student_of(session), now=session.starts_at)
        together(*(lambda session=session: close_session(session, now=at(1)) for session in sessions))
        return coach

    def test_two_marks_are_two_steps(self):
        for _round in range(4):
            coach = self.two_absences()
            assert steps(coach) == ["warning", "hidden_7"]
            assert is_hidden(coach)

    def test_the_control_without_the_lock_both_are_the_first(self, monkeypatch):
        both, counted = threading.Barrier(2), marks._standing

        def count(mark, now):
            found = counted(mark, now)
            both.wait(10)
            return found

        monkeypatch.setattr(marks, "_locked_profile", lambda coach_id: CoachProfile.objects.get(user=coach_id))
        monkeypatch.setattr(marks, "_standing", count)
        monkeypatch.setattr(operations, "count_session", lambda session: None)
        assert steps(self.two_absences()) == ["warning", "warning"]
