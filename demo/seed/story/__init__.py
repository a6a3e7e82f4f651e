"""What the demo people have been doing; each scene is one generator, see demo/seed/stage.py."""

from demo.seed.cast import Cast, coaches_arrive
from demo.seed.stage import Scene, Stage
from demo.seed.story import (
    agreeing,
    availability,
    bookings,
    calendars,
    changing,
    endings,
    groups,
    haggling,
    learning,
    leaving,
    today,
    trouble,
    wishes,
)


def scenes(stage: Stage, cast: Cast) -> list[Scene]:
    """All scenes; the coaches arrive first."""
    told = [*wishes.SCENES, *haggling.SCENES, *learning.SCENES, *endings.SCENES, *leaving.SCENES, *today.SCENES]
    told += availability.SCENES
    told += bookings.SCENES
    told += calendars.SCENES
    told += changing.SCENES
    told += trouble.SCENES
    told += groups.SCENES
    told += agreeing.SCENES
    return [coaches_arrive(stage, cast), *(scene(stage, cast) for scene in told)]
