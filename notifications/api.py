"""What a person was told, for clients."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from notifications.models import Notification
from notifications.operations import read_notices


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    class Meta:
        model = Notification
        fields = ["id", "kind", "text", "url", "made_at", "read_at"]


class ReadSerializer(serializers.Serializer[Any]):
    """Which notices were read: their ids, or nothing for all."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=1000
    )


EXAMPLE = OpenApiExample(
    "A proposal arrived",
    {
        "id": 12,
        "kind": "proposals",
        "text": "Lucía Fernández sent you a proposal for “Conversational Spanish for travel”.",
        "url": "/proposals/7/",
        "made_at": "2026-11-20T16:20:00Z",
        "read_at": None,
    },
    response_only=True,
)


@extend_schema(tags=["notifications"])
class NotificationViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Notification]):
    """What a person was told, newest first."""

    serializer_class = NotificationSerializer
    queryset = Notification.objects.none()
    filterset_fields = ["kind"]

    def get_queryset(self) -> Any:
        return Notification.objects.of(self.request.user)

    @extend_schema(summary="What you were told, newest first", examples=[EXAMPLE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="Mark notices as read",
        description="Without `ids`, all of them. Answers how many are still unread.",
        request=ReadSerializer,
        responses=inline_serializer("Unread", {"unread": serializers.IntegerField()}),
        examples=[OpenApiExample("Two of them", {"ids": [12, 13]}, request_only=True)],
    )
    @action(detail=False, methods=["post"])
    def read(self, request: Request) -> Response:
        asked = ReadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        read_notices(by=request.user, now=clock.now(), ids=asked.validated_data.get("ids"))
        return Response({"unread": self.get_queryset().unread().count()})
