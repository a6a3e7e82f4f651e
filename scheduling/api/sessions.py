"""Sessions for clients: those of the person who asks, and what they can do with one."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, InstantField, kept_by_key, with_etag
from core.paging import NewestFirst
from scheduling import operations
from scheduling.filters import SessionFilter
from scheduling.meeting import room_of
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
        "state": "scheduled",
        "scheduled_at": "2026-12-01T15:00:00Z",
        "ends_at": "2026-12-01T16:00:00Z",
        "duration_minutes": 60,
        "timezone": "Europe/Madrid",
        "version": 1,
        "hold_expires_at": None,
        "started_at": None,
        "ended_at": None,
        "outcome": "",
        "confirmed_by_coach": False,
        "can_be_scheduled": False,
        "can_be_joined": False,
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


class SessionSerializer(serializers.ModelSerializer):
    """One meeting. `state` may be `ready`, which follows from the clock; `timezone` is that of the coach's hours."""

    type = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    scheduled_at = serializers.DateTimeField(source="starts_at", allow_null=True)
    timezone = serializers.CharField(source="time_zone")
    confirmed_by_coach = serializers.SerializerMethodField()
    can_be_scheduled = serializers.SerializerMethodField()
    can_be_joined = serializers.SerializerMethodField()
    participants = ParticipantSerializer(many=True)

    class Meta:
        model = Session
        fields = ["id", "type", "kind", "title", "state", "scheduled_at", "ends_at", "duration_minutes", "timezone"]
        fields += ["version", "hold_expires_at", "started_at", "ended_at", "outcome"]
        fields += ["confirmed_by_coach", "can_be_scheduled", "can_be_joined", "participants"]

    @extend_schema_field(serializers.ChoiceField(["consultation", "trial", "one_on_one", "group"]))
    def get_type(self, session: Session) -> str:
        return TYPES.get(session.kind, "one_on_one")

    @extend_schema_field(serializers.ChoiceField([*Session.State.values, "ready"]))
    def get_state(self, session: Session) -> str:
        return session.shown_state(clock.now())

    def get_confirmed_by_coach(self, session: Session) -> bool:
        return any(each.user_id == session.coach_id and each.confirmed_at for each in session.participants.all())

    def get_can_be_scheduled(self, session: Session) -> bool:
        return session.may_be_scheduled_by(self.context["request"].user)

    def get_can_be_joined(self, session: Session) -> bool:
        return session.may_be_joined(clock.now())


class SessionTimeSerializer(serializers.Serializer):
    """A listed slot as an instant with its offset from UTC."""

    scheduled_at = InstantField()


class JoinedSerializer(serializers.Serializer):
    """Where the session meets; empty when the coach has no meeting link on the list."""

    meeting_url = serializers.CharField()
    session = SessionSerializer()


@extend_schema(tags=["sessions"])
class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    queryset = Session.objects.none()
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        return Session.objects.of(self.request.user).with_people()

    def filter_queryset(self, queryset: Any) -> Any:
        """Lists are filtered; one session is found whatever its state."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(summary="My sessions; without `when` and `state`, those that lie ahead", examples=[SESSION])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A session", examples=[SESSION], responses={200: SessionSerializer, 404: ErrorSerializer})
    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Give a session a time",
        description="The student takes a listed slot. Refused (409) with `past`, `notice`, `horizon`, `outside_hours`, "
        "`clock_change`, `not_listed`, `booked`, `buffer`, `taken`, `not_open`, `wrong_state` or `busy`.",
        request=SessionTimeSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer, 403: ErrorSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        examples=[
            SESSION,
            OpenApiExample("A time with its offset", {"scheduled_at": "2026-12-01T16:00:00+01:00"}, request_only=True),
        ],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def schedule(self, request: Request, pk: str) -> Response:
        asked = SessionTimeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        starts_at = asked.validated_data["scheduled_at"]
        operations.schedule(self.get_object(), starts_at=starts_at, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Hold a time for 15 minutes",
        request=SessionTimeSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer, 403: ErrorSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def hold(self, request: Request, pk: str) -> Response:
        asked = SessionTimeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        starts_at = asked.validated_data["scheduled_at"]
        operations.hold_time(self.get_object(), starts_at=starts_at, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Agree to the held time; once however often",
        request=None,
        responses={200: SessionSerializer, 403: ErrorSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def confirm(self, request: Request, pk: str) -> Response:
        operations.confirm_time(self.get_object(), by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Give a held time back; once however often",
        request=None,
        responses={200: SessionSerializer, 403: ErrorSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        operations.drop_hold(self.get_object(), by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Check in",
        description="Open from 10 minutes before the start to the end. The first check-in is the evidence that you came.",
        request=None,
        responses={200: JoinedSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def join(self, request: Request, pk: str) -> Response:
        session = self.get_object()
        operations.check_in(session, by=request.user, now=clock.now())
        return Response({"meeting_url": room_of(session, request.user), "session": self._answer().data})

    @extend_schema(
        summary="Start a session; once however often", request=None, responses={200: SessionSerializer, **REFUSALS}
    )
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        operations.start(self.get_object(), by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="End a session; once however often", request=None, responses={200: SessionSerializer, **REFUSALS}
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        operations.end(self.get_object(), by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Say that a session took place", request=None, responses={200: SessionSerializer, **REFUSALS}
    )
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        operations.confirm_outcome(self.get_object(), by=request.user, now=clock.now())
        return self._answer()

    def _answer(self) -> Response:
        """The session as it stands after the operation."""
        session = self.get_queryset().get(pk=self.kwargs["pk"])
        return Response(SessionSerializer(session, context=self.get_serializer_context()).data)


class SoonestFirst(NewestFirst):
    """Pages by cursor in the order of time."""

    ordering = ("starts_at", "pk")


@extend_schema(
    summary="Agreed sessions that lie ahead, soonest first",
    tags=["sessions"],
    examples=[SESSION],
    parameters=[OpenApiParameter("page_size", int, description="How many at once, 100 at most.")],
)
class UpcomingView(mixins.ListModelMixin, viewsets.GenericViewSet):
    serializer_class = SessionSerializer
    pagination_class = SoonestFirst
    filter_backends: list[Any] = []
    queryset = Session.objects.none()

    def get_queryset(self) -> Any:
        return Session.objects.of(self.request.user).upcoming(clock.now()).with_people()
