"""Which rows are about a person, and which of their columns the person gets: theirs, and others' names as shown here.

Every model that points to a person is here, or in LEFT_OUT with the reason.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Case, F, Q, QuerySet, Value, When

from accounts.models import FORMER, CoachProfile, Relation, Skill, StudentProfile, User
from contracts.models import Booking, Cancellation, ChangeRequest, Contract, Mark, Review, Sanction
from core.models import Event, OutgoingMail
from dashboards.money import lines_of
from marketplace.models import (
    Invitation,
    LearningRequest,
    Proposal,
    SavedRequest,
    ScreeningAnswer,
    ScreeningQuestion,
    Terms,
    TermsTemplate,
)
from notifications.models import Notification
from payments.models import ConnectAccount, Escrow, Payment, Portion, Refund, StripeCustomer, Transfer
from scheduling.models import (
    BusyTime,
    Calendar,
    DateException,
    Feed,
    GoogleCalendar,
    Move,
    Participant,
    Problem,
    Reminder,
    Series,
    Session,
    TravelZone,
    Waiting,
    WeeklyHours,
)

Parts = dict[str, QuerySet[Any, dict[str, Any]]]
README = """Skileez: what we hold of {name}, on {moment}

Each file is a JSON list of rows; moments are in UTC, amounts in the smallest unit of their currency.

accounts/       who you are here, your profiles, how and where you sign in, whom you have to do with, what you did
marketplace/    your learning requests and proposals, the terms you offered, invitations, saved requests
scheduling/     your hours and days off, your sessions and your notes of them, other times asked for, problems, reminders
contracts/      your contracts, changes of terms, sessions you paid for or were paid for, marks, reviews by you and of you
payments/       what you paid and were paid: held amounts, payments, refunds, transfers and the lines of our books
notifications/  what we told you, in the app and by mail
photo.webp      your photo, if you have one

