"""A person leaves the marketplace: what is open ends, and words that nobody agreed on go."""

from datetime import datetime

from accounts.models import Role, User
from core.events import record
from core.operations import operation
from marketplace.events import PROPOSAL_WITHDRAWN
from marketplace.models import (
    Invitation,
    LearningRequest,
    Proposal,
    SavedRequest,
    ScreeningAnswer,
    ScreeningQuestion,
    Terms,
    TermsTemplate,
)
from marketplace.models.requests import LearningRequestQuerySet
from marketplace.operations.requests import close_request, discard_draft

TITLE = "A request of a former member"
State = LearningRequest.State


@operation
def end_wishes(person: User, *, now: datetime) -> None:
    """Close the person's requests and withdraw their proposals, whose coaches and students are told."""
    requests = LearningRequest.objects.select_for_update(no_key=True).filter(student=person)
    for request in requests.filter(state__in=[State.DRAFT, State.OPEN, State.PAUSED]).order_by("pk"):
        (discard_draft if request.state == State.DRAFT else close_request)(request, by=person, now=now)
    for proposal in Proposal.objects.open().select_for_update(no_key=True).filter(coach=person).order_by("pk"):
        proposal.move_to(Proposal.State.WITHDRAWN)
        record(proposal, PROPOSAL_WITHDRAWN, by=person, at=now)


def titles_of(person: User) -> list[str]:
    """What the requests were called that came to nothing."""
    return list(_unmet(person).exclude(title="").values_list("title", flat=True))


@operation
def forget_wishes(person: User) -> None:
    """Take away the words of requests and proposals that came to nothing; those of a contract are its terms."""
    unmet, refused = _unmet(person), Proposal.objects.filter(coach=person).exclude(state=Proposal.State.ACCEPTED)
    ScreeningQuestion.objects.filter(request__in=unmet).update(text="")
    ScreeningAnswer.objects.filter(proposal__in=refused).update(text="")
    Proposal.objects.filter(request__in=unmet).update(decline_reason="")
    Proposal.objects.filter(request__student=person).exclude(state=Proposal.State.ACCEPTED).update(decline_reason="")
    Terms.objects.filter(proposal__in=refused, offered_by=Role.COACH).update(message="")
    declined = Proposal.objects.filter(request__student=person).exclude(state=Proposal.State.ACCEPTED)
    Terms.objects.filter(proposal__in=declined, offered_by=Role.STUDENT).update(message="")
    refused.update(cover_letter="", approach_summary="")
    Invitation.objects.filter(request__student=person).update(message="")
    Invitation.objects.filter(coach=person, state=Invitation.State.SENT).delete()
    Invitation.objects.filter(coach=person).update(decline_reason="")
    SavedRequest.objects.filter(coach=person).delete()
    TermsTemplate.objects.filter(coach=person).delete()
    empty = {"description": "", "timeframe": "", "words": "", "more_words": "", "close_reason": ""}
    unmet.update(title=TITLE, preferred_hours=[], preferred_cells=[], languages=[], time_zone="UTC", **empty)


def _unmet(person: User) -> LearningRequestQuerySet:
    return LearningRequest.objects.filter(student=person).exclude(state=State.MATCHED)
