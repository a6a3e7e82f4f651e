from typing import Any

from django import template

from accounts.models import CoachProfile, Role, StudentProfile
from accounts.places import LEVELS, country_name, language_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """`{{ "IE"|country }}` → Ireland, in the reader's language."""
    return country_name(code)


@register.filter
def language(code: str) -> str:
    """`{{ "es"|language }}` → Spanish, in the reader's language."""
    return language_name(code)


@register.filter
def level(code: str) -> str:
    """`{{ "b2"|level }}` → B2, upper intermediate."""
    return str(dict(LEVELS).get(code, code))


@register.filter
def languages(spoken: list[dict[str, str]]) -> str:
    """`{{ coach.languages|languages }}` → Spanish, English."""
    return ", ".join(language_name(each["code"]) for each in spoken)


@register.inclusion_tag("accounts/_other_role.html", takes_context=True)
def other_role(context: Any, coach_id: int) -> dict[str, Any]:
    """`{% other_role contract.coach_id %}`: a word to who is on a page of the role they do not use now."""
    request = context["request"]
    wanted = Role.COACH if request.user.pk == coach_id else Role.STUDENT
    shown = request.user.has_role(wanted) and request.user.role_in_use != wanted
    return {"shown": shown, "wanted": wanted, "here": request.get_full_path(), "csrf_token": context["csrf_token"]}


@register.inclusion_tag("accounts/_age_missing.html", takes_context=True)
def age_missing(context: Any) -> dict[str, Any]:
    """A word to a student who has not said when they were born, with the way there; one query."""
    profile = StudentProfile.objects.filter(user=context["user"]).first()
    return {"missing": profile is None or not profile.is_old_enough, "here": context["request"].path}


@register.simple_tag
def coaches_waiting() -> int:
    """How many profiles and changes wait for a decision of staff."""
    return CoachProfile.objects.filter(state=CoachProfile.State.SUBMITTED).count()
