from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from scheduling.events import GOOGLE_LOST
from scheduling.models import GoogleCalendar


@telling_of(GOOGLE_LOST)
def tell_of_lost_calendar(calendar: GoogleCalendar, event: Event) -> None:
    """At once: until it is connected again, students may find no time of this person."""
    text = TO_COACH if calendar.user.is_coach else TO_STUDENT
    url, subject = reverse("calendar-settings"), _("Your Google calendar is disconnected")
    tell(calendar.user, event, kind="sessions", text=text, url=url, mail="notice", subject=subject)


TO_COACH = _(
    "Google lets us into your calendar no longer, so we do not see when you are busy. Please connect it again: "
    "what is offered to students until then follows your settings."
)
TO_STUDENT = _("Google lets us into your calendar no longer. Connect it again, and your sessions are written there.")
