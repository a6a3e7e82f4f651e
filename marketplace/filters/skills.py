"""Skills to choose from in a search: read once for each page, with how many offer or ask for them."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.core.cache import cache
from django.db.models import Count
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import Skill
from core.words import fold

COUNTED_FOR = 300  # seconds
SHOWN = 10
NEWEST = 1000

# A thousand requests say well enough what is asked for, and counting them never takes longer than it does today.
SKILLS_ASKED_FOR = f"""
SELECT skill.id, skill.slug, skill.name, coalesce(asked.times, 0) AS times
FROM accounts_skill skill LEFT JOIN (
    SELECT each, count(*) AS times FROM (
        SELECT unnest(skill_ids) AS each FROM (
            SELECT skill_ids FROM marketplace_learningrequest WHERE state = 'open'
            ORDER BY posted_at DESC, id DESC LIMIT {NEWEST}
        ) AS newest
    ) AS named GROUP BY each
) AS asked ON asked.each = skill.id ORDER BY skill.name
"""  # noqa: S608 - a number of ours


@extend_schema_field(OpenApiTypes.STR)
class SkillFilter(django_filters.MultipleChoiceFilter):
    """Slugs of skills, any of which will do."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[], widget=forms.CheckboxSelectMultiple, **kwargs)

    def know(self, skills: list[Any]) -> None:
        """Say, before the form is made, what may be chosen."""
        self.field.choices = [(skill.slug, skill.name) for skill in skills]


def skills_taught() -> list[Any]:
    """All skills; their `times` is how many coaches taught them a few minutes ago. Only public profiles have skills."""
    return _with_times("coaches-by-skill", lambda: Skill.objects.annotate(times=Count("coaches")))


def skills_asked_for() -> list[Any]:
    """All skills; their `times` is how many of the newest open requests asked for them a few minutes ago."""
    return _with_times("requests-by-skill", lambda: Skill.objects.raw(SKILLS_ASKED_FOR))


def facets(skills: list[Any], chosen: list[str]) -> list[dict[str, Any]]:
    """The chosen skills, then those with most behind them, then all others by name: `{skill, chosen, more}`."""
    offered = [skill for skill in skills if skill.slug in chosen or skill.times]
    offered.sort(key=lambda skill: (skill.slug not in chosen, -skill.times, fold(skill.name)))
    first, others = offered[: max(SHOWN, len(chosen))], offered[max(SHOWN, len(chosen)) :]
    others.sort(key=lambda skill: fold(skill.name))
    shown = [{"skill": skill, "chosen": skill.slug in chosen, "more": False} for skill in first]
    return shown + [{"skill": skill, "chosen": False, "more": True} for skill in others]


def _with_times(key: str, count: Callable[[], Any]) -> list[Any]:
    """The skills of now with the numbers of a moment ago; one query."""
    known: dict[int, int] | None = cache.get(key)
    if known is None:
        counted = list(count())
        cache.set(key, {skill.pk: skill.times for skill in counted}, COUNTED_FOR)
        return counted
    skills: list[Any] = list(Skill.objects.only("pk", "slug", "name"))
    for skill in skills:
        skill.times = known.get(skill.pk, 0)
    return skills
