from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, kept_by_key, with_etag
from marketplace import operations
from marketplace.api.proposal_forms import (
    COUNTER_SENT,
    DECLINE_SENT,
    EDIT_SENT,
    PROPOSAL,
    PROPOSAL_SENT,
    PROPOSALS,
    TERMS_SEEN,
    CounterSerializer,
    DeclineSerializer,
    ProposalEditSerializer,
    ProposalSerializer,
    ProposalsSerializer,
    ProposalWriteSerializer,
    SeenSerializer,
)
from marketplace.calendars import with_matches
from marketplace.filters import ProposalFilter
from marketplace.models import LearningRequest, Proposal

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
ANSWERED = {200: ProposalSerializer} | REFUSALS


@extend_schema_view(
    list=extend_schema(summary="Proposals you sent or received", examples=[PROPOSALS], responses=ProposalsSerializer),
    retrieve=extend_schema(summary="A proposal with its thread of terms", examples=[PROPOSAL], responses=ANSWERED),
)
class ProposalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    queryset = Proposal.objects.all()
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Proposal]:
        if not self.request.user.is_authenticated:  # while the schema is drawn
            return Proposal.objects.none()
        mine = super().get_queryset().of(self.request.user).with_people().with_counter().prefetch_related("answers")
        return mine if self.action == "list" else mine.prefetch_related("thread")

    def get_serializer_class(self) -> Any:
        return ProposalsSerializer if self.action == "list" else ProposalSerializer

    def paginate_queryset(self, queryset: QuerySet[Proposal]) -> Any:
        return with_matches(super().paginate_queryset(queryset) or [], now=clock.now())

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown(self.get_object())

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
        proposal = operations.propose(wanted, by=request.user, now=clock.now(), **sent.to_send(currency))
        return self._shown(proposal, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change your open proposal; other figures become a new version of its terms",
        request=ProposalEditSerializer,
        responses=ANSWERED,
        examples=[EDIT_SENT, PROPOSAL],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        proposal = self.get_object()
        sent = ProposalEditSerializer(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        changes = sent.to_send(proposal.currency)
        return self._shown(operations.edit_proposal(proposal, by=request.user, now=clock.now(), **changes))

    @extend_schema(
        summary="Offer other terms: the student's wait for the coach, the coach's stand at once",
        parameters=[IDEMPOTENCY_KEY],
        request=CounterSerializer,
        responses=ANSWERED,
        examples=[COUNTER_SENT, PROPOSAL],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def counter(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        proposal = self.get_object()
        sent = CounterSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        operations.offer_terms(proposal, by=request.user, now=clock.now(), **sent.to_send(proposal.currency))
        return self._shown(proposal)

    @extend_schema(
        summary="Agree to the student's counter-offer",
        request=SeenSerializer,
        responses=ANSWERED,
        examples=[TERMS_SEEN, PROPOSAL],
    )
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.agree_to_terms, number=self._seen())

    @extend_schema(
        summary="Decline the student's counter-offer; your own terms still stand",
        request=SeenSerializer,
        responses=ANSWERED,
        examples=[TERMS_SEEN, PROPOSAL],
    )
    @action(detail=True, methods=["post"], url_path="decline-terms")
    def decline_terms(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.decline_terms, number=self._seen())

    @extend_schema(
        summary="Accept a proposal; the others on its request are declined and a contract is drafted",
        parameters=[IDEMPOTENCY_KEY],
        request=SeenSerializer,
        responses=ANSWERED,
        examples=[TERMS_SEEN, PROPOSAL],
    )
    @action(detail=True, methods=["post"])
    @kept_by_key
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.accept_proposal, terms=self._seen())

    @extend_schema(
        summary="Decline a proposal, with a reason if you like",
        request=DeclineSerializer,
        responses=ANSWERED,
        examples=[DECLINE_SENT, PROPOSAL],
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        said = DeclineSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        return self._after(operations.decline_proposal, **said.validated_data)

    @extend_schema(summary="Withdraw your proposal", request=None, responses=ANSWERED, examples=[PROPOSAL])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.withdraw_proposal)

    def _seen(self) -> int | None:
        seen = SeenSerializer(data=self.request.data)
        seen.is_valid(raise_exception=True)
        return seen.validated_data.get("terms")

    def _after(self, operation: Any, **said: Any) -> Response:
        proposal = self.get_object()
        operation(proposal, by=self.request.user, now=clock.now(), **said)
        return self._shown(proposal)

    def _shown(self, proposal: Proposal, code: int = status.HTTP_200_OK) -> Response:
        """The proposal as it is now."""
        [shown] = with_matches([self.get_queryset().get(pk=proposal.pk)], now=clock.now())
        return Response(ProposalSerializer(shown).data, status=code)
