"""How the states of contracts and their sessions look."""

from django import template
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from contracts.models import Approval, Booking, Cancellation, Contract, Mark, Sanction
from payments.books import stuck
from payments.models import Portion
from scheduling.lines import Line
from scheduling.models import Problem, Session

register = template.Library()

TONES = {
    "active": "good",
    "completed": "neutral",
    "cancelled": "neutral",
    "declined": "bad",
    "expired": "neutral",
    "draft": "neutral",
    "awaiting_coach": "warn",
    "awaiting_payment": "warn",
}
RULES = {
    Cancellation.Rule.COACH: _("The coach calls off: all goes back"),
    Cancellation.Rule.STAFF: _("Called off by us: all goes back"),
    Cancellation.Rule.MOVED: _("The coach wants another time: all goes back"),
    Cancellation.Rule.NO_TIME: _("No time agreed yet: all goes back"),
    Cancellation.Rule.UNPAID: _("Not paid"),
    Cancellation.Rule.FREE: _("In good time: all goes back"),
    Cancellation.Rule.COOLING_OFF: _("Just booked: all goes back"),
    Cancellation.Rule.LATE: _("Late: a part goes back"),
    Cancellation.Rule.TOO_LATE: _("Too late: nothing goes back"),
}


@register.simple_tag
def step_of(contract: Contract) -> str:
    """The state in words; while terms are discussed, on whom it waits."""
    if contract.waits_for_agreement and getattr(contract, "has_open_change", False):
        return capfirst(gettext("other terms asked for"))
    if contract.waits_for_agreement and contract.is_coachs_idea:
        return capfirst(gettext("waiting for the student"))
    return capfirst(contract.get_state_display())


@register.simple_tag
def seat_of(booking: Booking, line: Line) -> str:
    """The state of a booked session, or of the seat in it where that was given up or is not paid yet."""
    if any(place.user_id == booking.contract.student_id for place in line.session.people):
        return line.state
    return str(Session.State.HELD if booking.state == Booking.State.PENDING else Session.State.CANCELLED)


@register.simple_tag
def reasons_of(session: Session, user: User) -> list[dict[str, str]]:
    """Why it was called off, in each one's own words: students read their coach's, staff's and their own."""
    said = session.cancellations.exclude(reason="").select_related("by")
    if user.pk != session.coach_id:
        said = said.filter(~Q(role=Role.STUDENT) | Q(by=user))
    names = {each.reason: gettext("Skileez") if each.role == "staff" else each.by.first_name for each in said}
    return [{"text": text, "name": name} for text, name in names.items()]


@register.simple_tag
def not_given_back_of(session: Session, user: User) -> list[Booking]:
    """Bookings of a session that is over or off, as this person sees them, whose refund did not go through."""
    ended = session.state in {*Session.OVER, Session.State.CANCELLED} or session.kind == Session.Kind.GROUP
    if not ended or session.kind == Session.Kind.CONSULTATION:
        return []
    theirs = Booking.objects.of(user).filter(session=session)
    waiting = stuck(Portion.objects.filter(booking__session=session))
    return list(theirs.filter(portion__in=waiting).select_related("contract", "portion"))


@register.filter
def rule_words(rule: str) -> str:
    """By which rule money goes back, or stays."""
    return str(RULES[rule])


@register.filter
def tone(state: str) -> str:
    return TONES.get(state, "neutral")


@register.filter
def mark_tone(mark: Mark) -> str:
    """Red while it counts, orange while somebody looks at it."""
    if not mark.counts:
        return "good"
    return "warn" if mark.state in {Mark.State.EXCUSE_ASKED, Mark.State.APPEALED} else "bad"


@register.simple_tag
def waiting_for_staff() -> dict[str, int]:
    """How many sessions, problems and marks wait for somebody to decide."""
    asked = [Mark.State.EXCUSE_ASKED, Mark.State.APPEALED]
    return {
        "unclear": Session.objects.filter(outcome=Session.Outcome.UNCLEAR).count(),
        "problems": Problem.objects.filter(state=Problem.State.OPEN).count(),
        "approvals": Approval.objects.filter(state=Approval.State.OPEN).count(),
        "marks": Mark.objects.filter(state__in=asked).count(),
        "reviews": Sanction.objects.running().filter(step=Sanction.Step.REVIEW).count(),
    }
