"""Pages about people: one's own profile and roles, becoming a coach."""

from accounts.views.coach import onboarding_coach
from accounts.views.me import become, onboarding, onboarding_student, profile, switch_role

__all__ = ["become", "onboarding", "onboarding_coach", "onboarding_student", "profile", "switch_role"]
