"""How well coaches and a request fit each other: shared skills, hours, language and price, counted in SQL."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import CoachProfile, User
from marketplace.models import Invitation, LearningRequest, Proposal

FITTING = 6
OFTEN = 60  # percent
# What each reason weighs: all skills shared, all hours free, a language in common, a price within the budget.
SKILLS, HOURS, LANGUAGE, PRICE = 50, 30, 12, 8


class CountShared(Func):
    """How many members of an array are in another one."""

    template = "(SELECT count(*) FROM unnest(%(expressions)s))"
    arg_joiner = ") AS each(member) WHERE each.member = ANY("
    output_field: Any = IntegerField()


@dataclass(frozen=True)
class Fit:
    """Why a request and a coach suit each other; `free_percent` is None where the student marked no hours."""

    skills: list[str]
    free_percent: int | None
    speaks: bool
    is_affordable: bool

    @property
    def is_often_free(self) -> bool:
        return self.free_percent is not None and self.free_percent >= OFTEN


def fitting_coaches(request: LearningRequest, most: int = FITTING) -> list[CoachProfile]:
    """Public coaches who teach a skill of the request and are not asked yet, the best first; two queries.

    Each has its `fit`. Ties are broken by rating.
    """
    asked = Invitation.objects.filter(request=request, coach=OuterRef("user"))
    answered = Proposal.objects.filter(request=request, coach=OuterRef("user"))
    teaching = CoachProfile.objects.public().filter(skill_ids__overlap=request.skill_ids)
    strangers = teaching.exclude(user=request.student_id).exclude(Exists(asked)).exclude(Exists(answered))
    ranked = _weighed(strangers, request).order_by("-weight", "-score", "pk")
    found = ranked.defer(*CoachProfile.SEARCHED).select_related("user").prefetch_related("skills")[:most]
    coaches = list(found)
    for coach in coaches:
        coach.fit = _fit(coach, request)
    return coaches


def fit_of(coach: User, request: LearningRequest) -> Fit | None:
    """How well a request fits a coach; two queries."""
    profile = _weighed(CoachProfile.objects.filter(user=coach), request).prefetch_related("skills").first()
    return _fit(profile, request) if profile else None


def _weighed(coaches: QuerySet[CoachProfile], request: LearningRequest) -> QuerySet[CoachProfile]:
    free = CountShared(Coalesce(F("user__free_time__cells"), _ids([])), _ids(request.preferred_cells))
    counted = coaches.annotate(
        shared_skills=CountShared(F("skill_ids"), _ids(request.skill_ids)),
        shared_cells=free if request.preferred_cells else Value(0),
        speaks=_is(Q(language_codes__overlap=request.languages) if request.languages else Q(pk__isnull=False)),
        is_affordable=_is(_affordable(request)),
    )
    skills = F("shared_skills") * SKILLS / max(len(request.skill_ids), 1)
    hours = F("shared_cells") * HOURS / max(len(request.preferred_cells), 1)
    return counted.annotate(weight=skills + hours + _points("speaks", LANGUAGE) + _points("is_affordable", PRICE))


def _affordable(request: LearningRequest) -> Q:
    """An hour of the coach costs no more than the budget allows for each session; without a budget nobody does."""
    if not request.budget_cents:
        return Q(pk__isnull=True)
    each = request.budget_cents // request.sessions_needed
    return Q(currency=request.currency, hourly_rate_cents__lte=each)


def _is(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _points(name: str, points: int) -> Case:
    return Case(When(**{name: True}, then=Value(points)), default=Value(0), output_field=IntegerField())


def _ids(numbers: list[int]) -> Value:
    return Value(list(numbers), output_field=ArrayField(IntegerField()))


def _fit(coach: Any, request: LearningRequest) -> Fit:
    shared = [skill.name for skill in coach.skills.all() if skill.pk in request.skill_ids]
    cells = len(request.preferred_cells)
    free = round(100 * coach.shared_cells / cells) if cells else None
    speaks = bool(request.languages) and coach.speaks
    return Fit(shared, free, speaks, coach.is_affordable)
