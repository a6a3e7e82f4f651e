from typing import Any

from rest_framework import serializers

from accounts.places import LEVELS, SPOKEN
from accounts.policy import MOST_LANGUAGES, first_double


class LanguageSerializer(serializers.Serializer[Any]):
    """A language by its ISO 639 code, and how well somebody speaks it."""

    code = serializers.ChoiceField(choices=SPOKEN)
    level = serializers.ChoiceField(choices=LEVELS)


class LanguagesField(serializers.ListField):
    """Up to six languages, each once."""

    child = LanguageSerializer()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_LANGUAGES, **kwargs)

    def to_internal_value(self, data: Any) -> list[dict[str, str]]:
        rows = [dict(row) for row in super().to_internal_value(data)]
        if double := first_double(row["code"] for row in rows):
            raise serializers.ValidationError(f"{double} is there twice.")
        return rows
