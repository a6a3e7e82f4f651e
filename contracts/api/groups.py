"""Group sessions for clients."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import operations
from contracts.api.contracts import ContractSerializer
from contracts.filters import GroupFilter
from contracts.models import Contract, GroupOffer
from core import clock
from core.api import (
    IDEMPOTENCY_KEY,
    ErrorSerializer,
    InstantField,
    MoneyField,
    PriceSerializer,
    kept_by_key,
)
from core.refused import Refused
from scheduling.operations import go_ahead, join_line, leave_line

REFUSALS = {400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}


class GroupSerializer(serializers.ModelSerializer):
    """A group session as anybody reads it; `id` is that of the session, `free_seats` what can be joined at once."""

    id = serializers.IntegerField(source="session_id")
    title = serializers.CharField(source="session.title")
    coach = serializers.IntegerField(source="session.coach_id")
    coach_name = serializers.CharField(source="session.coach.name")
    status = serializers.CharField(source="session.state")
    scheduled_at = serializers.DateTimeField(source="session.starts_at")
    duration_minutes = serializers.IntegerField(source="session.duration_minutes")
    timezone = serializers.CharField(source="session.time_zone")
    seats = serializers.IntegerField(source="session.seats")
    minimum_enrolment = serializers.IntegerField(source="session.least")
    free_seats = serializers.SerializerMethodField()
    price = MoneyField("price_cents")

    class Meta:
        model = GroupOffer
        fields = [
            "id", "title", "description", "coach", "coach_name", "status", "scheduled_at", "duration_minutes", "timezone",
            "seats", "free_seats", "minimum_enrolment", "price",
        ]  # fmt: skip

    def get_free_seats(self, offer: GroupOffer) -> int:
        return max(0, offer.free)


class ChangeGroupSerializer(serializers.Serializer):
    title = serializers.CharField(min_length=5, max_length=120)
    description = serializers.CharField(max_length=5000)
    seats = serializers.IntegerField(min_value=2, max_value=100)
    minimum_enrolment = serializers.IntegerField(source="least", min_value=0, max_value=100, default=0)
    price = PriceSerializer()

    def terms(self, currency: str) -> dict[str, Any]:
        terms = dict(self.validated_data)
        price = terms.pop("price")
        if price["currency"] != currency:
            raise Refused("A coach prices in their own currency.", code="currency", field="price")
        return terms | {"price_cents": price["amount_cents"]}


class PublishGroupSerializer(ChangeGroupSerializer):
    scheduled_at = InstantField(source="starts_at")
    duration_minutes = serializers.IntegerField(min_value=15, max_value=240)


class PlaceInLineSerializer(serializers.Serializer):
    """A place in line: `offered` while a seat is kept, until `offer_ends_at`; `position` counts from 1."""

    status = serializers.CharField(source="state")
    position = serializers.SerializerMethodField()
    offer_ends_at = serializers.DateTimeField(allow_null=True)

    def get_position(self, waiting: Any) -> int:
        return int(waiting.session.waiting.filter(state="waiting", pk__lte=waiting.pk).count())


PUBLISH = OpenApiExample(
    "Eight seats on a Tuesday",
    {
        "title": "Small talk in Spanish",
        "description": "We talk about what you did this week.",
        "scheduled_at": "2026-12-01T18:00:00+01:00",
        "duration_minutes": 60,
        "seats": 8,
        "minimum_enrolment": 3,
        "price": {"amount_cents": 1500, "currency": "eur"},
    },
    request_only=True,
)


@extend_schema_view(
    list=extend_schema(summary="Group sessions that can be joined, newest first", tags=["groups"]),
    retrieve=extend_schema(
        summary="One group session", responses={200: GroupSerializer, 404: ErrorSerializer}, tags=["groups"]
    ),
)
class GroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = GroupSerializer
    queryset = GroupOffer.objects.none()
    filterset_class = GroupFilter
    lookup_field = "session_id"
    lookup_url_kwarg = "pk"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> Any:
        now = clock.now()
        offers = GroupOffer.objects.select_related("session__coach").with_seats(now).order_by("-pk")
        return offers.upcoming(now) if self.action == "list" else offers.seen_by(self.request.user)

    @extend_schema(
        summary="Announce a group session",
        request=PublishGroupSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: GroupSerializer, **REFUSALS},
        examples=[PUBLISH],
        tags=["groups"],
    )
    @kept_by_key
    def create(self, request: Request) -> Response:
        asked = PublishGroupSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        profile = getattr(request.user, "coach_profile", None)
        terms = asked.terms(profile.currency if profile else "")
        offer = operations.publish_group(**terms, by=request.user, now=clock.now())
        return self._answer(offer.session_id, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change what is announced; seats that are sold keep their price",
        request=ChangeGroupSerializer,
        responses={200: GroupSerializer, **REFUSALS},
        tags=["groups"],
    )
    def update(self, request: Request, pk: str) -> Response:
        offer = get_object_or_404(self.get_queryset(), session_id=pk)
        asked = ChangeGroupSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        operations.change_group(offer, **asked.terms(offer.currency), by=request.user, now=clock.now())
        return self._answer(offer.session_id)

    @extend_schema(
        summary="It takes place however few enrol",
        request=None,
        responses={200: GroupSerializer, **REFUSALS},
        tags=["groups"],
    )
    @action(detail=True, methods=["post"], url_path="go-ahead")
    def go_ahead(self, request: Request, pk: str) -> Response:
        offer = get_object_or_404(self.get_queryset(), session_id=pk)
        go_ahead(offer.session, by=request.user, now=clock.now())
        return self._answer(offer.session_id)

    @extend_schema(
        summary="Keep a seat for some minutes and get its contract, to be paid by checkout",
        description="Refused (409) with `full`, `booked`, `already_joined`, `wrong_state`.",
        request=None,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: ContractSerializer, **REFUSALS},
        tags=["groups"],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def join(self, request: Request, pk: str) -> Response:
        offer = get_object_or_404(self.get_queryset(), session_id=pk)
        made = operations.join_group(offer.session, by=request.user, now=clock.now())
        contract = Contract.objects.with_progress().select_related("student", "coach", "escrow").get(pk=made.pk)
        answer = ContractSerializer(contract, context={"request": request})
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        methods=["post"],
        summary="Wait in line for a seat",
        request=None,
        responses={200: PlaceInLineSerializer, **REFUSALS},
        tags=["groups"],
    )
    @extend_schema(
        methods=["delete"],
        summary="Wait no longer",
        responses={204: None, 404: ErrorSerializer},
        tags=["groups"],
    )
    @action(detail=True, methods=["post", "delete"])
    def line(self, request: Request, pk: str) -> Response:
        session = get_object_or_404(self.get_queryset(), session_id=pk).session
        if request.method == "DELETE":
            leave_line(session, by=request.user, now=clock.now())
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(PlaceInLineSerializer(join_line(session, by=request.user, now=clock.now())).data)

    def _answer(self, session: int, code: int = status.HTTP_200_OK) -> Response:
        offer = GroupOffer.objects.select_related("session__coach").with_seats(clock.now()).get(session=session)
        return Response(GroupSerializer(offer).data, status=code)
