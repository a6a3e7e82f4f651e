"""Bookings for clients: paid seats, and making one."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import CoachProfile
from contracts import operations
from contracts.filters import BookingFilter
from contracts.models import Booking, Contract
from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, InstantField, MoneyField, MoneySerializer, kept_by_key, with_etag
from core.refused import Refused
from scheduling.models import Session
from scheduling.operations import book_consultation, confirm_request
from scheduling.policy import consultation_minutes

REFUSALS = {400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
TYPES = {"contract": "one_on_one", "direct": "one_on_one", "subscription": "one_on_one"}  # by kind of session
CONSULTATION, TRIAL, ONE_ON_ONE = "consultation", "trial", "one_on_one"
FREE = {Session.State.SCHEDULED: Booking.State.CONFIRMED, Session.State.REQUESTED: Booking.State.PENDING}


class BookingSerializer(serializers.ModelSerializer):
    """A paid seat: which session, what it costs, what became of it."""

    status = serializers.CharField(source="state")
    type = serializers.SerializerMethodField()
    contract_number = serializers.CharField(source="contract.number")
    coach = serializers.IntegerField(source="contract.coach_id")
    student = serializers.IntegerField(source="contract.student_id")
    session = serializers.IntegerField(source="session_id")
    scheduled_at = serializers.DateTimeField(source="session.starts_at", allow_null=True)
    duration_minutes = serializers.IntegerField(source="session.duration_minutes")
    timezone = serializers.CharField(source="session.time_zone")
    notes = serializers.CharField(source="session.note_to_coach")
    answer_due_at = serializers.DateTimeField(source="session.answer_due_at", allow_null=True)
    price = MoneyField("portion.gross_cents", "contract.escrow.currency")
    money = serializers.CharField(source="portion.state")

    class Meta:
        model = Booking
        fields = [
            "id", "number", "status", "type", "contract", "contract_number", "coach", "student", "session",
            "scheduled_at", "duration_minutes", "timezone", "notes", "answer_due_at", "price", "money",
        ]  # fmt: skip

    def get_type(self, booking: Booking) -> str:
        return TYPES.get(booking.session.kind, booking.session.kind)


class CoachField(serializers.IntegerField):
    """The id of a public coach."""

    default_error_messages = {"unknown": "There is no such coach."}

    def to_internal_value(self, data: Any) -> Any:
        number = super().to_internal_value(data)
        found = CoachProfile.objects.public().defer(*CoachProfile.SEARCHED).select_related("user")
        profile = found.filter(user=number).first() if 0 < number < 2**63 else None
        if profile is None:
            self.fail("unknown")
        return profile


class BookSerializer(serializers.Serializer):
    """What to book: a trial and a session need a duration, a consultation lasts as the rules say."""

    coach = CoachField(source="profile")
    scheduled_at = InstantField()
    duration = serializers.IntegerField(min_value=15, max_value=180, required=False)
    type = serializers.ChoiceField(choices=[CONSULTATION, TRIAL, ONE_ON_ONE, "direct"], default=ONE_ON_ONE)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

    def validate_scheduled_at(self, moment: datetime) -> datetime:
        if moment <= clock.now():
            raise serializers.ValidationError(_("Give a moment that lies ahead."))
        return moment

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["type"] == CONSULTATION:
            lasts = consultation_minutes(clock.now())
            if data.get("duration", lasts) != lasts:
                sentence = _("A consultation lasts %(minutes)d minutes.") % {"minutes": lasts}
                raise serializers.ValidationError({"duration": [sentence]})
        elif "duration" not in data:
            raise serializers.ValidationError({"duration": [_("Say how many minutes.")]})
        return data


class BookedSerializer(serializers.Serializer):
    """What was booked. A consultation is a session without a booking, a contract or a price: `id` is null."""

    id = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(choices=Booking.State.choices)
    type = serializers.ChoiceField(choices=[CONSULTATION, TRIAL, ONE_ON_ONE])
    contract = serializers.IntegerField(allow_null=True)
    session = serializers.IntegerField()
    scheduled_at = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    timezone = serializers.CharField()
    price = MoneySerializer()
    payment_required = serializers.BooleanField()
    checkout_url = serializers.CharField(help_text="Where to pay; empty where nothing is to be paid.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when the time is kept for the payment.")
    answer_due_at = serializers.DateTimeField(allow_null=True, help_text="Until when the coach may say yes.")


BOOK = OpenApiExample(
    "An hour with coach 7",
    {
        "coach": 7,
        "scheduled_at": "2026-12-01T16:00:00+01:00",
        "duration": 60,
        "type": "one_on_one",
        "notes": "The subjunctive, please.",
    },
    request_only=True,
)


@extend_schema_view(
    list=extend_schema(
        summary="My bookings",
        description="Paid seats. Free consultations are sessions without a booking: see `GET sessions/`.",
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
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        return (
            Booking.objects.of(self.request.user)
            .select_related("session", "portion", "contract__escrow")
            .order_by("-pk")
        )

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Book a consultation, a trial or a session",
        description="The price comes from the coach's rates. What costs money is kept for some minutes, in which "
        "`checkout_url` is to be paid; where it is empty although `payment_required`, ask `POST checkout/` again. "
        "Refused (409) with the codes of a time that cannot be booked, or `hidden`, `own_time`, `no_trial`, "
        "`trial_used`, `consultation_used`, `too_many_consultations`, `no_consultations`, `minimum_price`, `duration`.",
        request=BookSerializer,
        responses={201: BookedSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        examples=[BOOK],
        tags=["bookings"],
    )
    @kept_by_key
    def create(self, request: Request) -> Response:
        asked = BookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data, now = asked.validated_data, clock.now()
        facts = {"starts_at": data["scheduled_at"], "note": data["notes"], "by": request.user, "now": now}
        if data["type"] == CONSULTATION:
            answer = _of_consultation(book_consultation(data["profile"].user, **facts), data["profile"])
        else:
            kind = Contract.Kind.TRIAL if data["type"] == TRIAL else Contract.Kind.DIRECT
            contract = operations.book_directly(
                data["profile"].user, kind=kind, duration_minutes=data["duration"], **facts
            )
            answer = _of_contract(contract, _checkout_of(contract, request.user, now))
        return Response(BookedSerializer(answer).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="The coach says yes to a booking; once however often",
        request=None,
        responses={200: BookingSerializer, **REFUSALS},
        tags=["bookings"],
    )
    @action(detail=True, methods=["put"])
    def confirm(self, request: Request, pk: str) -> Response:
        confirm_request(self.get_object().session, by=request.user, now=clock.now())
        return Response(BookingSerializer(self.get_object()).data)


def _checkout_of(contract: Contract, student: Any, now: datetime) -> str:
    """Where to pay; empty where Stripe gave no page just now: the time is kept all the same."""
    try:
        return operations.start_payment(contract, by=student, now=now).checkout_url
    except Refused as refused:
        if refused.is_passing:
            return ""
        raise


def _of_consultation(session: Session, profile: CoachProfile) -> dict[str, Any]:
    free = {"amount_cents": 0, "currency": profile.currency}
    return _of_session(session, price=free, status=FREE[Session.State(session.state)], type=CONSULTATION)


def _of_contract(contract: Contract, checkout_url: str) -> dict[str, Any]:
    booking = contract.bookings.select_related("session").get()
    return _of_session(
        booking.session,
        id=booking.pk,
        status=booking.state,
        type=TYPES.get(contract.kind, contract.kind),
        contract=contract.pk,
        price={"amount_cents": contract.total_cents, "currency": contract.currency},
        payment_required=True,
        checkout_url=checkout_url,
    )


def _of_session(session: Session, **facts: Any) -> dict[str, Any]:
    return {
        "id": None,
        "contract": None,
        "payment_required": False,
        "checkout_url": "",
        "session": session.pk,
        "scheduled_at": session.starts_at,
        "duration_minutes": session.duration_minutes,
        "timezone": session.time_zone,
        "expires_at": session.hold_expires_at,
        "answer_due_at": session.answer_due_at,
        **facts,
    }
