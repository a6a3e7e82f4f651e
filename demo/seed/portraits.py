"""Pictures in the place of faces: hills under a sun, drawn the same for a person each time."""

import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from accounts.models import User
from accounts.operations import put_photo
from accounts.pictures import portrait_of
from core import clock

SHOWN = ("lucia", "daniel", "mei", "tomas", "aisha", "ines", "anna", "marcus", "chloe", "hana")
SIDE = 512
PALETTES = [  # sky above, sky below, sun, hills from far to near
    ((255, 214, 165), (255, 236, 209), (240, 113, 103), [(196, 146, 139), (143, 103, 118), (84, 69, 96)]),
    ((156, 201, 226), (226, 240, 245), (255, 230, 150), [(126, 176, 171), (76, 132, 130), (38, 84, 92)]),
    ((214, 196, 240), (249, 226, 233), (255, 183, 153), [(168, 150, 205), (118, 103, 168), (73, 66, 122)]),
    ((190, 224, 190), (242, 246, 214), (250, 199, 92), [(140, 184, 122), (88, 141, 92), (45, 92, 72)]),
    ((38, 58, 105), (120, 110, 160), (250, 240, 220), [(82, 84, 138), (52, 60, 108), (26, 34, 70)]),
]


def show_faces(cast: dict[str, User]) -> None:
    """Some people show a picture, uploaded as anybody would; the others keep their initials."""
    for number, key in enumerate(SHOWN):
        portrait = portrait_of(BytesIO(_landscape(key, number)))
        cast[key] = put_photo(cast[key], portrait=portrait, by=cast[key], now=clock.now())


def _landscape(key: str, number: int) -> bytes:
    chance = random.Random(key)  # noqa: S311 - not a secret
    above, below, sun, hills = PALETTES[number % len(PALETTES)]
    image = Image.linear_gradient("L").resize((SIDE, SIDE))
    picture = Image.composite(Image.new("RGB", image.size, below), Image.new("RGB", image.size, above), image)
    draw = ImageDraw.Draw(picture)
    x, y, radius = chance.randint(150, 360), chance.randint(130, 220), chance.randint(55, 85)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=sun)
    for row, colour in enumerate(hills):
        draw.polygon(_ridge(chance, 270 + row * 75), fill=colour)
    out = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(out, "PNG")
    return out.getvalue()


def _ridge(chance: random.Random, height: int) -> list[tuple[int, int]]:
    points = [(x, height + chance.randint(-45, 45)) for x in range(0, SIDE + 129, 128)]
    return [(0, SIDE), *points, (SIDE, SIDE)]
