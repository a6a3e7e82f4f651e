"""Reviews: written by the student of a contract, read by everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from contracts import operations
from contracts.forms import ReviewForm
from contracts.models import Review
from contracts.operations.reviews import may_be_reviewed
from contracts.views.contracts import contract_of
from core import clock
from core.pages import page_of, refusals_on
from core.refused import Refused

NEWEST = 3


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The student's review of a contract."""
    contract = contract_of(request, pk)
    if contract.student_id != request.user.pk:
        raise Refused(_("Only the student can review a contract."), code="not_student")
    if request.method == "GET" and not may_be_reviewed(contract, by=request.user, now=clock.now()):
        messages.info(request, _("There is nothing to review here now."))
        return redirect(contract)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.write_review(contract, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("Thank you. Your review is saved."))
            return redirect(contract)
    return render(request, "contracts/review.html", {"form": form, "contract": contract})


@require_GET
def coach_reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """The public reviews of a coach."""
    coach, reviews = _reviewed(pk)
    return render(request, "contracts/coach_reviews.html", {"coach": coach, "page": page_of(reviews, request)})


@require_GET
def coach_reviews_newest(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest of them, as a part of the coach's page."""
    coach, reviews = _reviewed(pk)
    newest = reviews.order_by("-pk")[:NEWEST]
    return render(request, "contracts/_newest_reviews.html", {"coach": coach, "reviews": newest})


def _reviewed(pk: int) -> tuple[User, QuerySet[Review]]:
    public = User.objects.filter(coach_profile__approved_at__isnull=False, is_active=True)
    coach = get_object_or_404(public, pk=pk)
    return coach, Review.objects.public().filter(coach=coach).select_related("author", "contract")
