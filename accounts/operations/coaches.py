"""What coaches say of themselves, and what staff decide about it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.documents import EMPTY, Document, missing, public_document, wanted_document
from accounts.events import COACH_APPROVED, COACH_REJECTED, COACH_SUBMITTED
from accounts.models import CoachProfile, Skill, User
from accounts.operations.words import rewrite_words
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused

MAX_REASON = 500


@operation
def change_profile(profile: CoachProfile, *, by: User, now: datetime, **sections: Any) -> CoachProfile:
    """Write sections of the document the coach works on; what is public stays as it is until staff approve."""
    profile = locked(profile)
    if profile.user_id != by.pk:
        raise PermissionDenied
    public, wanted = public_document(profile), wanted_document(profile) | sections
    profile.wanted = {name: wanted[name] for name in EMPTY if wanted[name] != public[name]}
    if profile.state == CoachProfile.State.APPROVED and profile.wanted:
        profile.move_to(CoachProfile.State.DRAFT, "wanted")
    elif profile.is_public and not profile.wanted and profile.state != CoachProfile.State.APPROVED:
        profile.move_to(CoachProfile.State.APPROVED, "wanted")
    else:
        profile.save(update_fields=["wanted"])
    return profile


@operation
def submit_coach_profile(profile: CoachProfile, *, by: User, now: datetime) -> CoachProfile:
    """Hand a complete profile to staff; the coach's own step, from a draft or after a rejection."""
    profile = locked(profile)
    if profile.user_id != by.pk:
        raise PermissionDenied
    if profile.is_waiting:
        raise Refused(_("This profile is waiting for approval already."), code="already_submitted")
    if profile.state == CoachProfile.State.APPROVED:
        raise Refused(_("This profile is approved already."), code="already_approved")
    if empty := missing(profile):
        names = get_text_list([str(CoachProfile._meta.get_field(name).verbose_name) for name in empty], _("and"))
        raise Refused(
            _("Something is missing before this can be submitted: %(names)s.") % {"names": names}, code="incomplete"
        )
    profile.submitted_at, profile.rejection_reason = now, ""
    profile.move_to(CoachProfile.State.SUBMITTED, "submitted_at", "rejection_reason")
    record(profile, COACH_SUBMITTED, by=by, at=now)
    return profile


@operation
def approve_coach(profile: CoachProfile, *, by: User, now: datetime) -> CoachProfile:
    """Make what a coach submitted public; staff who may change coach profiles, but not their own."""
    profile = _to_decide(profile, by)
    _publish(profile, wanted_document(profile))
    profile.approved_at = profile.approved_at or now
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


def _to_decide(profile: CoachProfile, by: User) -> CoachProfile:
    if not by.has_perm("accounts.change_coachprofile") or profile.user_id == by.pk:
        raise PermissionDenied
    profile = locked(profile)
    if not profile.is_waiting:
        raise Refused(_("This profile is not waiting for a decision."), code="not_waiting")
    return profile


def _publish(profile: CoachProfile, document: Document) -> None:
    columns = [name for name in EMPTY if name != "skills"]
    for name in columns:
        setattr(profile, name, document[name])
    profile.wanted = {}
    profile.save(update_fields=[*columns, "wanted"])
    profile.skills.set(Skill.objects.filter(slug__in=document["skills"]))
    rewrite_words(profile)
