"""What students say of themselves."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import StudentProfile, User, lock_members
from accounts.policy import LEAST_AGE, OLDEST_AGE, age_on
from core.operations import operation
from core.refused import Refused


@operation
def describe_student(person: User, *, by: User, now: datetime, **facts: Any) -> StudentProfile:
    """Write down what related coaches may read, and the date of birth that nobody reads but proves the age."""
    if by.pk != person.pk:
        raise PermissionDenied
    [person] = lock_members([person.pk])
    if not person.is_student:
        raise Refused(_("Only who learns has a student profile."), code="role_missing")
    profile = StudentProfile.objects.get_or_create(user=person)[0]
    _refuse_age({"born_on": profile.born_on} | facts, profile, now)
    for name, value in facts.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(facts))
    return profile


def _refuse_age(facts: dict[str, Any], profile: StudentProfile, now: datetime) -> None:
    born_on, today = facts["born_on"], now.astimezone(profile.user.zone).date()
    if born_on is None and profile.born_on is not None:
        raise Refused(_("The date of birth cannot be taken back."), code="age_missing", field="born_on")
    if born_on is None:
        return
    if not 0 <= age_on(born_on, today) <= OLDEST_AGE:
        raise Refused(_("Please look at the year again."), code="born_on_odd", field="born_on")
    if age_on(born_on, today) < LEAST_AGE:
        sentence = _("You must be at least %(years)d years old to learn here.") % {"years": LEAST_AGE}
        raise Refused(sentence, code="too_young", field="born_on")
