"""Taking one's data along: a zip of JSON files and the photo, written row by row."""

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import structlog
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.events import DATA_EXPORTED
from accounts.models import User, lock_people
from core.events import record
from core.models import Event
from core.operations import operation
from core.refused import Refused
from dashboards.export import README, parts_of

PER_HOUR = 5
AT_ONCE = 500
log = structlog.get_logger(__name__)


def export_data(person: User, *, by: User, now: datetime) -> IO[bytes]:
    """Everything this person gave us or that we hold of them, as an open zip file; five times an hour at most."""
    _note(person, by, now)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(name=person.name, moment=now.isoformat(timespec="minutes")))
        for name, rows in parts_of(person).items():
            with archive.open(_entry(name, now), "w") as part:
                for text in _as_json(rows):
                    part.write(text.encode())
        _add_photo(archive, person)
    file.seek(0)
    return file


@operation
def _note(person: User, by: User, now: datetime) -> None:
    [person] = lock_people([person.pk])
    if person.pk != by.pk:
        raise PermissionDenied
    lately = Event.objects.about(person).filter(name=DATA_EXPORTED, at__gt=now - timedelta(hours=1))
    if lately.count() >= PER_HOUR:
        raise Refused(_("You have downloaded your data several times already. Try again in an hour."), code="too_many")
    record(person, DATA_EXPORTED, by=by, at=now)


def _entry(name: str, now: datetime) -> ZipInfo:
    entry = ZipInfo(f"{name}.json", (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type = ZIP_DEFLATED
    return entry


def _as_json(rows: QuerySet[Any, dict[str, Any]]) -> Iterator[str]:
    between = "[\n"
    for row in rows.iterator(chunk_size=AT_ONCE):
        named = {name.replace("__", "."): value for name, value in row.items()}
        yield between + json.dumps(named, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "[]\n"


def _add_photo(archive: ZipFile, person: User) -> None:
    if not person.photo:
        return
    try:
        with person.photo.storage.open(str(person.photo.name)) as photo:
            archive.writestr("photo.webp", photo.read())
    except OSError as error:
        log.warning("photo cannot be read", user=person.pk, error=str(error))
