"""Contracts for clients: load, one operation, answer."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, User
from contracts import operations
from contracts.api.bookings import BookingSerializer
from contracts.api.changes import (
    CHANGES_SENT,
    EXTENSION_SENT,
    ChangeSerializer,
    ChangesWantedSerializer,
    ExtensionWantedSerializer,
    HappenedSerializer,
    ReasonSerializer,
)
from contracts.filters import ContractFilter
from contracts.models import Booking, Contract
from contracts.timeline import timeline_of
from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, InstantField, MoneyField, MoneySerializer, kept_by_key, with_etag
from core.refused import Refused
from marketplace.api.templates import with_rate_in
from scheduling.models import Session
from scheduling.operations import schedule

PENDING = {Contract.State.AWAITING_COACH, Contract.State.AWAITING_PAYMENT}
REFUSALS = {400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
VERBS: dict[str, Callable[..., Contract]] = {
    "accept": operations.accept_contract,
    "decline": operations.decline_contract,
}
ANSWERS: dict[str, Callable[..., Contract]] = {
    "agree": operations.agree_to_changes,
    "decline": operations.decline_changes,
    "withdraw": operations.withdraw_changes,
}


class PartySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ContractSerializer(serializers.ModelSerializer):
    """A contract as its parties see it; `status` shows both waiting steps as pending, `state` tells them apart."""

    contract_number = serializers.CharField(source="number")
    status = serializers.SerializerMethodField()
    payment_status = serializers.CharField()
    student = PartySerializer()
    coach = PartySerializer()
    total_sessions = serializers.IntegerField(source="session_count")
    completed_sessions = serializers.IntegerField()
    remaining_sessions = serializers.IntegerField()
    progress_percentage = serializers.IntegerField()
    next_session = serializers.DateTimeField(source="next_session_at", allow_null=True)
    total_amount = MoneyField("total_cents")
    paid_amount = serializers.SerializerMethodField()
    payment_date = serializers.DateTimeField(source="paid_at", allow_null=True)
    rate = MoneyField("rate_cents")
    timezone = serializers.CharField(source="time_zone")
    cancellation_policy = serializers.JSONField(source="policy")
    end_date = serializers.SerializerMethodField()
    is_changing = serializers.BooleanField(source="has_open_change", help_text="The coach asked for other terms.")
    follows = serializers.IntegerField(source="extends_id", allow_null=True)
    proposed_by = serializers.SerializerMethodField()
    can_be_accepted = serializers.SerializerMethodField()
    can_request_changes = serializers.SerializerMethodField()
    can_be_extended = serializers.SerializerMethodField()
    can_be_cancelled = serializers.SerializerMethodField()
    can_schedule_sessions = serializers.SerializerMethodField()

    class Meta:
        model = Contract
        fields = [
            "id", "contract_number", "status", "state", "payment_status", "origin", "kind", "title", "student", "coach",
            "start_date", "end_date", "total_sessions", "completed_sessions", "remaining_sessions", "progress_percentage",
            "next_session", "session_minutes", "payment_model", "rate", "total_amount", "paid_amount", "payment_date",
            "fee_basis_points", "learning_outcomes", "note", "timezone", "cancellation_policy", "created_at", "expires_at",
            "ended_at", "end_reason", "is_changing", "follows", "proposed_by", "can_be_accepted", "can_request_changes",
            "can_be_extended", "can_be_cancelled", "can_schedule_sessions",
        ]  # fmt: skip

    def get_status(self, contract: Contract) -> str:
        return "pending" if contract.state in PENDING else contract.state

    @extend_schema_field(MoneySerializer)
    def get_paid_amount(self, contract: Contract) -> dict[str, Any]:
        return {"amount_cents": contract.total_cents if contract.paid_at else 0, "currency": contract.currency}

    def get_end_date(self, contract: Contract) -> date | None:
        """The day it ended, where its student is."""
        return contract.ended_at.astimezone(ZoneInfo(contract.time_zone)).date() if contract.ended_at else None

    def get_proposed_by(self, contract: Contract) -> str:
        return Role.COACH if contract.is_coachs_idea else Role.STUDENT

    def get_can_be_accepted(self, contract: Contract) -> bool:
        return contract.may_be_answered_by(self._user) and not contract.has_open_change

    def get_can_request_changes(self, contract: Contract) -> bool:
        return contract.may_be_changed_by(self._user) and not contract.has_open_change

    def get_can_be_extended(self, contract: Contract) -> bool:
        return contract.may_be_extended_by(self._user, clock.now())

    @property
    def _user(self) -> User:
        user: User = self.context["request"].user
        return user

    def get_can_be_cancelled(self, contract: Contract) -> bool:
        return contract.may_be_cancelled_by(self._user)

    def get_can_schedule_sessions(self, contract: Contract) -> bool:
        return contract.may_be_scheduled_by(self._user)


class SendContractSerializer(serializers.Serializer):
    learning_outcomes = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    start_date = serializers.DateField(required=False, allow_null=True)


class ScheduleSerializer(serializers.Serializer):
    scheduled_at = InstantField()
    number = serializers.IntegerField(required=False, min_value=1)


@extend_schema_view(
    list=extend_schema(summary="My contracts, newest first", tags=["contracts"]),
    retrieve=extend_schema(
        summary="One contract", responses={200: ContractSerializer, 404: ErrorSerializer}, tags=["contracts"]
    ),
)
class ContractViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = ContractSerializer
    api_names = {"rate_cents": "rate"}
    queryset = Contract.objects.none()
    filterset_class = ContractFilter

    def get_queryset(self) -> Any:
        contracts = Contract.objects.of(self.request.user).with_progress()
        return contracts.select_related("student", "coach", "escrow").order_by("-pk")

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Send the contract drafted from an accepted proposal to its coach",
        request=SendContractSerializer,
        responses={200: ContractSerializer, **REFUSALS},
        tags=["contracts"],
    )
    @action(detail=False, methods=["post"], url_path=r"create/(?P<proposal_id>\d+)")
    def send(self, request: Request, proposal_id: str) -> Response:
        form = SendContractSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        contract = get_object_or_404(self.get_queryset(), proposal=proposal_id)
        operations.send_contract(contract, by=request.user, now=clock.now(), **form.validated_data)
        return self._answer(contract)

    @extend_schema(
        summary="Agree to the contract: its coach, or its student where it is the coach's idea",
        request=None,
        responses={200: ContractSerializer, **REFUSALS},
        tags=["contracts"],
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        return self._decide("accept")

    @extend_schema(
        summary="Decline the contract, as who is to agree to it",
        request=ReasonSerializer,
        responses={200: ContractSerializer, **REFUSALS},
        tags=["contracts"],
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        return self._decide("decline", **self._sent(ReasonSerializer))

    @extend_schema(
        methods=["GET"],
        summary="The bookings of a contract, each with its session and price",
        responses=BookingSerializer(many=True),
        tags=["contracts"],
        filters=False,
    )
    @extend_schema(
        methods=["POST"],
        summary="Schedule the next session of a contract, or the one with that number",
        request=ScheduleSerializer,
        responses={201: BookingSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        tags=["contracts"],
        examples=[
            OpenApiExample("A time with its offset", {"scheduled_at": "2026-12-01T16:00:00+01:00"}, request_only=True)
        ],
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def sessions(self, request: Request, pk: str) -> Response:
        return self._schedule(request) if request.method == "POST" else self._sessions(self.get_object())

    def _sessions(self, contract: Contract) -> Response:
        bookings = contract.bookings.select_related("session", "portion", "contract__escrow")
        return Response(BookingSerializer(bookings, many=True).data)

    @kept_by_key
    def _schedule(self, request: Request) -> Response:
        contract = self.get_object()
        form = ScheduleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        booking = next_booking(contract, form.validated_data.get("number"))
        schedule(booking.session, starts_at=form.validated_data["scheduled_at"], by=request.user, now=clock.now())
        fresh = Booking.objects.select_related("session", "portion", "contract__escrow").get(pk=booking.pk)
        return Response(BookingSerializer(fresh).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="The coach asks for other terms before agreeing",
        request=ChangesWantedSerializer,
        responses={201: ChangeSerializer, **REFUSALS},
        tags=["contracts"],
        examples=[CHANGES_SENT],
    )
    @action(detail=True, methods=["post"], url_path="request-changes")
    def request_changes(self, request: Request, pk: str) -> Response:
        contract = self.get_object()
        wanted = with_rate_in(self._sent(ChangesWantedSerializer), contract.currency)
        change = operations.request_changes(contract, by=request.user, now=clock.now(), **wanted)
        body = ChangeSerializer(change, context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="What the coach asked to have otherwise, oldest first",
        responses=ChangeSerializer(many=True),
        tags=["contracts"],
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def changes(self, request: Request, pk: str) -> Response:
        asked = self.get_object().change_requests.select_related("contract__escrow")
        return Response(ChangeSerializer(asked, many=True, context=self.get_serializer_context()).data)

    @extend_schema(
        summary="Answer the request with that number: the student agrees or declines, the coach withdraws",
        request=None,
        responses={200: ContractSerializer, **REFUSALS},
        tags=["contracts"],
    )
    @action(detail=True, methods=["post"], url_path=r"changes/(?P<number>\d{1,4})/(?P<verb>agree|decline|withdraw)")
    def answer_change(self, request: Request, pk: str, number: str, verb: str) -> Response:
        contract = self.get_object()
        ANSWERS[verb](contract, number=int(number), by=request.user, now=clock.now())
        return self._answer(contract)

    @extend_schema(
        summary="Propose more sessions as a contract of its own; the other side is asked to agree",
        request=ExtensionWantedSerializer,
        responses={201: ContractSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        tags=["contracts"],
        examples=[EXTENSION_SENT],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def extend(self, request: Request, pk: str) -> Response:
        contract = self.get_object()
        wanted = with_rate_in(self._sent(ExtensionWantedSerializer), contract.currency)
        extension = operations.extend_contract(contract, by=request.user, now=clock.now(), **wanted)
        answer = self._answer(extension)
        answer.status_code = status.HTTP_201_CREATED
        return answer

    @extend_schema(
        summary="What happened to the contract, its sessions, its terms and its money, newest first",
        responses=HappenedSerializer(many=True),
        tags=["contracts"],
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def timeline(self, request: Request, pk: str) -> Response:
        contract = self.get_object()
        bookings = contract.bookings.select_related("session", "portion")
        return Response(HappenedSerializer(timeline_of(contract, bookings), many=True).data)

    def _sent(self, form: type[serializers.Serializer]) -> dict[str, Any]:
        sent = form(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def _decide(self, verb: str, **said: Any) -> Response:
        contract = self.get_object()
        VERBS[verb](contract, by=self.request.user, now=clock.now(), **said)
        return self._answer(contract)

    def _answer(self, contract: Contract) -> Response:
        fresh = self.get_queryset().get(pk=contract.pk)
        return Response(ContractSerializer(fresh, context=self.get_serializer_context()).data)


def next_booking(contract: Contract, number: int | None) -> Booking:
    """The booking with that number, else the first whose session has no time yet."""
    waiting = contract.bookings.filter(session__state__in=[Session.State.UNSCHEDULED, Session.State.HELD])
    booking = waiting.filter(**({"number": number} if number else {})).order_by("number").first()
    if booking is None:
        raise Refused("There is no session to schedule now.", code="nothing_to_schedule")
    return booking
