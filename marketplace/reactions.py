"""What requests do when something happens to people."""

from accounts.events import SKILL_CHANGED
from accounts.models import Skill
from core.events import on
from core.models import Event
from marketplace.operations.words import rewrite_requests_of


@on(SKILL_CHANGED)
def find_requests_by_new_words(skill: Skill, event: Event) -> None:
    rewrite_requests_of(skill, now=event.at)
