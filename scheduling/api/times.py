"""The times that can be booked, for clients."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import CoachProfile
from core import clock
from core.api import ErrorSerializer, InstantField
from scheduling.api.availability import ZoneField
from scheduling.models import Calendar, Session
from scheduling.slots import REACH, read_diary, why

LONGEST = timedelta(days=62)
WEEK = timedelta(days=7)
SHORTEST_SESSION, LONGEST_SESSION = 15, 240


class SlotsQuerySerializer(serializers.Serializer):
    """Which slots: `to` is a week after `from` unless given, 62 days at most."""

    duration = serializers.IntegerField(min_value=SHORTEST_SESSION, max_value=LONGEST_SESSION, default=60)
    kind = serializers.ChoiceField(Session.Kind.choices, default=Session.Kind.CONTRACT)
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
    is_unverified = serializers.BooleanField(help_text="The coach's own calendar could not be checked for it.")


class SlotsSerializer(serializers.Serializer):
    coach = serializers.IntegerField()
    duration_minutes = serializers.IntegerField()
    timezone = serializers.CharField()
    confirms = serializers.ChoiceField(Calendar.Confirms.choices, help_text="Whether the coach says yes to each.")
    code = serializers.CharField(help_text="Why there is no time at all: as of `check-availability`; else empty.")
    slots = SlotSerializer(many=True)


TIMES = {"type": "string", "format": "date-time"}
SPAN = [
    OpenApiParameter("duration", int, description="Minutes, 15 to 240; 60 unless given."),
    OpenApiParameter("kind", str, enum=Session.Kind.values, description="Of session; `contract` unless given."),
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
        "confirms": "instant",
        "code": "",
        "slots": [
            {"scheduled_at": "2026-12-01T15:00:00Z", "local": "2026-12-01T10:00:00-05:00", "is_unverified": False},
            {"scheduled_at": "2026-12-01T16:00:00Z", "local": "2026-12-01T11:00:00-05:00", "is_unverified": False},
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
        now, wanted = clock.now(), asked.validated_data
        zone, (start, end) = ZoneInfo(wanted.get("time_zone", request.user.time_zone)), asked.span(now)
        diary = read_diary(coach_id, [request.user], start, end, now, kind=wanted["kind"])
        if diary.is_hidden:  # nearly all are there for everybody, and need no other question
            coach_named(request, coach_id)
        found = diary.free(start, end, wanted["duration"], now)
        said = {"coach": coach_id, "duration_minutes": wanted["duration"], "timezone": zone.key}
        said |= {"confirms": diary.confirms, "code": diary.closure(now)}
        return Response({**said, "slots": _slots(found, zone, is_unverified=diary.is_unverified(now))})


CODES = ["past", "hidden", "no_consultations", "calendar_unverified", "outside_hours", "horizon", "notice"]
CODES += ["clock_change", "booked", "calendar_busy", "daily_maximum", "buffer", "not_listed"]


class CheckQuerySerializer(serializers.Serializer):
    scheduled_at = InstantField()
    duration = serializers.IntegerField(min_value=SHORTEST_SESSION, max_value=LONGEST_SESSION, default=60)
    kind = serializers.ChoiceField(Session.Kind.choices, default=Session.Kind.CONTRACT)


class CheckSerializer(serializers.Serializer):
    """Whether a time can be booked; if not, the code and the sentence with which booking it would be refused."""

    available = serializers.BooleanField()
    code = serializers.CharField(help_text=f"One of {', '.join(CODES)}; empty when it can be booked.")
    detail = serializers.CharField()
    full = serializers.CharField(help_text="All there is to say, to the coach themselves; to others empty.")


class CheckView(APIView):
    @extend_schema(
        summary="Whether I can book a coach at a time, and if not, why",
        tags=["availability"],
        parameters=[
            OpenApiParameter("scheduled_at", TIMES, required=True, description="With its offset from UTC."),
            *SPAN[:2],
        ],
        responses={200: CheckSerializer, 400: ErrorSerializer, 404: ErrorSerializer},
        examples=[
            OpenApiExample(
                "Taken",
                {
                    "available": False,
                    "code": "booked",
                    "detail": "This time is taken. Please pick another one.",
                    "full": "",
                },
            )
        ],
    )
    def get(self, request: Request, coach_id: int) -> Response:
        asked = CheckQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        coach, wanted = coach_named(request, coach_id), asked.validated_data
        student = None if coach == request.user.pk else request.user
        reason = why(coach, student, wanted["scheduled_at"], wanted["duration"], clock.now(), wanted["kind"])
        code, detail, full = (reason.code, reason.sentence, reason.full) if reason else ("", "", "")
        said = {"available": reason is None, "code": code, "detail": detail}
        return Response({**said, "full": "" if student else full})


def _slots(found: list[int], zone: ZoneInfo, *, is_unverified: bool) -> list[dict[str, Any]]:
    times = (_written(second, zone) for second in found)
    return [{"scheduled_at": at, "local": local, "is_unverified": is_unverified} for at, local in times]


@lru_cache(maxsize=2**16)  # the same quarter hours of the same zones, over and over
def _written(second: int, zone: ZoneInfo) -> tuple[str, str]:
    """A moment in UTC and by the clocks of a zone."""
    return _iso(datetime.fromtimestamp(second, UTC)), datetime.fromtimestamp(second, zone).isoformat()


def coach_named(request: Request, coach_id: int) -> int:
    """The id of a coach whom this person may see. Nearly all are there for everybody, which is cheaper to ask."""
    if CoachProfile.objects.listed().filter(user_id=coach_id).exists():
        return coach_id
    return get_object_or_404(CoachProfile.objects.visible_to(request.user).only("user_id"), user_id=coach_id).user_id


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
