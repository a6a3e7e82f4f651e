from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import CoachProfile
from core import clock
from core.api import IDEMPOTENCY_KEY, ErrorSerializer, kept_by_key, with_etag
from marketplace import operations
from marketplace.models import Invitation, LearningRequest
from marketplace.policy import MAX_INVITATION, MAX_REASON

BIGGEST = 2**63 - 1
REFUSALS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
SENT = OpenApiExample("An invitation", {"request": 12, "coach": 7, "message": "Your profile fits."}, request_only=True)
INVITATION = OpenApiExample(
    "An invitation",
    {
        "id": 3,
        "request": 12,
        "title": "Spanish for a move to Valencia",
        "student": {"id": 3, "name": "Aoife"},
        "coach": {"id": 7, "name": "Lucía Fernández"},
        "state": "sent",
        "is_open": True,
        "message": "Your profile fits.",
        "decline_reason": "",
        "sent_at": "2026-11-20T10:00:00Z",
        "answered_at": None,
    },
    response_only=True,
)


class PersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class StudentNameSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="first_name")


class InvitationSerializer(serializers.ModelSerializer):
    """An invitation as both sides see it; `is_open` while it can be answered."""

    title = serializers.CharField(source="request.title")
    student = StudentNameSerializer(source="request.student")
    coach = PersonSerializer()
    is_open = serializers.BooleanField()

    class Meta:
        model = Invitation
        fields = ["id", "request", "title", "student", "coach", "state", "is_open", "message"]
        fields += ["decline_reason", "sent_at", "answered_at"]


class InvitingSerializer(serializers.Serializer):
    request = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    coach = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    message = serializers.CharField(max_length=MAX_INVITATION, required=False, allow_blank=True, default="")

    def validate_request(self, pk: int) -> LearningRequest:
        student = self.context["request"].user
        return _found(LearningRequest.objects.filter(student=student, pk=pk), "This is no request of yours.")

    def validate_coach(self, pk: int) -> Any:
        public = CoachProfile.objects.listed().select_related("user")
        return _found(public.filter(user_id=pk), "There is no such coach.").user


class DecliningSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=MAX_REASON, required=False, allow_blank=True, default="")


class InvitationFilter(django_filters.FilterSet):
    """Invitations by state and request."""

    state = django_filters.ChoiceFilter(choices=Invitation.State.choices)
    request = django_filters.NumberFilter(field_name="request_id", min_value=1, max_value=BIGGEST)

    class Meta:
        model = Invitation
        fields = ["state", "request"]


@extend_schema_view(
    list=extend_schema(summary="Invitations you sent or received", examples=[INVITATION]),
    retrieve=extend_schema(
        summary="An invitation", examples=[INVITATION], responses={200: InvitationSerializer} | REFUSALS
    ),
)
class InvitationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    lookup_value_regex = r"\d{1,18}"
    queryset = Invitation.objects.select_related("request__student", "coach")

    def get_queryset(self) -> QuerySet[Invitation]:
        if not self.request.user.is_authenticated:  # while the schema is drawn
            return Invitation.objects.none()
        hidden = [f"request__{name}" for name in LearningRequest.SEARCHED]
        return super().get_queryset().of(self.request.user).defer(*hidden)

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Invite a coach to send a proposal on one of your open requests",
        request=InvitingSerializer,
        responses={201: InvitationSerializer} | REFUSALS,
        examples=[SENT, INVITATION],
        parameters=[IDEMPOTENCY_KEY],
    )
    @kept_by_key
    def create(self, request: Request) -> Response:
        sent = InvitingSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        wanted, coach, message = (sent.validated_data[name] for name in ("request", "coach", "message"))
        invitation = operations.invite_coach(wanted, coach=coach, by=request.user, now=clock.now(), message=message)
        return Response(self.get_serializer(invitation).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Decline an invitation, with a reason if you like",
        request=DecliningSerializer,
        responses={200: InvitationSerializer} | REFUSALS,
        examples=[OpenApiExample("No time", {"reason": "I am away until March."}, request_only=True), INVITATION],
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = DecliningSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        declined = operations.decline_invitation(
            self.get_object(), by=request.user, now=clock.now(), **sent.validated_data
        )
        return Response(self.get_serializer(declined).data)


def _found(rows: QuerySet[Any], sentence: str) -> Any:
    row = rows.first()
    if row is None:
        raise serializers.ValidationError(sentence)
    return row
