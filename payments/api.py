"""Endpoints of money: the coach's account at Stripe, what moved, what was sent, and Stripe's own door."""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Role, User
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, MoneyField, kept_by_key
from payments import books, views
from payments.models import ConnectAccount, Transfer
from payments.transactions import Place, Transaction, transactions_of

LARGEST_PAGE = 100
ACCOUNT_FACTS = [
    "status",
    "details_submitted",
    "payouts_enabled",
    "transfers_active",
    "requirements_due",
    "checked_at",
]
MONEY = {"amount_cents": 10200, "currency": "usd"}


class LinkSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Opens once, within minutes.")


class OwedSerializer(serializers.Serializer[Any]):
    held = MoneyField("held")
    owed = MoneyField("owed")
    sent = MoneyField("sent")


class ConnectStatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=ConnectAccount.Status.values)
    detail = serializers.CharField()
    details_submitted = serializers.BooleanField()
    payouts_enabled = serializers.BooleanField()
    transfers_active = serializers.BooleanField()
    requirements_due = serializers.ListField(child=serializers.CharField())
    checked_at = serializers.DateTimeField(allow_null=True)
    balances = OwedSerializer(many=True)


class TransactionSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    type = serializers.ChoiceField(
        choices=["contract", "booking", "subscription", "tip", "refund", "payout", "transfer"]
    )
    status = serializers.ChoiceField(
        choices=["pending", "processing", "succeeded", "failed", "refunded", "partially_refunded"]
    )
    amount = MoneyField("amount_cents")
    contract_number = serializers.CharField(source="label")
    created_at = serializers.DateTimeField(source="at")


class TransactionPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TransactionSerializer(many=True)


class PayoutSerializer(serializers.ModelSerializer[Transfer]):
    type = serializers.SerializerMethodField()
    amount = MoneyField("amount_cents", "portion.escrow.currency")
    contract_number = serializers.CharField(source="portion.escrow.label")
    part = serializers.IntegerField(source="portion.number")

    class Meta:
        model = Transfer
        fields = ["id", "type", "amount", "contract_number", "part", "stripe_id", "made_at"]

    def get_type(self, row: Transfer) -> str:
        return "transfer"


