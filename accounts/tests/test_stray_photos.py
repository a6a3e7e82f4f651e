"""Files of photos that nobody shows go, a day after they were written, and no others."""

import os
import time
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.operations import put_photo, remove_stray_photos
from accounts.pictures import Portrait
from accounts.tests.factories import StudentFactory
from core.registry import sweeps

pytestmark = pytest.mark.django_db
FACE = Portrait(b"large", b"small")
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def files():
    return sorted(default_storage.listdir("photos")[1])


def write(name, *, hours):
    default_storage.save(f"photos/{name}", ContentFile(b"pixels"))
    age(name, hours=hours)


def age(name, *, hours):
    then = time.time() - hours * 3600
    os.utime(default_storage.path(f"photos/{name}"), (then, then))


def minute_of(name):
    """A minute whose sweep looks at this name."""
    return datetime.fromtimestamp(int(name[:2], 16) * 60, UTC)


def stray(first="ab"):
    return first + "0" * 30


def test_what_an_undone_change_left_goes_in_both_sizes(clock):
    person = StudentFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        put_photo(person, portrait=FACE, by=person, now=clock.now())
        raise RuntimeError
    large, small = sorted(files(), key=len)
    assert small == large.replace(".webp", "-small.webp")
    for name in files():
        age(name, hours=25)
    assert remove_stray_photos(now=minute_of(large)) == 2
    assert files() == []


def test_a_photo_that_somebody_shows_stays_however_old(clock):
    person = StudentFactory()
    person = put_photo(person, portrait=FACE, by=person, now=clock.now())
    for name in files():
        age(name, hours=1000)
    assert remove_stray_photos(now=minute_of(person.photo.name.removeprefix("photos/"))) == 0
    assert len(files()) == 2


def test_a_file_younger_than_a_day_may_still_come_to_be_shown():
    write(f"{stray()}.webp", hours=23)
    assert remove_stray_photos(now=minute_of("ab")) == 0
    assert files() == [f"{stray()}.webp"]


def test_files_that_are_not_ours_stay():
    for name in ("abbey.webp", f"{stray()}.png", "ab"):
        write(name, hours=25)
    assert remove_stray_photos(now=minute_of("ab")) == 0
    assert len(files()) == 3


def test_each_minute_has_its_share_and_a_day_has_them_all():
    for first in ("00", "7f", "ff"):
        write(f"{stray(first)}.webp", hours=25)
    assert remove_stray_photos(now=minute_of("7f")) == 1
    assert files() == [f"{stray('00')}.webp", f"{stray('ff')}.webp"]
    gone = sum(sweeps["stray photos"](datetime.fromtimestamp(minute * 60, UTC)) for minute in range(DAY // 60))
    assert (gone, files()) == (2, [])


def test_one_round_removes_no_more_than_its_most(monkeypatch):
    monkeypatch.setattr("accounts.operations.photos.MOST_STRAYS", 2)
    for last in "123":
        write(f"{stray()[:-1]}{last}.webp", hours=25)
    assert [remove_stray_photos(now=minute_of("ab")) for _time in range(3)] == [2, 1, 0]


def test_without_any_photo_there_is_nothing_to_do():
    assert remove_stray_photos(now=minute_of("ab")) == 0
