"""A coach's templates of terms."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import CoachProfile, Role
from accounts.roles import for_role
from core import clock
from core.money import to_decimal
from core.pages import refusals_on
from marketplace import operations
from marketplace.forms import TemplateForm
from marketplace.forms.templates import in_form
from marketplace.models import TermsTemplate
from marketplace.policy import MAX_TEMPLATES


@login_required
@require_GET
@for_role(Role.COACH)
def template_list(request: HttpRequest) -> HttpResponse:
    templates = TermsTemplate.objects.filter(coach=request.user)
    context = {"templates": templates, "may_add": len(templates) < MAX_TEMPLATES, "most": MAX_TEMPLATES}
    return render(request, "marketplace/templates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.COACH)
def template_new(request: HttpRequest) -> HttpResponse:
    coach = get_object_or_404(CoachProfile, user=request.user)
    initial = {"rate": to_decimal(coach.hourly_rate_cents, coach.currency)} if coach.hourly_rate_cents else {}
    form = TemplateForm(request.POST or None, currency=coach.currency, initial=initial)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            operations.keep_template(by=request.user, now=clock.now(), **form.to_keep())
            messages.success(request, _("Kept. You find it where you offer terms."))
            return redirect("contract-templates")
    return render(request, "marketplace/template.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    template = _own(request, pk)
    initial = in_form(template) | {"name": template.name, "learning_outcomes": template.learning_outcomes}
    form = TemplateForm(request.POST or None, currency=template.currency, initial=initial)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            operations.change_template(template, by=request.user, now=clock.now(), **form.to_keep())
            messages.success(request, _("Saved."))
            return redirect("contract-templates")
    return render(request, "marketplace/template.html", {"form": form, "template": template})


@login_required
@require_http_methods(["GET", "POST"])
def template_delete(request: HttpRequest, pk: int) -> HttpResponse:
    template = _own(request, pk)
    if request.method == "POST":
        operations.delete_template(template, by=request.user)
        messages.success(request, _("The template is deleted."))
        return redirect("contract-templates")
    return render(request, "marketplace/template_delete.html", {"template": template})


def _own(request: HttpRequest, pk: int) -> TermsTemplate:
    return get_object_or_404(TermsTemplate.objects.filter(coach=request.user), pk=pk)
