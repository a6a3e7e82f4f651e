"""A coach's own hours, exceptions and travels, for clients."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.places import zones
from core import clock
from core.api import ErrorSerializer
from scheduling import operations
from scheduling.models import Calendar, DateException, TravelZone, WeeklyHours
from scheduling.operations import Window, set_availability

CLOCK: dict[str, Any] = {"format": "%H:%M", "input_formats": ["%H:%M"]}
REFUSALS = {400: ErrorSerializer, 403: ErrorSerializer, 409: ErrorSerializer}


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

    starts = serializers.TimeField(**CLOCK)
    ends = serializers.TimeField(**CLOCK)

    class Meta:
        model = WeeklyHours
        fields = ["weekday", "starts", "ends"]


class ExceptionSerializer(serializers.ModelSerializer):
    """Days on which the week is not as usual, by the clock of those days. Without hours whole days are blocked."""

    starts = serializers.TimeField(**CLOCK, required=False, allow_null=True, default=None)
    ends = serializers.TimeField(**CLOCK, required=False, allow_null=True, default=None)

    class Meta:
        model = DateException
        fields = ["id", "kind", "first_day", "last_day", "starts", "ends", "note"]


class TravelSerializer(serializers.ModelSerializer):
    """Days on which the hours are by the clock of another zone."""

    time_zone = ZoneField(max_length=60)

    class Meta:
        model = TravelZone
        fields = ["id", "first_day", "last_day", "time_zone"]


class AvailabilitySerializer(serializers.ModelSerializer):
    """How a coach can be booked: weekly hours by the clock of `time_zone`, pauses, notice, horizon, limits.

    `exceptions` and `travel` are those that are not over; they have endpoints of their own.
    """

    time_zone = ZoneField(max_length=60)
    weekly_hours = WindowSerializer(many=True, max_length=100)
    exceptions = ExceptionSerializer(many=True, read_only=True)
    travel = TravelSerializer(source="travel_zones", many=True, read_only=True)

    class Meta:
        model = Calendar
        fields = ["time_zone", "step_minutes", "buffer_before_minutes", "buffer_after_minutes", "notice_hours"]
        fields += ["consultation_notice_hours", "horizon_days", "most_a_day", "takes_consultations", "confirms"]
        fields += ["unverified", "meeting", "weekly_hours", "exceptions", "travel"]


AVAILABILITY = OpenApiExample(
    "Monday mornings and Thursday evenings",
    {
        "time_zone": "Europe/Madrid",
        "step_minutes": 15,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "notice_hours": 12,
        "consultation_notice_hours": 4,
        "horizon_days": 60,
        "most_a_day": 5,
        "takes_consultations": True,
        "confirms": "instant",
        "unverified": "withhold",
        "meeting": "link",
        "weekly_hours": [
            {"weekday": 0, "starts": "09:00", "ends": "12:00"},
            {"weekday": 3, "starts": "18:00", "ends": "00:00"},
        ],
        "exceptions": [
            {
                "id": 3,
                "kind": "blocked",
                "first_day": "2026-12-24",
                "last_day": "2027-01-06",
                "starts": None,
                "ends": None,
                "note": "Holidays",
            }
        ],
        "travel": [{"id": 5, "first_day": "2027-02-01", "last_day": "2027-02-07", "time_zone": "Asia/Tokyo"}],
    },
)


@extend_schema(tags=["availability"])
class AvailabilityView(APIView):
    """A coach's own hours."""

    @extend_schema(
        summary="How I can be booked",
        responses={200: AvailabilitySerializer, 403: ErrorSerializer},
        examples=[AVAILABILITY],
    )
    def get(self, request: Request) -> Response:
        return Response(_hours_of(_coach(request)))

    @extend_schema(
        summary="Replace how I can be booked",
        description="What is left out stays. Sessions already agreed stay. Refused (409) with `wrong_hours`, "
        "`overlapping_hours` or `no_such_rooms`.",
        request=AvailabilitySerializer,
        responses={200: AvailabilitySerializer, **REFUSALS},
        examples=[AVAILABILITY],
    )
    def put(self, request: Request) -> Response:
        asked = AvailabilitySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        numbers = dict(asked.validated_data)
        hours = [Window(**window) for window in numbers.pop("weekly_hours")]
        set_availability(hours=hours, by=request.user, now=clock.now(), **numbers)
        return Response(_hours_of(request.user))


