"""Terms that a coach keeps under a name, to begin offers with."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User, lock_members
from core.operations import operation
from core.refused import Refused
from marketplace.models import TermsTemplate
from marketplace.operations.terms import check_figures
from marketplace.policy import MAX_OUTCOMES, MAX_TEMPLATE_NAME, MAX_TEMPLATES


@operation
def keep_template(*, by: User, name: str, now: datetime, learning_outcomes: str = "", **figures: Any) -> TermsTemplate:
    """Keep terms in the coach's own currency under a name of their own; twenty at most."""
    profile = CoachProfile.objects.filter(user=by).first()
    if profile is None:
        raise Refused(_("Become a coach first, then keep your terms."), code="not_a_coach")
    lock_members([by.pk])
    if by.terms_templates.count() >= MAX_TEMPLATES:
        raise Refused(_("You have 20 templates already: delete one first."), code="too_many_templates")
    template = TermsTemplate(coach=by, currency=profile.currency)
    return _write(template, figures | {"name": name, "learning_outcomes": learning_outcomes}, now)


@operation
def change_template(template: TermsTemplate, *, by: User, now: datetime, **fields: Any) -> TermsTemplate:
    """Change a template; what was offered with it stays as it was."""
    return _write(_own(template, by), fields, now)


@operation
def delete_template(template: TermsTemplate, *, by: User) -> None:
    """Throw a template away; what was offered with it stays as it was."""
    _own(template, by).delete()


def _own(template: TermsTemplate, by: User) -> TermsTemplate:
    if template.coach_id != by.pk:
        raise PermissionDenied
    lock_members([by.pk])
    fresh = TermsTemplate.objects.filter(pk=template.pk).first()
    if fresh is None:
        raise Refused(_("This template is deleted already."), code="template_gone")
    return fresh


def _write(template: TermsTemplate, fields: dict[str, Any], now: datetime) -> TermsTemplate:
    """The caller holds the coach's lock."""
    for name, value in fields.items():
        setattr(template, name, value.strip() if isinstance(value, str) else value)
    if not template.name or len(template.name) > MAX_TEMPLATE_NAME:
        raise Refused(_("Give it a name of at most 60 characters."), code="name_missing", field="name")
    if len(template.learning_outcomes) > MAX_OUTCOMES:
        raise Refused(_("Write at most 2000 characters."), code="too_long", field="learning_outcomes")
    others = TermsTemplate.objects.filter(coach=template.coach_id).exclude(pk=template.pk)
    if others.filter(name__iexact=template.name).exists():
        raise Refused(_("You have a template of this name already."), code="name_taken", field="name")
    check_figures(template.figures, template.currency, now)
    template.save()
    return template
