"""One set of filters for the page and the API."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import CoachProfile, Skill
from core.filtering import at_least, at_most

RATINGS = [("4.5", _("4.5 and up")), ("4", _("4 and up")), ("3", _("3 and up"))]


class CoachFilter(django_filters.FilterSet):
    """Public coaches by words, skills (any of them), price per hour and rating."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words", max_length=100)
    skill = django_filters.ModelMultipleChoiceFilter(
        label=_("Skill"),
        queryset=Skill.objects.all(),
        to_field_name="slug",
        method="by_skill",
        widget=forms.CheckboxSelectMultiple,
    )
    price_min = django_filters.NumberFilter(label=_("Price per hour from"), method="by_lowest", min_value=0)
    price_max = django_filters.NumberFilter(label=_("Price per hour up to"), method="by_highest", min_value=0)
    currency = django_filters.ChoiceFilter(
        label=_("Currency"),
        choices=lambda: [(code, code.upper()) for code in settings.CURRENCIES],
        empty_label=_("Any"),
    )
    min_rating = django_filters.ChoiceFilter(
        label=_("Minimum rating"), choices=RATINGS, method="by_rating", empty_label=_("Any")
    )

    class Meta:
        model = CoachProfile
        fields = ["q", "skill", "price_min", "price_max", "currency", "min_rating"]

    def by_words(self, coaches: QuerySet[CoachProfile], name: str, words: str) -> QuerySet[CoachProfile]:
        skilled = CoachProfile.skills.through.objects.filter(skill__name__icontains=words)
        return coaches.filter(
            Q(search=SearchQuery(words, config="simple", search_type="websearch"))
            | Q(user__name__icontains=words)
            | Q(pk__in=skilled.values("coachprofile_id"))
        )

    @extend_schema_field(OpenApiTypes.STR)
    def by_skill(self, coaches: QuerySet[CoachProfile], name: str, skills: Any) -> QuerySet[CoachProfile]:
        if not skills:
            return coaches
        skilled = CoachProfile.skills.through.objects.filter(skill__in=skills)
        return coaches.filter(pk__in=skilled.values("coachprofile_id"))

    def by_lowest(self, coaches: QuerySet[CoachProfile], name: str, amount: Decimal) -> QuerySet[CoachProfile]:
        return coaches.filter(at_least("hourly_rate_cents", amount))

    def by_highest(self, coaches: QuerySet[CoachProfile], name: str, amount: Decimal) -> QuerySet[CoachProfile]:
        return coaches.filter(at_most("hourly_rate_cents", amount))

    def by_rating(self, coaches: QuerySet[CoachProfile], name: str, least: str) -> QuerySet[CoachProfile]:
        tenths = int(Decimal(least) * 10)
        return coaches.filter(rating_count__gt=0, rating_sum__gte=F("rating_count") * tenths / 10.0)
