"""A coach's document as text for staff, and what a change does to it, word by word."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.documents import EMPTY, Difference, name_of, wanted_document
from accounts.models import CoachProfile, Skill
from accounts.places import LEVELS, language_name


class Section(NamedTuple):
    """A section under its name, as people read it."""

    title: str
    text: str


class Compared(NamedTuple):
    """A section that changes: what is public with what goes marked, what is wanted with what comes marked."""

    title: str
    was: SafeString
    wanted: SafeString


def readable(profile: CoachProfile) -> list[Section]:
    """The whole document the coach wants, section by section."""
    document = wanted_document(profile)
    names = _names([document])
    return [Section(_title(name), _text(name, document[name], names)) for name in EMPTY]


def compared(differences: Iterable[Difference]) -> list[Compared]:
    """Each section that differs, was and wanted."""
    changed = list(differences)
    names = _names([{each.section: value} for each in changed for value in (each.was, each.wanted)])
    texts = [
        (each.section, _text(each.section, each.was, names), _text(each.section, each.wanted, names))
        for each in changed
    ]
    return [Compared(_title(section), *marked(was, wanted)) for section, was, wanted in texts]


def marked(was: str, wanted: str) -> tuple[SafeString, SafeString]:
    """Both texts, escaped, with <del> around the words that go and <ins> around those that come."""
    old, new = _words(was), _words(wanted)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left.append(_mark("del" if kind != "equal" else "", "".join(old[a:b])))
        right.append(_mark("ins" if kind != "equal" else "", "".join(new[c:d])))
    return _joined(left), _joined(right)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _mark(tag: str, text: str) -> SafeString:
    if not tag or not text:
        return format_html("{}", text)
    return format_html("<{}>{}</{}>", mark_safe(tag), text, mark_safe(tag))  # noqa: S308 - one of two words of ours


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _title(section: str) -> str:
    return str(capfirst(name_of(section)))


def _names(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    slugs = {slug for document in documents for slug in document.get("skills", [])}
    return dict(Skill.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}


def _text(section: str, value: Any, names: Mapping[str, str]) -> str:
    if section == "skills":
        return "\n".join(names.get(slug, slug) for slug in value)
    if section == "languages":
        levels = dict(LEVELS)
        return "\n".join(f"{language_name(each['code'])}: {levels.get(each['level'], '')}" for each in value)
    if isinstance(value, list):
        return "\n\n".join(_entry(row) for row in value)
    return str(value)


def _entry(row: Mapping[str, Any]) -> str:
    years = f"{row['from_year']}–{row['to_year'] or _('today')}" if "from_year" in row else row["url"]
    head = " · ".join(part for part in (row["title"], row.get("organisation"), years) if part)
    return "\n".join(part for part in (head, row["text"]) if part)
