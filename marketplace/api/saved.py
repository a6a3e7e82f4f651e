from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import ErrorSerializer
from marketplace import operations
from marketplace.api.requests import RequestSerializer
from marketplace.models import LearningRequest, SavedRequest

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
SAVED = OpenApiExample(
    "A saved request that its student has closed since",
    {"request_id": 12, "saved_at": "2026-11-20T10:00:00Z", "request": None},
    response_only=True,
)


class SavedSerializer(serializers.ModelSerializer):
    """A request you saved; `request` is null where you may not read it any more."""

    request = serializers.SerializerMethodField()

    class Meta:
        model = SavedRequest
        fields = ["request_id", "saved_at", "request"]

    @extend_schema_field(RequestSerializer(allow_null=True))
    def get_request(self, saved: Any) -> dict[str, Any] | None:
        return RequestSerializer(saved.request, context=self.context).data if saved.is_visible else None


class SavingSerializer(serializers.Serializer):
    request = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


@extend_schema_view(list=extend_schema(summary="The requests you saved", examples=[SAVED]))
class SavedViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    serializer_class = SavedSerializer
    queryset = SavedRequest.objects.select_related("request__student")
    lookup_field = "request_id"
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[SavedRequest]:
        if not self.request.user.is_authenticated:  # while the schema is drawn
            return SavedRequest.objects.none()
        visible = LearningRequest.objects.of(self.request.user).filter(pk=OuterRef("request"))
        mine = super().get_queryset().filter(coach=self.request.user).annotate(is_visible=Exists(visible))
        hidden = [f"request__{name}" for name in LearningRequest.SEARCHED]
        return mine.defer(*hidden).prefetch_related("request__skills", "request__screening_questions")

    @extend_schema(
        summary="Save a request; doing it twice changes nothing",
        request=SavingSerializer,
        responses={200: SavedSerializer} | REFUSALS,
        examples=[OpenApiExample("Save", {"request": 12}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        sent = SavingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = get_object_or_404(LearningRequest.objects.of(request.user), pk=sent.validated_data["request"])
        saved = operations.save_request(wanted, by=request.user, now=clock.now())
        return Response(self.get_serializer(self.get_queryset().get(pk=saved.pk)).data)

    @extend_schema(summary="Forget a saved request; doing it twice changes nothing", responses={204: None} | REFUSALS)
    def destroy(self, request: Request, request_id: str) -> Response:
        operations.forget_request(int(request_id), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
