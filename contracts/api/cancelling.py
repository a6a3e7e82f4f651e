"""Calling off for clients: GET says what it does to the money, POST does exactly that or answers 409 with the new quote."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import operations, quotes
from contracts.models import Booking, Cancellation, Contract, Mark
from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, InstantField, MoneySerializer, kept_by_key
from scheduling.models import Session
from scheduling.operations import move_session


class QuoteAmountsSerializer(serializers.Serializer[Any]):
    back = MoneySerializer(help_text="Goes back to the student.")
    kept = MoneySerializer(help_text="Stays: for the coach, less the fee.")
    fee = MoneySerializer()
    to_coach = MoneySerializer()
    valid_until = serializers.DateTimeField(allow_null=True, help_text="The last moment at which this stands.")


class QuoteLineSerializer(QuoteAmountsSerializer):
    """What becomes of one session's money."""

    booking = serializers.IntegerField()
    number = serializers.IntegerField()
    rule = serializers.ChoiceField(choices=Cancellation.Rule.choices)
    price = MoneySerializer()


class QuoteSerializer(QuoteAmountsSerializer):
    """What calling off does, as it is executed when its `id` is sent. No lines: a free consultation, or nothing paid."""

    id = serializers.CharField()
    role = serializers.CharField(help_text="Of who calls off: student, coach or staff.")
    is_given_back = serializers.BooleanField(
        allow_null=True, help_text="Of a free consultation: whether the student may have another one with this coach."
    )
    coach_marks = serializers.ListField(
        child=serializers.ChoiceField(choices=Mark.Reason.choices),
        help_text="What it counts as against its coach who calls off: one for each session that is late.",
    )
    lines = QuoteLineSerializer(many=True)


class StaleQuoteSerializer(ErrorSerializer):
    """A refusal; with code `stale_quote` it brings the quote that stands now, and nothing has happened."""

    quote = QuoteSerializer(required=False)


class CallOffSerializer(serializers.Serializer[Any]):
    """The `id` of the quote that was shown, and a reason for whoever likes to give one (staff must)."""

    quote = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class OtherTimeSerializer(serializers.Serializer[Any]):
    scheduled_at = InstantField()
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class BookingMoveSerializer(serializers.Serializer[Any]):
    """Whether the session has moved, or the other side is asked."""

    id = serializers.IntegerField(source="pk")
    session = serializers.IntegerField(source="session_id")
    status = serializers.CharField(source="state")
    scheduled_at = serializers.DateTimeField(source="starts_at")
    rescheduled_from = serializers.DateTimeField(source="from_starts_at")
    reschedule_deadline = serializers.DateTimeField(source="answer_due_at")


ASK = {
    "responses": {200: QuoteSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    "description": "Refused (409) with `begun`, `wrong_state`, `nothing_open`, `frozen`, `not_held`, `not_paid`.",
}
DO = {
    "request": CallOffSerializer,
    "responses": {
        200: QuoteSerializer,
        400: ErrorSerializer,
        403: ErrorSerializer,
        404: ErrorSerializer,
        409: StaleQuoteSerializer,
    },
    "parameters": [IDEMPOTENCY_KEY],
    "examples": [OpenApiExample("The quote that was shown", {"quote": "9f86d081884c7d65…"}, request_only=True)],
}


class _CallOff(APIView):
    """GET the quote, POST its id."""

    rows: Callable[[Any], Any]
    quoted: Callable[..., quotes.Quote]
    call_off: Callable[..., Any]

    def get(self, request: Request, pk: int) -> Response:
        quote = type(self).quoted(self._thing(request, pk), by=request.user, now=clock.now())
        return Response(quotes.as_data(quote))

    @kept_by_key
    def post(self, request: Request, pk: int) -> Response:
        return self._done(request, pk)

    def _done(self, request: Request, pk: int) -> Response:
        asked = CallOffSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        thing, now = self._thing(request, pk), clock.now()
        return Response(quotes.as_data(type(self).call_off(thing, by=request.user, now=now, **asked.validated_data)))

    def _thing(self, request: Request, pk: int) -> Any:
        return get_object_or_404(type(self).rows(request.user), pk=pk)


@extend_schema_view(
    get=extend_schema(summary="What calling this session off does", tags=["sessions"], **ASK),
    post=extend_schema(summary="Call a session off by the quote that was shown", tags=["sessions"], **DO),
)
class SessionCancelView(_CallOff):
    rows = Session.objects.of
    quoted = staticmethod(operations.quote_session)
    call_off = staticmethod(operations.cancel_booked_session)


@extend_schema_view(
    get=extend_schema(summary="What calling this booking off does", tags=["bookings"], **ASK),
    post=extend_schema(summary="Call a booking off by the quote that was shown", tags=["bookings"], **DO),
)
class BookingCancelView(_CallOff):
    rows = Booking.objects.of
    quoted = staticmethod(operations.quote_booking)
    call_off = staticmethod(operations.cancel_booking)

    @extend_schema(summary="The same as POST", tags=["bookings"], operation_id="bookings_cancel_update", **DO)
    @kept_by_key
    def put(self, request: Request, pk: int) -> Response:
        return self._done(request, pk)


def _cancelled_contract(contract: Contract, *, by: Any, now: Any, quote: str, reason: str) -> quotes.Quote:
    given = operations.quote_contract(contract, by=by, now=now)
    operations.cancel_contract(contract, by=by, quote=quote, reason=reason, now=now)
    return given


@extend_schema_view(
    get=extend_schema(summary="What calling off all that is to come of a contract does", tags=["contracts"], **ASK),
    post=extend_schema(
        summary="Call a contract off: before it is paid without a quote, afterwards by the one that was shown",
        tags=["contracts"],
        **DO,
    ),
)
class ContractCancelView(_CallOff):
    rows = Contract.objects.of
    quoted = staticmethod(operations.quote_contract)
    call_off = staticmethod(_cancelled_contract)


class BookingRescheduleView(APIView):
    @extend_schema(
        summary="Move the session of a booking, or ask the other side for another time",
        tags=["bookings"],
        request=OtherTimeSerializer,
        responses={
            200: BookingMoveSerializer,
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
        parameters=[IDEMPOTENCY_KEY],
    )
    @kept_by_key
    def put(self, request: Request, pk: int) -> Response:
        asked = OtherTimeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        booking = get_object_or_404(Booking.objects.of(request.user).select_related("session"), pk=pk)
        wanted, reason = asked.validated_data["scheduled_at"], asked.validated_data["reason"]
        move = move_session(booking.session, starts_at=wanted, by=request.user, reason=reason, now=clock.now())
        return Response(BookingMoveSerializer(move).data)
