"""Use cases of people: their roles and profiles, and what staff decide about coaches."""

from accounts.operations.coaches import (
    approve_coach,
    change_profile,
    discard_changes,
    reject_coach,
    submit_coach_profile,
)
from accounts.operations.erasure import erase_person, refusals_of_person
from accounts.operations.people import describe_person
from accounts.operations.photos import put_photo, remove_photo, remove_stray_photos
from accounts.operations.roles import become, relate, switch_role
from accounts.operations.secrets import renew_secrets
from accounts.operations.skills import change_skill
from accounts.operations.students import describe_student
from accounts.operations.unconfirmed import forget_unconfirmed, is_confirmed, make_way
from accounts.operations.words import rewrite_words

__all__ = [
    "approve_coach",
    "become",
    "change_profile",
    "change_skill",
    "describe_person",
    "describe_student",
    "discard_changes",
    "erase_person",
    "forget_unconfirmed",
    "is_confirmed",
    "make_way",
    "put_photo",
    "refusals_of_person",
    "reject_coach",
    "relate",
    "remove_photo",
    "remove_stray_photos",
    "renew_secrets",
    "rewrite_words",
    "submit_coach_profile",
    "switch_role",
]
