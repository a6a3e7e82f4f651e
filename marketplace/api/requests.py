from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.me import ZoneField
from accounts.models import Skill
from core import clock
from core.api import ErrorSerializer, MoneySerializer, PriceSerializer, with_etag
from marketplace import operations
from marketplace.filters import RequestFilter
from marketplace.models import LearningRequest
from marketplace.policy import MAX_QUESTION, MAX_QUESTIONS

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
WORDS = {
    "title": "Spanish for a move to Valencia",
    "description": "I move to Valencia in spring and want to hold everyday conversations by then.",
    "skill_tags": ["spanish"],
    "level": "beginner",
    "budget": {"amount_cents": 40000, "currency": "usd"},
    "sessions_needed": 4,
    "timeframe": "within three months",
    "preferred_hours": [18, 19, 42, 43],
    "timezone": "Europe/Dublin",
}
REQUEST_SENT = OpenApiExample(
    "A request", WORDS | {"screening_questions": ["Have you taught beginners?"]}, request_only=True
)
REQUEST = OpenApiExample(
    "A request",
    {"id": 12, "state": "open", "student": {"id": 3, "name": "Aoife"}}
    | WORDS
    | {
        "screening_questions": [{"id": 5, "text": "Have you taught beginners?"}],
        "created_at": "2026-11-20T10:00:00Z",
        "expires_at": "2027-01-19T10:00:00Z",
    },
    response_only=True,
)


class AskerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="first_name")


class QuestionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()


class RequestSerializer(serializers.ModelSerializer):
    """A learning request as its student and coaches see it."""

    student = AskerSerializer()
    skill_tags = serializers.SlugRelatedField(slug_field="slug", source="skills", many=True, read_only=True)
    budget = serializers.SerializerMethodField()
    timezone = serializers.CharField(source="time_zone")
    screening_questions = QuestionSerializer(many=True)

    class Meta:
        model = LearningRequest
        fields = ["id", "state", "student", *WORDS, "screening_questions", "created_at", "expires_at"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_budget(self, request: LearningRequest) -> dict[str, Any] | None:
        cents = request.budget_cents
        return None if cents is None else {"amount_cents": cents, "currency": request.currency}


class RequestWriteSerializer(serializers.ModelSerializer):
    """What a student sends. Skills by their slug; at most five questions."""

    skill_tags = serializers.SlugRelatedField(
        slug_field="slug", source="skills", many=True, queryset=Skill.objects.all(), allow_empty=False
    )
    budget = PriceSerializer(required=False, allow_null=True)
    timezone = ZoneField(source="time_zone", max_length=60)
    screening_questions = serializers.ListField(
        child=serializers.CharField(max_length=MAX_QUESTION), max_length=MAX_QUESTIONS, required=False
    )

    class Meta:
        model = LearningRequest
        fields = [*WORDS, "screening_questions"]

    def to_post(self) -> dict[str, Any]:
        """What the operations take; on a change, what was not sent stays as it is."""
        data = {**self._kept(), **self.validated_data}
        budget = data.pop("budget", None)
        if "budget" in self.validated_data:
            data["budget_cents"] = budget["amount_cents"] if budget else None
            data |= {"currency": budget["currency"]} if budget else {}
        data["questions"] = data.pop("screening_questions", data.pop("questions", []))
        return data

    def _kept(self) -> dict[str, Any]:
        if self.instance is None:
            return {}
        questions = [question.text for question in self.instance.screening_questions.all()]
        return {"skills": list(self.instance.skills.all()), "questions": questions}


@extend_schema_view(
    list=extend_schema(
        summary="Requests you may see: your own, and to approved coaches all open ones", examples=[REQUEST]
    ),
    retrieve=extend_schema(summary="A request", examples=[REQUEST], responses={200: RequestSerializer} | REFUSALS),
)
class RequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = RequestSerializer
    filterset_class = RequestFilter
    queryset = LearningRequest.objects.defer(*LearningRequest.SEARCHED).select_related("student")
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[LearningRequest]:
        if not self.request.user.is_authenticated:  # while the schema is drawn
            return LearningRequest.objects.none()
        visible = super().get_queryset().of(self.request.user)
        return visible.prefetch_related("skills", "screening_questions")

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Post a request",
        request=RequestWriteSerializer,
        responses={201: RequestSerializer} | REFUSALS,
        examples=[REQUEST_SENT, REQUEST],
    )
    def create(self, request: Request) -> Response:
        sent = RequestWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        posted = operations.post_request(by=request.user, now=clock.now(), **sent.to_post())
        return Response(RequestSerializer(posted).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a request; questions only while nobody has answered them",
        request=RequestWriteSerializer,
        responses={200: RequestSerializer} | REFUSALS,
        examples=[REQUEST_SENT, REQUEST],
    )
    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        wanted = self.get_object()
        sent = RequestWriteSerializer(wanted, data=request.data, partial=partial)
        sent.is_valid(raise_exception=True)
        changed = operations.edit_request(wanted, by=request.user, now=clock.now(), **sent.to_post())
        return Response(RequestSerializer(changed).data)

    @extend_schema(
        summary="Change parts of a request",
        request=RequestWriteSerializer(partial=True),
        responses={200: RequestSerializer} | REFUSALS,
        examples=[OpenApiExample("More sessions", {"sessions_needed": 6}, request_only=True), REQUEST],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, partial=True)

    @extend_schema(summary="Close a request", responses={204: None} | REFUSALS)
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        operations.close_request(self.get_object(), by=request.user, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Close a request", request=None, responses={200: RequestSerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.close_request)

    @extend_schema(summary="Take no proposals for now", request=None, responses={200: RequestSerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.pause_request)

    @extend_schema(summary="Take proposals again", request=None, responses={200: RequestSerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.reopen_request)

    def _after(self, operation: Any) -> Response:
        moved = operation(self.get_object(), by=self.request.user, now=clock.now())
        return Response(RequestSerializer(moved).data)
