from django.utils.translation import gettext_lazy as _

from core.events import telling_of
from core.models import Event
from marketplace.events import (
    PROPOSAL_ACCEPTED,
    PROPOSAL_DECLINED,
    PROPOSAL_SENT,
    PROPOSAL_WITHDRAWN,
    REQUEST_EXPIRED,
)
from marketplace.models import LearningRequest, Proposal
from notifications.operations import tell
from notifications.words import say


@telling_of(PROPOSAL_SENT)
def tell_student_of_proposal(proposal: Proposal, event: Event) -> None:
    text = say(_("{name} sent you a proposal for “{title}”."), **_about(proposal))
    url, student = proposal.get_absolute_url(), proposal.request.student
    tell(student, event, kind="proposals", text=text, url=url, mail="notice", subject=_("A proposal for you"))


@telling_of(PROPOSAL_ACCEPTED)
def tell_coach_of_acceptance(proposal: Proposal, event: Event) -> None:
    text = say(_("{student} accepted your proposal for “{title}”."), **_about(proposal))
    url = proposal.get_absolute_url()
    tell(proposal.coach, event, kind="proposals", text=text, url=url, mail="notice", subject=_("Proposal accepted"))


@telling_of(PROPOSAL_DECLINED)
def tell_coach_of_refusal(proposal: Proposal, event: Event) -> None:
    text = say(DECLINED.get(event.facts.get("reason"), DECLINED["declined"]), **_about(proposal))
    tell(proposal.coach, event, kind="proposals", text=text, url=proposal.get_absolute_url())


@telling_of(PROPOSAL_WITHDRAWN)
def tell_student_of_withdrawal(proposal: Proposal, event: Event) -> None:
    text = say(_("{name} took back the proposal for “{title}”."), **_about(proposal))
    tell(proposal.request.student, event, kind="proposals", text=text, url=proposal.request.get_absolute_url())


@telling_of(REQUEST_EXPIRED)
def tell_student_of_expiry(request: LearningRequest, event: Event) -> None:
    text = say(_("Your request “{title}” has expired; you can open it again."), title=request.title)
    tell(request.student, event, kind="proposals", text=text, url=request.get_absolute_url())


def _about(proposal: Proposal) -> dict[str, str]:
    request = proposal.request
    return {"name": proposal.coach.name, "student": request.student.name, "title": request.title}


DECLINED = {
    "declined": _("{student} did not choose your proposal for “{title}”."),
    "another_accepted": _("{student} chose another coach for “{title}”."),
    "request_closed": _("{student} closed the request “{title}”."),
}
