"""People: the user, what a student and a coach say of themselves, who knows whom."""

from accounts.models.coaches import CoachProfile, CoachProfileQuerySet, validate_meeting_url
from accounts.models.skills import Skill, SkillSynonym
from accounts.models.students import Relation, StudentProfile
from accounts.models.users import FORMER, Role, User, UserManager, lock_members, lock_people, validate_name

__all__ = [
    "FORMER",
    "CoachProfile",
    "CoachProfileQuerySet",
    "Relation",
    "Role",
    "Skill",
    "SkillSynonym",
    "StudentProfile",
    "User",
    "UserManager",
    "lock_members",
    "lock_people",
    "validate_meeting_url",
    "validate_name",
]
