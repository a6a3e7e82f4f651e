"""A person with a whole life here, whose words can be told from everybody else's."""

from types import SimpleNamespace

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.models import Role, StudentProfile, User
from accounts.operations import change_profile, rewrite_words
from accounts.tests.factories import CoachFactory, CoachProfileFactory, StudentFactory
from contracts.models import Cancellation, GroupOffer, Mark, Sanction
from contracts.operations import decline_contract, request_changes, withdraw_changes, write_review
from contracts.tests.factories import active, held_session, opens_all_day, sent
from core import clock
from core.models import KeptAnswer
from dashboards.operations import ask_staff
from marketplace.models import Invitation, LearningRequest, Proposal, SavedRequest, Terms, TermsTemplate
from marketplace.operations import propose
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from payments.models import StripeCustomer, StripeEvent
from scheduling.models import Move, Problem, Session
from scheduling.operations import add_exception, confirm_outcome, write_note, write_summary
from scheduling.tests.factories import SessionFactory

NAME, EMAIL, SECRET = "Zyxwv O'Qmarker", "zyxwv.q@example.com", "Hushhush"
LETTER = f"I have taught Spanish to beginners for ten years, {SECRET} is my way. " * 3
ENTRY = {"title": SECRET, "organisation": SECRET, "from_year": 2015, "to_year": None, "text": SECRET}


def somebody(**facts):
    """A student who is a coach too, with words in every field."""
    person = StudentFactory(name=NAME, email=EMAIL, is_coach=True, time_zone="Europe/Dublin", **facts)
    StudentProfile.objects.filter(user=person).update(about=SECRET, born_on="1990-01-02")
    profile = CoachProfileFactory(
        user=person,
        goal=SECRET,
        headline=SECRET,
        bio=SECRET,
        experience=[ENTRY],
        education=[ENTRY],
        portfolio=[{"title": SECRET, "url": f"https://github.com/{SECRET}", "text": SECRET}],
        meeting_url=f"https://meet.jit.si/{SECRET}",
        rejection_reason=SECRET,
    )
    rewrite_words(profile)
    change_profile(profile, by=person, now=clock.now(), headline=f"{SECRET} again")
    today = clock.now().date()
    add_exception(kind="blocked", first_day=today, last_day=today, note=SECRET, by=person, now=clock.now())
    _signs_in(person)
    return person


def learnt(person, standin, clock_of_test):
    """A contract of this person as student, over and paid out, with a review."""
    contract = active(standin, session_count=1, request__student=person, coach=CoachFactory(name="Lucía"))
    session = held_session(contract, clock_of_test)
    confirm_outcome(session, by=person, now=clock.now())
    write_note(session, text=SECRET, by=person)
    Session.objects.filter(pk=session.pk).update(booked_by=person, note_to_coach=SECRET)
    write_summary(session, text=f"{NAME} did well.", by=session.coach, now=clock.now())
    contract.refresh_from_db()
    write_review(contract, by=person, stars=5, text="She is patient.", now=clock.now())
    return contract


def taught(person, standin, clock_of_test):
    """A contract of this person as coach, over and released but not transferred."""
    contract = active(standin, session_count=1, coach=person)
    session = held_session(contract, clock_of_test)
    confirm_outcome(session, by=contract.student, now=clock.now())
    write_note(session, text=SECRET, by=person)
    Session.objects.filter(pk=session.pk).update(decline_reason=SECRET)
    write_summary(session, text=SECRET, by=person, now=clock.now())
    Session.objects.filter(pk=session.pk).update(meeting_url=f"https://meet.jit.si/{SECRET}")
    contract.refresh_from_db()
    return contract


def wishes(person):
    """Everything open that this person wrote, as student and as coach, and what others got of it."""
    coach, student = CoachFactory(name="Mei"), StudentFactory(name="Ben")
    words = {"description": f"{SECRET} " * 10, "timeframe": SECRET}
    wanted = LearningRequestFactory(student=person, title=f"{SECRET} of mine", questions=[SECRET], **words)
    LearningRequestFactory(student=person, title=f"{SECRET} draft", state=LearningRequest.State.DRAFT, **words)
    question = wanted.screening_questions.get()
    offered = propose(wanted, by=coach, now=clock.now(), answers={question.pk: "Yes."}, **OFFER)
    Terms.objects.create(
        proposal=offered, number=2, offered_by=Role.STUDENT, message=SECRET, **FIGURES, offered_at=clock.now()
    )
    declined = ProposalFactory(request=wanted, state=Proposal.State.DECLINED, decline_reason=SECRET)
    Invitation.objects.create(request=wanted, coach=coach, message=SECRET, sent_at=clock.now())
    theirs = LearningRequestFactory(student=student, questions=["How?"])
    asked = theirs.screening_questions.get()
    own = propose(theirs, by=person, now=clock.now(), answers={asked.pk: SECRET}, **OFFER | {"cover_letter": LETTER})
    Terms.objects.filter(proposal=own).update(message=SECRET)
    Proposal.objects.filter(pk=own.pk).update(approach_summary=SECRET)
    for state in ("sent", "declined"):
        Invitation.objects.create(
            request=LearningRequestFactory(), coach=person, state=state, decline_reason=SECRET, sent_at=clock.now()
        )
    SavedRequest.objects.create(coach=person, request=theirs, saved_at=clock.now())
    _changes_plans(person)
    _haggles(person)
    opens_all_day(person)
    _is_known_at_stripe(person)
    ask_staff(about=SECRET, message=f"{SECRET}, please help", by=person, network="", now=clock.now())
    KeptAnswer.objects.create(
        user=coach, key="k", fingerprint="f", status=200, body={"student": {"name": NAME}}, made_at=clock.now()
    )
    return SimpleNamespace(wanted=wanted, offered=offered, declined=declined, own=own, student=student, coach=coach)


