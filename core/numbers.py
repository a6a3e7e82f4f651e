"""The numbers of the rules: those of the settings, and what staff have made of them from a moment on.

Each process remembers what staff have changed for a minute, so a booking asks no more than it did. A change is written
down two minutes before it holds: by then every process has read it, and all change in the same moment.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.events import record
from core.models import PolicyNumber, locked
from core.operations import operation
from core.refused import Refused

REMEMBERED = timedelta(minutes=1)
REMEMBERED_IN_THE_DEMO = timedelta(seconds=1)  # where somebody may move the clock by hours
NOTICE = 2 * REMEMBERED
MAX_WHY = 500
NUMBER_CHANGED, NUMBER_WITHDRAWN = "number_changed", "number_withdrawn"

Changes = dict[str, list[tuple[datetime, Any]]]  # of each number, the latest first


@dataclass(frozen=True)
class Known:
    """What this process has read, and until when of its own clock it goes by it."""

    changes: Changes
    until: float


_known: Known | None = None


def number(key: str, at: datetime) -> Any:
    """What this number is at that moment."""
    return _at(at, key, _changes())


def numbers(at: datetime) -> dict[str, Any]:
    """All of them at that moment, as a contract keeps them."""
    changes = _changes()
    return {key: _at(at, key, changes) for key in settings.POLICY}


def bounds_of(key: str) -> tuple[int, int] | None:
    """The least and the most it may be; none where only the settings change it."""
    _default, *bounds = settings.POLICY_OF[floor_of(key)][key]
    return (bounds[0], bounds[1]) if bounds else None


def floor_of(key: str) -> str:
    """The floor whose rule it belongs to."""
    return next(floor for floor, its in settings.POLICY_OF.items() if key in its)


@operation
def change_number(
    key: str, *, value: Any, valid_from: datetime, why: str, by: AbstractBaseUser, now: datetime
) -> PolicyNumber:
    """An administrator decides what a number is from a moment on; what was agreed before keeps its own."""
    _refuse_unless_allowed(by, "core.add_policynumber")
    _refuse_wrong_value(key, value)
    if valid_from < now + NOTICE:
        sentence = _("It begins two minutes from now at the earliest, so that every server knows it in time.")
        raise Refused(sentence, code="too_soon", field="valid_from")
    if not why.strip() or len(why) > MAX_WHY:
        raise Refused(_("Say why, in at most 500 characters."), code="why_missing", field="why")
    _one_at_a_time()
    if PolicyNumber.objects.standing().filter(key=key, valid_from=valid_from).exists():
        raise Refused(_("From that moment it is something else already."), code="taken", field="valid_from")
    made = PolicyNumber.objects.create(
        key=key, value=value, valid_from=valid_from, why=why.strip(), by_id=by.pk, made_at=now
    )
    _refuse_disorder(valid_from)
    record(made, NUMBER_CHANGED, by=by, at=now, key=key, value=value, valid_from=valid_from.isoformat())
    transaction.on_commit(forget)
    return made


@operation
def withdraw_number(row: PolicyNumber, *, by: AbstractBaseUser, now: datetime) -> PolicyNumber:
    """What was to come does not; what holds, or will in two minutes, can only be followed by another."""
    _refuse_unless_allowed(by, "core.change_policynumber")
    _one_at_a_time()
    row = locked(row)
    if row.withdrawn_at is not None:
        raise Refused(_("It was taken back already."), code="withdrawn")
    if row.valid_from < now + NOTICE:
        raise Refused(_("It holds already, or in a moment: write down another one after it."), code="too_late")
    row.withdrawn_at, row.withdrawn_by_id = now, by.pk
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _refuse_disorder(row.valid_from)
    record(row, NUMBER_WITHDRAWN, by=by, at=now, key=row.key)
    transaction.on_commit(forget)
    return row


def forget() -> None:
    """Look again before the next answer."""
    global _known
    _known = None


def go_by_the_settings() -> None:
    """For tests: no look at the database until something changes."""
    global _known
    _known = Known({}, float("inf"))


def _changes() -> Changes:
    global _known
    known = _known
    if known is None or known.until < monotonic():
        remembered = REMEMBERED_IN_THE_DEMO if settings.CLOCK_FILE else REMEMBERED
        until = monotonic() + remembered.total_seconds()  # counted from before the question
        _known = known = Known(_read(), until)
    return known.changes


def _read() -> Changes:
    changes: Changes = defaultdict(list)
    for key, valid_from, value in PolicyNumber.objects.standing().values_list("key", "valid_from", "value"):
        changes[key].append((valid_from, value))
    return dict(changes)


def _at(at: datetime, key: str, changes: Changes) -> Any:
    begun = (value for valid_from, value in changes.get(key, ()) if valid_from <= at)
    return next(begun, settings.POLICY[key])


def _refuse_unless_allowed(by: AbstractBaseUser, permission: str) -> None:
    if not (getattr(by, "is_staff", False) and getattr(by, "has_perm", bool)(permission)):
        raise PermissionDenied


def _refuse_wrong_value(key: str, value: Any) -> None:
    if key not in settings.POLICY or (bounds := bounds_of(key)) is None:
        raise Refused(_("This is not a number that can be changed."), code="unknown_number", field="key")
    least, most = bounds
    if type(value) is not int or not least <= value <= most:
        sentence = _("Give a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
        raise Refused(sentence, code="out_of_bounds", field="value")


def _refuse_disorder(since: datetime) -> None:
    """From then on, at each moment at which something changes, those that belong together must fit."""
    changes = _read()
    moments = {since} | {valid_from for each in changes.values() for valid_from, _value in each if valid_from > since}
    for smaller, larger in settings.POLICY_ORDER:
        if any(_at(moment, smaller, changes) > _at(moment, larger, changes) for moment in moments):
            sentence = _("%(smaller)s must not be more than %(larger)s, now or later.")
            raise Refused(sentence % {"smaller": smaller, "larger": larger}, code="disorder", field="value")


def _one_at_a_time() -> None:
    """Two changes that belong together must see each other; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_policynumber IN SHARE ROW EXCLUSIVE MODE")
