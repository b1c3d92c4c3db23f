"""Photos as a phone makes them."""

import io

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

GPS, EXIF = 0x8825, 0x8769
PLACE = {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 21.0, 8.0)}  # a place in Paris
AUTHOR, MODEL = "Amélie Rousseau", "Phone of Amélie"


def photo(name: str = "IMG_20261122_0901.jpg", variant: int = 0) -> FilePayload:
    """A JPEG that says where, when, with what and by whom it was taken."""
    image = Image.new("RGB", (1200, 800), (200, 180 - variant * 20, 150))
    draw = ImageDraw.Draw(image)
    for x in range(0, 1200, 60):
        draw.line((x, 0, 1200 - x, 800), fill=(30, 60 + x // 10, 90), width=8)
    exif = image.getexif()
    exif[0x0110], exif[0x013B], exif[0x0132] = MODEL, AUTHOR.encode().decode("latin-1"), "2026:11:22 09:01:00"
    exif.get_ifd(GPS).update(PLACE)
    exif.get_ifd(EXIF)[0x9003] = "2026:11:22 09:01:00"
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, quality=90)
    return FilePayload(name=name, mimeType="image/jpeg", buffer=file.getvalue())


def traces(content: bytes) -> dict[int, object]:
    """What a picture says beside its pixels."""
    exif = Image.open(io.BytesIO(content)).getexif()
    return {**exif, **exif.get_ifd(GPS), **exif.get_ifd(EXIF)}
