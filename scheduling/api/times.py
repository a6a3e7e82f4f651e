"""A coach's hours for clients, and the times that can be booked."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import CoachProfile
from accounts.places import zones
from core import clock
from core.api import ErrorSerializer, InstantField
from scheduling.models import Calendar, WeeklyHours
from scheduling.operations import Window, set_availability
from scheduling.slots import REACH, read_diary, refusal, slots

LONGEST = timedelta(days=62)
WEEK = timedelta(days=7)
SHORTEST_SESSION, LONGEST_SESSION = 15, 240


def zone_choices() -> list[str]:
    return [name for name, _label in zones()]


class ZoneField(serializers.CharField):
    """An IANA time zone, such as `Europe/Madrid`."""

    default_error_messages = {"unknown": "There is no time zone of this name."}

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in zone_choices():
            self.fail("unknown")
        return name


class WindowSerializer(serializers.ModelSerializer):
    """Hours of a weekday (Monday is 0) by the calendar's clock; `ends` 00:00 is midnight."""

    starts = serializers.TimeField(format="%H:%M", input_formats=["%H:%M"])
    ends = serializers.TimeField(format="%H:%M", input_formats=["%H:%M"])

    class Meta:
        model = WeeklyHours
        fields = ["weekday", "starts", "ends"]


class AvailabilitySerializer(serializers.ModelSerializer):
    """How a coach can be booked: weekly hours by the clock of `time_zone`, pauses, notice, horizon."""

    time_zone = ZoneField(max_length=60)
    weekly_hours = WindowSerializer(many=True, max_length=100)

    class Meta:
        model = Calendar
        fields = ["time_zone", "step_minutes", "buffer_before_minutes", "buffer_after_minutes", "notice_hours"]
        fields += ["horizon_days", "weekly_hours"]


AVAILABILITY = OpenApiExample(
    "Monday mornings and Thursday evenings",
    {
        "time_zone": "Europe/Madrid",
        "step_minutes": 15,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "notice_hours": 12,
        "horizon_days": 60,
        "weekly_hours": [
            {"weekday": 0, "starts": "09:00", "ends": "12:00"},
            {"weekday": 3, "starts": "18:00", "ends": "00:00"},
        ],
    },
)


@extend_schema(tags=["availability"])
class AvailabilityView(APIView):
    """A coach's own hours."""

    @extend_schema(
        summary="My hours", responses={200: AvailabilitySerializer, 403: ErrorSerializer}, examples=[AVAILABILITY]
    )
    def get(self, request: Request) -> Response:
        if not request.user.is_coach:
            raise PermissionDenied
        calendar = Calendar.objects.prefetch_related("weekly_hours").filter(coach=request.user).first()
        if calendar is None:
            unsaved = Calendar(coach=request.user, time_zone=request.user.time_zone)
            numbers = {name: getattr(unsaved, name) for name in AvailabilitySerializer.Meta.fields[:-1]}
            return Response({**numbers, "weekly_hours": []})
        return Response(AvailabilitySerializer(calendar).data)

    @extend_schema(
        summary="Replace my hours",
        description="Sessions already agreed stay. Refused (409) with `wrong_hours` or `overlapping_hours`.",
        request=AvailabilitySerializer,
        responses={200: AvailabilitySerializer, 400: ErrorSerializer, 403: ErrorSerializer, 409: ErrorSerializer},
        examples=[AVAILABILITY],
    )
    def put(self, request: Request) -> Response:
        asked = AvailabilitySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        numbers = dict(asked.validated_data)
        hours = [Window(**window) for window in numbers.pop("weekly_hours")]
        calendar = set_availability(hours=hours, by=request.user, now=clock.now(), **numbers)
        return Response(AvailabilitySerializer(calendar).data)


class SlotsQuerySerializer(serializers.Serializer):
    """Which slots: `to` is a week after `from` unless given, 62 days at most."""

    duration = serializers.IntegerField(min_value=SHORTEST_SESSION, max_value=LONGEST_SESSION, default=60)
    to = InstantField(required=False)
    time_zone = ZoneField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": InstantField(required=False)}

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        start = self.validated_data.get("from", now)
        end = self.validated_data.get("to", start + WEEK)
        return start, end

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        now = clock.now()
        start = data.get("from", now)
        if not now - REACH <= start <= now + REACH:
            raise serializers.ValidationError({"from": ["Give a moment at most a year away."]})
        if "to" in data and not timedelta() < data["to"] - start <= LONGEST:
            raise serializers.ValidationError({"to": ["Give a moment after `from`, at most 62 days later."]})
        return data


