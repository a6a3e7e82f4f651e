"""Bookings for clients."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.filters import BookingFilter
from contracts.models import Booking
from core.api import ErrorSerializer, MoneyField, with_etag


class BookingSerializer(serializers.ModelSerializer):
    """A paid seat: which session, what it costs, what became of it."""

    status = serializers.CharField(source="state")
    contract_number = serializers.CharField(source="contract.number")
    session = serializers.IntegerField(source="session_id")
    scheduled_at = serializers.DateTimeField(source="session.starts_at", allow_null=True)
    duration_minutes = serializers.IntegerField(source="session.duration_minutes")
    timezone = serializers.CharField(source="session.time_zone")
    price = MoneyField("portion.gross_cents", "contract.escrow.currency")
    money = serializers.CharField(source="portion.state")

    class Meta:
        model = Booking
        fields = [
            "id",
            "number",
            "status",
            "contract",
            "contract_number",
            "session",
            "scheduled_at",
            "duration_minutes",
            "timezone",
            "price",
            "money",
        ]


@extend_schema_view(
    list=extend_schema(
        summary="My bookings",
        tags=["bookings"],
        parameters=[
            OpenApiParameter("status", enum=Booking.State.values),
            OpenApiParameter("role", enum=["student", "coach"]),
        ],
    ),
    retrieve=extend_schema(
        summary="One booking", responses={200: BookingSerializer, 404: ErrorSerializer}, tags=["bookings"]
    ),
)
class BookingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = BookingSerializer
    queryset = Booking.objects.none()
    filterset_class = BookingFilter

    def get_queryset(self) -> Any:
        return (
            Booking.objects.of(self.request.user)
            .select_related("session", "portion", "contract__escrow")
            .order_by("-pk")
        )

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
