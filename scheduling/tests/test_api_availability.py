"""Exceptions, travels and what follows from them, for clients."""

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import CoachProfile, Relation, User
from accounts.tests.factories import CoachFactory, StudentFactory
from scheduling.models import Calendar, DateException, GoogleCalendar, TravelZone
from scheduling.tests.factories import HOUR, MONDAY, NOW, CalendarFactory, SessionFactory

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
EXCEPTIONS, TRAVEL = f"{V1}availability/exceptions/", f"{V1}availability/travel/"
BLOCKED = {"kind": "blocked", "first_day": "2027-01-11", "last_day": "2027-01-12", "note": "Holidays"}
TOKYO = {"first_day": "2027-01-11", "last_day": "2027-01-12", "time_zone": "Asia/Tokyo"}


@pytest.fixture(autouse=True)
def at_noon(clock):
    clock.travel_to(NOW)


def of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def starts(coach, **asked):
    found = of(StudentFactory(time_zone="UTC")).get(f"{V1}slots/{coach.pk}/", asked).json()
    return [each["scheduled_at"][5:16] for each in found["slots"]]


def test_an_exception_is_made_listed_and_taken_away():
    coach = CalendarFactory(step_minutes=60).coach
    made = of(coach).post(EXCEPTIONS, BLOCKED, format="json")
    assert (made.status_code, made.json()) == (201, BLOCKED | {"id": made.json()["id"], "starts": None, "ends": None})
    assert of(coach).get(EXCEPTIONS).json() == [made.json()] == of(coach).get(f"{V1}availability/").json()["exceptions"]
    assert starts(coach, **{"from": "2027-01-11T00:00:00Z", "to": "2027-01-14T00:00:00Z"})[0] == "01-13T09:00"
    assert of(coach).delete(f"{EXCEPTIONS}{made.json()['id']}/").status_code == 204
    assert of(coach).delete(f"{EXCEPTIONS}{made.json()['id']}/").status_code == 404
    assert starts(coach, **{"from": "2027-01-11T00:00:00Z"})[0] == "01-11T09:00"


def test_a_travel_is_made_listed_and_taken_away():
    coach = CalendarFactory(step_minutes=60, hours=[(0, time(9), time(10))]).coach
    made = of(coach).post(TRAVEL, TOKYO, format="json")
    assert (made.status_code, made.json()) == (201, TOKYO | {"id": made.json()["id"]})
    assert of(coach).get(TRAVEL).json() == [made.json()] == of(coach).get(f"{V1}availability/").json()["travel"]
    span = {"from": "2027-01-10T00:00:00Z", "to": "2027-01-13T00:00:00Z"}
    assert starts(coach, **span) == ["01-11T00:00"]
    assert of(coach).delete(f"{TRAVEL}{made.json()['id']}/").status_code == 204
    assert starts(coach, **span) == ["01-11T09:00"]


