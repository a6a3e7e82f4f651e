from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import SkillSerializer
from accounts.api.me import ZoneField
from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, MoneySerializer, PriceSerializer, kept_by_key, with_etag
from core.paging import InItsOrderAtOnce
from marketplace import faults, operations
from marketplace.api.coaches import CoachSerializer
from marketplace.api.fields import PreferredTimesField, SkillTagsField
from marketplace.filters import RequestFilter
from marketplace.fitting import fitting_coaches
from marketplace.models import LearningRequest
from marketplace.policy import DESCRIPTION, MAX_LANGUAGES, MAX_QUESTION, MAX_QUESTIONS, TITLE

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
WORDS = {
    "title": "Spanish for a move to Valencia",
    "description": "I move to Valencia in spring and want to hold everyday conversations by then.",
    "skill_tags": ["spanish"],
    "level": "beginner",
    "languages": ["en"],
    "budget": {"amount_cents": 40000, "currency": "usd"},
    "sessions_needed": 4,
    "timeframe": "within three months",
    "preferred_times": [{"weekday": 1, "starts": "18:00", "ends": "21:00"}],
    "timezone": "Europe/Dublin",
}
REQUEST_SENT = OpenApiExample(
    "A request", WORDS | {"screening_questions": ["Have you taught beginners?"]}, request_only=True
)
DRAFT_SENT = OpenApiExample("A draft", {"draft": True, "title": "Spanish for a move"}, request_only=True)
REQUEST = OpenApiExample(
    "A request",
    {
        "id": 12,
        "state": "open",
        "student": {"id": 3, "name": "Aoife"},
        "skills": [{"name": "Spanish", "slug": "spanish"}],
    }
    | WORDS
    | {
        "screening_questions": [{"id": 5, "text": "Have you taught beginners?"}],
        "created_at": "2026-11-20T10:00:00Z",
        "posted_at": "2026-11-20T10:05:00Z",
        "expires_at": "2027-01-19T10:05:00Z",
        "close_reason": "",
    },
    response_only=True,
)
API_NAMES = {"skills": "skill_tags", "questions": "screening_questions", "time_zone": "timezone"}
API_NAMES["preferred_hours"] = "preferred_times"


class AskerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="first_name")


class QuestionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()


