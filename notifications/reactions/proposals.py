from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from core.events import telling_of
from core.models import Event
from marketplace.events import (
    PROPOSAL_ACCEPTED,
    PROPOSAL_DECLINED,
    PROPOSAL_EDITED,
    PROPOSAL_EXPIRED,
    PROPOSAL_SENT,
    PROPOSAL_WITHDRAWN,
    REQUEST_EXPIRED,
    TERMS_AGREED,
    TERMS_DECLINED,
    TERMS_OFFERED,
)
from marketplace.models import LearningRequest, Proposal
from notifications.operations import tell
from notifications.words import amount, say


@telling_of(PROPOSAL_SENT)
def tell_student_of_proposal(proposal: Proposal, event: Event) -> None:
    text = say(_("{name} sent you a proposal for “{title}”."), **_about(proposal))
    _tell(proposal.request.student, proposal, event, text, _("A proposal for you"))


@telling_of(PROPOSAL_ACCEPTED)
def tell_coach_of_acceptance(proposal: Proposal, event: Event) -> None:
    text = say(_("{student} accepted your proposal for “{title}”."), **_about(proposal))
    _tell(proposal.coach, proposal, event, text, _("Proposal accepted"))


@telling_of(PROPOSAL_EDITED)
def tell_student_of_other_words(proposal: Proposal, event: Event) -> None:
    if not event.facts["has_new_terms"]:  # otherwise the new terms are told
        text = say(_("{name} changed the proposal for “{title}”. Its terms are the same."), **_about(proposal))
        _tell(proposal.request.student, proposal, event, text, _("A proposal has changed"))


@telling_of(TERMS_OFFERED)
def tell_of_new_terms(proposal: Proposal, event: Event) -> None:
    offered = proposal.thread.get(number=event.facts["number"])
    about = {**_about(proposal), "total": amount(offered.expected_total_cents, proposal.currency)}
    if event.facts["side"] == Role.COACH:
        text = say(_("{name} offers you new terms for “{title}”: {total} for everything."), **about)
        _tell(proposal.request.student, proposal, event, text, _("New terms for you"))
    else:
        text = say(_("{student} made you a counter-offer for “{title}”: {total} for everything."), **about)
        _tell(proposal.coach, proposal, event, text, _("A counter-offer for you"))


@telling_of(TERMS_AGREED)
def tell_student_of_agreement(proposal: Proposal, event: Event) -> None:
    text = say(
        _("{name} agreed to your terms for “{title}”. Accept them now to get your contract."), **_about(proposal)
    )
    _tell(proposal.request.student, proposal, event, text, _("Your terms are agreed"))


@telling_of(TERMS_DECLINED)
def tell_student_that_terms_stay(proposal: Proposal, event: Event) -> None:
    text = say(
        _("{name} did not agree to your terms for “{title}”. The offer before still stands."), **_about(proposal)
    )
    _tell(proposal.request.student, proposal, event, text, _("Your counter-offer was declined"))


@telling_of(PROPOSAL_DECLINED)
def tell_coach_of_refusal(proposal: Proposal, event: Event) -> None:
    text = say(DECLINED.get(event.facts.get("reason"), DECLINED["declined"]), **_about(proposal))
    _tell(proposal.coach, proposal, event, text, _("Your proposal was not chosen"))


@telling_of(PROPOSAL_WITHDRAWN)
def tell_student_of_withdrawal(proposal: Proposal, event: Event) -> None:
    text = say(_("{name} took back the proposal for “{title}”."), **_about(proposal))
    _tell(proposal.request.student, proposal, event, text, _("A proposal was taken back"))


@telling_of(PROPOSAL_EXPIRED)
def tell_both_of_expired_proposal(proposal: Proposal, event: Event) -> None:
    about, subject = _about(proposal), _("A proposal has expired")
    text = say(_("Your proposal for “{title}” was not accepted in time and has expired."), **about)
    _tell(proposal.coach, proposal, event, text, subject)
    text = say(_("The proposal of {name} for “{title}” has expired."), **about)
    _tell(proposal.request.student, proposal, event, text, subject)


@telling_of(REQUEST_EXPIRED)
def tell_student_of_expiry(request: LearningRequest, event: Event) -> None:
    text = say(_("Your request “{title}” has expired; you can open it again."), title=request.title)
    tell(request.student, event, kind="proposals", text=text, url=request.get_absolute_url())


def _tell(person: User, proposal: Proposal, event: Event, text: Any, subject: Any) -> None:
    url = proposal.get_absolute_url()
    tell(person, event, kind="proposals", text=text, url=url, mail="notice", subject=subject)


def _about(proposal: Proposal) -> dict[str, str]:
    request = proposal.request
    return {"name": proposal.coach.name, "student": request.student.name, "title": request.title}


DECLINED = {
    "declined": _("{student} did not choose your proposal for “{title}”."),
    "another_accepted": _("{student} chose another coach for “{title}”."),
    "request_closed": _("{student} closed the request “{title}”."),
}
