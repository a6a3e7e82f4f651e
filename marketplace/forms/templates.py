"""Templates of terms: kept by a coach, and used to begin an offer with."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.money import to_decimal
from marketplace.forms.proposals import TermsForm
from marketplace.models import TermsTemplate
from marketplace.policy import MAX_OUTCOMES, MAX_TEMPLATE_NAME

Form = TypeVar("Form", bound=forms.Form)


class TemplateForm(TermsForm):
    """Terms under a name, with what students reach by them."""

    name = forms.CharField(
        label=_("Name"), max_length=MAX_TEMPLATE_NAME, help_text=_("Only you see it, such as “Exam course”.")
    )
    learning_outcomes = forms.CharField(
        label=_("Learning outcomes"),
        max_length=MAX_OUTCOMES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Used where a form asks for them."),
    )

    def to_keep(self) -> dict[str, Any]:
        """What the operation takes."""
        return self.figures() | {name: self.cleaned_data[name] for name in ("name", "learning_outcomes")}


def templates_of(coach: User, currency: str) -> QuerySet[TermsTemplate]:
    """Those that fit an offer in this currency."""
    return TermsTemplate.objects.filter(coach=coach, currency=currency)


def begun_with(
    templates: QuerySet[TermsTemplate],
    sent: HttpRequest,
    form: type[Form],
    initial: Mapping[str, Any],
    /,
    **more: Any,
) -> Form:
    """The form as it was sent; where “Use” was pressed, with what was typed so far and the terms of the template."""
    pk = sent.POST.get("template", "")
    chosen = templates.filter(pk=pk).first() if "use" in sent.POST and pk.isdecimal() and len(pk) < 10 else None
    if chosen is None and "use" not in sent.POST:
        return form(sent.POST or None, initial=dict(initial), **more)
    typed = {name: value for name, value in sent.POST.items() if name not in {"csrfmiddlewaretoken", "use"}}
    return form(None, initial={**initial, **(typed if chosen else {}), **(in_form(chosen) if chosen else {})}, **more)


def in_form(template: TermsTemplate) -> dict[str, Any]:
    """By the names of the fields."""
    terms = template.figures | {"rate": to_decimal(template.rate_cents, template.currency)}
    goals = {"learning_outcomes": template.learning_outcomes} if template.learning_outcomes else {}
    return terms | goals | {"template": template.pk}
