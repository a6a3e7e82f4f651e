"""The same chance every time: person number 7 is always the same person."""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from accounts.models import Skill
from demo.seed.crowd import words
from demo.seed.crowd.words import Place
from demo.seed.people import DAYS, EVENINGS, MORNINGS, WEEKEND

Hours = list[tuple[int, int, int]]
WEEKS: list[Hours] = [
    EVENINGS,
    DAYS,
    MORNINGS,
    WEEKEND,
    EVENINGS + WEEKEND,
    DAYS + WEEKEND,
    [(0, 18, 21), (2, 18, 21)],
    [(1, 9, 12), (3, 14, 19)],
    [(day, 20, 24) for day in range(7)],
    [(5, 8, 11)],
]
CHEAPEST, DEAREST = 15, 120  # per hour, in the larger unit of most currencies
PLACES_SO_FAR = list(accumulate(1 / (number + 2) for number in range(len(words.PLACES))))
SKILLS_SO_FAR = list(accumulate(1 / (number + 3) for number in range(len(words.SKILLS))))


class Somebody(NamedTuple):
    """One person of the crowd, and the chance that the rest of their life follows."""

    random: Random
    name: str
    place: Place
    skills: list[int]  # numbers in words.SKILLS, the main one first
    languages: list[str]


def somebody(kind: str, number: int) -> Somebody:
    """Person `number` of a kind."""
    random = Random(f"{kind} {number}")  # noqa: S311 - nothing secret
    [place] = random.choices(words.PLACES, cum_weights=PLACES_SO_FAR)
    name = f"{random.choice(words.FIRST)} {random.choice(words.LAST)}"
    return Somebody(random, name, place, skills(random, 4), _languages(random, place))


def skills(random: Random, most: int) -> list[int]:
    """A few numbers of words.SKILLS, the main one first."""
    chosen = random.choices(range(len(words.SKILLS)), cum_weights=SKILLS_SO_FAR, k=random.randint(1, most))
    return list(dict.fromkeys(chosen))


def text(who: Somebody, sentences: list[str], least: int, most: int) -> str:
    """A few sentences about their skills."""
    facts = {"skill": skill_name(who), "other": words.SKILLS[who.skills[-1]][0], "city": who.place.city}
    chosen = who.random.sample(sentences, who.random.randint(least, most))
    return " ".join(each.format(years=who.random.randint(2, 25), **facts) for each in chosen)


def headline(who: Somebody) -> str:
    return f"{skill_name(who)} {who.random.choice(words.PURPOSES)}"


def skills_of(who: Somebody, known: Sequence[Skill]) -> list[Skill]:
    """Their skills in the order in which the database lists them."""
    return sorted((known[number] for number in who.skills), key=lambda skill: skill.name)


def skill_name(who: Somebody) -> str:
    return words.SKILLS[who.skills[0]][0]


def cents(whole: int) -> int:
    """A round amount in smallest units: a hundred yen are worth about as much as one of the others."""
    return whole * 100


def stars(random: Random) -> list[int]:
    """How many gave 1, 2, 3, 4 and 5 stars; a third of all coaches are new."""
    if random.random() < 0.35:
        return [0] * 5
    kindness = random.uniform(0.5, 3)
    given = random.choices(range(5), [0.02, 0.03, 0.1, 0.6, kindness], k=1 + int(random.expovariate(1 / 15)))
    return [given.count(number) for number in range(5)]


def _languages(random: Random, place: Place) -> list[str]:
    more = [random.choice(words.PLACES).languages[0]] if random.random() < 0.15 else []
    spoken = place.languages[: random.randint(1, len(place.languages))]
    return list(dict.fromkeys([*spoken, *more]))
