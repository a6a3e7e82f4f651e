"""Weekly series of a contract for clients: look at each date, then take what was shown."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Role
from contracts.models import Contract
from contracts.series import sessions_to_book
from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, kept_by_key
from core.refused import Refused
from scheduling.api.series import SeriesSerializer
from scheduling.operations import book_series
from scheduling.recurrence import Preview, preview_of, wish_between

REFUSALS = {400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}


class WishSerializer(serializers.Serializer):
    """A weekday (Monday is 0) and time by one person's clock; `which` answers a time that happens twice: 0 or 1."""

    whose = serializers.ChoiceField(choices=[Role.COACH, Role.STUDENT], default=Role.COACH)
    weekday = serializers.IntegerField(min_value=0, max_value=6)
    clock = serializers.TimeField(input_formats=["%H:%M"], format="%H:%M")
    from_day = serializers.DateField()
    weeks = serializers.IntegerField(min_value=2, max_value=100)
    which = serializers.IntegerField(min_value=0, max_value=1, required=False, allow_null=True)


class BookSeriesSerializer(WishSerializer):
    fingerprint = serializers.CharField(max_length=64, help_text="Of the preview that was shown.")


class OccurrenceSerializer(serializers.Serializer):
    """One date: `free`, or the code and the sentence of why it is not booked."""

    day = serializers.DateField()
    scheduled_at = serializers.DateTimeField(source="starts_at", allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField(source="sentence")


class ShiftSerializer(serializers.Serializer):
    """From `scheduled_at` on, the other clock shows another time than the week before."""

    scheduled_at = serializers.DateTimeField(source="at")
    was = serializers.DateTimeField()


class PreviewSerializer(serializers.Serializer):
    """What a series would book, and what it would not; times in UTC, the two clocks by name."""

    timezone = serializers.CharField(source="wish.zone.key")
    other_timezone = serializers.CharField(source="wish.other_zone.key")
    asks_first = serializers.BooleanField()
    fingerprint = serializers.CharField()
    dates = OccurrenceSerializer(source="occurrences", many=True)
    shifts = ShiftSerializer(many=True)


class BookedSeriesSerializer(serializers.Serializer):
    series = SeriesSerializer()
    left_out = OccurrenceSerializer(many=True)


WISH = OpenApiExample(
    "Tuesdays at six by the coach's clock",
    {"whose": "coach", "weekday": 1, "clock": "18:00", "from_day": "2027-03-02", "weeks": 6},
    request_only=True,
)
QUERY = [
    OpenApiParameter("whose", str, enum=["coach", "student"], description="By whose clock; the coach's unless given."),
    OpenApiParameter("weekday", int, required=True, description="Monday is 0."),
    OpenApiParameter("clock", str, required=True, description="Such as `18:00`."),
    OpenApiParameter("from_day", {"type": "string", "format": "date"}, required=True),
    OpenApiParameter("weeks", int, required=True, description="2 to 100."),
    OpenApiParameter("which", int, description="Of a time that happens twice: 0 the first, 1 the second."),
]


@extend_schema(tags=["contracts"])
class ContractSeriesView(APIView):
    """The sessions of a contract that have no time yet, week after week."""

    @extend_schema(
        summary="What a weekly series would book",
        parameters=QUERY,
        responses={200: PreviewSerializer, 400: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def get(self, request: Request, pk: int) -> Response:
        contract = _contract(request, pk)
        asked = WishSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(PreviewSerializer(_preview(contract, asked.validated_data)).data)

    @extend_schema(
        summary="Book all free dates of a preview: those, or nothing",
        description="Refused (409) with `stale_preview` and the new `preview` when something has changed since, with "
        "`twice` when a time happens twice and `which` is missing, with `nothing_free`.",
        request=BookSeriesSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: BookedSeriesSerializer, **REFUSALS},
        examples=[WISH],
    )
    @kept_by_key
    def post(self, request: Request, pk: int) -> Response:
        contract = _contract(request, pk)
        form = BookSeriesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = dict(form.validated_data)
        shown, preview = asked.pop("fingerprint"), _preview(contract, asked)
        try:
            series, booked = book_series(
                sessions_to_book(contract), wish=preview.wish, fingerprint=shown, by=request.user, now=clock.now()
            )
        except Refused as refused:
            if refused.code == "stale_preview":
                refused.more["preview"] = PreviewSerializer(_preview(contract, asked)).data
            raise
        answer = BookedSeriesSerializer({"series": series, "left_out": booked.left_out})
        return Response(answer.data, status=status.HTTP_201_CREATED)


def _contract(request: Request, pk: int) -> Contract:
    mine = Contract.objects.filter(student=request.user).select_related("student", "coach")
    return get_object_or_404(mine, pk=pk)


def _preview(contract: Contract, asked: dict[str, Any]) -> Preview:
    sessions = sessions_to_book(contract)
    if contract.state != Contract.State.ACTIVE or not sessions:
        raise Refused("This contract has no session that could be given a time.", code="no_session")
    wish = wish_between(contract.student, contract.coach, **asked)
    return preview_of(sessions, wish, student=contract.student_id, now=clock.now())
