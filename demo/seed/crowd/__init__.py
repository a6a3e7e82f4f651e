"""A crowd: as many coaches and requests as one likes, the same ones every time, written in bulk.

Nobody played their past: what the operations would have written of them is written at once.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.text import slugify

from accounts.models import Skill, User
from core import clock
from demo.seed.crowd import words
from demo.seed.crowd.coaches import address, make_coaches
from demo.seed.crowd.requests import OF_EACH, make_requests
from demo.seed.people import PASSWORD

COACHES = REQUESTS = 10_000
BATCH = 1_000
READ_BY_SEARCH = ["accounts_user", "accounts_skill", "accounts_coachprofile", "accounts_coachprofile_skills"]
READ_BY_SEARCH += ["scheduling_freetime", "marketplace_learningrequest", "marketplace_learningrequest_skills"]

Maker = Callable[[Sequence[int]], None]


def make_crowd(coaches: int = COACHES, requests: int = REQUESTS) -> None:
    """Make so many coaches and requests, without those that are there already; a batch at once."""
    facts = {"skills": _skills(), "password": make_password(PASSWORD), "now": clock.now()}
    _in_batches("coach", coaches, partial(make_coaches, **facts))
    _in_batches("student", requests // OF_EACH, partial(make_requests, **facts))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(READ_BY_SEARCH))


def _in_batches(kind: str, most: int, make: Maker) -> None:
    for numbers in _missing(kind, most):
        with transaction.atomic():
            make(numbers)


def _missing(kind: str, most: int) -> Iterator[Sequence[int]]:
    for start in range(0, most, BATCH):
        wanted = range(start, min(start + BATCH, most))
        known = set(User.objects.filter(email__in=[address(kind, n) for n in wanted]).values_list("email", flat=True))
        if missing := [number for number in wanted if address(kind, number) not in known]:
            yield missing


def _skills() -> list[Skill]:
    """The skills of the list, with their synonyms at hand."""
    for name, category in words.SKILLS:
        Skill.objects.get_or_create(slug=slugify(name), defaults={"name": name, "category": category})
    known = {skill.slug: skill for skill in Skill.objects.prefetch_related("synonyms")}
    return [known[slugify(name)] for name, _category in words.SKILLS]
