"""Use cases of people: their roles and profiles, and what staff decide about coaches."""

from accounts.operations.coaches import approve_coach, change_profile, reject_coach, submit_coach_profile
from accounts.operations.roles import become, relate, switch_role
from accounts.operations.words import rewrite_words

__all__ = [
    "approve_coach",
    "become",
    "change_profile",
    "reject_coach",
    "relate",
    "rewrite_words",
    "submit_coach_profile",
    "switch_role",
]
