"""What people read says the numbers of the rules that hold, and no sentence has one written into it."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

from accounts.tests.factories import StudentFactory, UserFactory
from contracts.models import Contract
from core import clock as the_clock
from core.models import PolicyNumber
from core.numbers import forget
from core.refused import Refused
from core.templatetags.skileez import in_days, in_hours, in_minutes, rule
from notifications.models import Notification
from scheduling.operations import check_in, close_session, report_problem
from scheduling.tests.factories import HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [
    "accounts",
    "contracts",
    "core",
    "dashboards",
    "marketplace",
    "messaging",
    "notifications",
    "payments",
    "scheduling",
    "demo",
]
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
TAG = re.compile(
    r"""\{%\s*translate\s+(?:'([^']*)'|"([^"]*)")|\{%\s*blocktranslate.*?%\}(.*?)\{%\s*endblocktranslate|_\("([^"]*)"\)""",
    re.DOTALL,
)
WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety"
NUMBER = re.compile(
    rf"(?<![\w)])(?:\d+|{WORDS}|an?)[\s-]+(?:min|minutes?|hours?|days?|weeks?|months?|percent)\b|\d+ ?%(?!\()",
    re.IGNORECASE,
)
ALLOWED = {  # numbers that are none of the rules, by what they are
    "codes and tries of allauth": [
        "Too many attempts. Wait five minutes, then try again.",
        "Too many attempts. Wait a minute, then try again.",
        "Wait five minutes, then try again. Nobody gets in meanwhile, not even with the right password.",
        "We have sent a code to <strong>{{ email }}</strong>. It is valid for 15 minutes.",
        "It is valid for 15 minutes. If you gave us no address, there is nothing to do.",
    ],
    "steps of the ladder, named by their days": [
        "hidden for 7 days",
        "hidden for 14 days",
        "hidden for 30 days",
        "Your profile is hidden for 7 days; agreed sessions go on.",
        "Your profile is hidden for 14 days; agreed sessions go on.",
        "Your profile is hidden for 30 days; agreed sessions go on.",
    ],
    "reminders, which are no rule": [
        "24 hours before",
        "1 hour before",
        "Your session with {name} starts in an hour: {moment}.",
        "Your session starts in an hour",
    ],
    "limits of a form or of an address": [
        "A session has 15 to 240 minutes.",
        "Please pick a day from today on, at most a year away.",
        "By your clock: %(zone)s. Two minutes from now at the earliest.",
        "It begins two minutes from now at the earliest, so that every server knows it in time.",
        "You have downloaded your data several times already. Try again in an hour.",
    ],
    "figures of staff over a fixed time": [
        "What people said of sessions that ended in the last 90 days, from 1 to 5. "
        "Coaches with fewer than three answers are left out."
    ],
    "wishes and measures": ["within three months", "usually answers within an hour"],
    "a unit, no number": [
        "An hour costs at least %(amount)s.",
        "For an hour, in your time zone ({{ zone }}).",
        "For an hour, by the clock of {{ zone }}.",
        "{{ n }} start for an hour{% plural %}{{ n }} starts for an hour",
        "Between two sessions lies the longer of the two pauses. No limit a day: leave it empty.",
        "Most sessions a day",
        "most sessions a day",
        "There is %(most)d session that day, which is the most a day.",
        "There are %(most)d sessions that day, which is the most a day.",
        "You can be in one place a day only: from %(first)s to %(last)s you are in %(zone)s already.",
        "This time happens twice on a day when clocks go back. Please say which one is meant.",
        "That is more hours than a week can be cut into.",
        "A week as it can be booked",
        "+1 hour",
        "+1 day",
        "+1 week",
    ],
}


def of_code():
    for path in chain.from_iterable((ROOT / floor).rglob("*.py") for floor in FLOORS):
        if not {"tests", "migrations"} & set(path.parts):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in GETTEXT:
                    yield from (each.value for each in node.args if isinstance(getattr(each, "value", None), str))


def of_templates():
    for path in (ROOT / "templates").rglob("*.*"):
        for found in TAG.finditer(path.read_text()):
            yield " ".join(next(filter(None, found.groups()), "").split())


def test_no_sentence_has_a_number_of_the_rules_written_into_it():
    found = {sentence for sentence in chain(of_code(), of_templates()) if NUMBER.search(sentence)}
    allowed = set(chain.from_iterable(ALLOWED.values()))
    assert found - allowed == set(), "take it from the floor's policy.py, or by {% rule %} on a page"
    assert allowed - found == set(), "nobody says this any more"


@pytest.mark.parametrize(
    "sentence",
    ["Kept for 15 minutes.", "Within a week", "ten hours", "You get 90 percent", "A fee of 15%", "7 days after"],
)
def test_a_number_in_a_sentence_is_seen(sentence):
    assert NUMBER.search(sentence)


def test_lengths_are_said_with_their_plural():
    assert [in_minutes(1), in_minutes(15), in_minutes(60), in_minutes(120)] == [
        "1 minute",
        "15 minutes",
        "1 hour",
        "2 hours",
    ]
    assert [in_hours(1), in_hours(24), in_days(1), in_days(14)] == ["1 hour", "24 hours", "1 day", "14 days"]
    assert in_minutes(0) == "0 minutes"