@extend_schema(tags=["availability"])
class ExceptionsView(APIView):
    """Days on which a coach's own week is not as usual."""

    @extend_schema(
        summary="My exceptions that are not over", responses={200: ExceptionSerializer(many=True), 403: ErrorSerializer}
    )
    def get(self, request: Request) -> Response:
        rows = DateException.objects.filter(calendar__coach=_coach(request), last_day__gte=_today(request.user))
        return Response(ExceptionSerializer(rows[:MOST], many=True).data)

    @extend_schema(
        summary="Block days or hours, or open some besides",
        description="Refused (409) with `wrong_days`, `past_days`, `too_long`, `wrong_hours`, `half_hours`, "
        "`extra_without_hours`, `said_already` or `too_many`.",
        request=ExceptionSerializer,
        responses={201: ExceptionSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        asked = ExceptionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = operations.add_exception(**asked.validated_data, by=request.user, now=clock.now())
        return Response(ExceptionSerializer(made).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["availability"])
class ExceptionView(APIView):
    @extend_schema(summary="Take an exception away", responses={204: None, 404: ErrorSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(DateException, pk=pk, calendar__coach=request.user)
        operations.remove_exception(row, by=request.user, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["availability"])
class TravelsView(APIView):
    """Days on which a coach is in another zone."""

    @extend_schema(
        summary="My travels that are not over", responses={200: TravelSerializer(many=True), 403: ErrorSerializer}
    )
    def get(self, request: Request) -> Response:
        rows = TravelZone.objects.filter(calendar__coach=_coach(request), last_day__gte=_today(request.user))
        return Response(TravelSerializer(rows[:MOST], many=True).data)

    @extend_schema(
        summary="Be in another zone for some days",
        description="Refused (409) with `wrong_days`, `past_days`, `too_long`, `overlapping_travel` or `too_many`.",
        request=TravelSerializer,
        responses={201: TravelSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        asked = TravelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = operations.add_travel(**asked.validated_data, by=request.user, now=clock.now())
        return Response(TravelSerializer(made).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["availability"])
class TravelView(APIView):
    @extend_schema(summary="Take a travel away", responses={204: None, 404: ErrorSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(TravelZone, pk=pk, calendar__coach=request.user)
        operations.remove_travel(row, by=request.user, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


MOST = 200


def _hours_of(coach: User) -> Any:
    """The calendar with what is not over of its rows; what would be saved where there is none yet."""
    today = _today(coach)
    ahead = [
        Prefetch(name, model.objects.filter(last_day__gte=today))
        for name, model in (("exceptions", DateException), ("travel_zones", TravelZone))
    ]
    calendar = Calendar.objects.prefetch_related("weekly_hours", *ahead).filter(coach=coach).first()
    if calendar:
        return AvailabilitySerializer(calendar).data
    unsaved = Calendar(coach=coach, time_zone=coach.time_zone)
    numbers = {name: getattr(unsaved, name) for name in AvailabilitySerializer.Meta.fields[:-3]}
    return {**numbers, "weekly_hours": [], "exceptions": [], "travel": []}


def _coach(request: Request) -> User:
    if not request.user.is_coach:
        raise PermissionDenied
    return request.user


def _today(coach: User) -> date:
    """The day it is for a coach at least: nothing that may still count for them is left out."""
    now: datetime = clock.now()
    return now.astimezone(ZoneInfo("Etc/GMT+12")).date()
