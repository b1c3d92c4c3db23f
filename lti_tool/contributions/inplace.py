"""Changing a large file where it stands: its offsets stay true, nothing is copied."""

from typing import BinaryIO

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_

_BLOCK = bytes(1 << 20)
MOST_PARTS = 1_000_000  # boxes or elements; more is no video


def overwrite(file: BinaryIO, at: int, data: bytes) -> None:
    """Write `data` at an offset."""
    file.seek(at)
    file.write(data)


def zero(file: BinaryIO, start: int, end: int) -> None:
    """Overwrite the bytes from `start` to `end` with zeros."""
    file.seek(start)
    for at in range(start, end, len(_BLOCK)):
        file.write(_BLOCK[: end - at])


def unreadable_video() -> InvalidError:
    """The refusal of a video whose structure does not hold."""
    return InvalidError(
        N_("This video cannot be opened. Check that it plays on your device, then send it again."),
        field="file",
        code="unreadable",
    )
