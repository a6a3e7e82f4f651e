"""One set of filters for the page and the API."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.lookups import GreaterThanOrEqual, IsNull
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import CoachProfile
from core import clock
from core.filtering import YesNoFilter, asks_for_something, at_least, at_most
from core.weeks import weekday_name, weekdays
from core.words import search_terms
from marketplace.filters.places import LanguageFilter, ZoneFilter
from marketplace.filters.skills import SkillFilter, skills_taught
from scheduling.free_time import cell_then, free_then, next_instants

Coaches = QuerySet[CoachProfile]
RATINGS = [("4.5", _("4.5 and up")), ("4", _("4 and up")), ("3", _("3 and up"))]
PRICES = {"price", "-price"}
SORTS = [
    ("best", _("Best rated")),
    ("soonest", _("Free soonest")),
    ("price", _("Price: lowest first")),
    ("-price", _("Price: highest first")),
    ("newest", _("Newest")),
]
ORDERS = {
    "best": ("-score", "-pk"),
    "soonest": ("free_from", "user_id"),  # the index of free time knows coaches by their person
    "price": ("hourly_rate_cents", "pk"),
    "-price": ("-hourly_rate_cents", "-pk"),
    "newest": ("-pk",),
}


def least_score(rating: Decimal) -> int:
    """What a coach of this rating has at least, however many gave it: one person's five stars weigh little."""
    return int(min(rating, (rating + 18) / 6) * 1000)


class WhenForm(forms.Form):
    """A weekday and a time are asked for together."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        asked = {"free_day": data.get("free_day"), "free_at": data.get("free_at")}
        missing = [name for name, value in asked.items() if value in ("", None) and name not in self.errors]
        if len(missing) == 1:
            self.add_error(missing[0], _("Choose both a weekday and a time."))
        return data


class CoachFilter(django_filters.FilterSet):
    """Public coaches by words, skills (any of them), price per hour, language, rating, trial, and when they are free."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words", max_length=100, validators=[asks_for_something])
    skill = SkillFilter(label=_("Skill"), method="by_skill")
    price_min = django_filters.NumberFilter(label=_("Price per hour from"), method="by_lowest", min_value=0)
    price_max = django_filters.NumberFilter(label=_("Price per hour up to"), method="by_highest", min_value=0)
    currency = django_filters.ChoiceFilter(
        label=_("Currency"),
        choices=lambda: [(code, code.upper()) for code in settings.CURRENCIES],
        empty_label=_("Any"),
    )
    language = LanguageFilter(label=_("Language"), method="by_language")
    min_rating = django_filters.ChoiceFilter(
        label=_("Minimum rating"), choices=RATINGS, method="by_rating", empty_label=_("Any")
    )
    free_day = django_filters.ChoiceFilter(
        label=_("Free on"),
        choices=lambda: [(day, weekday_name(day, "wide")) for day in weekdays()],
        method="by_time",
        empty_label=_("Any day"),
    )
    free_at = django_filters.TimeFilter(label=_("Free around"), method="by_nothing")
    zone = ZoneFilter(label=_("Your time zone"), method="by_nothing")
    has_trial = YesNoFilter(label=_("Offers a trial"), method="by_trial")
    sort = django_filters.ChoiceFilter(label=_("Sort by"), choices=SORTS, method="by_nothing", empty_label=None)

    class Meta:
        model = CoachProfile
        form = WhenForm
        fields = ["q", "skill", "price_min", "price_max", "currency", "language", "min_rating", "free_day", "free_at"]
        fields += ["zone", "has_trial", "sort"]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        data = data.copy() if data else {}
        if data.get("sort") in PRICES and not data.get("currency"):
            data["currency"] = settings.CURRENCIES[0]  # prices are compared within one currency
        super().__init__(data, *args, **kwargs)
        self.skills = skills_taught()
        self.filters["skill"].know(self.skills)

    def filter_queryset(self, queryset: Coaches) -> Coaches:
        found = super().filter_queryset(queryset)
        if self.order == "soonest":
            found = found.annotate(free_from=F("user__free_time__next_free_at")).filter(free_from__gt=self.now)
        return found.order_by(*ORDERS[self.order])

    def by_words(self, coaches: Coaches, name: str, words: str) -> Coaches:
        terms = search_terms(words)
        return coaches.filter(search=SearchQuery(terms, config="simple", search_type="raw")) if terms else coaches

    def by_skill(self, coaches: Coaches, name: str, slugs: list[str]) -> Coaches:
        return coaches.filter(skill_ids__overlap=[skill.pk for skill in self.skills if skill.slug in slugs])

    def by_lowest(self, coaches: Coaches, name: str, amount: Decimal) -> Coaches:
        return coaches.filter(at_least("hourly_rate_cents", amount))

    def by_highest(self, coaches: Coaches, name: str, amount: Decimal) -> Coaches:
        return coaches.filter(at_most("hourly_rate_cents", amount))

    def by_language(self, coaches: Coaches, name: str, code: str) -> Coaches:
        return coaches.filter(language_codes__contains=[code])

    def by_rating(self, coaches: Coaches, name: str, least: str) -> Coaches:
        """By the score, of which PostgreSQL knows how many reach it, and then by the rating itself."""
        tenths = int(Decimal(least) * 10)
        is_reached = GreaterThanOrEqual(F("rating_sum") * 10, F("rating_count") * tenths)
        rated = Case(When(is_reached, rating_count__gt=0, then=Value(1)))
        return coaches.filter(IsNull(rated, False), score__gte=least_score(Decimal(least)))

    @extend_schema_field(OpenApiTypes.INT)
    def by_time(self, coaches: Coaches, name: str, day: str) -> Coaches:
        moments = self.moments
        if not moments:
            return coaches
        cells = sorted({cell_then(moment) for moment in moments})  # who has none of these is not free: by index
        return coaches.filter(Q(user__free_time__cells__overlap=cells), free_then(moments, self.now))

    def by_trial(self, coaches: Coaches, name: str, wanted: bool) -> Coaches:
        return coaches.filter(trial_rate_cents__isnull=False) if wanted else coaches

    def by_nothing(self, coaches: Coaches, name: str, value: Any) -> Coaches:
        return coaches

    def taught_by(self, coach: CoachProfile) -> list[Any]:
        """The coach's skills, without asking for them."""
        return [skill for skill in self.skills if skill.pk in coach.skill_ids]

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @property
    def order(self) -> str:
        return self.form.cleaned_data.get("sort") or "best"

    @property
    def reader_zone(self) -> ZoneInfo:
        """The zone that weekday and time are meant in: the one asked for, else the reader's own, else UTC."""
        user = getattr(self.request, "user", None)
        return ZoneInfo(self.form.cleaned_data.get("zone") or getattr(user, "time_zone", "") or "UTC")

    @property
    def moments(self) -> list[datetime]:
        """The next times at which that weekday and time come round; none where one of them is missing."""
        asked: Mapping[str, Any] = self.form.cleaned_data
        day, at = asked.get("free_day"), asked.get("free_at")
        if day in ("", None) or not isinstance(at, time):
            return []
        return next_instants(int(day), at.replace(second=0, microsecond=0), self.reader_zone, self.now)
