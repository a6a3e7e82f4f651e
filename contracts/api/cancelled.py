"""Why a session was called off, by whom, and what became of the money, for clients."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.models import Cancellation
from core.api import ErrorSerializer, MoneySerializer
from scheduling.models import Session

CANCELLED = OpenApiExample(
    "Called off by its coach",
    {
        "booking": 12,
        "role": "coach",
        "rule": "coach",
        "reason": "I have fallen ill.",
        "cancelled_at": "2026-11-30T09:12:00Z",
        "back": {"amount_cents": 5000, "currency": "eur"},
        "kept": {"amount_cents": 0, "currency": "eur"},
    },
    response_only=True,
)


class CancellationSerializer(serializers.ModelSerializer):
    """One seat that was called off. Of a free consultation there is no booking, no rule and no money."""

    role = serializers.CharField(help_text="Of who called it off: student, coach or staff.")
    rule = serializers.CharField(help_text="By which rule money went back or stayed; empty where none was paid.")
    cancelled_at = serializers.DateTimeField(source="made_at")
    back = serializers.SerializerMethodField()
    kept = serializers.SerializerMethodField()

    class Meta:
        model = Cancellation
        fields = ["booking", "role", "rule", "reason", "cancelled_at", "back", "kept"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_back(self, done: Cancellation) -> dict[str, Any] | None:
        return _money(done, done.back_cents)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_kept(self, done: Cancellation) -> dict[str, Any] | None:
        return _money(done, done.kept_cents)


class SessionCancellationsView(APIView):
    @extend_schema(
        summary="Why a session was called off, seat by seat",
        description="A coach reads all seats, a student their own. Empty while it was not called off.",
        responses={200: CancellationSerializer(many=True), 404: ErrorSerializer},
        examples=[CANCELLED],
        tags=["sessions"],
    )
    def get(self, request: Request, pk: int) -> Response:
        found = list(
            Cancellation.objects.of(request.user).filter(session=pk).select_related("booking__contract__escrow")
        )
        if not found and not Session.objects.of(request.user).filter(pk=pk).exists():
            raise Http404
        return Response(CancellationSerializer(found, many=True).data)


def _money(done: Cancellation, cents: int) -> dict[str, Any] | None:
    return {"amount_cents": cents, "currency": done.booking.contract.currency} if done.booking else None
