"""Checkout for clients."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import operations
from contracts.api.contracts import REFUSALS
from contracts.models import Contract
from core import clock
from core.api import IDEMPOTENCY_KEY, MoneyField, kept_by_key


class CheckoutRequestSerializer(serializers.Serializer):
    contract = serializers.IntegerField()


class CheckoutSerializer(serializers.Serializer):
    """Where to send the payer, until when, and how much they will pay there."""

    payment = serializers.IntegerField(source="pk")
    status = serializers.CharField(source="state")
    checkout_url = serializers.URLField()
    expires_at = serializers.DateTimeField()
    amount = MoneyField("amount_cents")


class CheckoutView(APIView):
    @extend_schema(
        summary="Open a Stripe Checkout page to pay a contract",
        request=CheckoutRequestSerializer,
        responses={201: CheckoutSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        tags=["payments"],
        examples=[OpenApiExample("Pay contract 42", {"contract": 42}, request_only=True)],
    )
    @kept_by_key
    def post(self, request: Request) -> Response:
        form = CheckoutRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        contract = get_object_or_404(
            Contract.objects.of(request.user).select_related("escrow"), pk=form.validated_data["contract"]
        )
        payment = operations.start_payment(contract, by=request.user, now=clock.now())
        return Response(CheckoutSerializer(payment).data, status=status.HTTP_201_CREATED)
