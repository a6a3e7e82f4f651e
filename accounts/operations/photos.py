"""The face people show, and staff taking down what should not be shown."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import PHOTO_CHANGED, PHOTO_REMOVED
from accounts.models import User, lock_members, lock_people
from accounts.models.users import photo_path, small_of
from accounts.pictures import Portrait
from core.events import record
from core.operations import operation
from core.refused import Refused


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
