"""A country changes its rules for clocks: series follow their wall clock. The zone data itself is replaced here."""

import shutil
import zoneinfo
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from core.models import Event
from core.wall import data_version
from scheduling.models import Reminder, Series, Session, TimeClaim
from scheduling.tasks import follow_new_clocks
from scheduling.tests.factories import SessionFactory, student_of
from scheduling.tests.test_series import NOW, at, booked, pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_rules(tmp_path):
    """Use zone data in which Berlin has the clocks of Lagos: UTC+1 all the year."""
    before = list(zoneinfo.TZPATH)
    source = next(Path(place) for place in before if (Path(place) / "Africa" / "Lagos").exists())

    def use():
        for name in ("Europe", "America", "Africa", "Pacific", "Australia", "Etc"):
            shutil.copytree(source / name, tmp_path / name, symlinks=False)
        shutil.copy(source / "UTC", tmp_path / "UTC")
        (tmp_path / "Europe" / "Berlin").unlink()
        shutil.copy(source / "Africa" / "Lagos", tmp_path / "Europe" / "Berlin")
        (tmp_path / "tzdata.zi").write_text("# version 2999a\n")
        zoneinfo.reset_tzpath(to=[str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()

    yield use
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


def in_march_and_april(**more):
    """Tuesdays at 18:00 in Berlin: 2 to 23 March, then 30 March and 6 April by summer time."""
    sessions = pair(**more)
    return sessions, booked(sessions)


def starts():
    return list(Session.objects.order_by("pk").values_list("starts_at", flat=True))


def test_the_version_is_what_the_data_in_use_says(new_rules, settings):
    new_rules()
    assert data_version() == "2999a"
    settings.TIME_ZONE_DATA = "2031c"
    assert data_version() == "2031c"


def test_data_that_says_nothing_has_the_day_of_its_youngest_file(new_rules, tmp_path):
    new_rules()
    (tmp_path / "tzdata.zi").unlink()
    zoneinfo.reset_tzpath(to=[str(tmp_path), "/nowhere"])
    assert "1990.01.01" < data_version() < "2026a"


def test_sessions_after_the_change_keep_18_00_in_berlin(new_rules):
    _sessions, series = in_march_and_april()
    new_rules()
    assert follow_new_clocks(NOW) == 2
    assert starts()[3:] == [at(3, 23, 17), at(3, 30, 17), at(4, 6, 17)]
    series.refresh_from_db()
    assert series.tz_version == "2999a"
    moved = Session.objects.get(series_day=date(2027, 3, 30))
    assert (moved.version, moved.earliest_starts_at) == (2, at(3, 30, 17))
    assert set(TimeClaim.objects.filter(session=moved).values_list("during__startswith", flat=True)) == {at(3, 30, 17)}


def test_reminders_follow_the_new_version(new_rules):
    in_march_and_april()
    new_rules()
    follow_new_clocks(NOW)
    session = Session.objects.get(series_day=date(2027, 3, 30))
    planned = session.reminders.filter(state=Reminder.State.PLANNED, kind="hour")
    assert set(planned.values_list("version", "due_at")) == {(2, at(3, 30, 16))}
    assert set(session.reminders.filter(version=1).values_list("state", flat=True)) == {"dropped"}


def test_a_second_sweep_changes_nothing(new_rules):
    in_march_and_april()
    new_rules()
    follow_new_clocks(NOW)
    assert follow_new_clocks(NOW) == 0
    assert Event.objects.filter(name="session_followed_clocks").count() == 2


def test_one_that_was_moved_alone_is_left_where_it_is(new_rules):
    in_march_and_april()
    Session.objects.filter(series_day=date(2027, 3, 30)).update(is_moved_alone=True)
    new_rules()
    follow_new_clocks(NOW)
    assert starts()[4:] == [at(3, 30, 16), at(4, 6, 17)]


def test_one_that_is_near_stays_and_people_and_staff_are_told(new_rules):
    _sessions, series = in_march_and_april()
    new_rules()
    follow_new_clocks(at(3, 29, 16))
    near = Session.objects.get(series_day=date(2027, 3, 30))
    assert (near.starts_at, near.is_moved_alone) == (at(3, 30, 16), True)
    assert Event.objects.get(name="series_stayed", subject_id=series.pk).facts == {"sessions": [near.pk]}


def test_one_whose_new_time_is_taken_stays(new_rules):
    sessions, _series = in_march_and_april()
    SessionFactory(coach=sessions[0].coach, starts_at=at(3, 30, 17))
    new_rules()
    follow_new_clocks(NOW)
    assert starts()[4:6] == [at(3, 30, 16), at(4, 6, 17)]
    assert Event.objects.filter(name="series_stayed").count() == 1


def test_series_one_behind_the_other_all_move(new_rules):
    sessions = pair(sessions=4)
    late = [SessionFactory(coach=sessions[0].coach, student=student_of(sessions[0])) for _number in range(2)]
    first = booked(sessions[:2], weeks=2, from_day=date(2027, 3, 30))
    second = booked(late, weeks=2, clock=time(19), from_day=date(2027, 3, 30))
    new_rules()
    follow_new_clocks(NOW)
    assert [list(each.sessions.order_by("pk").values_list("starts_at", flat=True)) for each in (first, second)] == [
        [at(3, 30, 17), at(4, 6, 17)],
        [at(3, 30, 18), at(4, 6, 18)],
    ]
    assert not Event.objects.filter(name="series_stayed").exists()


def test_requested_ones_follow_too(new_rules):
    sessions = pair(sessions=2, confirms="request")
    booked(sessions, weeks=2, from_day=date(2027, 3, 30))
    new_rules()
    follow_new_clocks(NOW)
    assert starts() == [at(3, 30, 17), at(4, 6, 17)]
    assert not Reminder.objects.exists()


def test_older_data_never_takes_back_what_newer_data_decided(settings):
    in_march_and_april()
    Series.objects.update(tz_version="2999a")
    Session.objects.filter(series_day=date(2027, 3, 30)).update(
        starts_at=at(3, 30, 17), ends_at=datetime(2027, 3, 30, 18, tzinfo=UTC)
    )
    assert follow_new_clocks(NOW) == 0
