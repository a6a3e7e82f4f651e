"""Who reads their sessions in a calendar program of their own. Nobody's calendar at Google: the demo has no keys."""

from datetime import timedelta

from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from scheduling.operations.feeds import renew_feed


def feeds(stage: Stage, cast: Cast) -> Scene:
    yield stage.end - timedelta(days=9)
    for key in ("lucia", "anna", "jonas"):
        renew_feed(by=cast[key], now=stage.now())


SCENES = [feeds]
