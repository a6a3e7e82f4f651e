"""Who hears of what when something went wrong."""

import pytest
from django.contrib.auth.models import Group

from accounts.tests.factories import CoachFactory, UserFactory
from contracts import operations
from contracts.models import Mark
from contracts.tests.test_marks import missed
from core.models import Event, OutgoingMail
from notifications.models import Notification
from scheduling.operations import ask_staff, check_in, close_session, report_problem, say_outcome, withdraw_problem
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
OVER = TEN + HOUR
SAID = {"kind": "late", "text": "We began late."}


@pytest.fixture
def support():
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    return person


@pytest.fixture
def session():
    return SessionFactory(starts_at=TEN)


def told(person, name):
    """What a person was told of the events of that name."""
    notices = Notification.objects.of(person).filter(event__name=name).order_by("pk")
    return list(notices.values_list("text", flat=True))


def mailed(person, name):
    keys = [f"event:{pk}" for pk in Event.objects.filter(name=name).values_list("pk", flat=True)]
    return OutgoingMail.objects.filter(recipient=person, key__in=keys).count()


def test_the_other_side_and_support_hear_of_a_problem(session, support):
    student = student_of(session)
    problem = report_problem(session, by=student, now=OVER, **SAID)
    [text] = told(session.coach, "problem_reported")
    assert text.startswith(f"{student.name} reported a problem with your session on")
    assert mailed(session.coach, "problem_reported") == 1
    assert len(told(support, "problem_reported")) == 1
    assert told(student, "problem_reported") == []
    withdraw_problem(problem, by=student, now=OVER)
    assert len(told(session.coach, "problem_withdrawn")) == 1


def test_both_sides_hear_of_the_answer(session, support):
    problem = report_problem(session, by=session.coach, now=OVER, **SAID)
    operations.decide_problem(problem, verdict="as_it_stands", decision="Seen.", by=support, now=OVER)
    for person in (session.coach, student_of(session)):
        [text] = told(person, "problem_solved")
        assert text.endswith("Its money goes its way.")
        assert mailed(person, "problem_solved") == 1


def test_who_has_not_spoken_is_asked_what_an_unclear_session_came_to(session, support):
    check_in(session, by=student_of(session), now=TEN + 20 * MINUTE)
    session = close_session(session, now=OVER)
    say_outcome(session, outcome="coach_absent", by=student_of(session), now=OVER)
    [text] = told(session.coach, "outcome_said")
    assert text.endswith("Please say so, too.")
    ask_staff(session, now=OVER + 3 * DAY)
    assert [each.url for each in Notification.objects.of(support)] == [
        f"/admin/scheduling/session/{session.pk}/change/"
    ]


def test_each_step_is_told_in_its_own_words(support):
    mark = missed(CoachFactory())
    [first] = told(mark.coach, "mark_made")
    assert "It is a warning" in first
    for day in range(1, 5):
        missed(mark.coach, day)
    texts = told(mark.coach, "mark_made")
    for text, words in zip(texts[1:], ["7 days", "14 days", "30 days", "our team"], strict=True):
        assert words in text
        assert len(text) <= 300
    assert len(told(support, "mark_made")) == 1


def test_support_hears_of_excuses_and_the_coach_of_the_answers(support):
    mark = missed(CoachFactory())
    now = mark.made_at
    operations.ask_excuse(mark, text="I was ill.", by=mark.coach, now=now)
    operations.keep_mark(mark, decision="No.", by=support, now=now)
    operations.appeal_mark(mark, text="I was really ill.", by=mark.coach, now=now)
    operations.lift_mark(mark, decision="Yes.", by=support, now=now)
    assert told(support, "excuse_asked") == ["An excuse waits for an answer."]
    assert told(support, "mark_appealed") == ["An appeal waits for an answer."]
    assert len(told(mark.coach, "mark_kept")) == 1
    assert told(mark.coach, "mark_lifted") == ["Your mark was lifted: it counts no longer."]


def test_a_coach_hears_that_they_are_shown_again(support):
    coach = CoachFactory()
    missed(coach, 0)
    mark = missed(coach, 1)
    operations.end_sanction(mark.sanction, now=mark.sanction.until)
    assert told(coach, "sanction_ended") == ["Your profile is shown again, and students can book you."]
    assert Mark.objects.filter(coach=coach, state="stands").count() == 2
    other = CoachFactory()
    missed(other, 0)
    mark = missed(other, 1)
    operations.lift_mark(mark, decision="Yes.", by=support, now=mark.made_at)
    assert told(other, "mark_lifted")[0].endswith("students can book you.")
