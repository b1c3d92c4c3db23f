"""Small pictures for cards: drawn when they are asked for, light enough for twenty of them on a phone."""

import io
from typing import BinaryIO

from PIL import Image

SIDE = 360  # pixels, the longer one
QUALITY = 70


def thumbnail(file: BinaryIO) -> io.BytesIO:
    """A picture that we have stored, as a small JPEG; what is transparent becomes white."""
    with Image.open(file) as source:
        source.draft("RGB", (SIDE, SIDE))  # a large JPEG is decoded at a fraction of its size
        image = source.convert("RGBA" if source.has_transparency_data else "RGB")
    image.thumbnail((SIDE, SIDE))
    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    content = io.BytesIO()
    image.save(content, "JPEG", quality=QUALITY)
    content.seek(0)
    return content
