"""What clients read of a session's wish for another time."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import clock
from scheduling.models import Move, Session
from scheduling.operations.moving import may_move, waiting

MOMENT = serializers.DateTimeField(allow_null=True)
MOVE_FIELDS = [
    "reschedule_requested",
    "reschedule_requested_by",
    "reschedule_requested_for",
    "reschedule_reason",
    "reschedule_deadline",
    "rescheduled_from",
    "can_request_reschedule",
]


class MoveFields(serializers.Serializer[Any]):
    """Of a session read `with_people`, which brings its moves along."""

    reschedule_requested = serializers.SerializerMethodField()
    reschedule_requested_by = serializers.SerializerMethodField()
    reschedule_requested_for = serializers.SerializerMethodField()
    reschedule_reason = serializers.SerializerMethodField()
    reschedule_deadline = serializers.SerializerMethodField()
    rescheduled_from = serializers.SerializerMethodField()
    can_request_reschedule = serializers.SerializerMethodField()

    def get_reschedule_requested(self, session: Session) -> bool:
        return _wish(session) is not None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_reschedule_requested_by(self, session: Session) -> int | None:
        wish = _wish(session)
        return wish.asked_by_id if wish else None

    @extend_schema_field(MOMENT)
    def get_reschedule_requested_for(self, session: Session) -> str | None:
        wish = _wish(session)
        return _iso(wish.starts_at) if wish else None

    def get_reschedule_reason(self, session: Session) -> str:
        wish = _wish(session)
        return wish.reason if wish else ""

    @extend_schema_field(MOMENT)
    def get_reschedule_deadline(self, session: Session) -> str | None:
        wish = _wish(session)
        return _iso(wish.answer_due_at) if wish else None

    @extend_schema_field(MOMENT)
    def get_rescheduled_from(self, session: Session) -> str | None:
        return _iso(session.last_move.from_starts_at) if session.last_move else None

    def get_can_request_reschedule(self, session: Session) -> bool:
        return may_move(session, self.context["request"].user, clock.now())


def _wish(session: Session) -> Move | None:
    """The time that is asked for, as long as it can be answered."""
    return waiting(session, clock.now())


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