Mails about signing in are named without their words, since codes and links that open your account stand there.
Of other people there is only what you could see of them here. Card numbers, bank accounts and identity papers are
held by Stripe, not by us: ask Stripe for those.
"""
LEFT_OUT = {
    "admin.LogEntry": "acts of staff, which belong to the platform",
    "accounts.User_groups": "rights of staff",
    "accounts.User_user_permissions": "rights of staff",
    "contracts.Approval": "what staff ask each other before they call something off",
    "contracts.ContractEvent": "earlier versions of contracts/contracts.json",
    "payments.TransferEvent": "earlier versions of payments/transfers.json",
    "payments.RefundEvent": "earlier versions of payments/refunds.json",
    "payments.Forgetting": "there only once somebody has left",
    "payments.LedgerAccount": "sums of payments/lines.json",
    "scheduling.CalendarCopy": "scheduling/sessions.json as written to the person's own calendar",
    "scheduling.TimeClaim": "the times of scheduling/sessions.json once more",
    "scheduling.FreeTime": "worked out from scheduling/hours.json and sessions.json",
    "core.KeptAnswer": "answers to clients, kept for a day",
    "core.PolicyNumber": "acts of staff, which belong to the platform",
    "djstripe.Customer": "a copy of what Stripe holds",
    "pghistory.MiddlewareEvents": "a view of the earlier versions above",
}
FIGURES = ["payment_model", "rate_cents", "session_count", "session_minutes", "payment_schedule"]
PARTIES = ["student", "coach"]


def parts_of(person: User) -> Parts:
    """Rows by the file they go to."""
    return {
        **_of_accounts(person),
        **_of_marketplace(person),
        **_of_scheduling(person),
        **_of_contracts(person),
        **_of_payments(person),
        **_of_notifications(person),
    }


def _of_accounts(person: User) -> Parts:
    own, pair = {"user": person}, Q(student=person) | Q(coach=person)
    account = ["id", "email", "name", "is_student", "is_coach", "role", "time_zone", "language", "photo"]
    offer = [
        "state",
        "wanted",
        "goal",
        "headline",
        "bio",
        "languages",
        "experience",
        "education",
        "portfolio",
        "country",
    ]
    offer += ["currency", "hourly_rate_cents", "trial_rate_cents", "meeting_url", "rejection_reason", "submitted_at"]
    offer += ["approved_at", "rating_sum", "rating_count", "stars", "sessions_done", "response_minutes"]
    return {
        "accounts/account": User.objects.filter(pk=person.pk).values(*account, "date_joined", "last_login"),
        "accounts/addresses": EmailAddress.objects.filter(**own).values("email", "verified", "primary"),
        "accounts/student": StudentProfile.objects.filter(**own).values("about", "country", "born_on", "languages"),
        "accounts/coach": CoachProfile.objects.filter(**own).values(*offer),
        "accounts/coach_skills": Skill.objects.filter(coaches__user=person).values("name", "slug"),
        "accounts/people": Relation.objects.filter(pair).values("since", **_named(*PARTIES)),
        "accounts/google": SocialAccount.objects.filter(**own).values(
            "provider", "uid", "extra_data", "date_joined", "last_login"
        ),
        "accounts/second_factors": Authenticator.objects.filter(**own).values("type", "created_at", "last_used_at"),
        "accounts/devices": UserSession.objects.filter(**own).values("created_at", "last_seen_at", "ip", "user_agent"),
        "accounts/events": Event.objects.filter(by=person)
        .order_by("pk")
        .values("at", "name", "subject_kind", "subject_id", "facts"),
    }


def _of_marketplace(person: User) -> Parts:
    request = [
        "id",
        "state",
        "title",
        "description",
        "level",
        "budget_cents",
        "currency",
        "sessions_needed",
        "timeframe",
    ]
    request += ["time_zone", "preferred_hours", "languages", "created_at", "posted_at", "expires_at"]
    proposal = ["id", "state", "request__title", "currency", *FIGURES, "created_at", "expires_at", "accepted_at"]
    invitation = ["request__title", "state", "sent_at", "answered_at"]
    sent, received = Proposal.objects.filter(coach=person), Proposal.objects.filter(request__student=person)
    own_terms = Q(proposal__in=sent, offered_by="coach") | Q(proposal__in=received, offered_by="student")
    answered = ["cover_letter", "approach_summary"]
    return {
        "marketplace/requests": LearningRequest.objects.filter(student=person).values(*request),
        "marketplace/request_skills": Skill.objects.filter(learning_requests__student=person).values(
            "learning_requests__id", "name"
        ),
        "marketplace/questions": ScreeningQuestion.objects.filter(request__student=person).values("request_id", "text"),
        "marketplace/proposals_sent": sent.values(*proposal, *answered, **_named("request__student")),
        "marketplace/proposals_received": received.values(*proposal, "decline_reason", **_named("coach")),
        "marketplace/answers": ScreeningAnswer.objects.filter(proposal__in=sent).values(
            "proposal_id", "question__text", "text"
        ),
        "marketplace/terms": Terms.objects.filter(own_terms).values(
            "proposal_id", "number", *FIGURES, "message", "offered_at", "agreed_at", "declined_at"
        ),
        "marketplace/invitations_sent": Invitation.objects.filter(request__student=person).values(
            *invitation, "message", **_named("coach")
        ),
        "marketplace/invitations_received": Invitation.objects.filter(coach=person).values(
            *invitation, "decline_reason", **_named("request__student")
        ),
        "marketplace/templates": TermsTemplate.objects.filter(coach=person).values(
            "name", "currency", *TermsTemplate.FIGURES, "learning_outcomes"
        ),
        "marketplace/saved": SavedRequest.objects.filter(coach=person).values("request__title", "saved_at"),
    }


def _of_scheduling(person: User) -> Parts:
    calendar = ["time_zone", "buffer_before_minutes", "buffer_after_minutes", "notice_hours", "step_minutes"]
    calendar += ["horizon_days", "most_a_day", "takes_consultations", "consultation_notice_hours", "confirms"]
    session = ["id", "kind", "title", "state", "outcome", "duration_minutes", "starts_at", "ends_at", "time_zone"]
    session += ["note_to_coach", "asked_at", "decline_reason", "agreed_at", "started_at", "ended_at", "summary"]
    place = ["session_id", "role", "state", "checked_in_at", "confirmed_at", "outcome", "says", "note", "satisfaction"]
    problem = ["session_id", "kind", "text", "state", "decision", "reported_at", "solved_at"]
    days, mine = ["first_day", "last_day"], {"calendar__coach": person}
    series = ["time_zone", "weekday", "clock", "first_day", "weeks", "duration_minutes", "made_at", "ended_at"]
    return {
        "scheduling/calendar": Calendar.objects.filter(coach=person).values(*calendar, "unverified", "meeting"),
        "scheduling/hours": WeeklyHours.objects.filter(**mine).values("weekday", "starts", "ends"),
        "scheduling/exceptions": DateException.objects.filter(**mine).values("kind", *days, "starts", "ends", "note"),
        "scheduling/travel": TravelZone.objects.filter(**mine).values(*days, "time_zone"),
        "scheduling/busy": BusyTime.objects.filter(user=person).values("during"),
        "scheduling/google_calendar": GoogleCalendar.objects.filter(user=person).values(
            "state", "calendar_id", "checked_at", "died_at", "reason"
        ),
        "scheduling/feed": Feed.objects.filter(user=person).values("made_at"),
        "scheduling/sessions": Session.objects.of(person).values(*session, **_named("coach")),
        "scheduling/attendance": Participant.objects.filter(user=person).values(*place),
        "scheduling/moves": Move.objects.filter(asked_by=person).values(
            "session_id", "from_starts_at", "starts_at", "reason", "state", "asked_at", "answered_at"
        ),
        "scheduling/waiting": Waiting.objects.filter(student=person).values("session_id", "state", "asked_at"),
        "scheduling/series": Series.objects.filter(Q(coach=person) | Q(student=person)).values(
            *series, **_named(*PARTIES)
        ),
        "scheduling/problems": Problem.objects.filter(reporter=person).values(*problem),
        "scheduling/reminders": Reminder.objects.filter(recipient=person).values(
            "session_id", "kind", "state", "due_at"
        ),
    }


def _of_contracts(person: User) -> Parts:
    contract = ["id", "number", "state", "origin", "kind", "title", "payment_model", "rate_cents", "session_count"]
    contract += ["session_minutes", "total_cents", "escrow__currency", "fee_basis_points", "policy"]
    contract += ["learning_outcomes", "note", "start_date", "time_zone", "created_at", "paid_at", "ended_at"]
    contract += ["end_reason", "is_coachs_idea", "extends__number"]
    change = ["contract__number", "number", "state", "before", "after", "words", "asked_at", "answered_at"]
    called_off = [
        "session_id",
        "booking_id",
        "role",
        "rule",
        "back_cents",
        "kept_cents",
        "fee_cents",
        "reason",
        "made_at",
    ]
    ours = Q(by=person) | Q(booking__contract__student=person) | Q(booking__contract__coach=person)
    mark = ["session_id", "state", "reason", "excuse", "appeal", "decision", "made_at", "decided_at"]
    review = ["contract__number", "stars", "text", "is_public", "written_at"]
    public = Q(author=person) | Q(coach=person, is_public=True)
    return {
        "contracts/contracts": Contract.objects.of(person).values(*contract, **_named(*PARTIES)),
        "contracts/bookings": Booking.objects.of(person).values(
            "contract__number", "number", "state", "session_id", "portion_id"
        ),
        "contracts/changes": ChangeRequest.objects.filter(contract__in=Contract.objects.of(person)).values(*change),
        "contracts/cancellations": Cancellation.objects.filter(ours).values(*called_off),
        "contracts/marks": Mark.objects.filter(coach=person).values(*mark),
        "contracts/sanctions": Sanction.objects.filter(coach=person).values("step", "starts_at", "until", "lifted_at"),
        "contracts/reviews": Review.objects.filter(public).values(*review, "withdrawn_at", **_named("author", "coach")),
    }


def _of_payments(person: User) -> Parts:
    escrows = Escrow.objects.of(person)
    paid = ["escrow__label", "state", "amount_cents", "escrow__currency", "description", "payment_intent_id"]
    paid += ["receipt_url", "created_at", "settled_at"]
    moved = ["state", "amount_cents", "stripe_id", "planned_at", "made_at"]
    portion = ["id", "escrow__label", "number", "state", "gross_cents", "fee_cents", "release_due_at", "released_at"]
    line = ["made_at", "kind", "amount_cents", "debit__kind", "credit__kind", "debit__currency", "escrow__label"]
    account = ["stripe_id", "details_submitted", "payouts_enabled", "transfers_active", "requirements_due"]
    return {
        "payments/held": escrows.values("label", "currency", **_named("payer", "payee")),
        "payments/portions": Portion.objects.filter(escrow__in=escrows).order_by("pk").values(*portion),
        "payments/payments": Payment.objects.filter(escrow__payer=person).values(*paid),
        "payments/refunds": Refund.objects.filter(payment__escrow__payer=person).values(
            *moved, "reason", "payment__escrow__label"
        ),
        "payments/transfers": Transfer.objects.filter(payee=person).values(*moved, "portion__escrow__label"),
        "payments/lines": lines_of(person).values(*line),
        "payments/customer": StripeCustomer.objects.filter(user=person).values("stripe_id"),
        "payments/payout_account": ConnectAccount.objects.filter(user=person).values(*account),
    }


def _of_notifications(person: User) -> Parts:
    mail = ["kind", "to", "subject", "state", "created_at", "sent_at"]
    mails, open_the_account = OutgoingMail.objects.filter(recipient=person), Q(key__startswith="allauth:")
    return {
        "notifications/notices": Notification.objects.of(person).values("kind", "text", "url", "made_at", "read_at"),
        "notifications/mails": mails.exclude(open_the_account).order_by("pk").values(*mail, "text"),
        "notifications/mails_about_sign_in": mails.filter(open_the_account).order_by("pk").values(*mail),
    }


def _named(*people: str) -> dict[str, Case]:
    """The names of others as they are shown: of who has left nothing is kept."""
    return {
        f"{person}__name": Case(
            When(**{f"{person}__erased_at": None}, then=F(f"{person}__name")), default=Value(str(FORMER))
        )
        for person in people
    }
