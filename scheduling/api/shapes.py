"""The form of sessions for clients, and of what they send about them."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from core import clock
from core.api import ErrorSerializer, InstantField
from scheduling import policy
from scheduling.actions import actions_of
from scheduling.api.move_fields import MOVE_FIELDS, MoveFields
from scheduling.meeting import Meeting, provider_of
from scheduling.models import Participant, Session

TYPES = {"consultation": "consultation", "trial": "trial", "group": "group"}
REFUSALS = {404: ErrorSerializer, 409: ErrorSerializer}
SESSION = OpenApiExample(
    "A scheduled session",
    {
        "id": 31,
        "type": "one_on_one",
        "kind": "contract",
        "title": "Conversational Spanish for travel",
        "number": 6,
        "out_of": 8,
        "state": "scheduled",
        "scheduled_at": "2026-12-01T15:00:00Z",
        "ends_at": "2026-12-01T16:00:00Z",
        "duration_minutes": 60,
        "timezone": "Europe/Madrid",
        "version": 1,
        "hold_expires_at": None,
        "answer_due_at": None,
        "note_to_coach": "",
        "decline_reason": "",
        "started_at": None,
        "ended_at": None,
        "outcome": "",
        "actual_minutes": None,
        "joinable_from": "2026-12-01T14:50:00Z",
        "joinable_until": "2026-12-01T16:00:00Z",
        "meeting": "link",
        "notes": "",
        "private_notes": "",
        "satisfaction": None,
        "confirmed_by_coach": False,
        "can_be_scheduled": False,
        "can_be_joined": False,
        "reschedule_requested": False,
        "reschedule_requested_by": None,
        "reschedule_requested_for": None,
        "reschedule_reason": "",
        "reschedule_deadline": None,
        "rescheduled_from": None,
        "can_request_reschedule": True,
        "can_be_rated": False,
        "actions": ["notes", "cancel"],
        "participants": [
            {"id": 7, "name": "Lucía Fernández", "role": "coach", "checked_in_at": None, "confirmed_at": None},
            {"id": 12, "name": "Priya Raman", "role": "student", "checked_in_at": None, "confirmed_at": None},
        ],
    },
    response_only=True,
)


class ParticipantSerializer(serializers.ModelSerializer):
    """A person's place in a session, with the evidence of their attendance."""

    id = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")

    class Meta:
        model = Participant
        fields = ["id", "name", "role", "checked_in_at", "confirmed_at"]


class SessionSerializer(MoveFields, serializers.ModelSerializer):
    """One meeting. `state` may be `ready`, which follows from the clock; `timezone` is that of the coach's hours.

    `actions` are the verbs open to who asks, the next step first. `notes` are the coach's summary for all, `private_notes`
    and `satisfaction` are those of who asks. Students see themselves and the coach among the `participants`.
    """

    type = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    scheduled_at = serializers.DateTimeField(source="starts_at", allow_null=True)
    timezone = serializers.CharField(source="time_zone")
    confirmed_by_coach = serializers.SerializerMethodField()
    can_be_scheduled = serializers.SerializerMethodField()
    can_be_joined = serializers.SerializerMethodField()
    can_be_rated = serializers.SerializerMethodField()
    actual_minutes = serializers.IntegerField(
        allow_null=True, help_text="How long it really took, from its start to its end."
    )
    joinable_from = serializers.SerializerMethodField(help_text="When the waiting room opens.")
    joinable_until = serializers.DateTimeField(source="ends_at", allow_null=True)
    meeting = serializers.SerializerMethodField(help_text="How it meets: the coach's link, or a room of this site's.")
    notes = serializers.CharField(source="summary")
    private_notes = serializers.SerializerMethodField()
    satisfaction = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    participants = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "type", "kind", "title", "state", "scheduled_at", "ends_at", "duration_minutes", "timezone"]
        fields += ["number", "out_of", "answer_due_at", "note_to_coach", "decline_reason"]
        fields += ["version", "hold_expires_at", "started_at", "ended_at", "outcome", "actual_minutes"]
        fields += ["joinable_from", "joinable_until", "meeting", "notes", "private_notes", "satisfaction"]
        fields += ["confirmed_by_coach", "can_be_scheduled", "can_be_joined", "can_be_rated", "actions", "participants"]
        fields += MOVE_FIELDS

    @extend_schema_field(serializers.ChoiceField(["consultation", "trial", "one_on_one", "group"]))
    def get_type(self, session: Session) -> str:
        return TYPES.get(session.kind, "one_on_one")

    @extend_schema_field(serializers.ChoiceField([*Session.State.values, "ready"]))
    def get_state(self, session: Session) -> str:
        return session.shown_state(clock.now())

    def get_confirmed_by_coach(self, session: Session) -> bool:
        return any(each.user_id == session.coach_id and each.confirmed_at for each in session.people)

    def get_can_be_scheduled(self, session: Session) -> bool:
        return session.may_be_scheduled_by(self.context["request"].user)

    def get_can_be_joined(self, session: Session) -> bool:
        return session.may_be_joined_by(self.context["request"].user, clock.now())

    def get_can_be_rated(self, session: Session) -> bool:
        return session.may_be_rated_by(self.context["request"].user, clock.now())

    def get_joinable_from(self, session: Session) -> datetime | None:
        return policy.joinable_from(session.starts_at) if session.starts_at else None

    @extend_schema_field(serializers.ChoiceField(Meeting.choices))
    def get_meeting(self, session: Session) -> str:
        return provider_of(session)

    def get_private_notes(self, session: Session) -> str:
        place = session.place_of(self.context["request"].user)
        return place.note if place else ""

    def get_satisfaction(self, session: Session) -> int | None:
        place = session.place_of(self.context["request"].user)
        return place.satisfaction if place else None

    def get_actions(self, session: Session) -> list[str]:
        found = actions_of(session, self.context["request"].user, clock.now())
        return list(dict.fromkeys(action.name for action in found))

    @extend_schema_field(ParticipantSerializer(many=True))
    def get_participants(self, session: Session) -> Any:
        user = self.context["request"].user
        met = {user.pk, *(place.user_id for place in session.others(user))}
        return ParticipantSerializer([place for place in session.people if place.user_id in met], many=True).data


class SessionTimeSerializer(serializers.Serializer):
    """A listed slot as an instant with its offset from UTC."""

    scheduled_at = InstantField()


class NotesSerializer(serializers.Serializer):
    """The summary of the coach, for all to read, and notes of one's own; what is left out stays as it is."""

    notes = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    private_notes = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class SatisfactionSerializer(serializers.Serializer):
    """How it was, for the figures of staff."""

    satisfaction = serializers.IntegerField(min_value=1, max_value=5)


class PlaceSerializer(serializers.Serializer):
    """A meeting link for this session alone; empty: where all sessions of the coach meet."""

    meeting_url = serializers.CharField(max_length=200, allow_blank=True)


class TokenSerializer(serializers.Serializer):
    """What lets one person into the room of one session."""

    url = serializers.CharField(help_text="The server of the room.")
    room = serializers.CharField()
    token = serializers.CharField(help_text="A JSON Web Token.")
    expires_at = serializers.DateTimeField()


class JoinedSerializer(serializers.Serializer):
    """Where the session meets; empty when the coach has no meeting link on the list."""

    meeting_url = serializers.CharField()
    session = SessionSerializer()


class RequestDeclineSerializer(serializers.Serializer):
    """Why a coach says no, for the student to read."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
