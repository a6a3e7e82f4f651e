"""What an unclear session came to, and problems with sessions, for clients."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, kept_by_key
from scheduling import operations
from scheduling.api.sessions import SessionSerializer
from scheduling.models import Problem, Session

REFUSALS = {400: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
SAYABLE = [choice for choice in Session.Outcome.choices if choice[0] != Session.Outcome.UNCLEAR]
PROBLEM = OpenApiExample(
    "A problem that is being looked at",
    {
        "id": 4,
        "session": 31,
        "reporter": 12,
        "kind": "late",
        "text": "We began twenty minutes late.",
        "status": "open",
        "decision": "",
        "reported_at": "2026-12-01T16:10:00Z",
        "solved_at": None,
    },
    response_only=True,
)


class OutcomeSaidSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(SAYABLE)


class ProblemReportSerializer(serializers.ModelSerializer):
    class Meta:
        model = Problem
        fields = ["kind", "text"]


class ProblemSerializer(serializers.ModelSerializer):
    """What somebody said went wrong with a session; `decision` is the answer of our team."""

    status = serializers.ChoiceField(Problem.State.choices, source="state")

    class Meta:
        model = Problem
        fields = ["id", "session", "reporter", "kind", "text", "status", "decision", "reported_at", "solved_at"]


class OutcomeView(APIView):
    @extend_schema(
        summary="Say what an unclear session came to",
        description="What both sides say is what it came to. Refused (409) with `already_settled` or `not_completed`.",
        request=OutcomeSaidSerializer,
        responses={200: SessionSerializer, **REFUSALS},
        examples=[OpenApiExample("Nobody taught", {"outcome": "coach_absent"}, request_only=True)],
        tags=["sessions"],
    )
    def post(self, request: Request, pk: int) -> Response:
        said = OutcomeSaidSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        mine = Session.objects.of(request.user).with_people()
        operations.say_outcome(get_object_or_404(mine, pk=pk), by=request.user, now=clock.now(), **said.validated_data)
        return Response(SessionSerializer(mine.get(pk=pk), context={"request": request}).data)


class ReportView(APIView):
    @extend_schema(
        summary="Report a problem with a session",
        description="From its start until some days after its end, by its terms, while its money is held. Nothing of it is paid out "
        "until the problem is withdrawn or solved. Refused (409) with `not_now`, `already_reported`, `already_solved` "
        "or `released`.",
        request=ProblemReportSerializer,
        responses={201: ProblemSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY_KEY],
        examples=[
            PROBLEM,
            OpenApiExample("Late", {"kind": "late", "text": "We began twenty minutes late."}, request_only=True),
        ],
        tags=["sessions"],
    )
    @kept_by_key
    def post(self, request: Request, pk: int) -> Response:
        told = ProblemReportSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        session = get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)
        problem = operations.report_problem(session, by=request.user, now=clock.now(), **told.validated_data)
        return Response(ProblemSerializer(problem).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["sessions"])
class ProblemViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Problems I reported, and those reported of my sessions."""

    serializer_class = ProblemSerializer
    queryset = Problem.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        return Problem.objects.of(self.request.user).order_by("-pk")

    @extend_schema(summary="Problems with my sessions, newest first", examples=[PROBLEM])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A problem", responses={200: ProblemSerializer, 404: ErrorSerializer}, examples=[PROBLEM])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Take a report back; once however often",
        request=None,
        responses={200: ProblemSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        problem = operations.withdraw_problem(self.get_object(), by=request.user, now=clock.now())
        return Response(ProblemSerializer(problem).data)
