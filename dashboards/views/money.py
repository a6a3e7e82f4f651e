from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core import clock
from dashboards.money import equations, lines_of, portions_of, totals, transactions_of
from payments.models import Escrow

PER_PAGE = 20


@login_required
def money(request: HttpRequest) -> HttpResponse:
    """Where the person's money is in the role in use: an equation for each contract, and what moved."""
    role = request.user.role_in_use
    mine = Escrow.objects.of_role(request.user, role).filter(payments__settled_at__isnull=False).distinct()
    paid = mine.select_related("contract", "payer", "payee").order_by("-pk")
    page = Paginator(paid, PER_PAGE).get_page(request.GET.get("page"))
    moved = Paginator(transactions_of(request.user, role), PER_PAGE).get_page(request.GET.get("moved"))
    rows = equations(page.object_list)
    context = {
        "page": page,
        "escrows": [(escrow, rows[escrow.pk]) for escrow in page.object_list],
        "moved": moved,
        "sums": totals(Escrow.objects.of_role(request.user, role)),
    }
    return render(request, "dashboards/money.html", context)


@login_required
def money_of(request: HttpRequest, label: str) -> HttpResponse:
    """One contract's money: the equation, its portions and the ledger lines behind it; for its two parties."""
    parties = Escrow.objects.of(request.user).select_related("contract", "payer", "payee")
    escrow = get_object_or_404(parties, label=label)
    context = {
        "escrow": escrow,
        "equation": equations([escrow])[escrow.pk],
        "portions": portions_of(escrow, request.user, clock.now()),
        "lines": lines_of(request.user).filter(escrow=escrow).select_related("portion").order_by("pk"),
        "is_payee": request.user.pk == escrow.payee_id,
    }
    return render(request, "dashboards/money_of.html", context)
