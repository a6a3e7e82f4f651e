"""Saying that something happened, and letting the floors above react to it."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from core.models import Event, kind_of

Reaction = Callable[[Any, Event], None]
_reactions: dict[str, list[Reaction]] = defaultdict(list)


def record(subject: models.Model, name: str, *, by: AbstractBaseUser | None, at: datetime, **facts: Any) -> Event:
    """Write down what happened and run the reactions to it, inside the caller's transaction."""
    event = Event.objects.create(
        subject_kind=kind_of(subject), subject_id=subject.pk, name=name, by_id=by.pk if by else None, at=at, facts=facts
    )
    for reaction in _reactions[name]:
        reaction(subject, event)
    return event


def on(*names: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction `(subject, event)`: one operation or one queued task."""

    def register(reaction: Reaction) -> Reaction:
        for name in names:
            _reactions[name].append(reaction)
        return reaction

    return register
