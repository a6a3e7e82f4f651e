"""Pictures of people: whatever bytes somebody sends become a small square of pixels and nothing else, or a refusal."""

import re
import threading
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple
from zipfile import is_zipfile

import structlog
from django.utils.translation import gettext as _
from PIL import Image, ImageCms

from core.refused import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
LEAST_SIDE = 64
LARGE, SMALL = 512, 128  # for the profile; for lists and menus, where a face has at most 52 points
FORMATS = ["JPEG", "PNG", "WEBP"]
ANOTHER_FILE = re.compile(rb"<(?:script|html|\?php|svg\s)|%pdf-", re.IGNORECASE)
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
log = structlog.get_logger(__name__)
_one_at_a_time = threading.Lock()


class Portrait(NamedTuple):
    """A face in two sizes, as WebP made of pixels alone."""

    large: bytes
    small: bytes


def portrait_of(upload: BinaryIO) -> Portrait:
    """Decode what was sent and paint it anew: upright, square, sRGB, without anything else that was in the file."""
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(_("This picture is larger than 5 MB."), code="picture_too_big", field="photo")
    if is_zipfile(BytesIO(data)) or ANOTHER_FILE.search(data):  # two things at once, of which we want none
        raise _not_readable()
    with _one_at_a_time:  # so that many pictures at once do not need the memory of many
        square = _decoded(data)
    return Portrait(_as_webp(square, LARGE), _as_webp(square, SMALL))


def _decoded(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _refuse_odd(image)
            return _painted(image)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders raise whatever their code comes to with broken bytes
        log.info("picture not readable", error=repr(error)[:200])
        raise _not_readable() from error


def _refuse_odd(image: Image.Image) -> None:
    """Look at what the head of the file says, before anything is decoded."""
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < LEAST_SIDE:
        sentence = _("This picture is too small. It needs at least 64 pixels on each side.")
        raise Refused(sentence, code="picture_too_small", field="photo")
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise Refused(_("Choose a picture that does not move."), code="picture_moves", field="photo")


def _not_readable() -> Refused:
    sentence = _("This is not a picture that we can read. Use a JPEG, PNG or WebP file.")
    return Refused(sentence, code="picture_not_readable", field="photo")


def _too_many_pixels() -> Refused:
    sentence = _("This picture has more than 24 million pixels. Make it smaller first.")
    return Refused(sentence, code="picture_too_many_pixels", field="photo")


def _painted(image: Image.Image) -> Image.Image:
    """The middle of the picture as a square of new pixels; made small first, since the rest costs by the pixel."""
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    image.draft(None, (LARGE, LARGE))  # JPEG is decoded at about the size that is needed
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    size = min(side, LARGE)
    box = (left, top, left + side, top + side)
    square = _resizable(image).resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)
    square = _in_srgb(_on_white(square), profile)
    if orientation in TURNS:
        square = square.transpose(TURNS[orientation])
    return Image.frombytes("RGB", square.size, square.tobytes())


def _orientation(image: Image.Image) -> Any:
    try:
        return image.getexif().get(ORIENTATION)
    except Exception:  # a broken note about the camera does not break the picture
        return None


def _resizable(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGB", "RGBA", "L", "CMYK"}:
        return image
    return image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source, screen = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, screen, outputMode="RGB") or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            log.info("colour profile not usable")
    return image.convert("RGB")


def _as_webp(square: Image.Image, side: int) -> bytes:
    made = square if square.width <= side else square.resize((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    made.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