def _signs_in(person):
    EmailAddress.objects.create(user=person, email="Zyxwv.Other@example.com", verified=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
    SocialAccount.objects.create(user=person, provider="google", uid=SECRET, extra_data={"name": NAME, "email": EMAIL})
    KeptAnswer.objects.create(user=person, key=SECRET, fingerprint="f", status=200, body={}, made_at=clock.now())
    LogEntry.objects.create(
        user=StudentFactory(is_staff=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=NAME,
        action_flag=CHANGE,
    )


def _changes_plans(person):
    now = clock.now()
    session = SessionFactory(coach=person, kind="consultation", state="cancelled", starts_at=now, duration_minutes=15)
    times = {"from_starts_at": now, "starts_at": now, "asked_at": now, "answer_due_at": now, "answered_at": now}
    asked = {"session": session, "version": 1, "asked_by": person, "role": "coach", "state": "declined"}
    Move.objects.create(**asked, **times, reason=SECRET)
    Cancellation.objects.create(session=session, by=person, role="coach", reason=SECRET, made_at=now)
    problem = {"kind": "other", "state": "withdrawn", "reported_at": now}
    Problem.objects.create(session=session, reporter=person, text=SECRET, **problem)
    mark = Mark.objects.create(
        coach=person, session=session, reason="absence", excuse=SECRET, appeal=SECRET, made_at=now
    )
    Sanction.objects.create(coach=person, mark=mark, step="warning", starts_at=now)


def _haggles(person):
    """Templates, other terms asked for and taken back, a contract declined in words, and a group."""
    figures = {name: FIGURES[name] for name in TermsTemplate.FIGURES}
    TermsTemplate.objects.create(coach=person, name=SECRET, currency="usd", learning_outcomes=SECRET, **figures)
    contract = sent(coach=person)
    said = {"words": SECRET, "learning_outcomes": SECRET, "rate_cents": 7000}
    request_changes(contract, by=person, now=clock.now(), **said)
    withdraw_changes(contract, number=1, by=person, now=clock.now())
    decline_contract(contract, by=person, now=clock.now(), reason=SECRET)
    group = SessionFactory(coach=person, kind="group", state="cancelled", title=SECRET, starts_at=clock.now())
    group.participants.filter(role=Role.STUDENT).delete()  # nobody has enrolled
    GroupOffer.objects.create(session=group, price_cents=1500, currency="usd", description=SECRET)
    Cancellation.objects.create(session=group, by=person, role="coach", reason=SECRET, made_at=clock.now())


def _is_known_at_stripe(person):
    StripeCustomer.objects.update_or_create(user=person, defaults={"stripe_id": "cus_zyxwv"})
    _was_told_by_stripe()


def _was_told_by_stripe():
    told = {"id": "cus_zyxwv", "email": EMAIL, "name": NAME, "address": {"line1": SECRET}, "amount": 7}
    customer, method = apps.get_model("djstripe.Customer"), apps.get_model("djstripe.PaymentMethod")
    customer.objects.create(id="cus_zyxwv", stripe_data=told, email=EMAIL, livemode=False)
    method.objects.create(
        id="pm_zyxwv",
        customer_id="cus_zyxwv",
        livemode=False,
        stripe_data={"customer": "cus_zyxwv", "billing_details": {"name": SECRET}, "type": "card"},
    )
    StripeEvent.objects.create(
        event_id="evt_zyxwv",
        type="checkout.session.completed",
        payload={
            "data": {"object": told | {"id": "cs_1", "customer": "cus_zyxwv", "customer_details": {"name": SECRET}}}
        },
        received_at=clock.now(),
        due_at=clock.now(),
        handled_at=clock.now(),
        mirrored_at=clock.now(),
    )


OFFER = {
    "cover_letter": "I have taught Spanish to beginners for ten years. " * 3,
    "rate_cents": 5000,
    "session_count": 4,
    "session_minutes": 60,
    "payment_model": "per_session",
}
FIGURES = {
    "payment_model": "per_session",
    "rate_cents": 4000,
    "session_count": 4,
    "session_minutes": 60,
    "payment_schedule": "upfront",
}
