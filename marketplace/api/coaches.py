from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import SkillSerializer
from accounts.models import CoachProfile
from core.api import ErrorSerializer, MoneyField, MoneySerializer, with_etag
from core.paging import InItsOrder
from marketplace.filters import CoachFilter
from marketplace.filters.coaches import SORTS
from marketplace.finding import coaches_to_show

COACH = OpenApiExample(
    "A coach",
    {
        "id": 7,
        "name": "Lucía Fernández",
        "headline": "Conversational Spanish for travel and work",
        "bio": "Native speaker from Valencia.",
        "country": "ES",
        "languages": [{"code": "es", "level": "native"}, {"code": "en", "level": "c1"}],
        "skills": [{"name": "Spanish", "slug": "spanish"}],
        "hourly_rate": {"amount_cents": 3200, "currency": "usd"},
        "trial_rate": {"amount_cents": 1000, "currency": "usd"},
        "verified": True,
        "rating": 4.97,
        "rating_count": 128,
        "next_free_at": "2026-11-24T17:00:00Z",
    },
    response_only=True,
)
SEARCH = [
    OpenApiParameter("q", str, description='Words; "a phrase in quotes"; -without. The last one may be unfinished.'),
    OpenApiParameter(
        "skill", {"type": "array", "items": {"type": "string"}}, description="Slugs; any of them will do."
    ),
    OpenApiParameter(
        "free_day",
        int,
        enum=range(7),
        description="From Monday = 0, with `free_at`: free for an hour then, on one of the next four such days.",
        examples=[OpenApiExample("Tuesdays", 1)],
    ),
    OpenApiParameter("free_at", OpenApiTypes.TIME, examples=[OpenApiExample("In the evening", "18:00")]),
    OpenApiParameter("zone", str, description="Of `free_day` and `free_at`; else that of the person, else UTC."),
    OpenApiParameter(
        "sort",
        str,
        enum=[key for key, _label in SORTS],
        description="`soonest` leaves out who is not free at all; prices are compared within one currency, USD if none is given.",
    ),
]


class CoachSerializer(serializers.ModelSerializer):
    """A public coach; `id` is the person's id. Address and meeting link are never told."""

    id = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")
    skills = SkillSerializer(many=True)
    hourly_rate = MoneyField("hourly_rate_cents")
    trial_rate = serializers.SerializerMethodField()
    verified = serializers.BooleanField(source="is_public")
    rating = serializers.FloatField(allow_null=True)
    next_free_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = CoachProfile
        fields = ["id", "name", "headline", "bio", "country", "languages", "skills", "hourly_rate", "trial_rate"]
        fields += ["verified", "rating", "rating_count", "next_free_at"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_trial_rate(self, coach: CoachProfile) -> dict[str, Any] | None:
        cents = coach.trial_rate_cents
        return None if cents is None else {"amount_cents": cents, "currency": coach.currency}


@extend_schema_view(
    list=extend_schema(summary="Find a coach", auth=[], examples=[COACH], parameters=SEARCH),
    retrieve=extend_schema(
        summary="A coach", auth=[], examples=[COACH], responses={200: CoachSerializer, 404: ErrorSerializer}
    ),
)
class CoachViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    permission_classes = [permissions.AllowAny]
    serializer_class = CoachSerializer
    filterset_class = CoachFilter
    pagination_class = InItsOrder
    queryset = coaches_to_show().prefetch_related("skills")
    lookup_field = "user_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"\d{1,18}"

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
