"""One set of filters for the page and the API."""

from decimal import Decimal
from functools import cached_property
from typing import Any

import django_filters
from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.filtering import YesNoFilter, asks_for_something, at_least
from core.words import search_terms
from marketplace.filters.places import LanguageFilter
from marketplace.filters.skills import SkillFilter, skills_asked_for
from marketplace.matching import best_matched, matched, searching_coach
from marketplace.models import LearningRequest

Requests = QuerySet[LearningRequest]
SORTS = [("newest", _("Newest")), ("match", _("Best match")), ("budget", _("Highest budget"))]


class RequestFilter(django_filters.FilterSet):
    """Learning requests by words, skills (any of them), level, budget, language and a coach's free hours."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words", max_length=100, validators=[asks_for_something])
    skill = SkillFilter(label=_("Skill"), method="by_skill")
    level = django_filters.ChoiceFilter(label=_("Level"), choices=LearningRequest.Level.choices, empty_label=_("Any"))
    budget_min = django_filters.NumberFilter(label=_("Budget from"), method="by_budget", min_value=0)
    currency = django_filters.ChoiceFilter(
        label=_("Currency"),
        choices=lambda: [(code, code.upper()) for code in settings.CURRENCIES],
        empty_label=_("Any"),
    )
    language = LanguageFilter(label=_("Language"), method="by_language")
    fits = YesNoFilter(label=_("Fits when I am free"), method="by_free_hours")
    state = django_filters.ChoiceFilter(label=_("State"), choices=LearningRequest.State.choices, empty_label=_("Any"))
    mine = YesNoFilter(label=_("My own"), method="by_owner")
    sort = django_filters.ChoiceFilter(label=_("Sort by"), choices=SORTS, method="by_nothing", empty_label=None)

    newest: tuple[str, ...] = ("-pk",)
    always_knows_skills = False

    class Meta:
        model = LearningRequest
        fields = ["q", "skill", "level", "budget_min", "currency", "language", "fits", "state", "mine", "sort"]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        data = data.copy() if data else {}
        if data.get("sort") == "budget" and not data.get("currency"):
            data["currency"] = settings.CURRENCIES[0]  # budgets are compared within one currency
        super().__init__(data, *args, **kwargs)
        self.skills = skills_asked_for() if self.always_knows_skills or "skill" in data else []
        self.filters["skill"].know(self.skills)

    def filter_queryset(self, queryset: Requests) -> Requests:
        found, order = super().filter_queryset(queryset), self.form.cleaned_data.get("sort")
        if order == "budget":
            return found.order_by(F("budget_cents").desc(nulls_last=True), "-pk")
        if order == "match":
            return best_matched(matched(self.of_others(found), self.coach), self.coach) if self.coach else found.none()
        return found.order_by(*self.newest)

    def by_words(self, requests: Requests, name: str, words: str) -> Requests:
        terms = search_terms(words)
        return requests.filter(search=SearchQuery(terms, config="simple", search_type="raw")) if terms else requests

    def by_skill(self, requests: Requests, name: str, slugs: list[str]) -> Requests:
        return requests.filter(skill_ids__overlap=[skill.pk for skill in self.skills if skill.slug in slugs])

    def by_budget(self, requests: Requests, name: str, amount: Decimal) -> Requests:
        return requests.filter(at_least("budget_cents", amount))

    def by_language(self, requests: Requests, name: str, code: str) -> Requests:
        return requests.filter(languages__contains=[code])

    def by_free_hours(self, requests: Requests, name: str, wanted: bool) -> Requests:
        if not wanted:
            return requests
        cells = self.coach.cells if self.coach else []
        return self.of_others(requests).filter(preferred_cells__overlap=cells or [])

    def by_owner(self, requests: Requests, name: str, mine: bool) -> Requests:
        own = Q(student=self.request.user)
        return requests.filter(own if mine else ~own)

    def by_nothing(self, requests: Requests, name: str, value: Any) -> Requests:
        return requests

    def of_others(self, requests: Requests) -> Requests:
        """What a coach could propose on."""
        lasting = requests.filter(state=LearningRequest.State.OPEN, expires_at__gt=clock.now())
        return lasting.exclude(student=self.request.user)

    @cached_property
    def coach(self) -> Any:
        """Whoever asks, as a public coach with free hours; asked for only where it matters."""
        return searching_coach(self.request.user)


class WorkFilter(RequestFilter):
    """The same for the page of a coach, who is known already and sees open requests of others only."""

    newest = ("-posted_at", "-pk")
    always_knows_skills = True

    def __init__(self, *args: Any, coach: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coach = coach

    def of_others(self, requests: Requests) -> Requests:
        return requests
