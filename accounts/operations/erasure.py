"""A person leaves: what they said of themselves goes, the row that others' history points to stays."""

from datetime import datetime
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.documents import EMPTY
from accounts.events import ACCOUNT_ERASED
from accounts.models import CoachProfile, StudentProfile, User, lock_people
from accounts.operations.photos import remove_photo
from core.events import record
from core.models import KeptAnswer
from core.operations import operation

NOWHERE = "erased.invalid"


def refusals_of_person(person: User) -> list[str]:
    """Why this person cannot leave yet: somebody must be left to look after the rest."""
    others = User.objects.filter(is_active=True).exclude(pk=person.pk)
    if person.is_superuser and not others.filter(is_superuser=True).exists():
        return [_("You are the last administrator. Hand this over to somebody first.")]
    if person.is_staff and not others.filter(is_staff=True).exists():
        return [_("You are the last of our staff. Hand this over to somebody first.")]
    return []


def addresses_of(person: User) -> set[str]:
    """Every e-mail address that is known to be this person's, however it is written; others may be somebody else's."""
    confirmed = EmailAddress.objects.filter(user=person, verified=True)
    kept = set(confirmed.values_list("email", flat=True)) | {person.email}
    return kept | {address.lower() for address in kept}


@operation
def erase_person(person: User, *, by: User, now: datetime) -> User:
    """Empty the account for good: nobody can sign in to it, and it says nothing of who it was."""
    [person] = lock_people([person.pk])
    if person.photo:
        person = remove_photo(person, by=by, now=now)
    _empty_profiles(person)
    _forget_sign_in(person)
    person.groups.clear()
    person.user_permissions.clear()
    person.name, person.email = "", f"erased-{person.pk}@{NOWHERE}"
    person.time_zone, person.language, person.last_login = "UTC", settings.LANGUAGE_CODE, None
    person.is_active = person.is_staff = person.is_superuser = False
    person.erased_at = now
    person.set_unusable_password()
    record(person, ACCOUNT_ERASED, by=by, at=now)
    person.save()
    return person


def _empty_profiles(person: User) -> None:
    StudentProfile.objects.filter(user=person).update(about="", country="", born_on=None, languages=[])
    profile = CoachProfile.objects.select_for_update(no_key=True).filter(user=person).first()
    if profile is None:
        return
    empty = {name: value for name, value in EMPTY.items() if name != "skills"}
    empty |= {"wanted": {}, "country": "", "meeting_url": "", "rejection_reason": "", "words": "", "more_words": ""}
    empty |= {"hourly_rate_cents": 0, "trial_rate_cents": None, "submitted_at": None, "approved_at": None}
    empty |= {"skill_ids": [], "language_codes": [], "response_minutes": None}
    for name, value in empty.items():
        setattr(profile, name, value)
    if profile.state == CoachProfile.State.DRAFT:
        profile.save(update_fields=list(empty))
    else:
        profile.move_to(CoachProfile.State.DRAFT, *empty)
    profile.skills.clear()


def _forget_sign_in(person: User) -> None:
    """Addresses, second factors, passkeys, Google, and every place where the account is open, tokens with them."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in UserSession.objects.filter(user=person):
        store(session.session_key).delete()
    for rows in (UserSession, EmailAddress, Authenticator, SocialAccount):
        rows.objects.filter(user=person).delete()
    KeptAnswer.objects.filter(user=person).delete()
