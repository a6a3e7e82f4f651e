"""A coach's templates of terms for clients."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import ErrorSerializer, MoneyField, PriceSerializer
from marketplace import operations
from marketplace.models import PaymentModel, TermsTemplate
from marketplace.policy import MAX_OUTCOMES, MAX_TEMPLATE_NAME

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
TERMS = {"name": "Exam course", "payment_model": "per_session", "session_count": 8, "session_minutes": 60}
KEPT = TERMS | {"rate": {"amount_cents": 6000, "currency": "usd"}, "learning_outcomes": "Pass B2"}
SENT = OpenApiExample("Terms to use again", KEPT, request_only=True)
SHOWN = OpenApiExample(
    "A template",
    {"id": 3, **KEPT, "expected_total": {"amount_cents": 48000, "currency": "usd"}},
    response_only=True,
)


class TemplateSerializer(serializers.ModelSerializer):
    """Terms that a coach keeps under a name."""

    rate = MoneyField("rate_cents")
    expected_total = MoneyField("expected_total_cents")

    class Meta:
        model = TermsTemplate
        fields = ["id", "name", "payment_model", "rate", "session_count", "session_minutes", "learning_outcomes"]
        fields += ["expected_total"]


class KeepTemplateSerializer(serializers.Serializer):
    """The rate is in your own currency."""

    name = serializers.CharField(max_length=MAX_TEMPLATE_NAME)
    payment_model = serializers.ChoiceField(choices=PaymentModel.choices)
    rate = PriceSerializer()
    session_count = serializers.IntegerField(min_value=1, max_value=100)
    session_minutes = serializers.IntegerField(min_value=15, max_value=240)
    learning_outcomes = serializers.CharField(max_length=MAX_OUTCOMES, required=False, allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="Your templates of terms", examples=[SHOWN], tags=["templates"]),
    retrieve=extend_schema(summary="One of your templates", examples=[SHOWN], tags=["templates"]),
    create=extend_schema(
        summary="Keep terms under a name; at most 20",
        request=KeepTemplateSerializer,
        responses={201: TemplateSerializer} | REFUSALS,
        examples=[SENT, SHOWN],
        tags=["templates"],
    ),
    partial_update=extend_schema(
        summary="Change a template; offers made with it stay as they were",
        request=KeepTemplateSerializer,
        responses={200: TemplateSerializer} | REFUSALS,
        tags=["templates"],
    ),
    destroy=extend_schema(summary="Delete a template", responses={204: None} | REFUSALS, tags=["templates"]),
)
class TemplateViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = TemplateSerializer
    queryset = TermsTemplate.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []
    api_names = {"rate_cents": "rate"}

    def get_queryset(self) -> QuerySet[TermsTemplate]:
        return TermsTemplate.objects.filter(coach=self.request.user.pk).order_by("-pk")

    def create(self, request: Request) -> Response:
        currency = getattr(getattr(request.user, "coach_profile", None), "currency", None)
        written = self._written(request, currency)
        template = operations.keep_template(by=request.user, now=clock.now(), **written)
        return Response(self.get_serializer(template).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        template = self.get_object()
        fields = self._written(request, template.currency, partial=True)
        changed = operations.change_template(template, by=request.user, now=clock.now(), **fields)
        return Response(self.get_serializer(changed).data)

    def destroy(self, request: Request, pk: str) -> Response:
        operations.delete_template(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _written(self, request: Request, currency: str | None, *, partial: bool = False) -> dict[str, Any]:
        form = KeepTemplateSerializer(data=request.data, partial=partial)
        form.is_valid(raise_exception=True)
        return with_rate_in(dict(form.validated_data), currency)


def with_rate_in(fields: dict[str, Any], currency: str | None) -> dict[str, Any]:
    """Terms as operations take them; a rate in another currency is no rate of this offer."""
    if rate := fields.pop("rate", None):
        if currency and rate["currency"] != currency:
            raise serializers.ValidationError({"rate": {"currency": [f"This is priced in {currency}."]}})
        fields["rate_cents"] = rate["amount_cents"]
    return fields
