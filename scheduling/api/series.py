"""Weekly series for clients."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import ErrorSerializer
from scheduling.models import Series, Session
from scheduling.operations import end_series


class SeriesSessionSerializer(serializers.ModelSerializer):
    """One session of a series: the day it stands for, and when it is; they differ where it was moved alone."""

    scheduled_at = serializers.DateTimeField(source="starts_at", allow_null=True)

    class Meta:
        model = Session
        fields = ["id", "series_day", "scheduled_at", "state", "is_moved_alone"]


class SeriesSerializer(serializers.ModelSerializer):
    """The same weekday (Monday is 0) and time each week, by the clock of `timezone`."""

    timezone = serializers.CharField(source="time_zone")
    clock = serializers.TimeField(format="%H:%M")
    sessions = serializers.SerializerMethodField()

    class Meta:
        model = Series
        fields = ["id", "coach", "student", "timezone", "weekday", "clock", "first_day", "weeks", "duration_minutes"]
        fields += ["made_at", "ended_at", "sessions"]

    @extend_schema_field(SeriesSessionSerializer(many=True))
    def get_sessions(self, series: Series) -> Any:
        rows = sorted(series.sessions.all(), key=lambda each: (each.series_day, each.pk))
        return SeriesSessionSerializer(rows, many=True).data


@extend_schema_view(
    list=extend_schema(summary="My weekly series, newest first", tags=["sessions"]),
    retrieve=extend_schema(
        summary="One weekly series", responses={200: SeriesSerializer, 404: ErrorSerializer}, tags=["sessions"]
    ),
)
class SeriesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    lookup_value_regex = r"\d{1,18}"
    serializer_class = SeriesSerializer
    queryset = Series.objects.none()

    def get_queryset(self) -> Any:
        return Series.objects.of(self.request.user).prefetch_related("sessions").order_by("-pk")

    @extend_schema(
        summary="End a series: what is at least a day away may be given other times",
        request=None,
        responses={200: SeriesSerializer, 403: ErrorSerializer, 404: ErrorSerializer},
        tags=["sessions"],
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        series = get_object_or_404(self.get_queryset(), pk=pk)
        end_series(series, by=request.user, now=clock.now())
        return Response(SeriesSerializer(self.get_queryset().get(pk=series.pk)).data)
