"""What needs a person now, most pressing first: each line says what, and where to do it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import CoachProfile, User
from contracts.models import Contract
from dashboards.work import Work
from scheduling.models import Session


@dataclass(frozen=True)
class Need:
    """One thing to do: an icon, a sentence, a place and the word on its button."""

    icon: str
    text: str | Promise
    url: str
    action: str | Promise
    until: datetime | None = None
    tone: str = ""


def needs_of(user: User, work: Work, now: datetime) -> list[Need]:
    """Everything that waits for this person in the role in use."""
    own = _of_coach(user, work) if user.is_using_coach_role else _of_student(work, now)
    return [*_of_sessions(user, work, now), *own]


def _of_sessions(user: User, work: Work, now: datetime) -> Iterator[Need]:
    for session in work.upcoming:
        if session.is_open_now:
            say = format_lazy(_("Your session with {name} is open."), name=session.met)
            yield Need("camera-video", say, session.get_absolute_url(), _("Join"), tone="good")
    for session in work.asked if work.as_coach else []:
        say = format_lazy(_("{name} asks for a time. Say yes or no."), name=session.met)
        url = reverse("session-confirm", args=[session.pk])
        yield Need("question-circle", say, url, _("Answer"), until=session.answer_due_at)
    for session in [] if work.as_coach else work.held:
        if session.is_paid_while_held:
            continue  # its contract says that it is to be paid
        say = format_lazy(_("Confirm the time with {name} that is kept for you."), name=session.met)
        yield Need(
            "clock", say, reverse("session-hold", args=[session.pk]), _("Confirm"), until=session.hold_expires_at
        )
    for session in work.unsettled:
        if session.outcome == Session.Outcome.UNCLEAR:
            say = format_lazy(_("Say whether your session with {name} took place."), name=session.met)
        else:
            say = format_lazy(_("Confirm that your session with {name} took place."), name=session.met)
        yield Need("check-circle", say, session.get_absolute_url(), _("Answer"))


def _of_student(work: Work, now: datetime) -> Iterator[Need]:
    for contract in work.contracts:
        name, url = contract.coach.name, contract.get_absolute_url()
        if contract.state == Contract.State.AWAITING_PAYMENT:
            say = format_lazy(_("Pay for “{title}” with {name}."), title=contract.title, name=name)
            yield Need("credit-card", say, url, _("Pay"), until=contract.expires_at)
        elif contract.state == Contract.State.DRAFT:
            say = format_lazy(_("Check your contract with {name} and send it."), name=name)
            yield Need("send", say, url, _("Open"), until=contract.expires_at)
        elif contract.state == Contract.State.ACTIVE and contract.to_schedule:
            say = ngettext_lazy(
                "%(n)d session with %(name)s has no time yet.", "%(n)d sessions with %(name)s have no time yet.", "n"
            ) % {"n": contract.to_schedule, "name": name}
            yield Need("calendar-plus", say, url, _("Pick times"))
        elif contract.state == Contract.State.COMPLETED and not contract.is_reviewed:
            yield Need("star", format_lazy(_("How was learning with {name}?"), name=name), url, _("Write a review"))
    for request in work.requests:
        if request.proposal_count:
            say = ngettext_lazy(
                "%(n)d proposal waits for you on “%(title)s”.", "%(n)d proposals wait for you on “%(title)s”.", "n"
            ) % {"n": request.proposal_count, "title": request.title}
            yield Need("inbox", say, request.get_absolute_url(), _("Read"))
        elif request.is_draft:
            say = format_lazy(_("Finish “{title}” and post it."), title=str(request))
            yield Need("pencil", say, reverse("request-edit", args=[request.pk]), _("Go on writing"))
    if work.user.is_student and not work.is_old_enough:
        say = _("Say when you were born, so that you can post requests. Nobody else sees it.")
        yield Need("person", say, reverse("onboarding-student"), _("Go on"))


def _of_coach(user: User, work: Work) -> Iterator[Need]:
    for contract in work.contracts:
        if contract.state == Contract.State.AWAITING_COACH:
            say = format_lazy(_("{name} sent you a contract."), name=contract.student.name)
            yield Need("file-earmark-text", say, contract.get_absolute_url(), _("Answer"), until=contract.expires_at)
    for proposal in work.proposals:
        if proposal.has_counter:
            about = {"name": proposal.request.student.name, "title": proposal.request.title}
            say = format_lazy(_("{name} made you a counter-offer for “{title}”."), **about)
            yield Need("reply", say, proposal.get_absolute_url(), _("Answer"), until=proposal.expires_at)
    for invitation in work.invitations:
        about = {"name": invitation.request.student.first_name, "title": invitation.request.title}
        say = format_lazy(_("{name} invites you to send a proposal for “{title}”."), **about)
        yield Need("send", say, invitation.request.get_absolute_url(), _("Look"))
    yield from _of_onboarding(work.profile, has_hours=work.has_hours, is_payable=work.is_payable)


def _of_onboarding(profile: CoachProfile | None, *, has_hours: bool, is_payable: bool) -> Iterator[Need]:
    if profile and profile.is_public and profile.state == CoachProfile.State.DRAFT:
        say = _("You changed your profile. Submit it, so that others see the change.")
        yield Need("person", say, reverse("onboarding-review"), _("Look"))
    elif profile is None or profile.state == CoachProfile.State.DRAFT:
        yield Need(
            "person", _("Finish your profile, so that we can approve it."), reverse("onboarding-coach"), _("Go on")
        )
    elif profile.state == CoachProfile.State.REJECTED:
        said = (
            _("Your change was not approved: {reason}")
            if profile.is_public
            else _("Your profile was not approved: {reason}")
        )
        say = format_lazy(said, reason=profile.rejection_reason)
        yield Need("exclamation-triangle", say, reverse("onboarding-review"), _("Change it"), tone="bad")
    if not has_hours:
        yield Need("calendar-week", _("Say when you can be booked."), reverse("availability"), _("Set hours"))
    if not is_payable:
        yield Need("bank", _("Tell Stripe where your earnings should go."), reverse("payouts"), _("Set up"))
