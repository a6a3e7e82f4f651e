"""Students ask coaches for a proposal; coaches answer with one, or say no."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User, lock_members
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from marketplace.events import COACH_INVITED, INVITATION_ANSWERED, INVITATION_DECLINED
from marketplace.models import Invitation, LearningRequest
from marketplace.operations.response import refresh_response
from marketplace.policy import MAX_INVITATION, MAX_REASON, most_invitations

State = Invitation.State


@operation
def invite_coach(request: LearningRequest, *, coach: User, by: User, now: datetime, message: str = "") -> Invitation:
    """Ask a coach to look at an open request, once: the coach is told and may read this request.

    It makes no relation between the two: the student's profile stays closed until the coach proposes.
    """
    lock_members([by.pk, coach.pk])
    request = locked(request)
    if request.student_id != by.pk:
        raise PermissionDenied
    message = message.strip()
    _refuse_invitation(request, coach, message, now)
    invitation = Invitation.objects.create(request=request, coach=coach, message=message, sent_at=now)
    record(invitation, COACH_INVITED, by=by, at=now)
    return invitation


@operation
def decline_invitation(invitation: Invitation, *, by: User, now: datetime, reason: str = "") -> Invitation:
    """The coach says no, with a reason if they like; the student is told."""
    invitation = locked(invitation)
    if invitation.coach_id != by.pk:
        raise PermissionDenied
    if not invitation.may_be_answered_by(by):
        raise Refused(_("This invitation is not open any more."), code="invitation_not_open")
    if len(reason.strip()) > MAX_REASON:
        raise Refused(_("A reason has at most 500 characters."), code="reason_too_long", field="reason")
    invitation.decline_reason, invitation.answered_at = reason.strip(), now
    invitation.move_to(State.DECLINED, "decline_reason", "answered_at")
    refresh_response(by, now=now)
    record(invitation, INVITATION_DECLINED, by=by, at=now)
    return invitation


@operation
def answer_invitations(request: LearningRequest, *, coach: User, now: datetime) -> Invitation | None:
    """A proposal answers the invitation to its request, if there was one, also one the coach had declined before."""
    waiting = Invitation.objects.filter(request=request, coach=coach, state__in=[State.SENT, State.DECLINED])
    invitation = waiting.select_for_update(no_key=True).first()
    if invitation is None:
        return None
    invitation.answered_at = invitation.answered_at or now
    invitation.move_to(State.ANSWERED, "answered_at")
    refresh_response(coach, now=now)
    record(invitation, INVITATION_ANSWERED, by=coach, at=now)
    return invitation


def _refuse_invitation(request: LearningRequest, coach: User, message: str, now: datetime) -> None:
    if not request.takes_proposals(now):
        raise Refused(_("This request takes no proposals any more."), code="request_not_open", field="request")
    if coach.pk == request.student_id:
        raise Refused(_("You cannot invite yourself."), code="own_request")
    if not CoachProfile.objects.listed().filter(user=coach).exists():
        raise Refused(_("This coach cannot be invited."), code="coach_not_public", field="coach")
    if len(message) > MAX_INVITATION:
        raise Refused(_("A message has at most 1000 characters."), code="message_too_long", field="message")
    if request.invitations.filter(coach=coach).exists():
        raise Refused(_("You have invited this coach to this request."), code="already_invited", field="request")
    if request.proposals.filter(coach=coach).exists():
        raise Refused(_("This coach has sent you a proposal already."), code="already_proposed", field="request")
    most = most_invitations(now)
    if request.invitations.open().count() >= most:
        sentence = _("%(n)d invitations wait for an answer. Please wait for some before you invite more coaches.")
        raise Refused(sentence % {"n": most}, code="too_many_invitations", field="request")
