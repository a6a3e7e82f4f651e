"""When one of staff may not give back so much alone."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.events import SECOND_ASKED, SECOND_GIVEN, SECOND_REFUSED
from contracts.models import Approval
from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import say


@telling_of(SECOND_ASKED)
def ask_finance(approval: Approval, event: Event) -> None:
    text = say(_("{name} asks for a second person to call something off."), name=approval.asked_by.name)
    finance = User.objects.filter(Q(groups__name="finance") | Q(is_superuser=True), is_staff=True, is_active=True)
    for person in finance.exclude(pk=approval.asked_by_id).distinct():
        tell(person, event, kind="staff", text=text, url=_page(approval))


@telling_of(SECOND_GIVEN, SECOND_REFUSED)
def tell_who_asked(approval: Approval, event: Event) -> None:
    if event.by_id == approval.asked_by_id or event.by is None:
        return
    said = (
        _("{name} called off what you asked for.") if event.name == SECOND_GIVEN else _("{name} did not call it off.")
    )
    tell(approval.asked_by, event, kind="staff", text=say(said, name=event.by.name), url=_page(approval))


def _page(approval: Approval) -> str:
    return reverse("admin:contracts_approval_change", args=[approval.pk])