class RequestSerializer(serializers.ModelSerializer):
    """A learning request as its student and coaches see it; why staff closed it is told to its student only."""

    student = AskerSerializer()
    skills = SkillSerializer(many=True)
    skill_tags = SkillTagsField(source="skills")
    budget = serializers.SerializerMethodField()
    preferred_times = PreferredTimesField(source="preferred_hours")
    timezone = serializers.CharField(source="time_zone")
    screening_questions = QuestionSerializer(many=True)
    close_reason = serializers.SerializerMethodField()

    class Meta:
        model = LearningRequest
        fields = ["id", "state", "student", "skills", *WORDS, "screening_questions"]
        fields += ["created_at", "posted_at", "expires_at", "close_reason"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_budget(self, request: LearningRequest) -> dict[str, Any] | None:
        cents = request.budget_cents
        return None if cents is None else {"amount_cents": cents, "currency": request.currency}

    def get_close_reason(self, request: LearningRequest) -> str:
        reader = self.context["request"].user
        return request.close_reason if request.student_id == reader.pk else ""


class RequestWriteSerializer(serializers.ModelSerializer):
    """What a student sends; on a change, what is not sent stays as it is. Only a draft may be incomplete."""

    title = serializers.CharField(max_length=TITLE[-1], required=False, allow_blank=True)
    description = serializers.CharField(max_length=DESCRIPTION[-1], required=False, allow_blank=True)
    skill_tags = SkillTagsField(source="skills", required=False)
    languages = serializers.ListField(
        child=serializers.CharField(max_length=3), max_length=MAX_LANGUAGES, required=False, help_text="ISO 639 codes."
    )
    budget = PriceSerializer(required=False, allow_null=True)
    preferred_times = PreferredTimesField(source="preferred_hours", required=False)
    timezone = ZoneField(source="time_zone", max_length=60, required=False)
    screening_questions = serializers.ListField(
        source="questions",
        child=serializers.CharField(max_length=MAX_QUESTION),
        max_length=MAX_QUESTIONS,
        required=False,
    )

    class Meta:
        model = LearningRequest
        fields = [*WORDS, "screening_questions"]

    def to_internal_value(self, data: Any) -> Any:
        """Take `skills`, which would go unnoticed otherwise, for `skill_tags`: as words, or as they are answered."""
        if isinstance(data, dict) and "skills" in data and "skill_tags" not in data:
            data = {**data, "skill_tags": _words_of(data["skills"])}
        return super().to_internal_value(data)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same faults that the operation would refuse, each at its field."""
        written = self._written(data)
        whole = (self.instance.written if self.instance else {}) | written
        found = faults.of_draft(written) if self.is_draft(data) else faults.of_request(whole)
        if errors := {API_NAMES.get(fault.field, fault.field): [fault.sentence] for fault in found}:
            raise serializers.ValidationError(errors)
        return data

    def is_draft(self, data: dict[str, Any]) -> bool:
        return bool(self.instance.is_draft) if self.instance else bool(data.get("draft"))

    def to_post(self) -> dict[str, Any]:
        """What the operations take."""
        return self._written(self.validated_data)

    def _written(self, data: dict[str, Any]) -> dict[str, Any]:
        written = {name: value for name, value in data.items() if name not in {"budget", "draft"}}
        if "budget" in data:
            budget = data["budget"]
            written["budget_cents"] = budget["amount_cents"] if budget else None
            written |= {"currency": budget["currency"]} if budget else {}
        return written


def _words_of(skills: Any) -> Any:
    """Each skill as one word; what is no list of skills is left to the field to refuse."""
    if not isinstance(skills, list):
        return skills
    return [each.get("slug") if isinstance(each, dict) else each for each in skills]


class NewRequestSerializer(RequestWriteSerializer):
    """A request to be posted; with `draft` it is kept for later, may be incomplete, and only its student sees it."""

    draft = serializers.BooleanField(default=False)

    class Meta(RequestWriteSerializer.Meta):
        fields = [*RequestWriteSerializer.Meta.fields, "draft"]


class FitSerializer(serializers.Serializer):
    """Why a coach fits: the skills in common, and the share of the preferred hours in which the coach is free."""

    skills = serializers.ListField(child=serializers.CharField())
    free_percent = serializers.IntegerField(allow_null=True)
    speaks = serializers.BooleanField()
    is_affordable = serializers.BooleanField()


class FittingCoachSerializer(serializers.Serializer):
    coach = CoachSerializer(source="*")
    fit = FitSerializer()


@extend_schema_view(
    list=extend_schema(
        summary="Requests you may see: your own, and to approved coaches all open ones", examples=[REQUEST]
    ),
    retrieve=extend_schema(summary="A request", examples=[REQUEST], responses={200: RequestSerializer} | REFUSALS),
)
class RequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = RequestSerializer
    filterset_class = RequestFilter
    pagination_class = InItsOrderAtOnce
    queryset = LearningRequest.objects.defer(*LearningRequest.SEARCHED).select_related("student")
    lookup_value_regex = r"\d{1,18}"
    api_names = API_NAMES

    def get_queryset(self) -> QuerySet[LearningRequest]:
        if not self.request.user.is_authenticated:  # while the schema is drawn
            return LearningRequest.objects.none()
        visible = super().get_queryset().of(self.request.user)
        return visible.prefetch_related("skills", "screening_questions")

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Post a request, or keep a draft of one",
        request=NewRequestSerializer,
        responses={201: RequestSerializer} | REFUSALS,
        examples=[REQUEST_SENT, DRAFT_SENT, REQUEST],
        parameters=[IDEMPOTENCY_KEY],
    )
    @kept_by_key
    def create(self, request: Request) -> Response:
        sent = NewRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        write = operations.save_draft if sent.validated_data["draft"] else operations.post_request
        written = write(by=request.user, now=clock.now(), **sent.to_post())
        return Response(self.get_serializer(written).data, status=status.HTTP_201_CREATED)

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
        return Response(self.get_serializer(changed).data)

    @extend_schema(
        summary="Change parts of a request",
        request=RequestWriteSerializer(partial=True),
        responses={200: RequestSerializer} | REFUSALS,
        examples=[OpenApiExample("More sessions", {"sessions_needed": 6}, request_only=True), REQUEST],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, partial=True)

    @extend_schema(summary="Throw a draft away, close any other request", responses={204: None} | REFUSALS)
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = self.get_object()
        end = operations.discard_draft if wanted.is_draft else operations.close_request
        end(wanted, by=request.user, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Post a draft as it is kept",
        request=None,
        responses={200: RequestSerializer} | REFUSALS,
        examples=[REQUEST],
    )
    @action(detail=True, methods=["post"], url_path="post", url_name="post")
    def post_draft(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._after(operations.post_draft)

    @extend_schema(
        summary="Coaches who fit your request and are not asked yet, the best first",
        responses={200: FittingCoachSerializer(many=True)} | REFUSALS,
    )
    @action(detail=True, methods=["get"], url_path="fitting-coaches", filter_backends=[], pagination_class=None)
    def fitting_coaches(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        own = get_object_or_404(LearningRequest.objects.filter(student=request.user), pk=kwargs["pk"])
        found = fitting_coaches(own) if own.takes_proposals(clock.now()) else []
        return Response(FittingCoachSerializer(found, many=True, context=self.get_serializer_context()).data)

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
        return Response(self.get_serializer(moved).data)
