"""The face people show, and staff taking down what should not be shown."""

import re
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.events import PHOTO_CHANGED, PHOTO_REMOVED
from accounts.models import User, lock_members, lock_people
from accounts.models.users import PHOTOS, large_of, photo_path, small_of
from accounts.pictures import Portrait
from core.events import record
from core.operations import operation
from core.refused import Refused

OURS = re.compile(r"[0-9a-f]{32}(-small)?\.webp")
SHARES = 256
MOST_STRAYS = 200
IN_DOUBT = timedelta(days=1)


@operation
def put_photo(person: User, *, portrait: Portrait, by: User, now: datetime) -> User:
    """Show this face from now on; the files of the one before go once that is certain."""
    if by.pk != person.pk:
        raise PermissionDenied
    [person] = lock_members([person.pk])
    name = photo_path(person, "")
    for path, data in ((name, portrait.large), (small_of(name), portrait.small)):
        default_storage.save(path, ContentFile(data))
    return _show(person, name, PHOTO_CHANGED, by, now)


@operation
def remove_photo(person: User, *, by: User, now: datetime) -> User:
    """Show no face any more: the person's own choice, or that of staff who decide about profiles."""
    if by.pk != person.pk and not by.has_perm("accounts.change_coachprofile"):
        raise PermissionDenied
    [person] = lock_people([person.pk])
    if not person.photo:
        raise Refused(_("There is no photo to remove."), code="no_photo")
    return _show(person, "", PHOTO_REMOVED, by, now)


def remove_stray_photos(*, now: datetime) -> int:
    """Remove files that nobody shows, such as those of a change that was undone; each minute looks at a 256th of them."""
    share = f"{int(now.timestamp()) // 60 % SHARES:02x}"
    faces = User.objects.exclude(photo="").filter(photo__startswith=f"{PHOTOS}/{share}")
    shown = set(faces.values_list("photo", flat=True))
    strays = [path for path in _old_files(share) if large_of(path) not in shown][:MOST_STRAYS]
    for path in strays:
        default_storage.delete(path)
    return len(strays)


def _old_files(share: str) -> list[str]:
    """By the time of the disk, which no clock of ours moves: a younger one may belong to a change not committed yet."""
    before = timezone.now() - IN_DOUBT
    try:
        names = [name for name in default_storage.listdir(PHOTOS)[1] if name.startswith(share) and OURS.fullmatch(name)]
        paths = [f"{PHOTOS}/{name}" for name in sorted(names)]
        return [path for path in paths if default_storage.get_modified_time(path) < before]
    except FileNotFoundError:  # no folder yet, or a photo that went just now
        return []


def _show(person: User, name: str, event: str, by: User, now: datetime) -> User:
    before, person.photo = person.photo.name, name
    person.save(update_fields=["photo"])
    if before:
        transaction.on_commit(lambda: _forget(before), robust=True)
    record(person, event, by=by, at=now)
    return person


def _forget(name: str) -> None:
    for path in (name, small_of(name)):
        default_storage.delete(path)