class SlotSerializer(serializers.Serializer):
    scheduled_at = serializers.DateTimeField(help_text="The moment in UTC, as it is sent back to book it.")
    local = serializers.DateTimeField(help_text="The same moment by the clock of `time_zone`.")


class SlotsSerializer(serializers.Serializer):
    coach = serializers.IntegerField()
    duration_minutes = serializers.IntegerField()
    timezone = serializers.CharField()
    slots = SlotSerializer(many=True)


TIMES = {"type": "string", "format": "date-time"}
SPAN = [
    OpenApiParameter("duration", int, description="Minutes, 15 to 240; 60 unless given."),
    OpenApiParameter("from", TIMES, description="With its offset from UTC; now unless given."),
    OpenApiParameter("to", TIMES, description="With its offset from UTC; a week after `from` unless given."),
    OpenApiParameter("time_zone", str, description="The zone of `local`; your own unless given."),
]
BOOKABLE = OpenApiExample(
    "Two free times",
    {
        "coach": 7,
        "duration_minutes": 60,
        "timezone": "America/New_York",
        "slots": [
            {"scheduled_at": "2026-12-01T15:00:00Z", "local": "2026-12-01T10:00:00-05:00"},
            {"scheduled_at": "2026-12-01T16:00:00Z", "local": "2026-12-01T11:00:00-05:00"},
        ],
    },
    response_only=True,
)


class SlotsView(APIView):
    @extend_schema(
        summary="The times at which I can book a coach",
        tags=["availability"],
        parameters=SPAN,
        responses={200: SlotsSerializer, 400: ErrorSerializer, 404: ErrorSerializer},
        examples=[BOOKABLE],
    )
    def get(self, request: Request, coach_id: int) -> Response:
        asked = SlotsQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        now, minutes = clock.now(), asked.validated_data["duration"]
        zone = ZoneInfo(asked.validated_data.get("time_zone", request.user.time_zone))
        found = slots(coach_named(request, coach_id), request.user, minutes, *asked.span(now), now)
        rows = [{"scheduled_at": _iso(at), "local": at.astimezone(zone).isoformat()} for at in found]
        return Response({"coach": coach_id, "duration_minutes": minutes, "timezone": zone.key, "slots": rows})


class CheckQuerySerializer(serializers.Serializer):
    scheduled_at = InstantField()
    duration = serializers.IntegerField(min_value=SHORTEST_SESSION, max_value=LONGEST_SESSION, default=60)


class CheckSerializer(serializers.Serializer):
    """Whether a time can be booked; if not, the code and the sentence with which booking it would be refused."""

    available = serializers.BooleanField()
    code = serializers.CharField()
    detail = serializers.CharField()


class CheckView(APIView):
    @extend_schema(
        summary="Whether I can book a coach at a time, and if not, why",
        tags=["availability"],
        parameters=[
            OpenApiParameter("scheduled_at", TIMES, required=True, description="With its offset from UTC."),
            SPAN[0],
        ],
        responses={200: CheckSerializer, 400: ErrorSerializer, 404: ErrorSerializer},
        examples=[
            OpenApiExample(
                "Taken", {"available": False, "code": "booked", "detail": "This time is taken. Please pick another one."}
            )
        ],
    )
    def get(self, request: Request, coach_id: int) -> Response:
        asked = CheckQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        now, at, minutes = clock.now(), asked.validated_data["scheduled_at"], asked.validated_data["duration"]
        diary = read_diary(coach_named(request, coach_id), [request.user], at, at, now)
        refused = refusal(diary, at, minutes, now)
        code, detail = (refused.code, str(refused)) if refused else ("", "")
        return Response({"available": refused is None, "code": code, "detail": detail})


def coach_named(request: Request, coach_id: int) -> int:
    """The id of a coach whom this person may see."""
    return get_object_or_404(CoachProfile.objects.visible_to(request.user).only("user_id"), user_id=coach_id).user_id


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
