"""The picture that stands for a coach where somebody shares their page: 1200 × 630, drawn from what is public."""

import hashlib
import json
import math
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont, ImageOps

from accounts.models import CoachProfile
from core.money import as_text
from core.templatetags.design import initials

SIZE = (1200, 630)
PAPER, SHEET, EDGE, INK, MUTED = "#f5f7f6", "#ffffff", "#e0e7e5", "#15202b", "#556270"
ACCENT, STAR = "#0b6b5d", "#f0a22e"
FACE = 220
LEFT, RIGHT = 360, 1100
FONTS = [
    Path(settings.BASE_DIR) / "static/fonts" / f"plus-jakarta-sans-{part}-wght-normal.woff2"
    for part in ("latin", "latin-ext")
]
VERSION = 2
log = structlog.get_logger(__name__)


def stamp_of(coach: CoachProfile) -> str:
    """Changes when the picture would."""
    shown = [VERSION, coach.user.name, coach.user.photo.name, *_words(coach)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:24]


def draw_card(coach: CoachProfile) -> bytes:
    """The picture as PNG."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((50, 50, 1150, 580), 36, fill=SHEET, outline=EDGE, width=2)
    pen.rounded_rectangle((50, 50, 1150, 96), 36, fill=ACCENT)
    pen.rectangle((50, 66, 1150, 100), fill=SHEET)
    pen.line([(51, 66), (51, 100)], fill=EDGE, width=2)
    pen.line([(1149, 66), (1149, 100)], fill=EDGE, width=2)
    picture.paste(*_face(coach))
    top = _write(pen, 150, coach.user.name, 64, 800, INK, lines=2)
    _write(pen, top + 12, coach.headline, 36, 500, MUTED, lines=3)
    _facts(pen, coach)
    _line(pen, 110, 486, "Skileez", 44, 800, ACCENT)
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _words(coach: CoachProfile) -> list[str]:
    """Headline, rating, sessions and price, in the site's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        rating = f"{coach.rating:.2f} ({coach.rating_count})" if coach.rating_count else ""
        done = ngettext("%(n)d session done", "%(n)d sessions done", coach.sessions_done) % {"n": coach.sessions_done}
        price = _("%(amount)s per hour") % {"amount": as_text(coach.hourly_rate_cents, coach.currency)}
    return [coach.headline, rating, done if coach.sessions_done else "", price]


def _facts(pen: ImageDraw.ImageDraw, coach: CoachProfile) -> None:
    """The row at the foot: a star with the rating, then sessions and price."""
    _headline, rating, done, price = _words(coach)
    x = LEFT
    if rating:
        pen.polygon(_star(x + 17, 510, 19), fill=STAR)
        x = _line(pen, x + 44, 492, rating, 28, 700, INK) + 32
    for words in filter(None, [done, price]):
        x = _line(pen, x, 492, words, 28, 500, MUTED) + 32


def _star(x: float, y: float, size: float) -> list[tuple[float, float]]:
    turns = [(math.pi * n / 5 - math.pi / 2, size if n % 2 == 0 else size * 0.42) for n in range(10)]
    return [(x + far * math.cos(turn), y + far * math.sin(turn)) for turn, far in turns]


def _face(coach: CoachProfile) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """The photo in a circle, else initials, ready to be pasted."""
    mask = Image.new("L", (FACE * 3, FACE * 3), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, FACE * 3, FACE * 3), fill=255)
    return _photo(coach) or _letters(coach.user.name), (100, 150), mask.resize((FACE, FACE), Image.Resampling.LANCZOS)


def _photo(coach: CoachProfile) -> Image.Image | None:
    if not coach.user.photo:
        return None
    try:
        with coach.user.photo.storage.open(coach.user.photo.name) as file, Image.open(file) as picture:
            return ImageOps.fit(picture.convert("RGB"), (FACE, FACE))
    except (OSError, ValueError) as error:
        log.warning("photo cannot be read", user=coach.user_id, error=str(error))
        return None


def _letters(name: str) -> Image.Image:
    picture = Image.new("RGB", (FACE, FACE), ACCENT)
    words = initials(name)
    _line(ImageDraw.Draw(picture), (FACE - _width(words, 88, 700)) / 2, 54, words, 88, 700, "#ffffff")
    return picture


def _write(pen: ImageDraw.ImageDraw, top: float, text: str, size: int, weight: int, ink: str, *, lines: int) -> float:
    """Words over as many lines as there may be; where the last of them ends."""
    for line in _broken(text, size, weight, lines):
        _line(pen, LEFT, top, line, size, weight, ink)
        top += size * 1.25
    return top


def _broken(text: str, size: int, weight: int, lines: int) -> list[str]:
    """The text in lines that fit beside the face; what is too much ends in an ellipsis."""
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and _width(longer, size, weight) <= RIGHT - LEFT:
            rows[-1] = longer
        else:
            rows.append(word)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], rows[lines - 1] + "…"]
    return [_cut(row, size, weight) for row in rows]


def _cut(row: str, size: int, weight: int) -> str:
    while _width(row, size, weight) > RIGHT - LEFT:
        row = row.removesuffix("…")[:-1] + "…"
    return row


def _line(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, weight: int, ink: str) -> float:
    """One line, each part in the font that has its letters; where it ends."""
    for font, part in _parts(text, size, weight):
        pen.text((x, y), part, font=font, fill=ink)
        x += font.getlength(part)
    return x


def _width(text: str, size: int, weight: int) -> float:
    return sum(font.getlength(part) for font, part in _parts(text, size, weight))


def _parts(text: str, size: int, weight: int) -> list[tuple[ImageFont.FreeTypeFont, str]]:
    grouped = groupby(text, lambda letter: _font(letter, size, weight))
    return [(font, "".join(letters)) for font, letters in grouped if font]


@lru_cache(maxsize=2048)
def _font(letter: str, size: int, weight: int) -> ImageFont.FreeTypeFont | None:
    """The font that can draw a letter; none where neither can."""
    return next((font for font in _fonts(size, weight) if letter == " " or _has(font, letter)), None)


@lru_cache(maxsize=32)
def _fonts(size: int, weight: int) -> list[ImageFont.FreeTypeFont]:
    fonts = [ImageFont.truetype(path, size) for path in FONTS]
    for font in fonts:
        font.set_variation_by_axes([weight])
    return fonts


def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """What a font lacks it draws as the same box."""
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
