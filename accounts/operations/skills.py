"""The curated list of skills changes, and with it what people are found by."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts.events import SKILL_CHANGED
from accounts.models import Skill, User
from accounts.operations.words import rewrite_words_of
from core.events import record
from core.operations import operation


@operation
def change_skill(skill: Skill, *, by: User, now: datetime) -> Skill:
    """After a skill or its synonyms were written by staff: whoever has the skill is found by its new words."""
    if not by.has_perm("accounts.change_skill"):
        raise PermissionDenied
    rewrite_words_of(skill)
    record(skill, SKILL_CHANGED, by=by, at=now)
    return skill
