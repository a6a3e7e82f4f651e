from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.languages import LanguagesField
from accounts.api.photos import FaceField
from accounts.models import StudentProfile
from core.api import ErrorSerializer, with_etag

STUDENT = OpenApiExample(
    "A student",
    {
        "id": 3,
        "name": "Aoife Byrne",
        "photo": None,
        "about": "I move to Valencia in spring.",
        "country": "IE",
        "languages": [{"code": "en", "level": "native"}, {"code": "es", "level": "a2"}],
        "time_zone": "Europe/Dublin",
    },
    response_only=True,
)


class StudentSerializer(serializers.ModelSerializer):
    """A student as coaches they have to do with see them; date of birth and address are never told."""

    id = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")
    photo = FaceField(source="user")
    languages = LanguagesField()
    time_zone = serializers.CharField(source="user.time_zone")

    class Meta:
        model = StudentProfile
        fields = ["id", "name", "photo", "about", "country", "languages", "time_zone"]


@extend_schema_view(
    retrieve=extend_schema(
        summary="A student you have to do with",
        examples=[STUDENT],
        responses={200: StudentSerializer, 404: ErrorSerializer},
    )
)
class StudentViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    serializer_class = StudentSerializer
    queryset = StudentProfile.objects.none()
    lookup_field = "user_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        return StudentProfile.objects.visible_to(self.request.user).select_related("user")

    @with_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
