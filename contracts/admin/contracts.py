"""Contracts, bookings and reviews for staff: to look at; money and states move by operations only."""

from django.contrib import admin

from contracts.models import Booking, Contract, Review
from core.admin import ReadOnlyAdmin


class BookingInline(admin.TabularInline):
    model = Booking
    fields = ["number", "state", "session", "portion"]
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "state", "student", "coach", "total_cents", "currency", "created_at"]
    list_filter = ["state", "origin"]
    search_fields = ["number", "title", "student__email", "coach__email"]
    list_select_related = ["student", "coach", "escrow"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [BookingInline]
    readonly_fields = ["timeline"]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["pk", "contract", "number", "state", "session", "portion"]
    list_filter = ["state"]
    search_fields = ["contract__number"]
    list_select_related = ["contract", "session", "portion"]
    ordering = ["-pk"]
    readonly_fields = ["timeline"]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["contract", "author", "coach", "stars", "is_public", "written_at"]
    list_filter = ["stars", "is_public"]
    search_fields = ["author__email", "coach__email", "contract__number"]
    list_select_related = ["contract", "author", "coach"]
    ordering = ["-pk"]
