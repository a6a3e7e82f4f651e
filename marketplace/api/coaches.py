from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import SkillSerializer
from accounts.models import CoachProfile
from core.api import ErrorSerializer, MoneyField, MoneySerializer, with_etag
from marketplace.filters import CoachFilter

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
    },
    response_only=True,
)


class CoachSerializer(serializers.ModelSerializer):
    """A public coach; `id` is the person's id. Address and meeting link are never told."""

    id = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")
    skills = SkillSerializer(many=True)
    hourly_rate = MoneyField("hourly_rate_cents")
    trial_rate = serializers.SerializerMethodField()
    verified = serializers.BooleanField(source="is_public")
    rating = serializers.FloatField(allow_null=True)

    class Meta:
        model = CoachProfile
        fields = ["id", "name", "headline", "bio", "country", "languages", "skills", "hourly_rate", "trial_rate"]
        fields += ["verified", "rating", "rating_count"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_trial_rate(self, coach: CoachProfile) -> dict[str, Any] | None:
        cents = coach.trial_rate_cents
        return None if cents is None else {"amount_cents": cents, "currency": coach.currency}


@extend_schema_view(
    list=extend_schema(summary="Find a coach", auth=[], examples=[COACH]),
    retrieve=extend_schema(
        summary="A coach", auth=[], examples=[COACH], responses={200: CoachSerializer, 404: ErrorSerializer}
    ),
)
class CoachViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    permission_classes = [permissions.AllowAny]
    serializer_class = CoachSerializer
    filterset_class = CoachFilter
    queryset = (
        CoachProfile.objects.public().defer(*CoachProfile.SEARCHED).select_related("user").prefetch_related("skills")
    )
    lookup_field = "user_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"\d{1,18}"

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
