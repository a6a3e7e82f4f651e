"""Sessions for clients: those of the person who asks, and what they can do with one."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, kept_by_key, with_etag
from core.paging import NewestFirst
from scheduling import operations
from scheduling.api.shapes import (
    REFUSALS,
    SESSION,
    JoinedSerializer,
    NotesSerializer,
    PlaceSerializer,
    RequestDeclineSerializer,
    SatisfactionSerializer,
    SessionSerializer,
    SessionTimeSerializer,
    TokenSerializer,
)
from scheduling.filters import SessionFilter
from scheduling.meeting import Meeting, livekit_room, provider_of, room_of, token_of
from scheduling.models import Session


@extend_schema(tags=["sessions"])
class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    queryset = Session.objects.none()
    lookup_value_regex = r"\d{1,18}"
    api_names = {"summary": "notes", "note": "private_notes", "stars": "satisfaction"}

    def get_queryset(self) -> Any:
        mine = Session.objects.of(self.request.user).with_people()
        return mine.select_related("coach__calendar", "coach__coach_profile")

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
        operations.schedule(self._mine(), starts_at=starts_at, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Hold a time for some minutes",
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
        operations.hold_time(self._mine(), starts_at=starts_at, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Agree to the held time, or as the coach to the time that was asked for; once however often",
        request=None,
        responses={200: SessionSerializer, 403: ErrorSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def confirm(self, request: Request, pk: str) -> Response:
        session = self._mine()
        is_coach = session.coach_id == request.user.pk
        say_yes = operations.confirm_request if is_coach else operations.confirm_time
        say_yes(session, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="The coach says no to the time that was asked for",
        description="Money paid for this session alone goes back whole; a contract's stays held for another time.",
        request=RequestDeclineSerializer,
        responses={200: SessionSerializer, 403: ErrorSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        asked = RequestDeclineSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        operations.decline_request(self.get_object(), by=request.user, now=clock.now(), **asked.validated_data)
        return self._answer()

    @extend_schema(
        summary="The student takes back what they asked the coach for",
        request=None,
        responses={200: SessionSerializer, 403: ErrorSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        operations.withdraw_request(self.get_object(), by=request.user, now=clock.now())
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
        description="Open from some minutes before the start to the end. The first check-in is the evidence that you came.",
        request=None,
        responses={200: JoinedSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def join(self, request: Request, pk: str) -> Response:
        session = self.get_object()
        operations.check_in(session, by=request.user, now=clock.now())
        return Response({"meeting_url": room_of(session, request.user), "session": self._answer().data})

    @extend_schema(
        summary="Start a session; once however often",
        description="`id` is the session's: a booking names its own as `session`. Refused (409) with `coach_not_here`, "
        "`too_early`, `over` or `wrong_state`.",
        request=None,
        responses={200: SessionSerializer, **REFUSALS},
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

    @extend_schema(
        summary="Write down what was done",
        description="The coach's `notes` from the start on, for all to read; anybody's `private_notes` for themselves. "
        "Refused (409) with `not_started` or `too_long`.",
        request=NotesSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer, 403: ErrorSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["put"])
    def notes(self, request: Request, pk: str) -> Response:
        session, written = self.get_object(), self._read(NotesSerializer)
        if "notes" in written:
            operations.write_summary(session, text=written["notes"], by=request.user, now=clock.now())
        if "private_notes" in written:
            operations.write_note(session, text=written["private_notes"], by=request.user)
        return self._answer()

    @extend_schema(
        summary="Say how it was, for the figures of staff",
        description="Within some days after it took place; the last answer counts, and nobody else taking part sees it. "
        "Refused (409) with `not_completed` or `too_late`.",
        request=SatisfactionSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["put"])
    def satisfaction(self, request: Request, pk: str) -> Response:
        stars = self._read(SatisfactionSerializer)["satisfaction"]
        operations.rate_session(self.get_object(), stars=stars, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="Say where this one session meets",
        description="The coach does. Refused (409) with `meeting_host` or `over`.",
        request=PlaceSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer, 403: ErrorSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["put"])
    def meeting(self, request: Request, pk: str) -> Response:
        url = self._read(PlaceSerializer)["meeting_url"]
        operations.set_meeting_place(self.get_object(), url=url, by=request.user, now=clock.now())
        return self._answer()

    @extend_schema(
        summary="A token for the room of a session",
        description="For who has joined, from some minutes before the start to the end; else refused (409) with "
        "`too_early`, `over`, `wrong_state` or `not_here`. 404 with `no_rooms` where it meets by a link.",
        responses={200: TokenSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["get"])
    def token(self, request: Request, pk: str) -> Response:
        session = self.get_object()
        if provider_of(session) != Meeting.LIVEKIT:
            raise NotFound(_("This session meets by a link: it has no room that takes tokens."), code="no_rooms")
        operations.let_in(session, by=request.user, now=clock.now())
        token, room = token_of(session, request.user), livekit_room(session)
        entry = {"url": settings.LIVEKIT_URL, "room": room, "token": token, "expires_at": session.ends_at}
        return Response(TokenSerializer(entry).data)

    def _mine(self) -> Session:
        """The session alone, for an operation that reads it again under its lock."""
        return get_object_or_404(Session.objects.of(self.request.user), pk=self.kwargs["pk"])

    def _read(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        asked = serializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        return asked.validated_data

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
        mine = Session.objects.of(self.request.user).upcoming(clock.now()).with_people()
        return mine.select_related("coach__calendar", "coach__coach_profile")