@pytest.fixture
def now(db, clock):
    clock.travel_to(NOW)


@pytest.fixture
def student(now, client):
    student = StudentFactory(time_zone="UTC")
    client.force_login(student)
    return student


def rules(**values):
    """They hold from now on."""
    by = UserFactory(is_staff=True, is_superuser=True)
    for key, value in values.items():
        moment = the_clock.now()
        PolicyNumber.objects.create(
            key=key, value=value, valid_from=moment, why="New rules", by=by, made_at=moment - 3 * MINUTE
        )
    forget()


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def said_on(client, address, *sentences):
    text = page(client, address)
    assert [sentence for sentence in sentences if sentence not in text] == []


def booked(client, coach, hours):
    client.post(f"/schedule/book/{coach.pk}/", {"start": (MONDAY + hours * HOUR).isoformat(), "note": ""})
    return Contract.objects.latest("pk")


def test_the_booking_page_says_how_long_a_time_is_kept_and_when_the_coach_answers(client, student):
    coach = CalendarFactory(confirms="request").coach
    address = f"/schedule/book/{coach.pk}/"
    said_on(client, address, "We keep it for 15 minutes.", "within 24 hours of your payment")
    rules(hold_minutes=20, request_answer_hours=1)
    said_on(client, address, "We keep it for 20 minutes.", "within 1 hour of your payment")


def test_what_calling_off_costs_is_said_by_the_terms_the_booking_was_made_by(client, student):
    coach = CalendarFactory().coach
    old = booked(client, coach, 10)
    rules(free_change_student_hours=36, cooling_off_minutes=30, cooling_off_before_start_hours=3)
    new = booked(client, coach, 13)
    before = "until 24 hours before the start, and within 1 hour of booking unless it starts in less than 2 hours."
    after = "until 36 hours before the start, and within 30 minutes of booking unless it starts in less than 3 hours."
    said_on(client, f"/contracts/{old.pk}/pay/", before)
    said_on(client, f"/contracts/{new.pk}/pay/", after)
    rules(cooling_off_minutes=0)
    said_on(client, f"/contracts/{booked(client, coach, 15).pk}/pay/", "until 36 hours before the start.")


def test_the_page_of_a_consultation_says_its_length_and_until_when_it_is_given_back(client, student):
    coach = CalendarFactory(takes_consultations=True, confirms="request").coach
    rules(consultation_minutes=20, consultation_change_hours=5, request_answer_hours=6)
    said_on(
        client,
        f"/schedule/free-consultation/{coach.pk}/",
        "20 minutes to get to know each other",
        "You can call it off until 5 hours before",
        "says yes to each booking, within 6 hours.",
    )


def test_the_waiting_room_says_how_long_before_the_start_it_opens(client, student):
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR)
    client.force_login(student_of(session))
    rules(join_before_minutes=25)
    said_on(client, f"/sessions/{session.pk}/join/", "The waiting room opens 25 minutes before the start")


def test_until_when_a_problem_is_reported_is_said_by_the_session_s_own_terms(client, now):
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR, terms={"problem_hours": 48})
    client.force_login(student_of(session))
    rules(problem_hours=5)
    said_on(client, f"/sessions/{session.pk}/report/", "until 48 hours after it")


def test_a_coach_reads_what_marks_lead_to_now(client, now):
    client.force_login(CalendarFactory().coach)
    rules(free_change_coach_hours=72, ladder_days=120, excuse_days=1)
    said_on(
        client, "/marks/", "less than 72 hours before it starts", "Within 120 days, the first", "say so within 1 day."
    )


def test_refusals_say_the_number_too(now, clock):
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR, terms={"problem_hours": 30})
    rules(join_before_minutes=1)
    with pytest.raises(Refused, match="opens 1 minute before the start"):
        check_in(session, by=session.coach, now=the_clock.now())
    with pytest.raises(Refused, match="until 30 hours after it"):
        report_problem(session, kind="quality", text="Too early.", by=session.coach, now=the_clock.now())


def test_a_coach_announcing_a_group_reads_the_fee_and_when_it_is_called_off(client, now):
    client.force_login(CalendarFactory().coach)
    rules(fee_group=1250, group_warn_hours=50, group_decide_hours=30)
    said_on(
        client,
        "/groups/new/",
        "less our fee of 12.5%",
        "asked 50 hours before, and 30 hours before it is called off",
    )


def test_who_missed_a_session_is_told_of_its_own_terms(now, clock, drain):
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR, terms={"problem_hours": 30})
    rules(problem_hours=99)
    session.participants.filter(role="coach").update(checked_in_at=MONDAY + 10 * HOUR)
    clock.travel_to(MONDAY + 11 * HOUR + MINUTE)
    close_session(session, now=the_clock.now())
    drain()
    told = Notification.objects.filter(recipient=student_of(session)).latest("pk").text
    assert "Tell us within 30 hours" in told


def test_the_numbers_of_pages_cost_no_statement_once_they_are_known(now, django_assert_num_queries):
    rules(hold_minutes=20)
    assert rule("hold_minutes") == 20
    with django_assert_num_queries(0):
        assert rule("hold_minutes") == 20
        assert rule("hold_minutes", {}) == 15
        assert rule("hold_minutes", {"hold_minutes": 7}) == 7
