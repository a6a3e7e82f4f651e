"""What everybody says of themselves, whatever their role."""

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import CoachProfile, User, lock_members
from accounts.operations.words import rewrite_words
from core.operations import operation


@operation
def describe_person(person: User, *, by: User, **facts: Any) -> User:
    """Write down name, time zone or language; a coach is found by the new name from now on."""
    if by.pk != person.pk:
        raise PermissionDenied
    [person] = lock_members([person.pk])
    for name, value in facts.items():
        setattr(person, name, value)
    person.save(update_fields=list(facts))
    profile = CoachProfile.objects.filter(user=person).first() if "name" in facts else None
    if profile:
        rewrite_words(profile)
    return person
