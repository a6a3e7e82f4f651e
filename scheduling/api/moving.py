"""Other times for clients: asked for, agreed to, declined."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, InstantField, kept_by_key
from core.refused import Refused
from scheduling import operations
from scheduling.api.shapes import SessionSerializer
from scheduling.models import Move, Session


class MoveAnswerSerializer(serializers.Serializer[Any]):
    """The time the client has shown, so that it answers no other that is asked for meanwhile."""

    reschedule_requested_for = InstantField(required=False, help_text="As the session has it; another one is `stale`.")


REFUSALS = {400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
ANSWER = {
    "tags": ["sessions"],
    "request": MoveAnswerSerializer,
    "responses": {200: SessionSerializer, **REFUSALS},
    "parameters": [IDEMPOTENCY_KEY],
}


class RescheduleSerializer(serializers.Serializer[Any]):
    """A listed slot as an instant with its offset from UTC, and why, for whoever likes to say it."""

    scheduled_at = InstantField()
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class _OnMove(APIView):
    def _mine(self, request: Request, pk: int) -> Session:
        return get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)

    def _asked(self, request: Request, pk: int) -> Move:
        move = self._mine(request, pk).open_move
        if move is None:
            raise Refused("Nobody asks for another time now.", code="answered")
        shown = MoveAnswerSerializer(data=request.data)
        shown.is_valid(raise_exception=True)
        if shown.validated_data.get("reschedule_requested_for", move.starts_at) != move.starts_at:
            raise Refused("Another time is asked for by now. Please look at it again.", code="stale")
        return move  # type: ignore[no-any-return]

    def _answer(self, request: Request, pk: int) -> Response:
        return Response(SessionSerializer(self._mine(request, pk), context={"request": request}).data)


class RescheduleView(_OnMove):
    @extend_schema(
        summary="Move a session, or ask the other side for another time",
        description="At once for a student who is early enough by the session's terms, else the other side is asked: then "
        "`reschedule_requested` is true and the agreed time stands until they agree. Who is asked by a coach answers "
        "with another time by the same call. Refused (409) with `locked`, `move_open`, `too_many_moves`, `same_time`, "
        "`group`, `wrong_state`, `taken`, or what a time on offer is refused with.",
        tags=["sessions"],
        request=RescheduleSerializer,
        responses={200: SessionSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        examples=[
            OpenApiExample("A time with its offset", {"scheduled_at": "2026-12-01T16:00:00+01:00"}, request_only=True)
        ],
    )
    @kept_by_key
    def post(self, request: Request, pk: int) -> Response:
        asked = RescheduleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        session, now = self._mine(request, pk), clock.now()
        facts = {"starts_at": asked.validated_data["scheduled_at"], "reason": asked.validated_data["reason"]}
        move = session.open_move
        if move and move.role == "coach" and request.user.pk != session.coach_id:
            operations.answer_move(move, by=request.user, now=now, **facts)
        else:
            operations.move_session(session, by=request.user, now=now, **facts)
        return self._answer(request, pk)


class ApproveRescheduleView(_OnMove):
    @extend_schema(summary="Agree to the time that the other side asks for", **ANSWER)
    @kept_by_key
    def post(self, request: Request, pk: int) -> Response:
        operations.agree_to_move(self._asked(request, pk), by=request.user, now=clock.now())
        return self._answer(request, pk)


class DeclineRescheduleView(_OnMove):
    @extend_schema(summary="Decline it, or take one's own wish back: the agreed time stands", **ANSWER)
    @kept_by_key
    def post(self, request: Request, pk: int) -> Response:
        move, now = self._asked(request, pk), clock.now()
        mine = move.asked_by_id == request.user.pk
        (operations.withdraw_move if mine else operations.decline_move)(move, by=request.user, now=now)
        return self._answer(request, pk)
