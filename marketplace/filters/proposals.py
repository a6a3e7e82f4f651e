from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from marketplace.models import Proposal


class ProposalFilter(django_filters.FilterSet):
    """Proposals by state, by request, and by the role in which one has them."""

    state = django_filters.ChoiceFilter(choices=Proposal.State.choices)
    request = django_filters.NumberFilter(field_name="request_id", min_value=1, max_value=2**63 - 1)
    role = django_filters.ChoiceFilter(
        label=_("Sent as a coach, or received as a student"), choices=Role.choices, method="by_role"
    )

    class Meta:
        model = Proposal
        fields = ["state", "request", "role"]

    def by_role(self, proposals: QuerySet[Proposal], name: str, role: Any) -> QuerySet[Proposal]:
        return proposals.of_role(self.request.user, role)  # type: ignore[attr-defined]
