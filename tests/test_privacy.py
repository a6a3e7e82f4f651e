"""What is private stays so: every page and endpoint is opened by people whom it does not concern.

Each private field of two people holds a mark that is nowhere else. Their own walk must find every mark, so that
the walk of a stranger, which must find none, is known to look in the right places.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import CoachProfile, StudentProfile, User
from accounts.operations import change_profile
from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.models import Contract, Review
from contracts.tests.factories import active, scheduled
from core import clock
from marketplace.models import LearningRequest, Proposal
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory
from payments.models import ConnectAccount

pytestmark = pytest.mark.django_db

MARKS = {
    "student": {
        "e-mail": "mark-e-mail-of-student@example.com",
        "last name": "Marklastname",
        "about": "MARK-ABOUT",
        "date of birth": "1971-02-03",
        "country": "Bhutan",
        "time zone": "Antarctica/Vostok",
        "draft": "MARK-DRAFT",
        "invitation": "MARK-INVITATION",
        "note on a contract": "MARK-NOTE",
        "private review": "MARK-REVIEW",
    },
    "coach": {
        "e-mail": "mark-e-mail-of-coach@example.com",
        "meeting link": "https://meet.jit.si/MARK-MEETING",
        "change not approved": "MARK-WISH",
        "reason": "MARK-REASON",
        "letter of a proposal": "MARK-LETTER",
        "note on a contract": "MARK-NOTE",
    },
}
ALL_MARKS = {mark for marks in MARKS.values() for mark in marks.values()}
# Not for readers: staff, a stream without end, and what only the demo has (everybody may read its mails there).
LEFT_OUT = ("admin/", "live/", "demo/", "standin/", "static/", "_allauth/", "api/schema/", "api/docs/")
CHOICES = re.compile(r"<option(?![^>]* selected)[^>]*>[^<]*</option>")  # lists of all countries say nothing


@pytest.fixture
def student():
    return StudentFactory(
        name="Ada Marklastname",
        email=MARKS["student"]["e-mail"],
        time_zone="Antarctica/Vostok",
        profile__about="MARK-ABOUT",
        profile__born_on=date(1971, 2, 3),
        profile__country="BT",
    )


@pytest.fixture
def coach():
    return CoachFactory(
        name="Carla Coach",
        email=MARKS["coach"]["e-mail"],
        profile__meeting_url="https://meet.jit.si/MARK-MEETING",
    )


@pytest.fixture
def world(student, coach, standin):
    """The ids of everything that the two have with each other, by the first part of its address."""
    contract = active(standin, request__student=student, coach=coach, cover_letter="MARK-LETTER " * 12)
    Contract.objects.filter(pk=contract.pk).update(note="MARK-NOTE", learning_outcomes="MARK-NOTE")
    session = scheduled(contract)
    Review.objects.create(
        contract=contract, author=student, coach=coach, stars=5, text="MARK-REVIEW", is_public=False,
        written_at=clock.now(),
    )  # fmt: skip
    draft = LearningRequestFactory(student=student, state="draft", title="MARK-DRAFT")
    asked = LearningRequestFactory(student=student)
    waiting = ProposalFactory(request=asked, coach=coach, cover_letter="MARK-LETTER " * 12)
    invitation = InvitationFactory(request=asked, coach=coach, message="MARK-INVITATION")
    profile = coach.coach_profile
    change_profile(profile, by=coach, now=clock.now(), bio="MARK-WISH", headline="MARK-WISH")
    CoachProfile.objects.filter(pk=profile.pk).update(state="rejected", rejection_reason="MARK-REASON")
    assert ConnectAccount.objects.exclude(user=coach).count() == 0
    people = [student.pk, coach.pk]
    requests = [draft.pk, asked.pk, contract.proposal.request_id]
    bookings = list(contract.bookings.values_list("pk", flat=True))
    return {
        "students": people, "coaches": people, "slots": people, "check-availability": people,
        "scheduling-options": people,
        "requests": requests, "saved": requests, "post-request": requests, "edit-job": requests,
        "submit-proposal": requests, "proposals": [waiting.pk, contract.proposal_id], "accept-proposal": [waiting.pk],
        "contracts": [contract.pk, contract.proposal_id, session.pk], "schedule": [contract.pk, coach.pk],
        "sessions": [session.pk], "calls": [session.pk], "bookings": bookings, "invitations": [invitation.pk],
        "notifications": list(student.notifications.values_list("pk", flat=True))[:2],
        "money": [contract.number], "reviews": [session.pk, coach.pk],
    }  # fmt: skip


def routes(found: Any = None, before: str = "") -> Iterator[str]:
    """Every route of the site as it is written in the address lists."""
    for each in (found or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if route.startswith(LEFT_OUT):
            continue
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        elif isinstance(each, URLPattern):
            yield route


def addresses(world: dict[str, list[Any]]) -> Iterator[str]:
    """Each route with the ids of the two filled in; a route of something unknown gets them all."""
    everything = sorted({each for ids in world.values() for each in ids if isinstance(each, int)})
    for route in routes():
        plain = re.sub(r"\^|\$|/\?$", "", route)
        plain = re.sub(r"\(\?:/\.\*\)\?", "", plain)
        plain = re.sub(r"<role:\w+>", "coach", re.sub(r"<slug:\w+>", "bio", plain))
        place = re.compile(r"\(\?P<\w+>(?:\\.|[^()\\]|\([^)]*\))*\)|<\w+:\w+>")
        kind = plain.removeprefix("api/v1/").split("/")[0]
        for each in world.get(kind, everything) if place.search(plain) else [0]:
            yield "/" + place.sub(str(each), plain)


def walk(reader: User | None, world: dict[str, list[Any]]) -> dict[str, set[str]]:
    """The marks that this reader comes across, and where."""
    client, met = Client(), {}
    if reader:
        client.force_login(reader)
    for address in addresses(world):
        answer = client.get(address)
        assert answer.status_code != 500, address
        if answer.streaming:
            continue
        said = CHOICES.sub("", answer.content.decode(errors="replace")) + answer.headers.get("Location", "")
        for mark in ALL_MARKS:
            if mark in said:
                met.setdefault(mark, set()).add(address)
    return met


def test_each_finds_every_mark_of_their_own(student, coach, world):
    for person, marks in ((student, MARKS["student"]), (coach, MARKS["coach"])):
        met = walk(person, world)
        assert {name for name, mark in marks.items() if mark not in met} == set()


def test_the_other_side_reads_what_it_needs_and_no_more(student, coach, world):
    allowed_to_coach = {"Marklastname", "MARK-ABOUT", "Bhutan", "Antarctica/Vostok", "MARK-INVITATION"}
    assert set(walk(coach, world)) - set(MARKS["coach"].values()) == allowed_to_coach
    assert set(walk(student, world)) - set(MARKS["student"].values()) == {"MARK-LETTER"}


@pytest.mark.parametrize("who", ["nobody", "a student", "a coach", "a person with both roles"])
def test_whom_it_does_not_concern_finds_nothing(who, world):
    strangers = {
        "nobody": lambda: None,
        "a student": StudentFactory,
        "a coach": CoachFactory,
        "a person with both roles": lambda: CoachFactory(is_student=True),
    }
    reader = strangers[who]()
    if reader and reader.is_student:
        StudentProfile.objects.get_or_create(user=reader)
    assert walk(reader, world) == {}


def test_a_stranger_s_own_things_do_not_open_those_of_others(world, coach):
    """Who has dealings with the coach reads no more of the student, and the other way round."""
    neighbour = StudentFactory()
    ProposalFactory(coach=coach, request=LearningRequestFactory(student=neighbour))
    assert walk(neighbour, world) == {}
    assert Proposal.objects.filter(coach=coach).count() == 3
    assert LearningRequest.objects.count() == 4
