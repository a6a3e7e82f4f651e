"""The books, what is held for whom, and what moves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from core import clock
from core.admin import ReadOnlyAdmin
from core.money import as_text
from core.pages import refusals_on
from payments import operations
from payments.invariants import sum_of_entries
from payments.models import Escrow, LedgerAccount, LedgerEntry, Payment, Portion, Refund, RefundPart, Transfer


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PortionInline(ReadOnlyInline):
    model = Portion
    fields = ["number", "state", "gross_cents", "fee_cents", "payment", "release_due_at", "released_at", "is_frozen"]


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = ["made_at", "kind", "debit", "credit", "amount_cents", "portion", "stripe_id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("debit", "credit", "portion")


class PartInline(ReadOnlyInline):
    model = RefundPart
    fields = ["portion", "amount_cents"]


class RefundHeldMoneyForm(forms.Form):
    """Which held portions go back, and why."""

    portions = forms.ModelMultipleChoiceField(
        Portion.objects.none(), label=_("Portions that are held"), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("Reason"), max_length=40)

    def __init__(self, escrow: Escrow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["portions"]
        field.queryset = escrow.portions.filter(state=Portion.State.HELD)
        field.label_from_instance = lambda row: f"{row.number}: {as_text(row.gross_cents, escrow.currency)}"


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    """Each account with its balance and whether its entries add up to it."""

    list_display = ["__str__", "kind", "currency", "balance", "adds_up"]
    list_filter = ["kind", "currency"]
    search_fields = ["escrow__label", "coach__email"]
    list_select_related = ["escrow", "coach"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        taken, given = sum_of_entries("debit"), sum_of_entries("credit")
        accounts: QuerySet[Any] = super().get_queryset(request).annotate(taken=taken, given=given)
        return accounts

    @admin.display(description=_("balance"))
    def balance(self, row: Any) -> str:
        is_debt = row.kind in {*LedgerAccount.CACHED, LedgerAccount.Kind.FEES}
        cents = row.given - row.taken if is_debt else row.taken - row.given
        return as_text(cents, row.currency)

    @admin.display(description=_("entries add up"), boolean=True)
    def adds_up(self, row: Any) -> bool | None:
        return row.given - row.taken == row.balance_cents if row.kind in LedgerAccount.CACHED else None


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["pk", "made_at", "kind", "debit", "credit", "amount", "escrow", "stripe_id"]
    list_filter = ["kind", "made_at"]
    search_fields = ["=stripe_id", "key", "=escrow__label"]
    list_select_related = ["debit", "credit", "escrow"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(description=_("amount"))
    def amount(self, row: LedgerEntry) -> str:
        return as_text(row.amount_cents, row.debit.currency)


@admin.register(Escrow)
class EscrowAdmin(DjangoObjectActions, ReadOnlyAdmin):  # type: ignore[misc]
    """What is held for whom, with its portions and the entries behind them."""

    list_display = ["label", "payer", "payee", "held"]
    search_fields = ["label", "payer__email", "payee__email"]
    list_select_related = ["payer", "payee", "held_account"]
    readonly_fields = ["timeline"]
    inlines = [PortionInline, EntryInline]
    change_actions = ["refund_held_money"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(description=_("held"))
    def held(self, row: Escrow) -> str:
        return as_text(row.held_account.balance_cents, row.currency)

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> Sequence[str]:
        return self.change_actions if request.user.has_perm("payments.add_refund") else []

    @action(label=_("Refund held money"), methods=("GET", "POST"))  # type: ignore[untyped-decorator]
    def refund_held_money(self, request: HttpRequest, escrow: Escrow) -> HttpResponse:
        if not request.user.has_perm("payments.add_refund"):
            raise PermissionDenied
        form = RefundHeldMoneyForm(escrow, request.POST or None)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                self._refund(request, form)
            if form.is_valid():
                messages.success(request, gettext("The money goes back to the student."))
                return HttpResponseRedirect(reverse("admin:payments_escrow_change", args=[escrow.pk]))
        context = self.admin_site.each_context(request) | {"form": form, "escrow": escrow, "opts": self.opts}
        return render(request, "admin/payments/refund_held_money.html", context)

    def _refund(self, request: HttpRequest, form: RefundHeldMoneyForm) -> None:
        data = form.cleaned_data
        by: Any = request.user
        operations.refund(data["portions"], reason=data["reason"], by=by, now=clock.now())


@admin.register(Portion)
class PortionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "gross_cents", "fee_cents", "release_due_at", "released_at", "is_frozen"]
    list_filter = ["state", "is_frozen"]
    search_fields = ["escrow__label"]
    readonly_fields = ["timeline"]
    ordering = ["-pk"]
    show_full_result_count = False


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["pk", "escrow", "state", "amount", "stripe_fee_cents", "created_at", "settled_at", "failure_code"]
    list_filter = ["state", "purpose"]
    search_fields = [
        "escrow__label",
        "=charge_id",
        "=payment_intent_id",
        "=checkout_session_id",
        "escrow__payer__email",
    ]
    list_select_related = ["escrow"]
    readonly_fields = ["timeline"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(description=_("amount"))
    def amount(self, row: Payment) -> str:
        return as_text(row.amount_cents, row.currency)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["pk", "portion", "payee", "state", "amount", "due_at", "made_at", "tries", "last_error"]
    list_filter = ["state"]
    search_fields = ["=stripe_id", "payee__email", "portion__escrow__label"]
    list_select_related = ["portion__escrow", "payee"]
    readonly_fields = ["timeline"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(description=_("amount"))
    def amount(self, row: Transfer) -> str:
        return as_text(row.amount_cents, row.portion.escrow.currency)


@admin.register(Refund)
class RefundAdmin(DjangoObjectActions, ReadOnlyAdmin):  # type: ignore[misc]
    """What goes back; what Stripe refused, or the bank sent back, can be sent again."""

    list_display = ["pk", "payment", "state", "amount", "reason", "decided_by", "planned_at", "made_at", "last_error"]
    list_filter = ["state", "reason"]
    search_fields = ["=stripe_id", "payment__escrow__label", "payment__escrow__payer__email"]
    list_select_related = ["payment__escrow", "decided_by"]
    readonly_fields = ["timeline"]
    inlines = [PartInline]
    change_actions = ["send_again"]
    ordering = ["-pk"]
    show_full_result_count = False

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> Sequence[str]:
        failed = Refund.objects.filter(pk=object_id, state__in=[Refund.State.REFUSED, Refund.State.FAILED])
        held = Q(portions__state=Portion.State.HELD) | Q(portions=None)
        may = request.user.has_perm("payments.add_refund") and failed.filter(held).exists()
        return self.change_actions if may else []

    @action(label=_("Send it again"), methods=("POST",), button_type="form")  # type: ignore[untyped-decorator]
    def send_again(self, request: HttpRequest, attempt: Refund) -> None:
        by: Any = request.user
        operations.refund_again(attempt, by=by, now=clock.now())
        messages.success(request, gettext("Another refund is on its way to the student."))

    @admin.display(description=_("amount"))
    def amount(self, row: Refund) -> str:
        return as_text(row.amount_cents, row.payment.currency)
