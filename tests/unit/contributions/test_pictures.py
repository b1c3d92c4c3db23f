"""Pictures that lie, explode or tell too much, and what becomes of the others."""

import io
import struct
import zlib
from base64 import b64decode

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from lti_tool.contributions.files import Limits, make_safe
from lti_tool.kernel.errors import InvalidError, TooLargeError

LIMITS = Limits(image=1, document=1, video=1)
SECRET = b"Jane Secret"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825

# Red, 64 by 32 pixels, with the name of a camera.
HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp"
    "bG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAABkAAgAAAAAB+wABAAAAAAAAADIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA"
    "/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMD"
    "IAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAA"
    "AAEAAAAAAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNj"
    "AAIAAQABAAAAU21kYXQAAAAVKAGvBBj4ynHX//Syn76gLtjdIR5wAAAABkV4aWYAAE1NACoAAAAIAAEBDwACAAAADgAAABoAAAAAU2Vj"
    "cmV0IENhbWVyYQA="
)


def picture(kind="JPEG", size=(40, 20), colour="red", mode="RGB", **options):
    content = io.BytesIO()
    Image.new(mode, size, colour).save(content, kind, **options)
    return content


def safe(content):
    return make_safe(content if isinstance(content, io.BytesIO) else io.BytesIO(content), LIMITS)


def refusal(content):
    with pytest.raises(InvalidError) as refused:
        safe(content)
    assert refused.value.field == "file"
    return refused.value.code


def exif():
    tags = Image.Exif()
    tags[MAKE] = SECRET.decode()
    tags[ORIENTATION] = 6  # a quarter turn
    tags.get_ifd(GPS).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0)})
    return tags


def test_a_photo_loses_its_place_and_author_and_stands_upright():
    source = picture(exif=exif(), comment=SECRET)
    assert SECRET in source.getvalue()
    assert Image.open(source).getexif().get_ifd(GPS)
    result = safe(source)
    drawn = result.content.read()
    with Image.open(io.BytesIO(drawn)) as image:
        assert (image.format, image.size) == ("JPEG", (20, 40))
        assert not image.getexif()
        assert not {"comment", "exif", "xmp", "icc_profile", "photoshop"} & set(image.info)
    assert SECRET not in drawn
    assert (result.media_type, result.width, result.height, result.size) == ("image/jpeg", 20, 40, len(drawn))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_lose_it_too_and_keep_their_transparency(kind):
    notes = PngInfo()
    notes.add_text("Author", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    extra = {"pnginfo": notes} if kind == "PNG" else {"xmp": SECRET, "lossless": True}
    source = picture(kind, mode="RGBA", colour=(255, 0, 0, 100), exif=exif(), **extra)
    assert SECRET in source.getvalue()
    result = safe(source)
    assert result.media_type == f"image/{kind.lower()}"
    assert SECRET not in result.content.getvalue()
    with Image.open(result.content) as image:
        assert not image.getexif()
        assert image.getpixel((0, 0))[3] == 100


def test_a_moving_picture_becomes_its_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("lime", "red")]
    source = io.BytesIO()
    frames[0].save(source, "GIF", save_all=True, append_images=frames[1:])
    result = safe(source)
    assert result.media_type == "image/png"
    with Image.open(result.content) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((0, 0)) == (0, 255, 0)


def test_a_large_photo_is_made_smaller():
    assert (safe(picture(size=(4000, 1000))).width, safe(picture("PNG", size=(1000, 4000))).height) == (
        2048,
        2048,
    )


def test_a_colour_profile_is_applied_not_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    result = safe(picture(icc_profile=profile))
    with Image.open(result.content) as image:
        assert "icc_profile" not in image.info
        red, green, blue = image.getpixel((0, 0))
    assert red > 240
    assert green + blue < 20


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_pictures_of_every_mode_are_taken(mode):
    source = io.BytesIO()
    Image.new(mode, (8, 8)).save(source, "JPEG" if mode == "CMYK" else "PNG")
    assert safe(source).width == 8


def test_the_same_picture_twice_has_the_same_digest():
    assert (
        safe(picture()).digest
        == safe(picture(exif=exif(), size=(20, 40))).digest
        != safe(picture(colour="blue")).digest
    )


@pytest.mark.parametrize(
    "lie",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GI",
        b"",
        b"MZ" + bytes(200),
        b"PK\x03\x04" + bytes(200),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(lie):
    assert refusal(lie) == "file-type"


def test_html_behind_a_picture_is_left_behind():
    script = b"<script>alert(document.domain)</script>"
    notes = PngInfo()
    notes.add_text("Comment", script.decode())
    polyglot = picture("PNG", pnginfo=notes).getvalue() + script
    assert polyglot.count(script) == 2
    assert script not in safe(polyglot).content.getvalue()


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"GIF89a"]
)
def test_what_only_begins_like_a_picture_is_refused(start):
    assert refusal(start + b"<script>alert(1)</script>" * 20) == "unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_off_is_refused(kind):
    noise = Image.effect_noise((200, 200), 90)
    content = io.BytesIO()
    noise.save(content, kind)
    assert refusal(content.getvalue()[: len(content.getvalue()) // 2]) == "unreadable"


def png(width, height, depth=1, rows=b""):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (10_000, 10_000), (10_000, 5_001), (50_000_001, 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size):
    rows = zlib.compress(bytes((size[0] // 8 + 2) * size[1]), 9)
    bomb = png(*size, rows=rows)
    assert len(bomb) < 1 << 20  # the bytes are few: their number does not stop it
    assert refusal(bomb) == "too-many-pixels"


def test_a_text_bomb_in_a_picture_is_refused():
    name = b"zTXt"
    data = b"Comment\0\0" + zlib.compress(bytes(200 << 20), 9)
    text = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    whole = png(8, 8, rows=zlib.compress(bytes(16)))
    assert refusal(whole[:33] + text + whole[33:]) == "unreadable"


def test_a_photo_of_a_phone_becomes_one_that_browsers_show():
    made = safe(HEIC)
    content = made.content.read()
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 64, 32)
    assert b"Secret Camera" not in content
    assert b"Secret Camera" in HEIC


def test_half_a_photo_of_a_phone_is_refused():
    assert refusal(HEIC[:300]) == "unreadable"


def test_too_many_bytes_are_refused_with_the_limit():
    with pytest.raises(TooLargeError, match="1 MB"):
        safe(picture().getvalue() + bytes(1 << 20))
