"""One set of filters for pages and API."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Skill
from contracts.models import Booking, Contract, GroupOffer


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


class GroupFilter(django_filters.FilterSet):
    """Group sessions by words in the title, by skill of the coach, by coach, and only those with a free seat."""

    words = django_filters.CharFilter(label=_("Words"), method="by_words")
    skill = django_filters.ModelChoiceFilter(
        label=_("Skill of the coach"),
        field_name="session__coach__coach_profile__skills",
        queryset=Skill.objects.all(),
        to_field_name="slug",
    )
    coach = django_filters.NumberFilter(field_name="session__coach", widget=forms.HiddenInput)
    free = django_filters.BooleanFilter(label=_("With a free seat"), widget=forms.CheckboxInput, method="by_free")

    class Meta:
        model = GroupOffer
        fields = ["words", "skill", "coach", "free"]

    def by_words(self, offers, name, value):  # type: ignore[no-untyped-def]
        return offers.filter(Q(session__title__icontains=value) | Q(description__icontains=value))

    def by_free(self, offers, name, value):  # type: ignore[no-untyped-def]
        return offers.filter(free__gt=0) if value else offers
