"""The nine short steps in which a coach says who they are, and how far somebody has come."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.documents import NEEDED, missing, wanted_document
from accounts.models import CoachProfile


class Step(NamedTuple):
    """One page of the wizard: its name in addresses, what it is called, what it asks, what it fills."""

    slug: str
    title: Promise
    question: Promise
    hint: Promise
    fills: tuple[str, ...]


STEPS = (
    Step(
        "goal",
        _("Goal"),
        _("What do you want to help people with?"),
        _("One or two sentences: where are they when they come to you, and where do you take them?"),
        ("goal",),
    ),
    Step(
        "skills",
        _("Skills"),
        _("What do you teach?"),
        _("Students find you by these."),
        ("skills",),
    ),
    Step(
        "experience",
        _("Experience"),
        _("Where have you worked with this?"),
        _("Jobs, stages, projects: whatever shows that you know it. The latest stands first."),
        ("experience",),
    ),
    Step(
        "education",
        _("Education"),
        _("Where have you learnt it?"),
        _("Schools, courses, certificates. Leave it out if you taught yourself."),
        ("education",),
    ),
    Step(
        "portfolio",
        _("Portfolio"),
        _("What can people look at?"),
        _("Links to your work, your videos, your texts."),
        ("portfolio",),
    ),
    Step(
        "languages",
        _("Languages"),
        _("Which languages do you teach in?"),
        _("Be honest about the level: it tells students how easy talking will be."),
        ("languages",),
    ),
    Step(
        "headline",
        _("Headline and text"),
        _("How do you introduce yourself?"),
        _("The headline is what people see in a list, the text what makes them write to you."),
        ("headline", "bio"),
    ),
    Step(
        "rates",
        _("Place and rates"),
        _("Where are you, and what do you charge?"),
        _("You may change this at any time. What is agreed already stays as it is."),
        ("country", "hourly_rate_cents"),
    ),
    Step(
        "review",
        _("Review"),
        _("Is everything as you want it?"),
        _("This is what students will read. Our staff read it first."),
        (),
    ),
)
BY_SLUG: Mapping[str, Step] = {step.slug: step for step in STEPS}
OF_SECTION = {section: step.slug for step in STEPS for section in step.fills}

NEEDED_STEPS = {OF_SECTION[name] for name in (*NEEDED, "country")}


class Place(NamedTuple):
    """Where somebody is in the wizard."""

    steps: list[tuple[Step, dict[str, bool]]]
    number: int
    percent: int  # of what is needed
    is_ready: bool
    is_done: bool
    previous: str
    next: str


def place_of(profile: CoachProfile, slug: str) -> Place:
    """All steps with their marks, seen from one of them."""
    slugs, done = list(BY_SLUG), done_steps(profile)
    at = slugs.index(slug)
    steps = [(step, _marks(step, done) | {"current": step.slug == slug}) for step in STEPS]
    return Place(
        steps=steps,
        number=at + 1,
        percent=round(100 * len(done & NEEDED_STEPS) / len(NEEDED_STEPS)),
        is_ready=done >= NEEDED_STEPS and "review" not in done,
        is_done=slug in done,
        previous=slugs[at - 1] if at else "",
        next=slugs[min(at + 1, len(slugs) - 1)],
    )


def _marks(step: Step, done: set[str]) -> dict[str, bool]:
    return {"done": step.slug in done, "optional": bool(step.fills) and step.slug not in NEEDED_STEPS}


def done_steps(profile: CoachProfile) -> set[str]:
    """The steps that have all they ask for; the review is done when staff have the profile or approved it."""
    filled = wanted_document(profile) | {
        "country": profile.country,
        "hourly_rate_cents": profile.hourly_rate_cents,
    }
    done = {step.slug for step in STEPS if step.fills and all(filled[name] for name in step.fills)}
    with_staff = profile.state in {CoachProfile.State.SUBMITTED, CoachProfile.State.APPROVED}
    return done | ({"review"} if with_staff else set())


def where_to_go_on(profile: CoachProfile) -> str:
    """The first step that is not done; the review once nothing that is needed is missing."""
    if not missing(profile):
        return "review"
    done = done_steps(profile)
    return next(slug for slug in BY_SLUG if slug not in done)
