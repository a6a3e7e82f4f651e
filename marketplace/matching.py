"""How well coaches and requests match, counted in SQL for as many as there are; the rule is policy.match_score."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import CoachProfile, User
from core.weeks import weekday_name
from marketplace.models import Invitation, LearningRequest
from marketplace.policy import MATCH_HOURS, MATCH_LANGUAGE, MATCH_PRICE, MATCH_SKILLS
from scheduling.models import FreeTime

NEWEST = 1000
HALF_HOURS, HOURS_OF_WEEK = 2, 168


class CountShared(Func):
    """How many members of an array are in another one."""

    template = "(SELECT count(*) FROM unnest(%(expressions)s))"
    arg_joiner = ") AS each(member) WHERE each.member = ANY("
    output_field: Any = IntegerField()


def searching_coach(user: User) -> Any:
    """The public profile of somebody who looks for work, with what is asked of it besides; one query.

    `cells` are the half hours at which they are free, `waiting` the invitations they have not answered.
    """
    free = FreeTime.objects.filter(pk=OuterRef("user_id")).values("cells")
    asked = Invitation.objects.open().filter(coach=OuterRef("user")).order_by().values("coach")
    waiting = Coalesce(Subquery(asked.annotate(count=Count("pk")).values("count")), 0)
    profile = CoachProfile.objects.public().filter(user=user).annotate(cells=Subquery(free), waiting=waiting)
    return profile.defer(*CoachProfile.SEARCHED).first()


def matched(requests: QuerySet[LearningRequest], coach: Any) -> QuerySet[Any]:
    """Requests with their `match` for this coach, from 0 to 100, and the counts it is made of."""
    asked = Q(budget_cents__gte=F("sessions_needed") * coach.hourly_rate_cents, currency=coach.currency)
    counted = requests.annotate(
        shared_skills=CountShared(F("skill_ids"), numbers(coach.skill_ids)),
        asked_skills=_length("skill_ids"),
        shared_cells=CountShared(F("preferred_cells"), numbers(coach.cells or [])),
        asked_cells=_length("preferred_cells"),
        speaks=is_true(Q(languages=[]) | Q(languages__overlap=coach.language_codes)),
        is_affordable=Case(
            When(budget_cents__isnull=True, then=None),
            When(asked, then=True),
            default=False,
            output_field=BooleanField(null=True),
        ),
    )
    return counted.annotate(match=score())


def best_matched(requests: QuerySet[LearningRequest], coach: Any) -> QuerySet[Any]:
    """The best match first, of the newest thousand that share a skill with the coach: so it never counts for all."""
    shared = requests.filter(skill_ids__overlap=coach.skill_ids).order_by("-posted_at", "-pk")
    return requests.filter(pk__in=shared.values("pk")[:NEWEST]).order_by("-match", "-pk")


def score() -> Any:
    """policy.match_score over rows with shared and asked skills and cells, `speaks` and `is_affordable`."""
    skills = F("shared_skills") * MATCH_SKILLS / Greatest(F("asked_skills"), 1)
    hours = F("shared_cells") * MATCH_HOURS / Greatest(F("asked_cells"), 1)
    unsaid = When(asked_cells=0, then=Value(MATCH_HOURS // 2))
    price = [
        When(is_affordable__isnull=True, then=Value(MATCH_PRICE // 2)),
        When(is_affordable=True, then=Value(MATCH_PRICE)),
    ]
    return (
        skills
        + Case(unsaid, default=hours, output_field=IntegerField())
        + Case(When(speaks=True, then=Value(MATCH_LANGUAGE)), default=Value(0), output_field=IntegerField())
        + Case(*price, default=Value(0), output_field=IntegerField())
    )


def is_true(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def numbers(some: list[int]) -> Value:
    return Value(list(some), output_field=ArrayField(IntegerField()))


def reasons(request: Any, coach: Any, zone: ZoneInfo, now: datetime) -> list[str]:
    """Why a request matches a coach, in words and by the coach's clock."""
    said = [_skills_in_words(request), *_hours_in_words(request, coach, zone, now)]
    if request.languages and request.speaks:
        said.append(_("in a language of yours"))
    if request.is_affordable:
        said.append(_("within the budget"))
    return [words for words in said if words]


def _length(name: str) -> Func:
    return Func(F(name), function="cardinality", output_field=IntegerField())


def _skills_in_words(request: Any) -> str:
    asked = request.asked_skills
    words = ngettext("%(shared)d of %(asked)d skill", "%(shared)d of %(asked)d skills", asked)
    return words % {"shared": request.shared_skills, "asked": asked} if request.shared_skills else ""


def _hours_in_words(request: Any, coach: Any, zone: ZoneInfo, now: datetime) -> list[str]:
    """The parts of days with most hours that suit both, such as "Tue and Thu evenings"; two at most."""
    ahead = int((now.astimezone(zone).utcoffset() or now - now).total_seconds()) // 3600
    shared = set(request.preferred_cells) & set(coach.cells or [])
    days: dict[int, set[int]] = {}
    for hour in {(cell // HALF_HOURS + ahead) % HOURS_OF_WEEK for cell in shared}:
        days.setdefault(hour % 24 // 6, set()).add(hour // 24)
    parts = sorted(days, key=lambda part: (-len(days[part]), -part))[:2]
    return [_part_in_words(part) % {"days": _listed(days[part])} for part in parts]


def _part_in_words(part: int) -> str:
    return [_("%(days)s nights"), _("%(days)s mornings"), _("%(days)s afternoons"), _("%(days)s evenings")][part]


def _listed(days: set[int]) -> str:
    return get_text_list([weekday_name(day) for day in sorted(days)], _("and"))
