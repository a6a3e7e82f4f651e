"""What people do with their roles and profiles, and what staff decide about coaches."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.events import COACH_APPROVED, COACH_REJECTED, COACH_SUBMITTED
from accounts.models import CoachProfile, Relation, Role, StudentProfile, User, lock_people
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused

MAX_REASON = 500


@operation
def submit_coach_profile(profile: CoachProfile, *, by: User, now: datetime) -> CoachProfile:
    """Hand a complete profile to staff; the coach's own step, from a draft or after a rejection."""
    profile = locked(profile)
    if profile.user_id != by.pk:
        raise PermissionDenied
    if profile.is_waiting:
        raise Refused(_("This profile is waiting for approval already."), code="already_submitted")
    if profile.is_public:
        raise Refused(_("This profile is approved already."), code="already_approved")
    if missing := profile.missing():
        names = get_text_list(missing, _("and"))
        raise Refused(
            _("Something is missing before this can be submitted: %(names)s.") % {"names": names}, code="incomplete"
        )
    profile.submitted_at, profile.rejection_reason = now, ""
    profile.move_to(CoachProfile.State.SUBMITTED, "submitted_at", "rejection_reason")
    record(profile, COACH_SUBMITTED, by=by, at=now)
    return profile


@operation
def approve_coach(profile: CoachProfile, *, by: User, now: datetime) -> CoachProfile:
    """Make a submitted profile public; staff who may change coach profiles, but not their own."""
    profile = _to_decide(profile, by)
    profile.approved_at = now
    profile.move_to(CoachProfile.State.APPROVED, "approved_at")
    record(profile, COACH_APPROVED, by=by, at=now)
    return profile


@operation
def reject_coach(profile: CoachProfile, *, reason: str, by: User, now: datetime) -> CoachProfile:
    """Send a submitted profile back with the reason that the coach reads; it may be submitted again."""
    profile = _to_decide(profile, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why, so that the coach can put it right."), code="reason_missing", field="reason")
    if len(reason) > MAX_REASON:
        raise Refused(_("The reason may have at most 500 characters."), code="reason_too_long", field="reason")
    profile.rejection_reason = reason
    profile.move_to(CoachProfile.State.REJECTED, "rejection_reason")
    record(profile, COACH_REJECTED, by=by, at=now)
    return profile


@operation
def switch_role(user: User, *, role: str) -> User:
    """Use the other role of this account; refused where the person does not have it."""
    [user] = lock_people([user.pk])
    if not user.has_role(role):
        raise Refused(_("This account does not have that role yet."), code="role_missing", field="role")
    return _use(user, role)


@operation
def become(user: User, *, role: str) -> User:
    """Take on a role and use it; who has it already just uses it."""
    [user] = lock_people([user.pk])
    if role not in Role.values:
        raise Refused(_("There is no such role."), code="role_unknown", field="role")
    if role == Role.STUDENT:
        user.is_student = True
        StudentProfile.objects.get_or_create(user=user)
    else:
        user.is_coach = True
    return _use(user, role)


@operation
def relate(student: User, coach: User, *, now: datetime) -> Relation:
    """Remember that this student and this coach have to do with each other, since the first time."""
    return Relation.objects.get_or_create(student=student, coach=coach, defaults={"since": now})[0]


def _to_decide(profile: CoachProfile, by: User) -> CoachProfile:
    if not by.has_perm("accounts.change_coachprofile") or profile.user_id == by.pk:
        raise PermissionDenied
    profile = locked(profile)
    if not profile.is_waiting:
        raise Refused(_("This profile is not waiting for a decision."), code="not_waiting")
    return profile


def _use(user: User, role: str) -> User:
    user.role = role
    user.save(update_fields=["role", "is_student", "is_coach"])
    return user
