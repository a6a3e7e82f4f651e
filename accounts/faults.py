"""What is wrong with what a coach wrote: pure, asked by form, endpoint and operation alike."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import CoachProfile
from accounts.places import LEVELS, countries, language_name, languages
from accounts.policy import (
    EARLIEST_YEAR,
    MAX_ADDRESS,
    MAX_BIO,
    MAX_ENTRIES,
    MAX_GOAL,
    MAX_HEADLINE,
    MAX_NAME,
    MAX_NOTE,
    MAX_RATE_CENTS,
    MAX_SKILLS,
    MOST_LANGUAGES,
    first_double,
    minimum_session_cents,
)
from core.links import leads_to
from core.money import as_text

HOSTS_NAMED = 5


class Fault(NamedTuple):
    """One thing that is wrong: the section, a code, a sentence; in a list the row, and the column of it."""

    section: str
    code: str
    sentence: str
    row: int | None = None
    column: str = ""


Faults = Iterator[Fault]
Row = Mapping[str, Any]


def of_change(profile: CoachProfile, written: Mapping[str, Any], *, now: datetime) -> Faults:
    """What is wrong with writing these sections and columns into this profile."""
    yield from of_profile({"currency": profile.currency} | dict(written), now=now)
    if profile.is_public or profile.is_waiting:
        for name in ("country", "hourly_rate_cents"):
            if name in written and not written[name]:
                yield Fault(name.removesuffix("_cents"), "needed", _("This cannot be empty any more."))
    if written.get("currency", profile.currency) != profile.currency:
        for name in ("hourly_rate_cents", "trial_rate_cents"):
            if getattr(profile, name) and name not in written:
                yield Fault(name.removesuffix("_cents"), "old_currency", _("Give this in the new currency, too."))


def of_profile(written: Mapping[str, Any], *, now: datetime) -> Faults:
    """What is wrong with these sections and columns as such; empty ones may wait, others must be right."""
    for name, check in CHECKS.items():
        if written.get(name):
            yield from check(written[name])
    for name in ("experience", "education"):
        yield from _years(name, written.get(name) or [], now.year)
    yield from _rates(written, now)


def _text(name: str, most: int) -> Callable[[str], Faults]:
    def check(text: str) -> Faults:
        if len(text) > most:
            yield Fault(name, "too_long", _too_long(most))

    return check


def _too_long(most: int) -> str:
    return ngettext("Write at most %(n)d character.", "Write at most %(n)d characters.", most) % {"n": most}


def _skills(slugs: list[str]) -> Faults:
    if len(slugs) > MAX_SKILLS:
        sentence = ngettext("Choose at most %(n)d skill.", "Choose at most %(n)d skills.", MAX_SKILLS)
        yield Fault("skills", "too_many", sentence % {"n": MAX_SKILLS})


def _spoken(rows: list[Row]) -> Faults:
    known, levels = dict(languages()), dict(LEVELS)
    if len(rows) > MOST_LANGUAGES:
        sentence = ngettext("Give at most %(n)d language.", "Give at most %(n)d languages.", MOST_LANGUAGES)
        yield Fault("languages", "too_many", sentence % {"n": MOST_LANGUAGES})
    if any(row["code"] not in known for row in rows):
        yield Fault("languages", "language_unknown", _("Choose a language of the list."))
    if any(row["level"] not in levels for row in rows):
        yield Fault("languages", "level_unknown", _("Say how well you speak each language."))
    if double := first_double(row["code"] for row in rows):
        sentence = _("You chose %(language)s twice.") % {"language": language_name(double)}
        yield Fault("languages", "language_twice", sentence)


def _entries(name: str, columns: Mapping[str, int]) -> Callable[[list[Row]], Faults]:
    def check(rows: list[Row]) -> Faults:
        if len(rows) > MAX_ENTRIES:
            sentence = ngettext("Give at most %(n)d entry.", "Give at most %(n)d entries.", MAX_ENTRIES)
            yield Fault(name, "too_many", sentence % {"n": MAX_ENTRIES})
        for number, row in enumerate(rows):
            if not row["title"]:
                yield Fault(name, "title_missing", _("Say what it was."), number, "title")
            for column, most in columns.items():
                if len(row[column]) > most:
                    yield Fault(name, "too_long", _too_long(most), number, column)

    return check


def _links(rows: list[Row]) -> Faults:
    yield from _entries("portfolio", {"title": MAX_NAME, "url": MAX_ADDRESS, "text": MAX_NOTE})(rows)
    for number, row in enumerate(rows):
        if not leads_to(row["url"], settings.PORTFOLIO_HOSTS):
            yield Fault("portfolio", "host_unknown", _at_one_of(settings.PORTFOLIO_HOSTS), number, "url")


def _years(name: str, rows: list[Row], this_year: int) -> Faults:
    for number, row in enumerate(rows):
        starts, ends = row["from_year"], row["to_year"]
        if starts is None:
            yield Fault(name, "year_missing", _("Say in which year it began."), number, "from_year")
            continue
        for column, year in (("from_year", starts), ("to_year", ends)):
            if year is not None and year not in range(EARLIEST_YEAR, this_year + 1):
                sentence = _("Give a year from %(first)d to %(last)d.") % {"first": EARLIEST_YEAR, "last": this_year}
                yield Fault(name, "year_out_of_range", sentence, number, column)
        if ends is not None and ends < starts:
            yield Fault(name, "years_backwards", _("This cannot end before it begins."), number, "to_year")


def _country(code: str) -> Faults:
    if code not in dict(countries()):
        yield Fault("country", "country_unknown", _("Choose a country of the list."))


def _currency(code: str) -> Faults:
    if code not in settings.CURRENCIES:
        yield Fault("currency", "currency_unknown", _("Choose one of our currencies."))


def _room(url: str) -> Faults:
    if not leads_to(url, settings.MEETING_HOSTS):
        yield Fault("meeting_url", "host_unknown", _at_one_of(settings.MEETING_HOSTS))


def _at_one_of(hosts: list[str]) -> str:
    sentence = _("Give an address that begins with https:// at one of these: %(hosts)s.")
    if len(hosts) > HOSTS_NAMED:
        sentence = _("Give an address that begins with https:// at one of these: %(hosts)s and others.")
    return sentence % {"hosts": ", ".join(hosts[:HOSTS_NAMED])}


def _rates(written: Mapping[str, Any], now: datetime) -> Faults:
    """An hour costs what a session must cost at least; a trial may be cheap, but is not free."""
    hourly, trial, currency = (written.get(name) for name in ("hourly_rate_cents", "trial_rate_cents", "currency"))
    least = minimum_session_cents(currency, now) if currency in settings.CURRENCIES else 0
    if hourly is not None and hourly < least:
        sentence = _("An hour costs at least %(amount)s.") % {"amount": as_text(least, currency)}
        yield Fault("hourly_rate", "rate_too_low", sentence)
    if trial == 0:
        yield Fault("trial_rate", "rate_not_positive", _("Give an amount above zero, or none if you offer no trial."))
    for name, cents in (("hourly_rate", hourly), ("trial_rate", trial)):
        if cents and cents > MAX_RATE_CENTS:
            yield Fault(name, "rate_too_high", _("This is more than can be paid here."))


DATED = {"title": MAX_NAME, "organisation": MAX_NAME, "text": MAX_NOTE}
CHECKS: dict[str, Callable[[Any], Faults]] = {
    "goal": _text("goal", MAX_GOAL),
    "headline": _text("headline", MAX_HEADLINE),
    "bio": _text("bio", MAX_BIO),
    "skills": _skills,
    "languages": _spoken,
    "experience": _entries("experience", DATED),
    "education": _entries("education", DATED),
    "portfolio": _links,
    "country": _country,
    "currency": _currency,
    "meeting_url": _room,
}
