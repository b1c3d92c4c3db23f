"""What may be attached, decided by what it contains, and made safe: no place, no author, no script."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import filetype

from ..kernel.errors import InvalidError, TooLargeError
from ..kernel.i18n import N_
from . import documents, isomedia, pictures, webm

HEAD = 8192  # bytes that tell a file's type
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
_SMALL = {
    "image": N_("This picture is larger than %(limit)d MB. Send a smaller copy or a screenshot."),
    "application": N_("This PDF is larger than %(limit)d MB. Send the pages that matter."),
    "video": N_("This video is larger than %(limit)d MB. Film a shorter one, or in lower quality."),
}
_NOT_ACCEPTED = N_("Peers cannot open this kind of file. Send a picture (JPEG, PNG), a video (MP4) or a PDF.")
_HEIC = N_("Browsers cannot show HEIC photos. Send a JPEG, or a screenshot of the photo.")


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest files that are accepted, in megabytes of 2**20 bytes."""

    image: int
    document: int
    video: int

    def of(self, media_type: str) -> int:
        """The limit for a media type."""
        return {"image": self.image, "video": self.video}.get(media_type.split("/")[0], self.document)


@dataclass(frozen=True, slots=True)
class SafeFile:
    """A file as it may be stored and shown. `content` is at its start; a picture has a width and height."""

    content: BinaryIO
    media_type: str
    size: int
    digest: str
    width: int | None = None
    height: int | None = None


def make_safe(file: BinaryIO, limits: Limits) -> SafeFile:
    """Take a file that somebody chose; a video is changed in place.

    Raises:
        TooLargeError: it has more bytes than the limit of its type.
        InvalidError: its type is not accepted, or it does not hold what it begins like.

    """
    file.seek(0)
    media_type = filetype.guess_mime(file.read(HEAD))
    clean = _CLEANERS.get(media_type)
    if clean is None:
        heic = media_type in {"image/heic", "image/avif"}
        raise InvalidError(_HEIC if heic else _NOT_ACCEPTED, field="file", code="file-type")
    limit = limits.of(media_type)
    if file.seek(0, 2) > limit << 20:
        raise TooLargeError(_SMALL[media_type.split("/")[0]], code="file-size", limit=limit)
    file.seek(0)
    return clean(file, media_type)


def _picture(file: BinaryIO, media_type: str) -> SafeFile:
    made = pictures.redraw(file, media_type)
    return _described(made.content, made.media_type, made.width, made.height)


def _document(file: BinaryIO, media_type: str) -> SafeFile:
    return _described(documents.rewrite(file), media_type)


def _isomedia(file: BinaryIO, media_type: str) -> SafeFile:
    isomedia.blank_traces(file)
    return _described(file, "video/quicktime" if media_type == "video/quicktime" else "video/mp4")


def _webm(file: BinaryIO, media_type: str) -> SafeFile:
    webm.blank_traces(file)
    return _described(file, media_type)


def _described(
    content: BinaryIO, media_type: str, width: int | None = None, height: int | None = None
) -> SafeFile:
    size = content.seek(0, 2)
    content.seek(0)
    digest = hashlib.sha256()
    while block := content.read(1 << 20):
        digest.update(block)
    content.seek(0)
    return SafeFile(content, media_type, size, digest.hexdigest(), width, height)


_CLEANERS: dict[str | None, Callable[[BinaryIO, str], SafeFile]] = {
    **dict.fromkeys(pictures.DRAWN_AS, _picture),
    "application/pdf": _document,
    "video/mp4": _isomedia,
    "video/x-m4v": _isomedia,
    "video/quicktime": _isomedia,
    "video/webm": _webm,
}
