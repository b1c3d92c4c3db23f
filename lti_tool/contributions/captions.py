"""Captions: read strictly, as WebVTT or as SubRip, and written anew as WebVTT with nothing but words in it.

W3C WebVTT, sections 4 and 6. Styles, regions, places and comments are left out; so are marks inside a cue.
"""

import html
import re

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain

LARGEST = 256 << 10  # bytes
MOST_CUES = 5_000
LONGEST_CUE = 500  # characters
_HEADER = re.compile(r"WEBVTT(?:[ \t][^\n]*)?")
_TIME = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+[^\n]*)?")
_BESIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t\n]|$)")
_MARK = re.compile(r"<[^>]*>")


def rewritten(content: bytes) -> str:
    """The captions of a file as WebVTT; empty for an empty file.

    Raises:
        InvalidError: it is too large, no captions, or there is something in it that we do not understand.

    """
    if len(content) > LARGEST:
        raise InvalidError(
            N_("This caption file is too large: 256 kB at most."), field="captions", code="captions"
        )
    try:
        text = plain(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _not_understood() from None
    if not text:
        return ""
    blocks = re.split(r"\n\s*\n", text)
    if _HEADER.fullmatch(blocks[0].partition("\n")[0]):
        del blocks[0]
    elif "," not in blocks[0].partition("-->")[0]:  # SubRip has no header, and commas in its times
        raise _not_understood()
    cues = [_cue(block) for block in blocks if not _BESIDE.match(block)]
    if not 0 < len(cues) <= MOST_CUES:
        raise _not_understood()
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(block: str) -> str:
    lines = block.split("\n")
    if "-->" not in lines[0]:
        del lines[0]  # a cue's name, or its number
    timing = _TIMING.fullmatch(lines[0].strip()) if lines else None
    if timing is None:
        raise _not_understood()
    parts = [int(part or 0) for part in timing.groups()]
    start, end = _milliseconds(parts[:4]), _milliseconds(parts[4:])
    words = "\n".join(line for line in (_words(line) for line in lines[1:]) if line)
    if start >= end or len(words) > LONGEST_CUE:
        raise _not_understood()
    return f"{_written(start)} --> {_written(end)}\n{words}".rstrip()


def _words(line: str) -> str:
    bare = html.unescape(_MARK.sub("", line)).strip()
    return html.escape(" ".join(bare.split()), quote=False)


def _milliseconds(parts: list[int]) -> int:
    hours, minutes, seconds, rest = parts
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _written(moment: int) -> str:
    seconds, rest = divmod(moment, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _not_understood() -> InvalidError:
    return InvalidError(
        N_("These captions cannot be read. Send a WebVTT (.vtt) or SubRip (.srt) file."),
        field="captions",
        code="captions",
    )
