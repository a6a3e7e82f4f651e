"""Pages about people: one's own profile and roles, becoming a coach."""

from accounts.views.coach import onboarding_coach, onboarding_discard, onboarding_review, onboarding_step
from accounts.views.me import photo, photo_remove, profile, zone
from accounts.views.roles import become, onboarding, onboarding_student, switch_role
from accounts.views.students import student

__all__ = [
    "become",
    "onboarding",
    "onboarding_coach",
    "onboarding_discard",
    "onboarding_review",
    "onboarding_step",
    "onboarding_student",
    "photo",
    "photo_remove",
    "profile",
    "student",
    "switch_role",
    "zone",
]
