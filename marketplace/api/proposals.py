from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import (
    IDEMPOTENCY_KEY,
    ErrorSerializer,
    MoneyField,
    MoneySerializer,
    PriceSerializer,
    kept_by_key,
    with_etag,
)
from marketplace import operations
from marketplace.filters import ProposalFilter
from marketplace.models import LearningRequest, PaymentModel, Proposal
from marketplace.policy import MAX_ANSWER

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
LETTER = "I have taught Spanish to beginners for ten years, and I would begin with the words of your first week."
TERMS = {
    "cover_letter": LETTER,
    "approach_summary": "We talk from the first minute.",
    "payment_model": "per_hour",
    "session_count": 4,
    "session_minutes": 45,
}
PROPOSAL_SENT = OpenApiExample(
    "A proposal",
    {"request": 12, **TERMS, "rate": {"amount_cents": 6000, "currency": "usd"}}
    | {"answers": [{"question": 5, "text": "Yes, many."}]},
    request_only=True,
)
PROPOSAL = OpenApiExample(
    "A proposal",
    {"id": 40, "request": 12, "coach": {"id": 7, "name": "Lucía Fernández"}, "state": "open", **TERMS}
    | {
        "rate": {"amount_cents": 6000, "currency": "usd"},
        "hourly_rate": {"amount_cents": 6000, "currency": "usd"},
        "expected_total": {"amount_cents": 18000, "currency": "usd"},
        "payment_schedule": [{"due": "upfront", "amount": {"amount_cents": 18000, "currency": "usd"}}],
        "answers": [{"question": 5, "text": "Yes, many."}],
        "created_at": "2026-11-20T10:00:00Z",
        "expires_at": "2026-12-04T10:00:00Z",
        "accepted_at": None,
        "accepted_terms": False,
    },
    response_only=True,
)


class OffererSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    question = serializers.IntegerField(source="question_id", min_value=1)
    text = serializers.CharField(max_length=MAX_ANSWER)


class InstalmentSerializer(serializers.Serializer):
    due = serializers.CharField()
    amount = MoneySerializer()


class ProposalSerializer(serializers.ModelSerializer):
    """A proposal as its coach and the student see it; `hourly_rate` is null when it is paid per session."""

    coach = OffererSerializer()
    rate = MoneyField("rate_cents")
    hourly_rate = serializers.SerializerMethodField()
    expected_total = MoneyField("expected_total_cents")
    payment_schedule = serializers.SerializerMethodField()
    answers = AnswerSerializer(many=True)

    class Meta:
        model = Proposal
        fields = ["id", "request", "coach", "state", *TERMS, "rate", "hourly_rate", "expected_total"]
        fields += ["payment_schedule", "answers", "created_at", "expires_at", "accepted_at", "accepted_terms"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_hourly_rate(self, proposal: Proposal) -> dict[str, Any] | None:
        return _money(proposal, proposal.rate_cents) if proposal.payment_model == PaymentModel.PER_HOUR else None

    @extend_schema_field(InstalmentSerializer(many=True))
    def get_payment_schedule(self, proposal: Proposal) -> list[dict[str, Any]]:
        return [{"due": "upfront", "amount": _money(proposal, proposal.expected_total_cents)}]


def _money(proposal: Proposal, cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": proposal.currency}


class ProposalWriteSerializer(serializers.ModelSerializer):
    """What a coach sends: the rate in the currency of the coach profile, an answer to each question."""

    request = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    rate = PriceSerializer()
    answers = AnswerSerializer(many=True, required=False)

    class Meta:
        model = Proposal
        fields = ["request", *TERMS, "rate", "answers"]

    def to_send(self, currency: str | None) -> dict[str, Any]:
        """What the operation takes."""
        data = {name: value for name, value in self.validated_data.items() if name != "request"}
        rate = data.pop("rate")
        if currency and rate["currency"] != currency:
            raise serializers.ValidationError({"rate": [f"Use the currency of your coach profile, {currency}."]})
        answers = {answer["question_id"]: answer["text"] for answer in data.pop("answers", [])}
        return data | {"rate_cents": rate["amount_cents"], "answers": answers}


@extend_schema_view(
    list=extend_schema(summary="Proposals you sent or received", examples=[PROPOSAL]),
    retrieve=extend_schema(summary="A proposal", examples=[PROPOSAL], responses={200: ProposalSerializer} | REFUSALS),
)
class ProposalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    queryset = Proposal.objects.select_related("coach", "request").defer("request__search")
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Proposal]:
        if not self.request.user.is_authenticated:  # while the schema is drawn
            return Proposal.objects.none()
        return super().get_queryset().of(self.request.user).prefetch_related("answers")

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Send a proposal",
        parameters=[IDEMPOTENCY_KEY],
        request=ProposalWriteSerializer,
        responses={201: ProposalSerializer} | REFUSALS,
        examples=[PROPOSAL_SENT, PROPOSAL],
    )
    @kept_by_key
    def create(self, request: Request) -> Response:
        sent = ProposalWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = get_object_or_404(LearningRequest.objects.of(request.user), pk=sent.validated_data["request"])
        currency = getattr(getattr(request.user, "coach_profile", None), "currency", None)
        offer = sent.to_send(currency)
        proposal = operations.propose(wanted, by=request.user, now=clock.now(), **offer)
        return Response(ProposalSerializer(proposal).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Accept a proposal; the others on its request are declined",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: ProposalSerializer} | REFUSALS,
        examples=[PROPOSAL],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.accept_proposal)

    @extend_schema(summary="Decline a proposal", request=None, responses={200: ProposalSerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.decline_proposal)

    @extend_schema(summary="Withdraw your proposal", request=None, responses={200: ProposalSerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.withdraw_proposal)

    def _after(self, operation: Any) -> Response:
        moved = operation(self.get_object(), by=self.request.user, now=clock.now())
        return Response(ProposalSerializer(moved).data)
