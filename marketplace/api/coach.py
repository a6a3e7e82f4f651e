"""All that clients may read of one coach."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import CoachProfile
from core import clock
from core.api import ErrorSerializer, with_etag
from marketplace.api import coaches
from marketplace.api.coaches import COACH, CoachSerializer
from scheduling.slots import next_free_times

MINUTES, TIMES = 60, 5
ENTRY = {"title": "Teacher", "organisation": "Berlitz", "from_year": 2015, "to_year": 2020, "text": "Adults."}
ONE_COACH = OpenApiExample(
    "A coach",
    COACH.value
    | {
        "goal": "That you dare to speak.",
        "experience": [ENTRY],
        "education": [],
        "portfolio": [{"title": "Lessons", "url": "https://www.youtube.com/watch?v=1", "text": "Ten minutes."}],
        "stars": {"1": 0, "2": 0, "3": 1, "4": 12, "5": 115},
        "sessions_done": 842,
        "response_minutes": 130,
        "next_free": ["2026-12-01T16:00:00Z"],
    },
    response_only=True,
)


class EntrySerializer(serializers.Serializer):
    """Something a coach has done or learnt; no last year: it goes on."""

    title = serializers.CharField()
    organisation = serializers.CharField()
    from_year = serializers.IntegerField()
    to_year = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()


class WorkSerializer(serializers.Serializer):
    """Something a coach shows elsewhere."""

    title = serializers.CharField()
    url = serializers.URLField()
    text = serializers.CharField()


class OneCoachSerializer(CoachSerializer):
    """All that is public of a coach: `stars` says how many gave 1 to 5, `next_free` when an hour could be booked."""

    experience = EntrySerializer(many=True)
    education = EntrySerializer(many=True)
    portfolio = WorkSerializer(many=True)
    stars = serializers.SerializerMethodField()
    next_free = serializers.SerializerMethodField()

    class Meta(CoachSerializer.Meta):
        fields = [*CoachSerializer.Meta.fields, "goal", "experience", "education", "portfolio", "stars"]
        fields += ["sessions_done", "response_minutes", "next_free"]

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_stars(self, coach: CoachProfile) -> dict[str, int]:
        return {str(number): count for number, count in enumerate(coach.stars, 1)}

    @extend_schema_field(serializers.ListField(child=serializers.DateTimeField()))
    def get_next_free(self, coach: CoachProfile) -> list[str]:
        free = next_free_times(coach.user_id, None, MINUTES, clock.now(), count=TIMES)
        return [serializers.DateTimeField().to_representation(moment) for moment in free]


class CoachViewSet(coaches.CoachViewSet):
    """Finding coaches, and one of them whole."""

    def get_serializer_class(self) -> type[CoachSerializer]:
        return OneCoachSerializer if self.action == "retrieve" else CoachSerializer

    @extend_schema(
        summary="A coach", auth=[], examples=[ONE_COACH], responses={200: OneCoachSerializer, 404: ErrorSerializer}
    )
    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
