from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, permissions, serializers, viewsets

from accounts.models import Skill


class SkillSerializer(serializers.ModelSerializer):
    class Meta:
        model = Skill
        fields = ["name", "slug"]


@extend_schema_view(list=extend_schema(summary="The skills to choose from", auth=[]))
class SkillViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    permission_classes = [permissions.AllowAny]
    serializer_class = SkillSerializer
    queryset = Skill.objects.all()
    pagination_class = None
    filter_backends: list[Any] = []
