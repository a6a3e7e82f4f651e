"""Terms under discussion, further contracts and the timeline of a contract for clients."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from contracts.differences import Line, differences, sums_of
from contracts.models import ChangeRequest, Contract
from contracts.policy import MAX_WORDS
from core.api import MoneySerializer, PriceSerializer
from marketplace.models import PaymentModel

WANTED = {"rate": {"amount_cents": 5500, "currency": "usd"}, "session_count": 6}
CHANGES_SENT = OpenApiExample(
    "Six sessions for a little less each", WANTED | {"words": "Six are enough for this."}, request_only=True
)
EXTENSION_SENT = OpenApiExample("Four more on the same terms", {"session_count": 4}, request_only=True)


class TermsWantedSerializer(serializers.Serializer):
    """Only what is to be different; the rest stays as the contract has it."""

    payment_model = serializers.ChoiceField(choices=PaymentModel.choices, required=False)
    rate = PriceSerializer(required=False)
    session_count = serializers.IntegerField(min_value=1, max_value=100, required=False)
    session_minutes = serializers.IntegerField(min_value=15, max_value=240, required=False)
    start_date = serializers.DateField(required=False, allow_null=True)
    learning_outcomes = serializers.CharField(max_length=MAX_WORDS, required=False, allow_blank=True)


class ChangesWantedSerializer(TermsWantedSerializer):
    words = serializers.CharField(max_length=MAX_WORDS, required=False, allow_blank=True)


class ExtensionWantedSerializer(TermsWantedSerializer):
    note = serializers.CharField(max_length=MAX_WORDS, required=False, allow_blank=True)


class LineSerializer(serializers.Serializer):
    """One term in words, as it is and as it would be."""

    name = serializers.CharField()
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    is_changed = serializers.BooleanField()


class TermsSerializer(serializers.Serializer):
    """Terms of a contract with what they come to."""

    payment_model = serializers.ChoiceField(choices=PaymentModel.choices)
    rate = MoneySerializer()
    session_count = serializers.IntegerField()
    session_minutes = serializers.IntegerField()
    start_date = serializers.DateField(allow_null=True)
    learning_outcomes = serializers.CharField()
    total = MoneySerializer()


class ChangeSerializer(serializers.ModelSerializer):
    """Other terms a coach asked for; `number` is what an answer names."""

    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField()

    class Meta:
        model = ChangeRequest
        fields = ["number", "state", "words", "before", "after", "differences", "asked_at", "answered_at"]

    @extend_schema_field(TermsSerializer)
    def get_before(self, change: ChangeRequest) -> dict[str, Any]:
        return self._terms(change.contract, change.before)

    @extend_schema_field(TermsSerializer)
    def get_after(self, change: ChangeRequest) -> dict[str, Any]:
        return self._terms(change.contract, change.after)

    @extend_schema_field(LineSerializer(many=True))
    def get_differences(self, change: ChangeRequest) -> list[dict[str, Any]]:
        contract, user = change.contract, self.context["request"].user
        lines: list[Line] = differences(
            change.before,
            change.after,
            currency=contract.currency,
            fee_basis_points=contract.fee_basis_points,
            for_coach=contract.coach_id == user.pk,
        )
        return [dict(LineSerializer(line).data) for line in lines]

    def _terms(self, contract: Contract, terms: dict[str, Any]) -> dict[str, Any]:
        shown = {name: terms[name] for name in Contract.TERMS if name != "rate_cents"}
        total = sums_of(terms, contract.fee_basis_points).total_cents
        return shown | {
            "rate": {"amount_cents": terms["rate_cents"], "currency": contract.currency},
            "total": {"amount_cents": total, "currency": contract.currency},
        }


class HappenedSerializer(serializers.Serializer):
    """One thing that happened, in a sentence of the reader's language; `who` is empty where nobody did it."""

    name = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    who = serializers.CharField()


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
