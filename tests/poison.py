"""Texts that would run in a careless page, and a way to put one into every text that people write."""

from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

HIT = "data-hit"  # on every element the payloads would make: none may exist in a page
PAYLOADS = [
    "<script data-hit>hit()</script>",
    "<img data-hit src=x onerror=hit()>",
    "<svg data-hit onload=hit()>",
    '"><img data-hit src=x onerror=hit()>',
    "'><svg data-hit/onload=hit()>",
    '" autofocus data-hit onfocus=hit() x="',
    "' autofocus data-hit onfocus=hit() x='",
    "</script><script data-hit>hit()</script>",
    "</title><script data-hit>hit()</script>",
    "</textarea><img data-hit src=x onerror=hit()>",
    "</style><svg data-hit onload=hit()>",
    "--><script data-hit>hit()</script>",
    "]]><script data-hit>hit()</script>",
    "<a data-hit href=javascript:hit()>go</a>",
    "<iframe data-hit srcdoc='<script>parent.hit()</script>'>",
    "<i data-hit hx-get=/ hx-trigger=load>",
    "<details data-hit open ontoggle=hit()>",
    "<math><mi data-hit xlink:href=javascript:hit()>",
    "<noscript><p title='</noscript><img data-hit src=x>'>",
    "{{ 7|add:7 }}{% now 'Y' %}${7*7}<b data-hit>",
]
# What no person types: keys, states, codes and what others gave us.
NOT_TYPED = {
    "User": {"password", "time_zone", "language", "photo", "email", "role"},
    "Skill": {"slug"},
    "StudentProfile": {"country", "born_on"},
    "CoachProfile": {"country", "currency", "meeting_url", "words", "more_words"},
    "LearningRequest": {"currency", "time_zone", "words", "more_words"},
    "Proposal": {"currency"},
    "Contract": {"number", "time_zone"},
    "Session": {"time_zone", "room", "meeting_url"},
    "Calendar": {"time_zone"},
    "TermsTemplate": {"currency"},
    "GroupOffer": {"currency"},
    "Cancellation": {"role"},
    "Notification": {"url", "kind"},
    "OutgoingMail": {"to", "key", "kind", "html"},
}
MOST_ROWS = 30  # the newest; of the curated skills that is enough
FLOORS = ("accounts", "scheduling", "marketplace", "contracts", "notifications")


def poison(turn: int) -> list[str]:
    """Put payloads into every text that people write, in all rows; which fields were reached.

    Texts with room take all twenty, the others one each, another one in each turn.
    """
    reached, numbers = [], count(turn)
    for model in (each for floor in FLOORS for each in apps.get_app_config(floor).get_models()):
        for field in typed_fields(model):
            rows = list(model._default_manager.order_by("-pk")[:MOST_ROWS])
            for row in rows:
                value = poisoned(getattr(row, field.attname), room_of(field), numbers)
                if field.unique:
                    value = f"{row.pk}{value}"[: room_of(field)]
                model._default_manager.filter(pk=row.pk).update(**{field.attname: value})
            reached += [f"{model.__name__}.{field.name}"] if rows else []
    return reached


def typed_fields(model: type[models.Model]) -> list[Any]:
    """The fields of a model in which people write what they like."""
    kept = NOT_TYPED.get(model.__name__, set())
    wanted = (models.CharField, models.TextField, models.JSONField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, wanted) and not field.choices and not field.generated and field.name not in kept
    ]


def room_of(field: Any) -> int:
    return field.max_length or 10_000


def poisoned(value: Any, room: int, numbers: Any) -> Any:
    """The same shape with payloads for words; codes inside documents stay."""
    if isinstance(value, list):
        return [poisoned(each, 120, numbers) for each in value]
    if isinstance(value, dict):
        typed = {"title", "organisation", "text", "goal", "headline", "bio", "experience", "education", "portfolio"}
        typed |= {"learning_outcomes"}
        return {name: poisoned(each, 120, numbers) if name in typed else each for name, each in value.items()}
    if value is None or not isinstance(value, str):
        return value
    if room >= sum(len(each) + 1 for each in PAYLOADS):
        return " ".join(PAYLOADS)
    return fitting(room, next(numbers))


def fitting(room: int, number: int) -> str:
    """The next payload that fits; a room too small for any takes a plain tag."""
    turned = PAYLOADS[number % len(PAYLOADS) :] + PAYLOADS[: number % len(PAYLOADS)]
    return next((each for each in turned if len(each) <= room), "<b>"[:room])
