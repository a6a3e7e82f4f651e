"""What coaches say of themselves, and what staff decide about it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts import faults
from accounts.documents import (
    EMPTY,
    OFFER,
    Document,
    digest,
    digest_of,
    in_order,
    missing,
    name_of,
    public_document,
    sections_of,
    tidy,
    wanted_document,
)
from accounts.events import COACH_APPROVED, COACH_CHANGE_DISCARDED, COACH_REJECTED, COACH_SUBMITTED
from accounts.models import CoachProfile, Skill, User, lock_members
from accounts.operations.words import rewrite_words
from accounts.skills import resolve
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused

MAX_REASON = 500


@operation
def change_profile(
    profile: CoachProfile, *, by: User, now: datetime, seen: str | None = None, **written: Any
) -> CoachProfile:
    """Write sections of the document the coach works on, which stays apart until staff approve; rates count at once.

    Who says what they saw of these sections (its digest) does not write over what changed since.
    """
    lock_members([by.pk])
    profile = locked(profile)
    if profile.user_id != by.pk:
        raise PermissionDenied
    written = _with_slugs(tidy(written))
    for fault in faults.of_change(profile, written, now=now):
        raise Refused(fault.sentence, code=fault.code, field=fault.section)
    _refuse_unseen(wanted_document(profile), in_order(written), seen)
    columns = _write_offer(profile, {name: written.pop(name) for name in OFFER if name in written})
    return _wish(profile, wanted_document(profile) | in_order(written), *columns)


@operation
def discard_changes(profile: CoachProfile, *, by: User, now: datetime) -> CoachProfile:
    """Throw away what is not public yet; only where something is public to go back to."""
    profile = locked(profile)
    if profile.user_id != by.pk:
        raise PermissionDenied
    if not profile.is_public or profile.state == CoachProfile.State.APPROVED:
        raise Refused(_("There is no change to throw away."), code="nothing_to_discard")
    record(profile, COACH_CHANGE_DISCARDED, by=by, at=now)
    return _wish(profile, public_document(profile))


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
    _refuse_incomplete(profile)
    profile.submitted_at, profile.rejection_reason = now, ""
    profile.move_to(CoachProfile.State.SUBMITTED, "submitted_at", "rejection_reason")
    record(profile, COACH_SUBMITTED, by=by, at=now)
    return profile


@operation
def approve_coach(profile: CoachProfile, *, seen: str, by: User, now: datetime) -> CoachProfile:
    """Make public the document that staff saw (its digest); staff who may change profiles, but not their own."""
    profile = _to_decide(profile, seen, by)
    _refuse_incomplete(profile)
    is_first = not profile.is_public
    _publish(profile, wanted_document(profile))
    profile.approved_at = profile.approved_at or now
    profile.move_to(CoachProfile.State.APPROVED, "approved_at")
    record(profile, COACH_APPROVED, by=by, at=now, first=is_first)
    return profile


@operation
def reject_coach(profile: CoachProfile, *, reason: str, seen: str, by: User, now: datetime) -> CoachProfile:
    """Send the document that staff saw back with the reason that the coach reads; it may be submitted again."""
    profile = _to_decide(profile, seen, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why, so that the coach can put it right."), code="reason_missing", field="reason")
    if len(reason) > MAX_REASON:
        raise Refused(_("The reason may have at most 500 characters."), code="reason_too_long", field="reason")
    profile.rejection_reason = reason
    profile.move_to(CoachProfile.State.REJECTED, "rejection_reason")
    record(profile, COACH_REJECTED, by=by, at=now, first=not profile.is_public)
    return profile


def _with_slugs(written: Document) -> Document:
    """Skills by whatever word named them; one that is not in the list is refused by name."""
    if "skills" not in written:
        return written
    found = resolve(written["skills"])
    if found.unknown:
        sentence = _("This is not in our list of skills: %(word)s.") % {"word": found.unknown[0][:40]}
        raise Refused(sentence, code="skill_unknown", field="skills")
    return written | {"skills": [skill.slug for skill in found.skills]}


def _refuse_unseen(stored: Document, written: Document, seen: str | None) -> None:
    before = sections_of(stored, written)
    changed = [name for name, value in before.items() if written[name] != value]
    if seen and changed and digest_of(before) != seen:
        sentence = _(
            "This was changed meanwhile, in another window or on another device. Save again to put what is here in its"
            " place, or open this step anew to see it."
        )
        raise Refused(sentence, code="changed_elsewhere", field=changed[0])


def _write_offer(profile: CoachProfile, columns: dict[str, Any]) -> list[str]:
    if "hourly_rate_cents" in columns:
        columns["hourly_rate_cents"] = columns["hourly_rate_cents"] or 0
    for name, value in columns.items():
        setattr(profile, name, value)
    return list(columns)


def _wish(profile: CoachProfile, wanted: Document, *columns: str) -> CoachProfile:
    """Keep what differs from what is public; without a difference a public profile is approved as it stands."""
    public = public_document(profile)
    profile.wanted = {name: wanted[name] for name in EMPTY if wanted[name] != public[name]}
    if profile.state == CoachProfile.State.APPROVED and profile.wanted:
        profile.move_to(CoachProfile.State.DRAFT, "wanted", *columns)
    elif profile.is_public and not profile.wanted and profile.state != CoachProfile.State.APPROVED:
        profile.rejection_reason = ""
        profile.move_to(CoachProfile.State.APPROVED, "wanted", "rejection_reason", *columns)
    else:
        profile.save(update_fields=["wanted", *columns])
    return profile


def _refuse_incomplete(profile: CoachProfile) -> None:
    if empty := missing(profile):
        names = get_text_list([name_of(section) for section in empty], _("and"))
        sentence = _("Something is missing before this can be submitted: %(names)s.")
        raise Refused(sentence % {"names": names}, code="incomplete")


def _to_decide(profile: CoachProfile, seen: str, by: User) -> CoachProfile:
    if not by.has_perm("accounts.change_coachprofile") or profile.user_id == by.pk:
        raise PermissionDenied
    profile = locked(profile)
    if not profile.is_waiting:
        raise Refused(_("This profile is not waiting for a decision."), code="not_waiting")
    if digest(profile) != seen:
        sentence = _("The coach has changed this meanwhile. Please read it again before you decide.")
        raise Refused(sentence, code="changed_meanwhile")
    return profile


def _publish(profile: CoachProfile, document: Document) -> None:
    columns = [name for name in EMPTY if name != "skills"]
    for name in columns:
        setattr(profile, name, document[name])
    profile.wanted = {}
    profile.save(update_fields=[*columns, "wanted"])
    profile.skills.set(Skill.objects.filter(slug__in=document["skills"]))
    rewrite_words(profile)
