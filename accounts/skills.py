"""Skills by whatever people call them: their slug, their name or a synonym, with or without accents."""

from collections.abc import Iterable
from typing import NamedTuple

from accounts.models import Skill
from core.words import fold


class Found(NamedTuple):
    """Skills without doubles, in the order they were named, and the words that mean none."""

    skills: list[Skill]
    unknown: list[str]


def resolve(words: Iterable[str]) -> Found:
    """What these words mean: "js", "JavaScript" and "javascript" are one skill; two queries, whatever is asked."""
    known = _by_word()
    named = [(word, known.get(_plain(word))) for word in words]
    skills = {skill.pk: skill for _word, skill in named if skill}
    return Found(list(skills.values()), [word for word, skill in named if skill is None])


def by_category() -> list[tuple[str, list[Skill]]]:
    """All skills under the names of their categories, with their synonyms at hand; two queries."""
    skills = list(Skill.objects.prefetch_related("synonyms"))
    groups = [(str(label), [each for each in skills if each.category == key]) for key, label in Skill.Category.choices]
    return [(label, members) for label, members in groups if members]


def _by_word() -> dict[str, Skill]:
    skills = list(Skill.objects.prefetch_related("synonyms"))
    synonyms = {each.word: skill for skill in skills for each in skill.synonyms.all()}
    names = {_plain(skill.name): skill for skill in skills}
    return synonyms | names | {skill.slug: skill for skill in skills}


def _plain(word: str) -> str:
    return " ".join(fold(word).split())
