"""What requests are made of, as clients write it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Skill
from accounts.skills import resolve
from scheduling.weekly import hours_of_windows, windows_of_hours


class SkillTagsField(serializers.ListField):
    """Skills of the list: by slug, by name or by any word that means one, such as "js"; answered as slugs."""

    child = serializers.CharField(max_length=60)

    def to_internal_value(self, data: Any) -> list[Skill]:
        found = resolve(super().to_internal_value(data))
        if found.unknown:
            raise serializers.ValidationError(f"Not in our list of skills: {', '.join(found.unknown[:3])}.")
        return found.skills

    def to_representation(self, data: Any) -> list[str]:
        return [skill.slug for skill in data.all()]


class WeekWindowSerializer(serializers.Serializer[Any]):
    """Whole hours of one weekday (Monday is 0) by the clock of the request's zone; 24:00 ends the day."""

    weekday = serializers.IntegerField(min_value=0, max_value=6)
    starts = serializers.CharField(max_length=5)
    ends = serializers.CharField(max_length=5)


@extend_schema_field(WeekWindowSerializer(many=True))
class PreferredTimesField(serializers.Field[Any, Any, Any, Any]):
    """Windows of a week, which are kept as hours of that week."""

    def to_internal_value(self, data: Any) -> list[int]:
        windows = WeekWindowSerializer(many=True, max_length=168, data=data)
        windows.is_valid(raise_exception=True)
        try:
            return hours_of_windows(windows.validated_data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, hours: list[int]) -> list[dict[str, Any]]:
        return windows_of_hours(hours)
