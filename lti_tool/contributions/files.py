"""What may be attached, decided by what it contains, and made safe: no place, no author, no script."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import filetype

from ..kernel.errors import InvalidError, TooLargeError
from ..kernel.i18n import N_
from . import audio, isomedia, pictures, webm

HEAD = 8192  # bytes that tell a file's type
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/webm": "weba",
    "audio/wav": "wav",
}
_SMALL = {
    "image": N_("This picture is larger than %(limit)d MB. Send a smaller copy or a screenshot."),
    "application": N_("This PDF is larger than %(limit)d MB. Send the pages that matter."),
    "video": N_("This video is larger than %(limit)d MB. Film a shorter one, or in lower quality."),
    "audio": N_("This sound is larger than %(limit)d MB. Record a shorter one, or send an MP3."),
}
_NOT_ACCEPTED = N_(
    "Peers cannot open this kind of file. Send a picture (JPEG, PNG), a video (MP4), a sound (MP3) or a PDF."
)
_OFFICE = N_("Not everyone can open this document, and it may name you. Save it as a PDF, then send the PDF.")
_OFFICE_TYPES = ("application/vnd.", "application/msword", "application/rtf")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# Brands that recorders in browsers write, and that are not in the library's list.
_OTHER_MP4 = {b"ftyp" + brand for brand in (b"iso4", b"iso5", b"iso6", b"iso8", b"iso9", b"dash", b"M4V ")}


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest files that are accepted, in megabytes of 2**20 bytes."""

    image: int
    document: int
    video: int

    def of(self, media_type: str) -> int:
        """The limit for a media type."""
        return {"image": self.image, "video": self.video}.get(media_type.split("/")[0], self.document)

    @property
    def largest(self) -> int:
        """The most bytes that any file may have."""
        return max(self.image, self.document, self.video) << 20


@dataclass(frozen=True, slots=True)
class SafeFile:
    """A file as it may be stored and shown. `content` is at its start; a picture has a width and height."""

    content: BinaryIO
    media_type: str
    size: int
    digest: str
    width: int | None = None
    height: int | None = None


def accepted(head: bytes, size: int, limits: Limits) -> str:
    """The media type of a file of `size` bytes by its first ones, at most HEAD of them.

    Raises:
        TooLargeError: it has more bytes than the limit of its type.
        InvalidError: its type is not accepted.

    """
    media_type = filetype.guess_mime(head) or ("video/mp4" if head[4:12] in _OTHER_MP4 else "")
    if media_type not in _CLEANERS:
        office = media_type.startswith(_OFFICE_TYPES) or head.startswith(_OLD_OFFICE)
        raise InvalidError(_OFFICE if office else _NOT_ACCEPTED, field="file", code="file-type")
    limit = limits.of(media_type)
    if size > limit << 20:
        raise TooLargeError(_SMALL[media_type.split("/")[0]], code="file-size", limit=limit)
    return str(media_type)


def make_safe(file: BinaryIO, limits: Limits) -> SafeFile:
    """Take a file that somebody chose; a video or a sound is changed in place.

    Raises:
        TooLargeError: it has more bytes than the limit of its type.
        InvalidError: its type is not accepted, or it does not hold what it begins like.

    """
    size = file.seek(0, 2)
    file.seek(0)
    media_type = accepted(file.read(HEAD), size, limits)
    file.seek(0)
    return _CLEANERS[media_type](file, media_type)


def _picture(file: BinaryIO, media_type: str) -> SafeFile:
    made = pictures.redraw(file, media_type)
    return _described(made.content, made.media_type, made.width, made.height)


def _document(file: BinaryIO, media_type: str) -> SafeFile:
    from . import documents  # its library is slow to load, and most processes never see a document

    return _described(documents.rewrite(file), media_type)


def _isomedia(file: BinaryIO, media_type: str) -> SafeFile:
    filmed = isomedia.blank_traces(file)
    kind = "video/quicktime" if media_type == "video/quicktime" else "video/mp4"
    return _described(file, kind if filmed else "audio/mp4")


def _webm(file: BinaryIO, media_type: str) -> SafeFile:
    return _described(file, "video/webm" if webm.blank_traces(file) else "audio/webm")


def _sound(file: BinaryIO, media_type: str) -> SafeFile:
    _SOUNDS[media_type](file)
    return _described(file, "audio/wav" if media_type == "audio/x-wav" else media_type)


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


_SOUNDS: dict[str, Callable[[BinaryIO], None]] = {
    "audio/mpeg": audio.blank_mpeg,
    "audio/aac": audio.blank_adts,
    "audio/ogg": audio.blank_ogg,
    "audio/x-wav": audio.blank_wav,
}
_CLEANERS: dict[str, Callable[[BinaryIO, str], SafeFile]] = {
    **dict.fromkeys(pictures.DRAWN_AS, _picture),
    **dict.fromkeys(("video/mp4", "video/x-m4v", "video/quicktime", "audio/mp4"), _isomedia),
    **dict.fromkeys(_SOUNDS, _sound),
    "application/pdf": _document,
    "video/webm": _webm,
}
