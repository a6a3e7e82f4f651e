"""One set of filters for the page and the API."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import Skill
from core.filtering import at_least
from marketplace.models import LearningRequest

Requests = QuerySet[LearningRequest]


class RequestFilter(django_filters.FilterSet):
    """Learning requests by words, skills (any of them), level and budget; to students also by state."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words", max_length=100)
    skill = django_filters.ModelMultipleChoiceFilter(
        label=_("Skill"),
        queryset=Skill.objects.all(),
        to_field_name="slug",
        method="by_skill",
        widget=forms.CheckboxSelectMultiple,
    )
    level = django_filters.ChoiceFilter(label=_("Level"), choices=LearningRequest.Level.choices, empty_label=_("Any"))
    budget_min = django_filters.NumberFilter(label=_("Budget from"), method="by_budget", min_value=0)
    state = django_filters.ChoiceFilter(label=_("State"), choices=LearningRequest.State.choices, empty_label=_("Any"))
    mine = django_filters.BooleanFilter(label=_("My own"), method="by_owner")

    class Meta:
        model = LearningRequest
        fields = ["q", "skill", "level", "budget_min", "state", "mine"]

    def by_words(self, requests: Requests, name: str, words: str) -> Requests:
        skilled = LearningRequest.skills.through.objects.filter(skill__name__icontains=words)
        return requests.filter(
            Q(search=SearchQuery(words, config="simple", search_type="websearch"))
            | Q(pk__in=skilled.values("learningrequest_id"))
        )

    @extend_schema_field(OpenApiTypes.STR)
    def by_skill(self, requests: Requests, name: str, skills: Any) -> Requests:
        if not skills:
            return requests
        skilled = LearningRequest.skills.through.objects.filter(skill__in=skills)
        return requests.filter(pk__in=skilled.values("learningrequest_id"))

    def by_budget(self, requests: Requests, name: str, amount: Decimal) -> Requests:
        return requests.filter(at_least("budget_cents", amount))

    def by_owner(self, requests: Requests, name: str, mine: bool) -> Requests:
        own = Q(student=self.request.user)
        return requests.filter(own if mine else ~own)
