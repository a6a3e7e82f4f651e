"""A coach profile as one document: what is public, what the coach wants to be public, and where the two differ."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from accounts.models import CoachProfile, Skill
from core.words import fold

Document = dict[str, Any]

# What people read of a coach waits for approval; rates, country, meeting link and photo do not.
EMPTY: Document = {
    "goal": "",
    "skills": [],  # slugs
    "experience": [],  # {"title", "organisation", "from_year", "to_year" or None, "text"}
    "education": [],  # {"title", "organisation", "from_year", "to_year" or None, "text"}
    "portfolio": [],  # {"title", "url", "text"}
    "languages": [],  # {"code", "level"}
    "headline": "",
    "bio": "",
}
NEEDED = ("skills", "languages", "headline", "bio")
OFFER = ("country", "currency", "hourly_rate_cents", "trial_rate_cents", "meeting_url")  # public at once
COLUMNS: dict[str, tuple[str, ...]] = {
    "experience": ("title", "organisation", "from_year", "to_year", "text"),
    "education": ("title", "organisation", "from_year", "to_year", "text"),
    "portfolio": ("title", "url", "text"),
    "languages": ("code", "level"),
}


class Difference(NamedTuple):
    """One section as it is public and as the coach wants it."""

    section: str
    was: Any
    wanted: Any


def public_document(profile: CoachProfile) -> Document:
    """What everybody may read; empty before the first approval."""
    if not profile.is_public:
        return dict(EMPTY)
    columns = {name: getattr(profile, name) for name in EMPTY if name != "skills"}
    return columns | {"skills": sorted(skill.slug for skill in profile.skills.all())}


def wanted_document(profile: CoachProfile) -> Document:
    """What the coach sees in the wizard: the public one with the changes that are not public yet."""
    return public_document(profile) | profile.wanted


def with_rows(document: Document) -> Document:
    """The document as it is shown: skills as rows with a name."""
    return document | {"skills": list(Skill.objects.filter(slug__in=document["skills"]))}


def differences(profile: CoachProfile) -> list[Difference]:
    """The sections that a decision would change, in the order of the document."""
    public, wanted = public_document(profile), wanted_document(profile)
    return [Difference(name, public[name], wanted[name]) for name in EMPTY if public[name] != wanted[name]]


def digest(profile: CoachProfile) -> str:
    """A short name of exactly this document: who decides says which one they saw."""
    return digest_of(wanted_document(profile))


def digest_of(sections: Document) -> str:
    """The short name of some sections, or of all of them."""
    text = json.dumps(sections, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def sections_of(document: Document, names: Iterable[str]) -> Document:
    """Only these sections, as far as the document has them."""
    return {name: document[name] for name in names if name in document}


def tidy(sections: Mapping[str, Any]) -> Document:
    """The same sections without what nobody meant to write: blanks around words, the line ends of browsers."""
    return {name: _tidy_section(name, value) for name, value in sections.items()}


def in_order(sections: Mapping[str, Any]) -> Document:
    """The same sections as they are shown: entries once each, the latest first; skills by name."""
    ordered = dict(sections)
    for name in {"experience", "education"} & ordered.keys():
        ordered[name] = sorted(_once(ordered[name]), key=_latest_first)
    if "portfolio" in ordered:
        ordered["portfolio"] = _once(ordered["portfolio"])
    if "skills" in ordered:
        ordered["skills"] = sorted(set(ordered["skills"]))
    return ordered


def missing(profile: CoachProfile) -> list[str]:
    """The names of what a profile cannot be submitted without and that is still empty."""
    document = wanted_document(profile)
    empty = [name for name in NEEDED if not document[name]]
    return empty + [name for name in ("country", "hourly_rate_cents") if not getattr(profile, name)]


def name_of(section: str) -> str:
    """What a section or column is called, in the reader's language."""
    return str(getattr(CoachProfile._meta.get_field(section), "verbose_name", section))


def words_of(profile: CoachProfile, skills: Iterable[Skill]) -> tuple[str, str]:
    """What search finds first, and what it finds besides, accent-folded; two queries at most."""
    synonyms = [each.word for skill in skills for each in skill.synonyms.all()]
    first = [profile.user.name, profile.headline, *(skill.name for skill in skills), *synonyms]
    entries = [*profile.experience, *profile.education, *profile.portfolio]
    besides = [profile.goal, profile.bio]
    besides += [str(each.get(name) or "") for each in entries for name in ("title", "organisation", "text")]
    return fold(" ".join(first)), fold(" ".join(besides))


def _tidy_section(name: str, value: Any) -> Any:
    if name in COLUMNS:
        return [{column: _tidy_text(row[column]) for column in COLUMNS[name]} for row in value]
    return _tidy_text(value)


def _tidy_text(value: Any) -> Any:
    return "\n".join(value.strip().splitlines()) if isinstance(value, str) else value


def _once(rows: list[Any]) -> list[Any]:
    return [row for number, row in enumerate(rows) if row not in rows[:number]]


def _latest_first(row: Mapping[str, Any]) -> tuple[float, int]:
    return (-(row["to_year"] or float("inf")), -row["from_year"])
