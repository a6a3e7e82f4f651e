"""What must always be true of proposals, recomputed from their threads."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef

from core.registry import invariant
from marketplace.models import Proposal, Terms


@invariant("proposals_are_the_terms_they_name")
def proposals_beside_their_terms() -> Iterator[dict[str, Any]]:
    """A proposal's own figures are exactly those of the version that its number names."""
    same = {name: OuterRef(name) for name in Proposal.FIGURES}
    named = Terms.objects.filter(proposal=OuterRef("pk"), number=OuterRef("terms_number"), **same)
    yield from Proposal.objects.filter(~Exists(named)).values("id", "terms_number")


@invariant("coaches_stand_behind_their_terms")
def terms_nobody_agreed_to() -> Iterator[dict[str, Any]]:
    """A student's figures become the proposal's only when the coach has agreed to them."""
    stolen = Terms.objects.filter(proposal__terms_number=F("number"), offered_by="student", agreed_at=None)
    yield from stolen.values("proposal_id", "number")
