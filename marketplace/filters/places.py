"""Languages and time zones to choose from in a search; too many of them to be listed in the description of the API."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.places import languages, zones


@extend_schema_field(OpenApiTypes.STR)
class LanguageFilter(django_filters.ChoiceFilter):
    """An ISO 639 code such as `es`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=languages, empty_label=_("Any"), **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class ZoneFilter(django_filters.ChoiceFilter):
    """A zone such as `Europe/Dublin`; the reader's own when it is not given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zones, empty_label=None, **kwargs)
