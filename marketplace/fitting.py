"""How well coaches and a request fit each other: shared skills, hours, language and price, counted in SQL."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import CoachProfile, User
from marketplace.matching import CountShared, is_true, numbers, score
from marketplace.models import Invitation, LearningRequest, Proposal

FITTING = 6
OFTEN = 60  # percent


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
    teaching = CoachProfile.objects.listed().filter(skill_ids__overlap=request.skill_ids)
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
    counted = coaches.annotate(
        shared_skills=CountShared(F("skill_ids"), numbers(request.skill_ids)),
        asked_skills=Value(len(request.skill_ids)),
        shared_cells=CountShared(Coalesce(F("user__free_time__cells"), numbers([])), numbers(request.preferred_cells)),
        asked_cells=Value(len(request.preferred_cells)),
        speaks=is_true(Q(language_codes__overlap=request.languages) if request.languages else Q(pk__isnull=False)),
        is_affordable=is_true(_affordable(request)),
    )
    return counted.annotate(weight=score())


def _affordable(request: LearningRequest) -> Q:
    """An hour of the coach costs no more than the budget allows for each session; without a budget nobody does."""
    if not request.budget_cents:
        return Q(pk__isnull=True)
    each = request.budget_cents // request.sessions_needed
    return Q(currency=request.currency, hourly_rate_cents__lte=each)


def _fit(coach: Any, request: LearningRequest) -> Fit:
    shared = [skill.name for skill in coach.skills.all() if skill.pk in request.skill_ids]
    cells = len(request.preferred_cells)
    free = round(100 * coach.shared_cells / cells) if cells else None
    speaks = bool(request.languages) and coach.speaks
    return Fit(shared, free, speaks, coach.is_affordable)
