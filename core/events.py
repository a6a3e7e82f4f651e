"""Saying that something happened, and letting the floors above react to it."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.contrib.auth.models import AbstractBaseUser
from django.db import OperationalError, models, transaction

from core.models import Event, kind_of

TELLING_FAILED = "telling_failed"
Reaction = Callable[[Any, Event], None]
log = structlog.get_logger(__name__)
_reactions: dict[str, list[Reaction]] = defaultdict(list)


def record(subject: models.Model, name: str, *, by: AbstractBaseUser | None, at: datetime, **facts: Any) -> Event:
    """Write down what happened and run the reactions to it, inside the caller's transaction."""
    event = Event.objects.create(
        subject_kind=kind_of(subject), subject_id=subject.pk, name=name, by_id=by.pk if by else None, at=at, facts=facts
    )
    for reaction in _reactions[name]:
        reaction(subject, event)
    return event


def telling_of(*names: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction that only tells people: when it breaks, it alone is undone, and an event says so.

    Money that arrived stays booked even if the notice about it cannot be written.
    """

    def register(reaction: Reaction) -> Reaction:
        on(*names)(lambda subject, event: told(reaction, subject, event))
        return reaction

    return register


def told(reaction: Reaction, subject: models.Model, event: Event) -> None:
    """Run a reaction that only tells people: when it breaks, it alone is undone."""
    try:
        with transaction.atomic():
            reaction(subject, event)
    except OperationalError:  # a deadlock or a lock that is not free: the whole operation tries again
        raise
    except Exception:
        log.exception("telling failed", name=event.name, reaction=reaction.__name__)
        facts = {"of": event.pk, "reaction": reaction.__name__}
        record(subject, TELLING_FAILED, by=None, at=event.at, **facts)


def on(*names: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction `(subject, event)`: one operation or one queued task."""

    def register(reaction: Reaction) -> Reaction:
        for name in names:
            _reactions[name].append(reaction)
        return reaction

    return register
