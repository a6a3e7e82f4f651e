"""The demo's data: people, and a past that is played through the real operations and the Stripe stand-in."""

import json

from celery import current_app
from django.conf import settings

from accounts.models import User
from core import clock
from core.events import record
from core.models import Event
from demo.clock import StandinIsAway, post_to_standin
from demo.seed.cast import ask_standin, make_people
from demo.seed.people import DOMAIN
from demo.seed.portraits import show_faces
from demo.seed.stage import Stage
from demo.seed.story import scenes

SEEDED = "demo_seeded"
TOLERANCE = 30


class CannotSeed(Exception):
    """Why the demo's past cannot be played here, in one sentence."""


def seed(size: str) -> None:
    """Make the demo people and play their past; nothing happens where that was done before."""
    if Event.objects.filter(name=SEEDED).exists():
        return
    _check_surroundings()
    current_app.conf.broker_url = "memory://"  # nobody works yet, and the sweeps find everything
    ask_standin("pause-deliveries")
    try:
        with Stage() as stage:
            _check_clock()
            cast = make_people()
            show_faces(cast)
            stage.play(scenes(stage, cast))
        record(cast["admin"], SEEDED, by=cast["admin"], at=clock.now(), size=size)
    finally:
        ask_standin("resume-deliveries")


def _check_surroundings() -> None:
    if not settings.CLOCK_FILE:
        raise CannotSeed("The demo's past cannot be played without the setting CLOCK_FILE.")
    if User.objects.filter(email__endswith=f"@{DOMAIN}").exists():
        raise CannotSeed("An earlier seed was interrupted: begin again with an empty database.")
    try:
        post_to_standin("/_standin/tick")
    except (StandinIsAway, ValueError) as error:
        raise CannotSeed(f"The Stripe stand-in does not answer at {settings.STANDIN_URL}: start it first.") from error


def _check_clock() -> None:
    theirs = json.loads(post_to_standin("/_standin/tick"))["now"]
    if abs(theirs - clock.now().timestamp()) > TOLERANCE:
        raise CannotSeed("The Stripe stand-in reads another clock: start it with the same CLOCK_FILE.")
