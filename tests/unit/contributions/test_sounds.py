"""Sounds that tell who recorded them, and files that are none. Made by hand, frame by frame."""

import io
import struct
import wave

import pytest

from lti_tool.contributions import audio
from lti_tool.contributions.files import Limits, make_safe
from lti_tool.kernel.errors import InvalidError, TooLargeError

LIMITS = Limits(image=1, document=1, video=1)
SECRET = b"Jane Secret +48.8566"
MPEG = (b"\xff\xfb\x90\x64" + b"sound" * 83)[:417]  # 128 kbit/s at 44.1 kHz
ADTS = b"\xff\xf1\x50\x80\x04\x1f\xfc" + b"sounds" * 4 + b"s"  # 32 bytes


def safe(content):
    file = io.BytesIO(content)
    made = make_safe(file, LIMITS)
    made.content.seek(0)
    return made.media_type, made.content.read()


def id3(*frames):
    body = b"".join(frames)
    return b"ID3\x03\x00\x00" + bytes(len(body) >> 7 * place & 0x7F for place in (3, 2, 1, 0)) + body


def page(number, *packets, stream=7, first=False, goes_on=False):
    """An Ogg page of whole packets; the last one `goes_on` when its length is a multiple of 255."""
    lacing = b""
    for packet in packets:
        lacing += b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    lacing = lacing[:-1] if goes_on else lacing
    header = struct.pack("<4sBBQIIIB", b"OggS", 0, 2 * first, 0, stream, number, 0, len(lacing)) + lacing
    whole = header + b"".join(packets)
    return whole[:22] + struct.pack("<I", audio._sum(whole)) + whole[26:]


def opus(comments, *more):
    return b"".join([page(0, b"OpusHead" + bytes(11), first=True), *comments, page(9, b"sound" * 9), *more])


TAGS = b"OpusTags" + struct.pack("<I", 6) + b"a name" + struct.pack("<II", 1, 20) + SECRET
VORBIS = b"\x03vorbis" + struct.pack("<I", 0) + struct.pack("<II", 1, 20) + SECRET + b"\x01"


@pytest.mark.parametrize("frame", [MPEG, ADTS], ids=["mp3", "aac"])
def test_of_frames_the_sound_stays_and_nothing_else(frame):
    tag = id3(b"TPE1", SECRET) if frame is MPEG else b""
    content = b"".join([tag, frame * 5, b"APETAGEX" + SECRET + b"\xff", frame * 4, b"TAG" + SECRET])
    kind, made = safe(content)
    assert kind == ("audio/mpeg" if frame is MPEG else "audio/aac")
    assert SECRET not in made
    assert made.count(frame) == 9
    assert len(made) == len(content)
    assert made.startswith(b"ID3\x04\x00\x00" if tag else frame)
    assert not made.replace(frame, b"")[len(tag) and 10 :].strip(b"\0")
    assert safe(made) == (kind, made)


def test_of_a_wav_file_the_samples_stay():
    plain = io.BytesIO()
    with wave.open(plain, "wb") as writing:
        writing.setparams((1, 2, 8000, 0, "NONE", ""))
        writing.writeframes(b"\x01\x02" * 50)
    told = b"LIST" + struct.pack("<I", 4 + len(SECRET)) + b"INFO" + SECRET
    beyond = b"bext" + struct.pack("<I", len(SECRET)) + SECRET
    chunks = b"WAVE" + told + plain.getvalue()[12:] + beyond
    kind, made = safe(b"RIFF" + struct.pack("<I", len(chunks)) + chunks + b"Jane")
    assert kind == "audio/wav"
    assert SECRET not in made
    assert b"Jane" not in made
    with wave.open(io.BytesIO(made)) as reading:
        assert reading.readframes(50) == b"\x01\x02" * 50


@pytest.mark.parametrize(
    ("comments", "head"),
    [
        ([page(1, TAGS)], b"OpusTags"),
        ([page(1, TAGS.ljust(510, b"x")[:510], goes_on=True), page(2, SECRET)], b"OpusTags"),
    ],
    ids=["one page", "two pages"],
)
def test_of_an_ogg_file_the_comments_go(comments, head):
    other = page(0, b"\x01vorbis" + bytes(23), stream=8, first=True)
    content = opus(comments, other, page(1, VORBIS, b"set-up", b"sound", stream=8))
    kind, made = safe(content)
    assert kind == "audio/ogg"
    assert SECRET not in made
    assert len(made) == len(content)
    for each in audio._pages(io.BytesIO(made), len(made)):  # every page's sum is right
        end = each.pieces[-1][1]
        whole = made[each.start : each.start + 22] + bytes(4) + made[each.start + 26 : end]
        assert struct.unpack_from("<I", made, each.start + 22)[0] == audio._sum(whole)
    assert head + bytes(8) in made
    assert made.count(b"sound") == 10


def test_the_sum_is_the_one_of_the_specification():
    assert audio._sum(b"123456789") == 0x765E7680 ^ 0xFFFFFFFF  # that of POSIX cksum, not inverted


@pytest.mark.parametrize(
    "content",
    [
        id3(SECRET) + b"no sound" * 99,
        MPEG + b"<script>",
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + bytes(16),
        b"RIFF\x24\0\0\0WAVEdata\xff\0\0\0" + bytes(16),
        opus([page(1, TAGS)])[:-3],
        opus([page(1, TAGS)], b"PK\x03\x04 a ZIP"),
        opus([page(1, b"OpusT")]),
        page(0, b"\x80theora" + bytes(35), first=True) + page(1, b"x", b"y", b"z"),
    ],
    ids=["tag alone", "one frame", "no samples", "cut", "cut page", "zip behind", "no comments", "video"],
)
def test_what_is_no_sound_is_refused(content):
    with pytest.raises(InvalidError) as refused:
        safe(content)
    assert refused.value.code == "unreadable"


def test_a_large_sound_is_refused_with_the_limit():
    with pytest.raises(TooLargeError, match="1 MB"):
        safe(MPEG * 3000)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\x00\x06\x00" + bytes(18) + b"\x13\x00\x00\x00[Content_Types].xml" + bytes(9000),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"{\\rtf1 " + SECRET,
    ],
)
def test_an_office_document_is_refused_with_what_to_do(content):
    with pytest.raises(InvalidError) as refused:
        safe(content)
    assert refused.value.code == "file-type"
