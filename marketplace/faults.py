"""What is wrong with a request as its student wrote it: pure, asked by form, endpoint and operation alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.places import languages, zones
from core.words import shown
from marketplace.models import LearningRequest
from marketplace.policy import (
    DESCRIPTION,
    HOURS,
    MAX_LANGUAGES,
    MAX_QUESTION,
    MAX_QUESTIONS,
    MAX_SKILLS,
    MAX_TIMEFRAME,
    MAX_TOTAL_CENTS,
    SESSIONS,
    TITLE,
)


class Fault(NamedTuple):
    """One thing that is wrong: the field it stands in, a code, a sentence."""

    field: str
    code: str
    sentence: str


def of_draft(written: Mapping[str, Any]) -> Iterator[Fault]:
    """What not even a draft can hold; fields that were not written are not looked at."""
    checks = {name: check for name, check in CHECKS.items() if name in written}
    for name, check in checks.items():
        yield from check(written[name])


def of_request(written: Mapping[str, Any]) -> Iterator[Fault]:
    """What keeps it from being posted, beginning with what is missing."""
    yield from _too_short("title", written.get("title", ""), TITLE)
    yield from _too_short("description", written.get("description", ""), DESCRIPTION)
    if not written.get("skills"):
        yield Fault("skills", "skills_missing", _("Choose at least one skill."))
    yield from of_draft(written)


def repeated(questions: Sequence[str]) -> int | None:
    """The place of the first question that was asked before it, capitals and spaces aside."""
    asked = [" ".join(text.split()).casefold() for text in questions]
    return next((place for place, text in enumerate(asked) if text and text in asked[:place]), None)


def _too_short(name: str, text: str, limits: range) -> Iterator[Fault]:
    if len(shown(text)) < limits.start:
        sentence = ngettext("Write at least %(n)d character.", "Write at least %(n)d characters.", limits.start)
        yield Fault(name, f"{name}_too_short", sentence % {"n": limits.start})


def _too_long(name: str, text: str, most: int) -> Iterator[Fault]:
    if len(text.strip()) > most:
        sentence = ngettext("Write at most %(n)d character.", "Write at most %(n)d characters.", most)
        yield Fault(name, f"{name}_too_long", sentence % {"n": most})


def _skills(skills: Any) -> Iterator[Fault]:
    if len(skills) > MAX_SKILLS:
        sentence = ngettext("Choose at most %(n)d skill.", "Choose at most %(n)d skills.", MAX_SKILLS)
        yield Fault("skills", "too_many_skills", sentence % {"n": MAX_SKILLS})


def _questions(questions: Any) -> Iterator[Fault]:
    if len(questions) > MAX_QUESTIONS:
        yield Fault("questions", "too_many_questions", _("Ask at most 5 questions."))
    if any(not shown(text) or len(text.strip()) > MAX_QUESTION for text in questions):
        yield Fault("questions", "question_length", _("A question has between 1 and 250 characters."))
    if repeated(questions) is not None:
        yield Fault("questions", "question_repeated", _("You ask this already. Ask each question once."))


def _budget(cents: int | None) -> Iterator[Fault]:
    if cents is not None and cents <= 0:
        yield Fault("budget", "budget_not_positive", _("Give an amount above zero."))
    if cents is not None and cents > MAX_TOTAL_CENTS:
        yield Fault("budget", "budget_too_high", _("This is more than can be paid here."))


def _sessions(count: int) -> Iterator[Fault]:
    if count not in SESSIONS:
        yield Fault("sessions_needed", "sessions_out_of_range", _("Choose between 1 and 100 sessions."))


def _hours(hours: Any) -> Iterator[Fault]:
    if any(hour not in HOURS for hour in hours):
        yield Fault("preferred_hours", "hours_unknown", _("Choose hours of the week."))


def _languages(codes: Any) -> Iterator[Fault]:
    known = dict(languages())
    if any(code not in known for code in codes):
        yield Fault("languages", "language_unknown", _("Choose languages of the list."))
    if len(codes) > MAX_LANGUAGES:
        sentence = ngettext("Choose at most %(n)d language.", "Choose at most %(n)d languages.", MAX_LANGUAGES)
        yield Fault("languages", "too_many_languages", sentence % {"n": MAX_LANGUAGES})


def _of_list(name: str, values: Any) -> Any:
    def check(value: str) -> Iterator[Fault]:
        if value not in values():
            yield Fault(name, f"{name}_unknown", _("Choose one of the list."))

    return check


CHECKS: dict[str, Any] = {
    "title": lambda text: _too_long("title", text, TITLE[-1]),
    "description": lambda text: _too_long("description", text, DESCRIPTION[-1]),
    "skills": _skills,
    "level": _of_list("level", lambda: LearningRequest.Level.values),
    "budget_cents": _budget,
    "currency": _of_list("currency", lambda: settings.CURRENCIES),
    "sessions_needed": _sessions,
    "timeframe": lambda text: _too_long("timeframe", text, MAX_TIMEFRAME),
    "time_zone": _of_list("time_zone", lambda: dict(zones())),
    "preferred_hours": _hours,
    "languages": _languages,
    "questions": _questions,
}
