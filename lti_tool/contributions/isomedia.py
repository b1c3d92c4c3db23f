"""MP4 and QuickTime videos, and sounds: what tells who filmed, where and when is blanked in place.

A file is boxes within boxes (ISO/IEC 14496-12, section 4.2). Boxes that a player needs stay; every other
becomes a `free` box of zeros, so that the offsets of the samples stay true.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from .inplace import MOST_PARTS, overwrite, unreadable_video, zero

# What stays in each box that is looked into; b"" is the file itself.
NEEDED: dict[bytes, frozenset[bytes]] = {
    b"": frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"pdin"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex", b"iods"}),
    b"trak": frozenset({b"tkhd", b"mdia", b"edts", b"tapt"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"senc"}),
}
DATED = {b"mvhd", b"tkhd", b"mdhd"}  # they open with the moments of creation and change
PLAYED = {
    b"vide",
    b"soun",
    b"text",
    b"sbtl",
    b"subt",
    b"clcp",
}  # other tracks record position, motion, device


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box stands in the file: its header at `start`, its content from `body` to `end`."""

    kind: bytes
    start: int
    body: int
    end: int


def blank_traces(file: BinaryIO) -> bool:
    """Blank everything in the file that does not serve playing it; whether it is a video and no sound alone.

    Raises:
        InvalidError: its boxes do not hold together, or there is neither in it.

    """
    size = file.seek(0, 2)
    try:
        return _Blanking(file, size).run()
    except (struct.error, ValueError):
        raise unreadable_video() from None


class _Blanking:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size
        self.parts = 0
        self.dropped = 0  # bytes of samples in tracks that are not played

    def run(self) -> bool:
        top = list(self.boxes(0, self.size))
        tracks = [t for moov in top if moov.kind == b"moov" for t in self.inside(moov) if t.kind == b"trak"]
        handlers = [self.handler(track) for track in tracks]
        unplayed = [t for t, handler in zip(tracks, handlers, strict=True) if handler not in PLAYED]
        if not {b"vide", b"soun"} & set(handlers) or (unplayed and any(box.kind == b"moof" for box in top)):
            raise ValueError("nothing to play, or other tracks in fragments")
        for track in unplayed:
            for start, end in list(self.chunks(track)):
                zero(self.file, start, end)
            self.blank(track)
        self.walk(b"", top)
        return b"vide" in handlers

    def walk(self, parent: bytes, boxes: list[Box]) -> None:
        for box in boxes:
            if box.kind not in NEEDED[parent]:
                self.blank(box)
            elif box.kind in DATED:
                until = box.body + (20 if self.read(box.body, 1)[0] else 12)
                if until > box.end:
                    raise ValueError("a header without its moments")
                zero(self.file, box.body + 4, until)
            elif box.kind in NEEDED:
                self.walk(box.kind, list(self.inside(box)))

    def blank(self, box: Box) -> None:
        overwrite(self.file, box.start + 4, b"free")
        zero(self.file, box.body, box.end)

    def boxes(self, start: int, end: int) -> Iterator[Box]:
        while start < end:
            size, kind = struct.unpack(">I4s", self.read(start, 8))
            body = start + 8
            if size == 1:
                (size,) = struct.unpack(">Q", self.read(body, 8))
                body += 8
            elif size == 0:  # to the end
                size = end - start
            self.parts += 1
            if start + size > end or body > start + size or self.parts > MOST_PARTS:
                raise ValueError("boxes do not fit into each other")
            yield Box(kind, start, body, start + size)
            start += size

    def inside(self, box: Box) -> Iterator[Box]:
        return self.boxes(box.body, box.end)

    def read(self, at: int, length: int) -> bytes:
        self.file.seek(at)
        data = self.file.read(length)
        if len(data) < length:
            raise ValueError("cut off")
        return data

    def find(self, box: Box, *path: bytes) -> Box | None:
        """The first box at the end of a path of kinds."""
        for kind in path:
            found = next((b for b in self.inside(box) if b.kind == kind), None)
            if found is None:
                return None
            box = found
        return box

    def handler(self, track: Box) -> bytes:
        found = self.find(track, b"mdia", b"hdlr")
        return self.read(found.body + 8, 4) if found else b""

    def table(self, track: Box, kind: bytes, entry: str, skip: int = 4) -> list[tuple[int, ...]]:
        """The entries of a sample table's box: `skip` bytes, a count, then that many of `entry`."""
        found = self.find(track, b"mdia", b"minf", b"stbl", kind)
        if found is None:
            return []
        data = self.read(found.body, found.end - found.body)
        (count,) = struct.unpack_from(">I", data, skip)
        length = count * struct.calcsize(entry)
        return list(struct.iter_unpack(entry, data[skip + 4 : skip + 4 + length]))

    def chunks(self, track: Box) -> Iterator[tuple[int, int]]:
        """Where a track's samples lie, chunk by chunk (sections 8.7.3 to 8.7.5)."""
        offsets = self.table(track, b"stco", ">I") or self.table(track, b"co64", ">Q")
        runs = self.table(track, b"stsc", ">III")
        sizes = self.find(track, b"mdia", b"minf", b"stbl", b"stsz")
        if not offsets:
            return
        if not runs or sizes is None:
            raise ValueError("samples without a size")
        (each,) = struct.unpack(">I", self.read(sizes.body + 4, 4))
        lengths = iter([] if each else [size for (size,) in self.table(track, b"stsz", ">I", skip=8)])
        per_chunk, following = 0, iter([*runs, (0, 0, 0)])
        run = next(following)
        for number, (offset,) in enumerate(offsets, start=1):
            if number == run[0]:
                per_chunk, run = run[1], next(following)
            length = per_chunk * each if each else sum(islice(lengths, per_chunk))
            self.dropped += length
            if offset + length > self.size or self.dropped > self.size:
                raise ValueError("samples outside of the file")
            yield offset, offset + length
