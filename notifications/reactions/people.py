from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.events import COACH_APPROVED, COACH_REJECTED, PHOTO_REMOVED
from accounts.models import CoachProfile, User
from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import say
from payments.events import ACCOUNT_CHANGED
from payments.models import ConnectAccount


@telling_of(COACH_APPROVED)
def tell_coach_of_approval(profile: CoachProfile, event: Event) -> None:
    is_first = event.facts.get("first", True)
    text = _("Your profile is approved: students can find you now.") if is_first else _("Your change is public now.")
    subject = APPROVED if is_first else CHANGE_APPROVED
    url = profile.get_absolute_url()
    tell(profile.user, event, kind="profile", text=text, url=url, mail="notice", subject=subject)


@telling_of(COACH_REJECTED)
def tell_coach_of_rejection(profile: CoachProfile, event: Event) -> None:
    is_first = event.facts.get("first", True)
    said = _("Your profile was not approved yet: {reason}") if is_first else STAYS
    url = reverse("onboarding-review")
    text, subject = say(said, reason=profile.rejection_reason), REJECTED if is_first else CHANGE_REJECTED
    tell(profile.user, event, kind="profile", text=text, url=url, mail="notice", subject=subject)


@telling_of(PHOTO_REMOVED)
def tell_person_of_photo(person: User, event: Event) -> None:
    """Staff took it down; one's own click needs no notice."""
    if event.by_id != person.pk:
        text = _("Our staff took your photo down. Please show yourself, in a picture that everybody may see.")
        tell(person, event, kind="profile", text=text, url=reverse("profile"), mail="notice", subject=PHOTO)


@telling_of(ACCOUNT_CHANGED)
def tell_coach_of_account(account: ConnectAccount, event: Event) -> None:
    if event.facts["transfers_active"]:
        text = _("Your Stripe account is ready: your earnings can be sent to you.")
        tell(account.user, event, kind="money", text=text, url=reverse("payouts"))


APPROVED = _("Your coach profile is approved")
PHOTO = _("Your photo was taken down")
REJECTED = _("Your coach profile needs a change")
CHANGE_APPROVED = _("The change of your coach profile is public")
CHANGE_REJECTED = _("The change of your coach profile was not approved")
STAYS = _("Your change was not approved, your profile stays as it was: {reason}")
