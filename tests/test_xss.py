"""What people write is shown as they wrote it, to every reader and in mails, and never runs."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts.documents import digest
from accounts.models import CoachProfile, SkillSynonym
from accounts.operations import reject_coach
from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory, UserFactory
from contracts.models import Contract, GroupOffer
from contracts.operations import (
    cancel_booked_session,
    decline_contract,
    quote_session,
    request_changes,
    send_contract,
    write_review,
)
from contracts.tests.factories import active, held_session, scheduled, sent
from core import clock as time
from core.models import OutgoingMail
from marketplace.models import Invitation, Proposal, SavedRequest, Terms, TermsTemplate
from marketplace.operations import accept_proposal, decline_proposal
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from scheduling.operations import move_session
from scheduling.tests.factories import SessionFactory
from tests.browsing import leave
from tests.crawl import crawl
from tests.poison import PAYLOADS, poison

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADMIN = [
    f"/admin/{path}/"
    for path in (
        "accounts/user", "accounts/coachprofile", "accounts/studentprofile", "accounts/skill", "marketplace/learningrequest",
        "marketplace/proposal", "contracts/contract", "contracts/review", "notifications/notification", "core/outgoingmail",
        "scheduling/session",
    )
]  # fmt: skip
CHANGED_PLANS = {
    "TermsTemplate.name", "ChangeRequest.words", "Contract.end_reason", "Move.reason", "Cancellation.reason",
    "GroupOffer.description",
}  # fmt: skip
WATCH = "window.hits = 0; window.hit = () => { window.hits += 1 };"


@pytest.fixture
def world(standin, clock, drain):
    """One of everything that people write in: a contract with its past, a request with all that hangs on it."""
    contract = active(standin, request__questions=["Why?", "How?"])
    held_session(contract, clock)
    write_review(contract, by=contract.student, stars=5, text="Very good.", now=time.now())
    coach = contract.coach
    request = LearningRequestFactory(student=contract.student, questions=["Which book?"])
    proposal = ProposalFactory(request=request, coach=coach)
    figures = {"payment_model": "per_session", "rate_cents": 4500, "session_count": 4, "session_minutes": 60}
    for number, side in ((8, "coach"), (9, "student")):
        Terms.objects.create(
            proposal=proposal, number=number, offered_by=side, message="So?", offered_at=time.now(),
            payment_schedule="upfront", **figures,
        )  # fmt: skip
    ProposalFactory(request=request, state="declined", decline_reason="Too dear")
    Invitation.objects.create(request=request, coach=CoachFactory(), message="Look!", sent_at=time.now())
    SavedRequest.objects.create(request=request, coach=coach, saved_at=time.now())
    entry = {"title": "Teacher", "organisation": "School", "from_year": 2010, "to_year": None, "text": "Much."}
    work = {"title": "Talk", "url": "https://youtube.com/watch?v=1", "text": "A talk."}
    profile = coach.coach_profile
    profile.experience, profile.education, profile.portfolio, profile.goal = [entry], [entry], [work], "To teach."
    profile.wanted = {"headline": "Another", "bio": "Other", "experience": [entry, entry]}
    profile.state, profile.rejection_reason = "submitted", "Say more"
    profile.save()
    _changes_plans(contract)
    skill = SkillFactory(name="Zither")
    profile.skills.add(skill)
    SkillSynonym.objects.create(skill=skill, word="alpine zither")
    waiting = CoachFactory(profile__state="draft").coach_profile
    waiting.wanted = {"headline": "New", "bio": "New here", "experience": [entry], "portfolio": [work]}
    waiting.state, waiting.hourly_rate_cents = "rejected", 5000
    waiting.rejection_reason = "More, please"
    waiting.save()
    drain()
    return contract, waiting.user


def _changes_plans(contract):
    """Words around what changed: other terms, another time, a reason for calling off, a group, a template."""
    now, coach, student = time.now(), contract.coach, contract.student
    figures = {"payment_model": "per_session", "rate_cents": 4500, "session_count": 4, "session_minutes": 60}
    TermsTemplate.objects.create(coach=coach, name="Short", currency="usd", learning_outcomes="Talk", **figures)
    agreed = sent(coach=coach, request__student=student)
    request_changes(agreed, by=coach, now=now, words="Longer", learning_outcomes="Talk", rate_cents=5500)
    declined = sent(coach=coach, request__student=student)
    decline_contract(declined, by=coach, now=now, reason="Booked out")
    ahead = scheduled(contract, 2)
    move_session(ahead, starts_at=ahead.starts_at + timedelta(days=3), reason="A concert", by=coach, now=now)
    ahead = scheduled(contract, 3, hour=18)
    quote = quote_session(ahead, by=coach, now=now)
    cancel_booked_session(ahead, by=coach, quote=quote.id, reason="I am ill", now=now)
    group = SessionFactory(coach=coach, kind="group", title="Circle", starts_at=now + timedelta(days=20), seats=4)
    group.participants.filter(role="student").delete()
    GroupOffer.objects.create(session=group, price_cents=1500, currency="usd", description="We talk")


@pytest.mark.parametrize(
    "turn", [0, 5, *(pytest.param(n, marks=pytest.mark.deep) for n in range(20) if n not in {0, 5})]
)
def test_nothing_that_people_write_runs_or_becomes_an_element(turn, world, browser, site):
    contract, waiting = world
    reached = poison(turn)
    assert {
        "User.name",
        "LearningRequest.title",
        "Proposal.cover_letter",
        "Terms.message",
        "Review.text",
    } | CHANGED_PLANS <= set(reached)
    readers = {
        "anonymous": (None, ["/", f"/coaches/{contract.coach_id}/", "/coaches/"]),
        "student": (contract.student, ["/dashboard/", "/requests/", "/proposals/", "/contracts/", "/demo/mail/"]),
        "coach": (contract.coach, ["/dashboard/", "/requests/", "/proposals/", "/onboarding/coach/", "/contracts/"]),
        "new coach": (waiting, ["/dashboard/", "/onboarding/coach/"]),
        "another coach": (CoachFactory(), ["/requests/"]),
        "another student": (StudentFactory(), ["/coaches/"]),
        "staff": (UserFactory(is_staff=True, is_superuser=True), ADMIN),
    }
    page, broken, shown = browser.new_page(), [], 0
    for reader, (user, starts) in readers.items():
        within = tuple(ADMIN) if reader == "staff" else ("/",)
        for address, html in pages_of(user, starts, within):
            shown += 1
            broken += [f"{reader} {address}"] if made(page, html) else []
    assert broken == []
    assert shown > 100
    student, coach = contract.student, contract.coach
    request = f"/requests/{Proposal.objects.get(state='open').request_id}/"
    proposal = Proposal.objects.get(state="open").get_absolute_url()
    profile = f"/coaches/{coach.pk}/"
    seen_by_student = [profile, "/coaches/", request, proposal, contract.get_absolute_url(), "/dashboard/", "/profile/"]
    assert list(opened(browser, site, student, seen_by_student)) == []
    assert list(opened(browser, site, coach, [request, proposal, "/requests/", f"{profile}?preview=1"])) == []


def test_mails_say_what_people_wrote_and_nothing_of_it_runs(world, browser, drain):
    _contract, waiting = world
    poison(0)
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    now = time.now()
    proposal = Proposal.objects.select_related("request").get(state="open")
    decline_proposal(proposal, by=proposal.request.student, reason=PAYLOADS[1], now=now)
    again = ProposalFactory(request=proposal.request, coach=CoachFactory(name=PAYLOADS[0]))
    accept_proposal(again, by=proposal.request.student, now=now)
    drafted = Contract.objects.get(proposal=again)
    send_contract(drafted, by=drafted.student, now=now, learning_outcomes=PAYLOADS[3])
    profile = CoachProfile.objects.get(user=waiting)
    profile.move_to("submitted")
    staff = UserFactory(is_staff=True, is_superuser=True)
    reject_coach(profile, reason=PAYLOADS[2], seen=digest(profile), by=staff, now=now)
    drain()
    page, fresh = browser.new_page(), OutgoingMail.objects.exclude(pk__in=before)
    poisoned = [mail for mail in fresh if any(text in mail.text for text in PAYLOADS)]
    assert len(poisoned) >= 3
    assert [mail.kind for mail in fresh if mail.html and made(page, mail.html)] == []


def pages_of(user, starts, within):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    for address, answer in crawl(client, *starts, within=within):
        assert answer.status_code < 500, address
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            html = answer.content.decode()
            if "data-hit" in html:
                yield address, html


PARSE = """html => new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-hit]").length"""


