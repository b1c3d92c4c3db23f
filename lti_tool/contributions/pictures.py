"""Pictures are drawn anew: what comes out holds pixels only, upright, no larger than a page needs."""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from pi_heif import register_heif_opener
from PIL import Image, ImageCms, ImageOps

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_

LONG_SIDE = 2048  # pixels
MOST_PIXELS = 50_000_000
# The first frame of a moving picture stands for it.
DRAWN_AS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "PNG",
    "image/heic": "JPEG",  # phones take them, and few browsers show them
}
_READ_AS = {"image/heic": "HEIF"}  # Pillow's name, where it is another one
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, struct.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew, its content at its start."""

    content: BinaryIO
    media_type: str
    width: int
    height: int


def redraw(file: BinaryIO, media_type: str) -> Picture:
    """Decode a picture of `media_type` (a key of DRAWN_AS) and encode its pixels alone.

    Raises:
        InvalidError: it has more pixels than MOST_PIXELS, or it is damaged, or something else than it says.

    """
    try:
        with Image.open(
            file, formats=[_READ_AS.get(media_type) or media_type.split("/")[1].upper()]
        ) as source:
            if source.width * source.height > MOST_PIXELS:  # known from the header: nothing is decoded yet
                raise _too_many()
            drawn = _pixels(source)
        return _encoded(drawn, DRAWN_AS[media_type])
    except _BOMBS:
        raise _too_many() from None
    except _BROKEN:
        raise InvalidError(
            N_("This picture cannot be opened. Check that it opens on your device, then send it again."),
            field="file",
            code="unreadable",
        ) from None


def _pixels(source: Image.Image) -> Image.Image:
    source.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a large JPEG is decoded at a fraction of its size
    image = ImageOps.exif_transpose(source)
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    profile = image.info.get("icc_profile")
    image = image.convert("RGBA" if image.has_transparency_data else "RGB") if image.mode != "CMYK" else image
    if profile:
        image = _in_srgb(image, profile)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    image.info.clear()  # comments and profiles would be written again
    return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return image  # a profile of another kind of picture: the colours stay as they are
    return converted or image


def _encoded(image: Image.Image, drawn_as: str) -> Picture:
    content = io.BytesIO()
    if drawn_as == "JPEG":
        image = image.convert("RGB")
    image.save(content, drawn_as, **{"PNG": {"optimize": True}}.get(drawn_as, {"quality": 85}))
    content.seek(0)
    return Picture(content, f"image/{drawn_as.lower()}", image.width, image.height)


def _too_many() -> InvalidError:
    return InvalidError(
        N_("This picture has too many pixels: 50 million at most. Send a smaller copy."),
        field="file",
        code="too-many-pixels",
    )