class CoachView(APIView):
    """An endpoint for coaches; others are told so."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not (isinstance(request.user, User) and request.user.is_coach):
            raise exceptions.PermissionDenied(_("Only coaches are paid."))


class ConnectOnboard(CoachView):
    @extend_schema(
        operation_id="connect_onboard",
        summary="A link where the coach tells Stripe who they are",
        request=None,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: LinkSerializer, 403: ErrorSerializer, 409: ErrorSerializer},
        examples=[OpenApiExample("link", {"url": "https://connect.stripe.com/setup/e/acct_1/abc"}, response_only=True)],
    )
    @kept_by_key
    def post(self, request: Request) -> Response:
        return Response({"url": views.onboarding_url(_person(request))})


class ConnectStatus(CoachView):
    @extend_schema(
        operation_id="connect_status",
        summary="The coach's account as Stripe last described it, and what waits for it",
        responses={200: ConnectStatusSerializer, 403: ErrorSerializer},
        examples=[
            OpenApiExample(
                "active",
                {
                    "status": "active",
                    "detail": "Stripe can pay you.",
                    "details_submitted": True,
                    "payouts_enabled": True,
                    "transfers_active": True,
                    "requirements_due": [],
                    "checked_at": "2026-11-20T12:00:00Z",
                    "balances": [{"held": MONEY, "owed": MONEY, "sent": MONEY}],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        coach = _person(request)
        account = ConnectAccount.objects.filter(user=coach).first() or ConnectAccount(user=coach)
        facts = {name: getattr(account, name) for name in ACCOUNT_FACTS}
        body = {**facts, "detail": account.status.label, "balances": books.sums_of(coach)}
        return Response(ConnectStatusSerializer(body).data)


class Transactions(APIView):
    @extend_schema(
        operation_id="transactions_list",
        summary="What the person paid, got back and was sent, newest first",
        parameters=[
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
            OpenApiParameter("role", enum=Role.values, description="What moved in that role only."),
        ],
        responses={200: TransactionPageSerializer, 400: ErrorSerializer},
        examples=[
            OpenApiExample(
                "paid",
                {
                    "next": None,
                    "previous": None,
                    "results": [
                        {
                            "id": "payment-7",
                            "type": "contract",
                            "status": "succeeded",
                            "amount": {"amount_cents": 48000, "currency": "usd"},
                            "contract_number": "SKZ-2026-000007",
                            "created_at": "2026-11-20T12:00:00Z",
                        }
                    ],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        size = _page_size(request)
        found = transactions_of(_person(request), before=_place(request), limit=size + 1, role=_role(request))
        page = found[:size]
        link = _next_link(request, page[-1]) if len(found) > size else None
        return Response({"next": link, "previous": None, "results": TransactionSerializer(page, many=True).data})


class Payouts(mixins.ListModelMixin, viewsets.GenericViewSet[Transfer]):
    """What was sent to the coach's balance at Stripe."""

    serializer_class = PayoutSerializer
    queryset = Transfer.objects.none()

    def get_queryset(self) -> Any:
        return Transfer.objects.filter(payee=self.request.user.pk, state=Transfer.State.MADE).select_related(
            "portion__escrow"
        )

    @extend_schema(
        operation_id="payouts_list",
        summary="What was sent to the coach's balance at Stripe, newest first",
        examples=[
            OpenApiExample(
                "sent",
                {
                    "id": 3,
                    "type": "transfer",
                    "amount": MONEY,
                    "contract_number": "SKZ-2026-000007",
                    "part": 1,
                    "stripe_id": "tr_1",
                    "made_at": "2026-11-20T12:00:00Z",
                },
                response_only=True,
            )
        ],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class Webhook(generics.GenericAPIView[Any]):
    """The same door as /webhooks/stripe."""

    authentication_classes: Iterable[Any] = []  # type: ignore[assignment]
    permission_classes: Iterable[Any] = []  # type: ignore[assignment]
    throttle_classes: Iterable[Any] = []  # type: ignore[assignment]
    serializer_class = serializers.Serializer

    @extend_schema(
        operation_id="stripe_webhook",
        summary="Where Stripe says what happened; signed by Stripe",
        request={"application/json": {"type": "object"}},
        parameters=[OpenApiParameter("Stripe-Signature", str, OpenApiParameter.HEADER, required=True)],
        responses={200: OpenApiResponse(description="kept"), 400: OpenApiResponse(description="not Stripe's")},
    )
    def post(self, request: Request) -> HttpResponse:
        django_request: HttpRequest = request._request
        return views.stripe_webhook(django_request)


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - nobody else passes the permission classes
    return request.user


def _role(request: Request) -> str:
    role = request.query_params.get("role", "")
    if role and role not in Role.values:
        raise exceptions.ValidationError({"role": [_("This is student or coach.")]})
    return role


def _page_size(request: Request) -> int:
    try:
        return max(1, min(int(request.query_params.get("page_size", 20)), LARGEST_PAGE))
    except ValueError as error:
        raise exceptions.ValidationError({"page_size": [_("A whole number is expected.")]}) from error


def _place(request: Request) -> Place | None:
    cursor = request.query_params.get("cursor", "")
    if not cursor:
        return None
    try:
        at, kind, pk = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return datetime.fromisoformat(at), kind, int(pk)
    except (ValueError, binascii.Error) as error:
        raise exceptions.ValidationError({"cursor": [_("This cursor cannot be read.")]}) from error


def _next_link(request: Request, last: Transaction) -> str:
    text = f"{last.at.isoformat()}|{last.kind}|{last.pk}"
    query = request._request.GET.copy()
    query["cursor"] = base64.urlsafe_b64encode(text.encode()).decode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
