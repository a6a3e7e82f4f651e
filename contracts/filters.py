"""One set of filters for pages and API."""

import django_filters

from accounts.models import Role
from contracts.models import Booking, Contract


class ContractFilter(django_filters.FilterSet):
    """Contracts by state, origin and the role I have in them."""

    role = django_filters.ChoiceFilter(choices=Role.choices, method="by_role")

    class Meta:
        model = Contract
        fields = ["state", "origin", "role"]

    def by_role(self, contracts, name, value):  # type: ignore[no-untyped-def]
        return contracts.of_role(self.request.user, value)


class BookingFilter(django_filters.FilterSet):
    """Bookings by status and by the role I have in them."""

    status = django_filters.ChoiceFilter(field_name="state", choices=Booking.State.choices)
    role = django_filters.ChoiceFilter(choices=[("student", "student"), ("coach", "coach")], method="of_role")

    class Meta:
        model = Booking
        fields = ["status", "role"]

    def of_role(self, bookings, name, value):  # type: ignore[no-untyped-def]
        return bookings.filter(**{f"contract__{value}": self.request.user})
