"""Differences between the books and the world: written down once, looked at by staff."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models

from accounts.models import User
from core.models import kind_of
from core.operations import operation
from payments.models import Incident


def open_incident(kind: str, subject: models.Model, *, key: str, now: datetime, **facts: Any) -> Incident:
    """Say what differs, with both sides; the same kind and key is the same incident."""
    found, _fresh = Incident.objects.get_or_create(
        key=f"{kind}:{key}",
        defaults={
            "kind": kind,
            "subject_kind": kind_of(subject),
            "subject_id": subject.pk,
            "facts": facts,
            "opened_at": now,
        },
    )
    return found


@operation
def close_incident(incident: Incident, *, by: User, now: datetime) -> Incident:
    """Staff have looked at it; closing it again changes nothing."""
    if not by.has_perm("payments.change_incident"):
        raise PermissionDenied
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    if incident.closed_at is None:
        incident.closed_at = now
        incident.save(update_fields=["closed_at"])
    return incident