def made(page, html):
    """How many elements that only a payload makes Chromium reads in a page."""
    return page.evaluate(PARSE, html)


def opened(browser, site, user, addresses):
    """What ran when these pages were really opened, with all scripts of ours and no policy to help."""
    context = browser.new_context(base_url=site, bypass_csp=True)
    context.add_init_script(WATCH)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}])
    page = context.new_page()
    for address in addresses:
        page.goto(address)
        yield from [f"{address}: {page.evaluate('window.hits')} ran"] if page.evaluate("window.hits") else []
    leave(context)


def session_of(user):
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def hits(page, html):
    """What runs in a page that escapes nothing, and which elements exist that only a payload makes."""
    page.goto("about:blank")
    page.set_content(html, wait_until="commit")
    return page.evaluate("window.hits"), made(page, html)


CARELESS = [
    "<title>x</title><p>{}</p>", '<input value="{}">', "<input value='{}'>", "<textarea>{}</textarea>", "<title>{}</title>",
    "<script>var x = '{}'</script>", "<style>{}</style>", "<!-- {} -->", "<svg><![CDATA[{}]]></svg>",
]  # fmt: skip


def test_each_payload_is_seen_in_some_page_that_escapes_nothing(browser):
    page = browser.new_context(bypass_csp=True).new_page()
    page.add_init_script(WATCH)
    unseen = [text for text in PAYLOADS if not any(hits(page, careless.format(text)) for careless in CARELESS)]
    assert unseen == []
