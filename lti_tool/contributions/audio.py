"""Sounds: what tells who recorded, where and with what is blanked in place. MP3, AAC, Ogg and WAV.

Of MP3 and AAC the frames stay, of WAV the chunks that a player needs, of Ogg all but the comments.
"""

import struct
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import BinaryIO, NamedTuple

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from .inplace import MOST_PARTS, overwrite, zero

FEWEST_FRAMES = 3
WINDOW = 1 << 16  # bytes looked at together where a frame is sought
# Bit rates of layer III by index, in kbit/s: MPEG 1, then MPEG 2 and 2.5 (ISO/IEC 11172-3, 13818-3).
RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # each second
MOST_COMMENTS = 2 << 20  # bytes of an Ogg stream's comments
# What an Ogg stream begins with: its second packet without comments (RFC 7845, 5.2; Vorbis I, 5.2.1).
COMMENTS = {b"OpusHead": b"OpusTags" + bytes(8), b"\x01vorbis": b"\x03vorbis" + bytes(8) + b"\x01"}
NEEDED_CHUNKS = {b"fmt ", b"fact", b"data"}


def blank_mpeg(file: BinaryIO) -> None:
    """Blank all of an MP3 file that is not a frame of sound.

    Raises:
        InvalidError: there is no sound in it.

    """
    _blank_between(file, _mpeg_length)


def blank_adts(file: BinaryIO) -> None:
    """Blank all of an AAC file that is not a frame of sound.

    Raises:
        InvalidError: there is no sound in it.

    """
    _blank_between(file, _adts_length)


def blank_wav(file: BinaryIO) -> None:
    """Blank all chunks of a WAV file but its format and its samples.

    Raises:
        InvalidError: its chunks do not hold together.

    """
    seen: set[bytes] = set()
    size, at = file.seek(0, 2), 12
    while at + 8 <= size:
        kind, length = struct.unpack("<4sI", _read(file, at, 8))
        at += 8
        if kind == b"data" and length >= 0xFFFFFF00:  # it was written without knowing its end
            length = size - at
        if at + length > size or len(seen) > MOST_PARTS:
            raise unreadable_sound()
        seen.add(kind)
        if kind not in NEEDED_CHUNKS:
            overwrite(file, at - 8, b"JUNK")
            zero(file, at, at + length)
        at += length + length % 2
    zero(file, min(at, size), size)
    if not {b"fmt ", b"data"} <= seen:
        raise unreadable_sound()


def blank_ogg(file: BinaryIO) -> None:
    """Blank the comments of an Ogg file's streams, which are Opus or Vorbis.

    Raises:
        InvalidError: its pages do not follow each other, or there is something else in it.

    """
    size = file.seek(0, 2)
    blank: dict[int, bytes] = {}  # by stream: its second packet, once the first is known
    comments: dict[int, list[tuple[int, int, int]]] = {}  # by stream: page, start and end of its pieces
    packets: dict[int, int] = {}  # by stream: packets that have ended
    for page in _pages(file, size):
        if page.first:
            file.seek(page.body)
            begins = file.read(8)
            blank[page.stream] = next((c for head, c in COMMENTS.items() if begins.startswith(head)), b"")
            comments[page.stream], packets[page.stream] = [], 0
        if not blank.get(page.stream):
            raise unreadable_sound()
        for start, end, ended in page.pieces:
            if packets[page.stream] == 1:
                comments[page.stream].append((page.start, start, end))
                if ended:
                    _overwrite_packet(file, comments[page.stream], blank[page.stream])
            packets[page.stream] += ended
    if not packets or min(packets.values()) < 3:
        raise unreadable_sound()


def unreadable_sound() -> InvalidError:
    """The refusal of a sound whose structure does not hold."""
    return InvalidError(
        N_("This sound cannot be opened. Check that it plays on your device, then send it again."),
        field="file",
        code="unreadable",
    )


