"""The private address at which calendar programs read a person's sessions."""

import secrets
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from core.models import Event
from core.operations import operation
from scheduling import events
from scheduling.models import Feed, Participant, Session

SECRET_BYTES = 32
BACK = timedelta(days=90)
KEPT_CANCELLED = timedelta(days=30)
CHANGES = [
    events.SESSION_REQUESTED,
    events.SESSION_SCHEDULED,
    events.SESSION_MOVED,
    events.SESSION_FOLLOWED_CLOCKS,
    events.SESSION_CANCELLED,
]


@operation
def renew_feed(*, by: User, now: datetime) -> Feed:
    """Give this person a new private address; the one before leads nowhere from now on."""
    fresh = {"token": secrets.token_urlsafe(SECRET_BYTES), "made_at": now}
    return Feed.objects.update_or_create(user=by, defaults=fresh)[0]


def sessions_in_feed(user: User, now: datetime) -> "QuerySet[Session]":
    """What somebody's calendar should show: agreed and asked for, and what was called off lately, each with `changed_at`."""
    taken = Session.objects.filter(participants__user=user, participants__state=Participant.State.TAKEN)
    changes = Event.objects.filter(
        subject_kind="scheduling.session", subject_id=OuterRef("pk"), name__in=CHANGES
    ).order_by("-at")
    changed_at = Coalesce(Subquery(changes.values("at")[:1]), "agreed_at", "starts_at")
    rows = taken.filter(starts_at__isnull=False, ends_at__gt=now - BACK).annotate(changed_at=changed_at)
    off = Q(state=Session.State.CANCELLED, version__gt=0, changed_at__gt=now - KEPT_CANCELLED)
    shown = [Session.State.REQUESTED, Session.State.SCHEDULED, Session.State.IN_PROGRESS, *Session.OVER]
    return rows.filter(off | Q(state__in=shown)).with_people().order_by("starts_at", "pk")
