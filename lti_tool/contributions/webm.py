"""WebM videos and sounds: what tells who filmed and when is blanked in place.

A file is elements within elements (EBML, RFC 8794; the names are Matroska's, RFC 9559). Elements that a
player needs stay; every other becomes a Void element of zeros, so that positions stay true.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .inplace import MOST_PARTS, overwrite, unreadable_video, zero

EBML, SEGMENT, INFO, TRACKS, TRACK = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
TRACK_TYPE, VIDEO = 0x83, 1
SEEK_HEAD, CUES, CLUSTER = 0x114D9B74, 0x1C53BB6B, 0x1F43B675
# Timestamp, position, previous size, simple block, block group: what a cluster of unknown size is made of.
IN_CLUSTER = frozenset({0xE7, 0xA7, 0xAB, 0xA3, 0xA0})
# TimestampScale, duration, muxing and writing application
IN_INFO = frozenset({0x2AD7B1, 0x4489, 0x4D80, 0x5741})
# Number, UID, type, flags, durations, scale, language, codec and its data, delays, video, audio, encodings
IN_TRACK = frozenset(
    {0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x9C, 0x23E383, 0x22B59C, 0x22B59D, 0x86, 0x63A2, 0x56AA, 0x56BB}
    | {0xE0, 0xE1, 0x55EE, 0x6DE7, 0x6DF8, 0x41E4, 0x23314F, 0x6D80}
)
# What stays in each element that is looked into; 0 is the file itself.
NEEDED: dict[int, frozenset[int]] = {
    0: frozenset({EBML, SEGMENT}),
    SEGMENT: frozenset({SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER}) | IN_CLUSTER,
    INFO: IN_INFO,
    TRACKS: frozenset({TRACK}),
    TRACK: IN_TRACK,
}


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands in the file; `end` is None when its size is not known."""

    id: int
    start: int
    body: int
    end: int | None


def blank_traces(file: BinaryIO) -> bool:
    """Blank everything in the file that does not serve playing it; whether it is a video and no sound alone.

    Raises:
        InvalidError: its elements do not hold together, or there is no track in it.

    """
    size = file.seek(0, 2)
    try:
        blanking = _Blanking(file)
        blanking.walk(0, 0, size)
    except ValueError:
        raise unreadable_video() from None
    return blanking.filmed


class _Blanking:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.parts = 0
        self.filmed = False

    def walk(self, parent: int, start: int, end: int) -> set[int]:
        """Blank what is not needed between two offsets; which elements were seen."""
        seen = set()
        for element in self.elements(start, end):
            seen.add(element.id)
            until = end if element.end is None else element.end
            if parent == TRACK and element.id == TRACK_TYPE:
                self.file.seek(element.body)
                self.filmed |= self.file.read(1) == bytes([VIDEO])
            if element.id not in NEEDED[parent]:
                self.blank(element)
            elif element.id in NEEDED:
                inside = self.walk(element.id, element.body, until)
                if element.id == SEGMENT and not {TRACKS, CLUSTER} <= inside:
                    raise ValueError("no video")
        if parent == 0 and not {EBML, SEGMENT} <= seen:
            raise ValueError("not a video")
        return seen

    def elements(self, start: int, end: int) -> Iterator[Element]:
        while start < end:
            id_, after = self.number(start, longest=4, keep_marker=True)
            size, body = self.number(after, longest=8)
            known = size != (1 << 7 * (body - after)) - 1
            self.parts += 1
            if (known and body + size > end) or body > end or self.parts > MOST_PARTS:
                raise ValueError("elements do not fit into each other")
            if not known and id_ not in {SEGMENT, CLUSTER}:
                raise ValueError("an element without a size")
            yield Element(id_, start, body, body + size if known else None)
            # Of unknown size, a segment goes on to the end; a cluster's parts follow like the segment's own.
            start = body + size if known else end if id_ == SEGMENT else body

    def number(self, at: int, *, longest: int, keep_marker: bool = False) -> tuple[int, int]:
        """The variable-size integer at an offset (RFC 8794, section 4), and the offset after it."""
        self.file.seek(at)
        data = self.file.read(longest)
        length = 9 - data[0].bit_length() if data else 9
        if length > len(data):
            raise ValueError("not a number")
        value = int.from_bytes(data[:length])
        return value if keep_marker else value & ~(1 << 7 * length), at + length

    def blank(self, element: Element) -> None:
        if element.end is None:
            raise ValueError("an element without a size")
        total = element.end - element.start
        long = total >= 9
        header = b"\xec\x01" + (total - 9).to_bytes(7) if long else bytes([0xEC, 0x80 | (total - 2)])
        overwrite(self.file, element.start, header)
        zero(self.file, element.start + len(header), element.end)