def _blank_between(file: BinaryIO, length_of: Callable[[bytes], int]) -> None:
    """Blank what is not a frame. ID3 tags at the beginning stay as tags with nothing in them."""
    size, at, frames = file.seek(0, 2), 0, 0
    while (tag := _read(file, at, 10)).startswith(b"ID3") and len(tag) == 10:
        length = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(tag[:5:-1]))
        length = min(length + (10 if tag[5] & 0x10 else 0), size - at - 10)
        sevens = bytes(length >> 7 * place & 0x7F for place in (3, 2, 1, 0))
        overwrite(file, at, b"ID3\x04\x00\x00" + sevens)
        zero(file, at + 10, at + 10 + length)
        at += 10 + length
    while at < size:
        length = length_of(_read(file, at, 7))
        if length and at + length <= size:
            at, frames = at + length, frames + 1
        else:
            following = _next_frame(file, at + 1, size, length_of)
            zero(file, at, following)
            at = following
    if frames < FEWEST_FRAMES:
        raise unreadable_sound()


def _next_frame(file: BinaryIO, start: int, size: int, length_of: Callable[[bytes], int]) -> int:
    """Where two frames follow each other next; the file's end when they do not."""
    for at in range(start, size, WINDOW):
        window = _read(file, at, WINDOW)
        found = window.find(b"\xff")
        while found >= 0:
            length = length_of(_read(file, at + found, 7))
            if length and length_of(_read(file, at + found + length, 7)):
                return at + found
            found = window.find(b"\xff", found + 1)
    return size


def _mpeg_length(header: bytes) -> int:
    """The length of a frame of layer III by its header; 0 when it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2 or header[1] >> 3 & 3 == 1:
        return 0
    version, rate, sampling = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    per_second = RATES[version != 3][rate] * 1000
    if not per_second or sampling == 3:
        return 0
    return (144 if version == 3 else 72) * per_second // SAMPLES[version][sampling] + (header[2] >> 1 & 1)


def _adts_length(header: bytes) -> int:
    """The length of an ADTS frame (ISO/IEC 14496-3, 1.A.3.2) by its header; 0 when it is none."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 0xF > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0


class _Page(NamedTuple):
    """A page of an Ogg stream (RFC 3533, section 6). Of each piece of a packet: start, end, its last one."""

    start: int
    body: int
    stream: int
    first: bool
    pieces: list[tuple[int, int, bool]]


def _pages(file: BinaryIO, size: int) -> Iterator[_Page]:
    at = 0
    while at < size:
        header = _read(file, at, 27)
        if len(header) < 27 or header[:5] != b"OggS\0":
            raise unreadable_sound()
        lacing = _read(file, at + 27, header[26])
        body = place = at + 27 + header[26]
        if len(lacing) < header[26] or body + sum(lacing) > size:
            raise unreadable_sound()
        pieces, length = [], 0
        for value in lacing:
            length += value
            if value < 255:
                pieces.append((place, place + length, True))
                place, length = place + length, 0
        if length:
            pieces.append((place, place + length, False))
        yield _Page(at, body, struct.unpack_from("<I", header, 14)[0], bool(header[5] & 2), pieces)
        at = body + sum(lacing)


def _overwrite_packet(file: BinaryIO, pieces: list[tuple[int, int, int]], packet: bytes) -> None:
    """Put a packet, and zeros after it, where one of several pieces stands; the pages' sums follow."""
    length = sum(end - start for _, start, end in pieces)
    if not len(packet) <= length <= MOST_COMMENTS:
        raise unreadable_sound()
    packet = packet.ljust(length, b"\0")
    for page, on_page in groupby(pieces, key=lambda piece: piece[0]):
        for _, start, end in on_page:
            overwrite(file, start, packet[: end - start])
            packet = packet[end - start :]
        overwrite(file, page + 22, bytes(4))
        count = _read(file, page + 26, 1)[0]
        whole = 27 + count + sum(_read(file, page + 27, count))
        overwrite(file, page + 22, struct.pack("<I", _sum(_read(file, page, whole))))


def _table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value >> 31 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


_SUMS = _table()


def _sum(page: bytes) -> int:
    """A page's checksum: a CRC of 32 bits that starts at 0 (RFC 3533, section 6)."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _SUMS[value >> 24 ^ byte]
    return value


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)
