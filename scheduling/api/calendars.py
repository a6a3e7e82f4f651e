"""People's own calendars, for clients: the private address, and the state of the one at Google."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import google as permission
from core import clock
from core.api import ErrorSerializer
from scheduling.models import Feed, GoogleCalendar
from scheduling.operations.calendars import disconnect_google
from scheduling.operations.feeds import renew_feed

ADDRESS = "https://skileez.example/calendar/Rk2…Q.ics"
FEED = OpenApiExample("An address", {"url": ADDRESS, "made_at": "2026-11-20T16:20:00Z"}, response_only=True)
GOOGLE = OpenApiExample(
    "Connected",
    {
        "state": "on",
        "is_offered": True,
        "checked_at": "2026-11-20T16:20:00Z",
        "verified_until": "2026-11-20T16:50:00Z",
        "reason": "",
        "connect_url": "https://skileez.example/calendar/settings/",
    },
    response_only=True,
)


class FeedSerializer(serializers.Serializer):
    """The secret address of the person's sessions; empty until one was made."""

    url = serializers.CharField()
    made_at = serializers.DateTimeField(allow_null=True)


class GoogleCalendarSerializer(serializers.Serializer):
    """`dead`: Google lets us in no longer. What it said is relied upon until `verified_until`.

    `off` with the reason `not_given_back`: our key is deleted here, but Google could not be told.
    """

    state = serializers.ChoiceField([*GoogleCalendar.State.values, "none"])
    is_offered = serializers.BooleanField(help_text="Whether this site is set up for Google.")
    checked_at = serializers.DateTimeField(allow_null=True)
    verified_until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="One word for what was wrong last; empty when all is well.")
    connect_url = serializers.CharField(help_text="The page on which the person connects it, in a browser.")


class FeedView(APIView):
    @extend_schema(summary="My private calendar address", tags=["calendar"], responses=FeedSerializer, examples=[FEED])
    def get(self, request: Request) -> Response:
        return Response(_feed(request, Feed.objects.filter(user=request.user).first()))

    @extend_schema(
        summary="A new private calendar address; the one before leads nowhere from now on",
        tags=["calendar"],
        request=None,
        responses=FeedSerializer,
        examples=[FEED],
    )
    def post(self, request: Request) -> Response:
        return Response(_feed(request, renew_feed(by=request.user, now=clock.now())))


class GoogleView(APIView):
    @extend_schema(
        summary="My calendar at Google", tags=["calendar"], responses=GoogleCalendarSerializer, examples=[GOOGLE]
    )
    def get(self, request: Request) -> Response:
        return Response(_google(request, GoogleCalendar.objects.filter(user=request.user).first()))

    @extend_schema(
        summary="Disconnect it; once however often",
        tags=["calendar"],
        parameters=[OpenApiParameter("removing", bool, description="Take the coming sessions out of it first.")],
        responses={200: GoogleCalendarSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        calendar = GoogleCalendar.objects.filter(user=request.user).first()
        if calendar:
            removing = request.query_params.get("removing") in {"1", "true"}
            calendar = disconnect_google(calendar, by=request.user, now=clock.now(), removing=removing)
        return Response(_google(request, calendar))


def _feed(request: Request, feed: Feed | None) -> dict[str, Any]:
    url = request.build_absolute_uri(reverse("calendar-feed", args=[feed.token])) if feed else ""
    return FeedSerializer({"url": url, "made_at": feed.made_at if feed else None}).data


def _google(request: Request, calendar: GoogleCalendar | None) -> dict[str, Any]:
    row = {
        "state": calendar.state if calendar else "none",
        "is_offered": permission.is_offered(),
        "checked_at": calendar.checked_at if calendar else None,
        "verified_until": calendar.verified_until if calendar else None,
        "reason": calendar.reason if calendar else "",
        "connect_url": request.build_absolute_uri(reverse("calendar-settings")),
    }
    return GoogleCalendarSerializer(row).data
