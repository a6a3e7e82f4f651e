from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, permissions, serializers, viewsets

from accounts.models import Skill
from accounts.skills import resolve

SKILLS = OpenApiExample(
    "Some skills",
    [
        {"name": "JavaScript", "slug": "javascript", "category": "technology", "synonyms": ["ecmascript", "js"]},
        {"name": "Spanish", "slug": "spanish", "category": "languages", "synonyms": ["castellano", "espanol"]},
    ],
    response_only=True,
)


class SkillSerializer(serializers.ModelSerializer):
    class Meta:
        model = Skill
        fields = ["name", "slug"]


class ListedSkillSerializer(serializers.ModelSerializer):
    """A skill with its category and the other words for it; each of them is understood where skills are sent."""

    synonyms = serializers.SlugRelatedField(slug_field="word", many=True, read_only=True)

    class Meta:
        model = Skill
        fields = ["name", "slug", "category", "synonyms"]


class SkillWordsField(serializers.ListField):
    """Skills by slug, name or synonym; kept as slugs. One that is not in the list is refused by name."""

    child = serializers.CharField(max_length=60)

    def to_internal_value(self, data: Any) -> list[str]:
        found = resolve(super().to_internal_value(data))
        if found.unknown:
            raise serializers.ValidationError(f"Not in the list of skills: {', '.join(found.unknown)}.")
        return [skill.slug for skill in found.skills]


@extend_schema_view(
    list=extend_schema(
        summary="The skills to choose from",
        auth=[],
        examples=[SKILLS],
        responses={200: ListedSkillSerializer(many=True)},
    )
)
class SkillViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    permission_classes = [permissions.AllowAny]
    serializer_class = ListedSkillSerializer
    queryset = Skill.objects.prefetch_related("synonyms")
    pagination_class = None
    filter_backends: list[Any] = []
