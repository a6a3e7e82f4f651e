"""A coach's marks for clients."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import operations
from contracts.models import Mark, Sanction
from core import clock
from core.api import ErrorSerializer

REFUSALS = {400: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
MARK = OpenApiExample(
    "A mark that stands",
    {
        "id": 3,
        "session": 31,
        "reason": "absence",
        "status": "stands",
        "led_to": "hidden_7",
        "hidden_until": "2026-12-08T16:00:00Z",
        "is_running": True,
        "excuse": "",
        "appeal": "",
        "decision": "",
        "made_at": "2026-12-01T16:00:00Z",
        "decided_at": None,
        "can_be_excused": True,
        "can_be_appealed": False,
    },
    response_only=True,
)


class MarkSerializer(serializers.ModelSerializer):
    """A session its coach did not come to, or cancelled late, and what that led to."""

    status = serializers.ChoiceField(Mark.State.choices, source="state")
    led_to = serializers.ChoiceField(Sanction.Step.choices, source="sanction.step")
    hidden_until = serializers.DateTimeField(source="sanction.until", allow_null=True)
    is_running = serializers.BooleanField(source="sanction.is_running")
    can_be_excused = serializers.SerializerMethodField()
    can_be_appealed = serializers.SerializerMethodField()

    class Meta:
        model = Mark
        fields = ["id", "session", "reason", "status", "led_to", "hidden_until", "is_running"]
        fields += ["excuse", "appeal", "decision", "made_at", "decided_at", "can_be_excused", "can_be_appealed"]

    def get_can_be_excused(self, mark: Mark) -> bool:
        return mark.may_be_excused_by(self.context["request"].user, clock.now())

    def get_can_be_appealed(self, mark: Mark) -> bool:
        return mark.may_be_appealed_by(self.context["request"].user, clock.now())


class MarkWordsSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=2000)


@extend_schema(tags=["marks"])
class MarkViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = MarkSerializer
    queryset = Mark.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        return Mark.objects.of(self.request.user).select_related("sanction").order_by("-pk")

    @extend_schema(summary="My marks as a coach, newest first", examples=[MARK])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A mark", responses={200: MarkSerializer, 404: ErrorSerializer}, examples=[MARK])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Say in time why it was not your fault",
        request=MarkWordsSerializer,
        responses={200: MarkSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def excuse(self, request: Request, pk: str) -> Response:
        return self._say(operations.ask_excuse)

    @extend_schema(
        summary="Appeal once, in time after the answer",
        request=MarkWordsSerializer,
        responses={200: MarkSerializer, **REFUSALS},
    )
    @action(detail=True, methods=["post"])
    def appeal(self, request: Request, pk: str) -> Response:
        return self._say(operations.appeal_mark)

    def _say(self, operation: Any) -> Response:
        said = MarkWordsSerializer(data=self.request.data)
        said.is_valid(raise_exception=True)
        mark = operation(self.get_object(), by=self.request.user, now=clock.now(), **said.validated_data)
        return Response(MarkSerializer(mark, context=self.get_serializer_context()).data)
