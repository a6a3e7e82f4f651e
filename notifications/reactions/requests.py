from django.utils.translation import gettext_lazy as _

from core.events import telling_of
from core.models import Event
from marketplace.events import (
    COACH_INVITED,
    INVITATION_DECLINED,
    REQUEST_CLOSED_BY_STAFF,
    REQUEST_EDITED,
    REQUEST_FREED,
)
from marketplace.models import Invitation, LearningRequest
from notifications.operations import tell
from notifications.words import say


@telling_of(COACH_INVITED)
def tell_coach_of_invitation(invitation: Invitation, event: Event) -> None:
    text = say(_("{name} invites you to send a proposal for “{title}”."), **_about(invitation))
    url = invitation.request.get_absolute_url()
    tell(
        invitation.coach, event, kind="requests", text=text, url=url, mail="notice", subject=_("An invitation for you")
    )


@telling_of(INVITATION_DECLINED)
def tell_student_of_decline(invitation: Invitation, event: Event) -> None:
    text = say(_("{coach} cannot take on “{title}”."), **_about(invitation))
    url = invitation.request.get_absolute_url()
    tell(invitation.request.student, event, kind="requests", text=text, url=url)


@telling_of(REQUEST_EDITED)
def tell_coaches_of_edit(request: LearningRequest, event: Event) -> None:
    """Whoever waits for an answer should know that the request is another one now."""
    text = say(_("{name} changed the request “{title}” you sent a proposal for."), **_of(request))
    for proposal in request.proposals.open().select_related("coach"):
        tell(proposal.coach, event, kind="requests", text=text, url=request.get_absolute_url())


@telling_of(REQUEST_FREED)
def tell_student_that_it_may_open_again(request: LearningRequest, event: Event) -> None:
    if event.by_id != request.student_id:
        text = say(_("“{title}” came to no agreement this time: you can open your request again."), title=request.title)
        tell(request.student, event, kind="requests", text=text, url=request.get_absolute_url())


@telling_of(REQUEST_CLOSED_BY_STAFF)
def tell_student_of_closing(request: LearningRequest, event: Event) -> None:
    text = say(_("We closed your request “{title}”: {reason}"), title=request.title, reason=request.close_reason)
    url, subject = request.get_absolute_url(), _("We closed your request")
    tell(request.student, event, kind="requests", text=text, url=url, mail="notice", subject=subject)


def _about(invitation: Invitation) -> dict[str, str]:
    return _of(invitation.request) | {"coach": invitation.coach.name}


def _of(request: LearningRequest) -> dict[str, str]:
    return {"name": request.student.first_name, "title": request.title}
