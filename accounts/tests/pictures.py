"""Pictures for tests, drawn on the spot."""

from io import BytesIO

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(kind="JPEG", size=(300, 200), mode="RGB", colour=RED, **options):
    """The bytes of a picture of one colour."""
    image = Image.new(mode, size, colour if mode == "RGB" else 0)
    return encoded(image, kind, **options)


def encoded(image, kind="PNG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(data):
    return Image.open(BytesIO(data))
