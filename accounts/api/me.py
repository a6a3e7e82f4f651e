from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import operations
from accounts.api.languages import LanguagesField
from accounts.api.photos import FaceField
from accounts.models import CoachProfile, Role, StudentProfile, User
from accounts.places import countries, zones
from core import clock
from core.api import ErrorSerializer

REFUSALS = {400: ErrorSerializer, 401: ErrorSerializer, 409: ErrorSerializer}
ME = OpenApiExample(
    "A coach who also learns",
    {
        "id": 7,
        "email": "lucia@example.com",
        "name": "Lucía Fernández",
        "photo": "https://skileez.example/media/photos/0f1e2d3c4b5a69788796a5b4c3d2e1f0.webp",
        "role": "coach",
        "roles": ["student", "coach"],
        "time_zone": "Europe/Madrid",
        "language": "en",
        "student": {
            "about": "I learn in the evenings.",
            "country": "ES",
            "languages": [{"code": "es", "level": "native"}, {"code": "en", "level": "c1"}],
            "born_on": "1988-04-12",
        },
        "coach_state": "approved",
    },
    response_only=True,
)
CHANGE = OpenApiExample(
    "Move to Lisbon", {"time_zone": "Europe/Lisbon", "student": {"country": "PT"}}, request_only=True
)


class CountryField(serializers.CharField):
    """Two letters of ISO 3166."""

    def to_internal_value(self, value: Any) -> str:
        code = super().to_internal_value(value)
        if code and code not in dict(countries()):
            raise serializers.ValidationError("Not a country of ISO 3166, such as IE.")
        return code


class ZoneField(serializers.CharField):
    """A time zone of the IANA list."""

    def to_internal_value(self, value: Any) -> str:
        name = super().to_internal_value(value)
        if name not in dict(zones()):
            raise serializers.ValidationError("Not a time zone, such as Europe/Dublin.")
        return name


class LearnerSerializer(serializers.ModelSerializer):
    """What one says of oneself as a student; nobody else is told `born_on`."""

    country = CountryField(max_length=2, allow_blank=True, required=False)
    languages = LanguagesField(required=False)

    class Meta:
        model = StudentProfile
        fields = ["about", "country", "languages", "born_on"]


class MeSerializer(serializers.ModelSerializer):
    """Oneself. `student` is null for who only teaches, `coach_state` for who only learns."""

    roles = serializers.SerializerMethodField()
    time_zone = ZoneField(max_length=60)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    photo = FaceField()
    student = LearnerSerializer(source="student_profile", required=False)
    coach_state = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "email", "name", "photo", "role", "roles", "time_zone", "language", "student", "coach_state"]
        read_only_fields = ["id", "email", "role"]

    def get_roles(self, user: User) -> list[str]:
        return [role for role in Role.values if user.has_role(role)]

    def get_coach_state(self, user: User) -> str | None:
        coach = CoachProfile.objects.filter(user=user).only("state").first()
        return coach.state if coach else None

    def to_representation(self, user: User) -> dict[str, Any]:
        return {"student": None} | super().to_representation(user)

    def update(self, user: User, data: dict[str, Any]) -> User:
        about = data.pop("student_profile", None)
        if about is not None:
            operations.describe_student(user, by=user, now=clock.now(), **about)
        operations.describe_person(user, by=user, **data)
        return User.objects.select_related("student_profile").get(pk=user.pk)


class RoleSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
    take_on = serializers.BooleanField(default=False, help_text="Also take on the role when you do not have it yet.")


class MeView(APIView):
    @extend_schema(summary="Oneself", responses={200: MeSerializer} | REFUSALS, examples=[ME])
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(
        summary="Change what you say of yourself",
        request=MeSerializer(partial=True),
        responses={200: MeSerializer} | REFUSALS,
        examples=[CHANGE, ME],
    )
    def patch(self, request: Request) -> Response:
        me = MeSerializer(request.user, data=request.data, partial=True)
        me.is_valid(raise_exception=True)
        me.save()
        return Response(me.data)


class RoleView(APIView):
    @extend_schema(
        summary="Use another role",
        request=RoleSerializer,
        responses={200: MeSerializer} | REFUSALS,
        examples=[OpenApiExample("Teach", {"role": "coach"}, request_only=True), ME],
    )
    def post(self, request: Request) -> Response:
        wanted = RoleSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        change = operations.become if wanted.validated_data["take_on"] else operations.switch_role
        return Response(MeSerializer(change(request.user, role=wanted.validated_data["role"])).data)
