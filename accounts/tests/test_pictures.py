"""What becomes of the bytes somebody sends as a picture."""

import random
import zipfile
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from accounts.pictures import portrait_of
from accounts.tests.pictures import BLUE, RED, encoded, picture, read
from core.refused import Refused


def portrait(data):
    return portrait_of(BytesIO(data))


def refusal_of(data):
    with pytest.raises(Refused) as caught:
        portrait(data)
    return caught.value.code


def near(pixel, colour):
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_two_square_webps(kind):
    made = portrait(picture(kind, (1200, 800)))
    assert [(read(data).format, read(data).size) for data in made] == [("WEBP", (512, 512)), ("WEBP", (128, 128))]
    assert near(read(made.large).getpixel((256, 256)), RED)


def test_a_small_picture_is_not_blown_up():
    made = portrait(picture("PNG", (100, 80)))
    assert [read(data).size for data in made] == [(80, 80), (80, 80)]


def test_the_middle_is_kept():
    wide = Image.new("RGB", (900, 300), BLUE)
    wide.paste(RED, (300, 0, 600, 300))
    square = read(portrait(encoded(wide)).large)
    assert all(near(square.getpixel(spot), RED) for spot in [(5, 5), (294, 294)])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright_however_the_camera_was_held(orientation):
    upright = Image.new("RGB", (200, 200), BLUE)
    upright.paste(RED, (0, 0, 100, 100))  # red in the upper left corner, as the person sees it
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turned[orientation]) if orientation in turned else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = read(portrait(encoded(stored, "JPEG", exif=exif, quality=95)).large)
    assert near(shown.getpixel((40, 40)), RED)
    assert near(shown.getpixel((160, 40)), BLUE)
    assert near(shown.getpixel((40, 160)), BLUE)


def test_nothing_that_the_file_said_besides_pixels_is_left():
    exif = Image.Exif()
    exif[0x010E] = "SECRET-WORDS"
    exif.get_ifd(0x8825)[2] = (39.0, 28.0, 12.0)  # where it was taken
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "SECRET-WORDS")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for data in (
        picture("JPEG", exif=exif, icc_profile=srgb, comment=b"SECRET-WORDS"),
        picture("PNG", pnginfo=said, icc_profile=srgb, exif=exif),
        picture("WEBP", exif=exif, icc_profile=srgb, xmp=b"<x>SECRET-WORDS</x>"),
    ):
        for made in portrait(data):
            assert set(read(made).info) <= {"loop", "background", "timestamp", "duration"}
            assert not read(made).getexif()
            assert not any(mark in made for mark in (b"SECRET", b"EXIF", b"ICCP", b"XMP "))


def test_colours_of_another_space_are_brought_into_that_of_screens():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert portrait(picture("JPEG", icc_profile=lab)).large  # does not fit the pixels: left out
    assert portrait(picture("JPEG", icc_profile=b"no profile")).large


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_can_be_read(mode):
    assert read(portrait(picture("PNG", mode=mode)).large).mode == "RGB"


def test_pictures_made_for_print_can_be_read():
    assert read(portrait(picture("JPEG", mode="CMYK")).large).mode == "RGB"


def test_what_is_transparent_becomes_white():
    assert near(read(portrait(picture("PNG", mode="RGBA")).large).getpixel((9, 9)), (255, 255, 255))


def test_bright_grey_of_sixteen_bits_stays_grey():
    grey = Image.new("I;16", (100, 100), 0x8000)
    assert near(read(portrait(encoded(grey)).large).getpixel((9, 9)), (128, 128, 128))


def test_too_many_bytes_are_refused_before_anything_is_decoded():
    assert refusal_of(picture() + b"\0" * (5 * 1024 * 1024)) == "picture_too_big"


def test_too_many_pixels_are_refused_by_what_the_head_says():
    assert refusal_of(picture("PNG", (8000, 5001), mode="1")) == "picture_too_many_pixels"
    assert refusal_of(picture("PNG", (20000, 20000), mode="1")) == "picture_too_many_pixels"
    claimed = bytearray(picture("PNG", (100, 100)))
    claimed[16:24] = b"\x00\x00\xff\xff" * 2
    assert refusal_of(bytes(claimed)) in {"picture_too_many_pixels", "picture_not_readable"}


def test_too_few_pixels_are_refused():
    assert refusal_of(picture("PNG", (63, 400))) == "picture_too_small"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_pictures_that_move_are_refused(kind):
    frames = [Image.new("RGB", (100, 100), colour) for colour in (RED, BLUE)]
    assert refusal_of(encoded(frames[0], kind, save_all=True, append_images=frames[1:])) == "picture_moves"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.4",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_what_is_no_picture_is_refused(data):
    assert refusal_of(data) == "picture_not_readable"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "PDF", "TGA"])
def test_other_formats_are_refused_whatever_they_are_called(kind):
    assert refusal_of(picture(kind)) == "picture_not_readable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    noisy = encoded(Image.effect_noise((300, 300), 90).convert("RGB"), kind)
    assert refusal_of(noisy[: len(noisy) // 2]) == "picture_not_readable"


def zipped():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Evil.class", "SECRET-CODE")
    return out.getvalue()


def test_a_file_that_is_two_things_is_refused():
    said = PngImagePlugin.PngInfo()
    said.add_text("x", "<script>SECRET-CODE</script>")
    picture_and = [zipped(), b"<?php SECRET-CODE ?>", b"<SCRIPT>", b"<html>", b"%PDF-1.7", b"<svg onload=x>"]
    for data in [picture("PNG", pnginfo=said), *(picture("JPEG") + other for other in picture_and)]:
        assert refusal_of(data) == "picture_not_readable"


def test_of_what_stands_behind_the_picture_nothing_is_left():
    for made in portrait(picture("JPEG") + b"SECRET-CODE"):
        assert b"SECRET-CODE" not in made


def test_a_gif_that_is_also_an_archive_is_refused():
    assert refusal_of(picture("GIF") + zipped()) == "picture_not_readable"


CODES = {"picture_not_readable", "picture_too_many_pixels", "picture_too_small", "picture_moves"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_whatever_the_bytes_there_is_a_picture_or_a_refusal(kind):
    chance = random.Random(f"{kind} 42")
    whole = encoded(Image.effect_noise((90, 90), 90).convert("RGB"), kind)
    for _round in range(150):
        broken = bytearray(whole)
        for _flip in range(chance.choice([1, 1, 3, 20])):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        data = bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])])
        try:
            assert read(portrait(data).large).format == "WEBP"
        except Refused as refusal:
            assert refusal.code in CODES