@pytest.mark.parametrize(
    ("address", "row", "answer"),
    [
        (EXCEPTIONS, BLOCKED | {"last_day": "2027-01-10"}, (409, "wrong_days")),
        (EXCEPTIONS, BLOCKED | {"first_day": "2027-01-01", "last_day": "2027-01-07"}, (409, "past_days")),
        (EXCEPTIONS, BLOCKED | {"last_day": "2028-02-01"}, (409, "too_long")),
        (EXCEPTIONS, BLOCKED | {"starts": "12:00"}, (409, "half_hours")),
        (EXCEPTIONS, BLOCKED | {"starts": "12:00", "ends": "11:00"}, (409, "wrong_hours")),
        (EXCEPTIONS, BLOCKED | {"kind": "extra"}, (409, "extra_without_hours")),
        (EXCEPTIONS, BLOCKED | {"kind": "sick"}, (400, "invalid")),
        (EXCEPTIONS, BLOCKED | {"first_day": "soon"}, (400, "invalid")),
        (EXCEPTIONS, BLOCKED | {"note": "x" * 121}, (400, "invalid")),
        (TRAVEL, TOKYO | {"last_day": "2027-01-10"}, (409, "wrong_days")),
        (TRAVEL, TOKYO | {"time_zone": "Mars"}, (400, "invalid")),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(address, row, answer):
    assert refusal(of(CalendarFactory().coach).post(address, row, format="json")) == answer
    assert not DateException.objects.exists() and not TravelZone.objects.exists()


def test_the_same_twice_and_two_places_a_day_are_refused():
    client = of(CalendarFactory().coach)
    for address, row, code in ((EXCEPTIONS, BLOCKED, "said_already"), (TRAVEL, TOKYO, "overlapping_travel")):
        assert client.post(address, row, format="json").status_code == 201
        assert refusal(client.post(address, row, format="json")) == (409, code)


def test_who_has_no_calendar_yet_may_begin_with_an_exception():
    coach = CoachFactory(time_zone="Europe/Madrid")
    assert of(coach).post(EXCEPTIONS, BLOCKED, format="json").status_code == 201
    assert Calendar.objects.get(coach=coach).time_zone == "Europe/Madrid"


def test_another_s_rows_and_those_of_students_do_not_exist():
    made = of(CalendarFactory().coach).post(EXCEPTIONS, BLOCKED, format="json").json()
    assert of(CalendarFactory().coach).delete(f"{EXCEPTIONS}{made['id']}/").status_code == 404
    student = of(StudentFactory())
    for address, row in ((EXCEPTIONS, BLOCKED), (TRAVEL, TOKYO)):
        assert refusal(student.get(address)) == refusal(student.post(address, row, format="json"))
        assert refusal(student.get(address)) == (403, "permission_denied")
    assert DateException.objects.count() == 1


def test_rooms_that_this_site_does_not_have_are_refused(settings):
    settings.JITSI_HOST = ""
    client = of(CalendarFactory().coach)
    hours = client.get(f"{V1}availability/").json()
    assert refusal(client.put(f"{V1}availability/", hours | {"meeting": "jitsi"}, format="json")) == (
        409,
        "no_such_rooms",
    )
    settings.JITSI_HOST = "meet.jit.si"
    assert client.put(f"{V1}availability/", hours | {"meeting": "jitsi"}, format="json").json()["meeting"] == "jitsi"


def test_a_consultation_has_its_own_notice_and_may_be_switched_off():
    coach = CalendarFactory(hours=[(0, time(9), time(10))], notice_hours=72, consultation_notice_hours=2).coach
    span = {"from": "2027-01-11T00:00:00Z", "to": "2027-01-12T00:00:00Z"}
    assert starts(coach, **span) == []
    assert starts(coach, duration=60, kind="consultation", **span) == ["01-11T09:00"]
    Calendar.objects.update(takes_consultations=False)
    found = of(StudentFactory()).get(f"{V1}slots/{coach.pk}/", {"kind": "consultation", **span}).json()
    assert (found["slots"], found["code"]) == ([], "no_consultations")


def test_times_that_could_not_be_checked_are_withheld_or_marked():
    coach = CalendarFactory(hours=[(0, time(9), time(10))]).coach
    GoogleCalendar.objects.create(user=coach, due_at=NOW, verified_until=NOW)
    address, span = f"{V1}slots/{coach.pk}/", {"from": "2027-01-11T00:00:00Z", "to": "2027-01-12T00:00:00Z"}
    found = of(StudentFactory()).get(address, span).json()
    assert (found["slots"], found["code"]) == ([], "calendar_unverified")
    Calendar.objects.update(unverified="mark")
    found = of(StudentFactory()).get(address, span).json()
    assert ([each["is_unverified"] for each in found["slots"]], found["code"]) == ([True], "")
    GoogleCalendar.objects.update(verified_until=NOW + HOUR)
    assert [each["is_unverified"] for each in of(StudentFactory()).get(address, span).json()["slots"]] == [False]


def test_the_whole_truth_is_for_the_coach_alone():
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR)
    address = f"{V1}check-availability/{session.coach_id}/?scheduled_at=2027-01-11T10:00:00Z"
    told, full = of(StudentFactory()).get(address).json(), of(session.coach).get(address).json()
    assert (told["code"], told["full"]) == (full["code"], "") == ("booked", "")
    assert "takes the time from Mon 11 Jan 2027, 10:00 UTC to 11:00" in full["full"]


def test_these_pages_take_few_statements_however_many_rows():
    coach = CalendarFactory().coach
    for number in range(1, 21):
        day = date(2027, 2, number)
        DateException.objects.create(calendar=coach.calendar, first_day=day, last_day=day)
    for path, most in (("availability/", 4), ("availability/exceptions/", 1)):
        with CaptureQueriesContext(connection) as queries:
            assert of(coach).get(V1 + path).status_code == 200
        assert len(queries) == most, path


def test_slots_of_a_hidden_coach_are_for_whom_they_have_to_do_with_and_of_one_who_left_for_nobody():
    coach, student = CalendarFactory().coach, StudentFactory()
    known = StudentFactory()
    Relation.objects.create(student=known, coach=coach, since=NOW)
    CoachProfile.objects.update(is_hidden=True)
    assert of(student).get(f"{V1}slots/{coach.pk}/").status_code == 404
    assert of(known).get(f"{V1}slots/{coach.pk}/?kind=direct").json()["code"] == "hidden"
    assert of(known).get(f"{V1}slots/{coach.pk}/").json()["slots"]
    CoachProfile.objects.update(is_hidden=False)
    assert of(student).get(f"{V1}slots/{coach.pk}/").status_code == 200
    User.objects.filter(pk=coach.pk).update(is_active=False)
    assert [of(each).get(f"{V1}slots/{coach.pk}/").status_code for each in (student, known)] == [404, 404]
