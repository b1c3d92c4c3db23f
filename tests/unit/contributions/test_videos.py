"""Videos that tell who filmed, where and when; and files that are none. Made by hand, box by box."""

import io
import struct

import pytest

from lti_tool.contributions.files import Limits, make_safe
from lti_tool.kernel.errors import InvalidError, TooLargeError

LIMITS = Limits(image=1, document=1, video=1)
SECRET = b"+48.8566+002.3522/ Jane Secret"
PIXELS, SOUND, POSITIONS = b"pixels" * 9, b"sound" * 7, b"GPS5" + SECRET


def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind, *content, version=0):
    return box(kind, bytes([version, 0, 0, 0]), *content)


def track(handler, offset, length, *more, sizes=None):
    """A track of two samples of `length` bytes in one chunk at `offset`."""
    table = box(
        b"stbl",
        full(b"stco", struct.pack(">II", 1, offset)),
        full(b"stsc", struct.pack(">IIII", 1, 1, 2, 1)),
        full(b"stsz", sizes or struct.pack(">II", length, 2)),
    )
    hdlr = full(b"hdlr", bytes(4), handler, bytes(12), b"Maker's name\0")
    mdia = box(b"mdia", full(b"mdhd", b"\x11" * 8, b"KEPT"), hdlr, box(b"minf", table))
    return box(b"trak", full(b"tkhd", b"\x11" * 8, b"KEPT"), mdia, *more)


def video(*top, brand=b"isom", positions=True, moov=()):
    """An mp4 whose samples come first: pixels, sound and, on a track of their own, positions."""
    ftyp = box(b"ftyp", brand, bytes(4), b"isommp42" if brand == b"isom" else b"")
    start = len(ftyp) + 8
    media = [PIXELS * 2, SOUND * 2, POSITIONS * 2]
    tracks = [
        track(b"vide", start, len(PIXELS), box(b"udta", SECRET), box(b"meta", SECRET)),
        track(b"soun", start + len(media[0]), 0, sizes=struct.pack(">IIII", 0, 2, len(SOUND), len(SOUND))),
    ]
    if positions:
        tracks.append(track(b"meta", start + len(media[0]) + len(media[1]), len(POSITIONS)))
    content = box(b"moov", full(b"mvhd", b"\x11" * 16, b"KEPT", version=1), *tracks, *moov)
    return b"".join([ftyp, box(b"mdat", *media), content, *top])


TELLING = [
    pytest.param({"moov": (box(b"udta", box(b"\xa9xyz", SECRET), box(b"loci", SECRET)),)}, id="udta"),
    pytest.param({"moov": (full(b"meta", box(b"keys", SECRET), box(b"ilst", SECRET)),)}, id="meta"),
    pytest.param({"moov": (box(b"uuid", bytes(16), SECRET),)}, id="uuid"),
    pytest.param({"top": (box(b"uuid", bytes(16), SECRET),)}, id="uuid on top"),
    pytest.param({"top": (box(b"free", SECRET),)}, id="left in a free box"),
    pytest.param({"top": (struct.pack(">I4sQ", 1, b"meta", 16 + len(SECRET)) + SECRET,)}, id="long size"),
    pytest.param({"top": (struct.pack(">I4s", 0, b"junk") + SECRET,)}, id="to the end"),
    pytest.param({"brand": b"qt  ", "moov": (box(b"udta", SECRET, bytes(4)),)}, id="quicktime"),
]


@pytest.mark.parametrize("made", TELLING)
def test_a_video_keeps_its_samples_where_they_were_and_nothing_else_that_tells(made):
    content = video(*made.pop("top", ()), **made)
    assert SECRET in content
    result = make_safe(io.BytesIO(content), LIMITS)
    clean = result.content.read()
    assert result.media_type == ("video/quicktime" if made.get("brand") else "video/mp4")
    assert result.size == len(clean) == len(content)
    for sample in (PIXELS * 2, SOUND * 2):
        assert clean.index(sample) == content.index(sample)
    assert SECRET not in clean
    assert b"GPS5" not in clean
    assert b"\x11" not in clean  # the moments of filming
    assert clean.count(b"KEPT") == content.count(b"KEPT") - 2  # those of the track that is gone
    assert make_safe(io.BytesIO(clean), LIMITS).digest == result.digest


WRONG = [
    pytest.param(video()[:-9], id="cut off"),
    pytest.param(video() + b"<script>alert(1)</script>", id="with html behind"),
    pytest.param(
        box(b"ftyp", b"isom", bytes(4), b"mp42") + b"<script>alert(1)</script>" * 9, id="html inside"
    ),
    pytest.param(box(b"ftyp", b"isom", bytes(4), b"mp42") + box(b"moov", full(b"mvhd")), id="no track"),
    pytest.param(
        box(b"ftyp", b"isom", bytes(4), b"mp42") + box(b"moov", track(b"meta", 0, 1)), id="nothing to play"
    ),
    pytest.param(video(box(b"moof", box(b"mfhd"))), id="other tracks in fragments"),
    pytest.param(video(moov=(track(b"meta", 1 << 31, 4),)), id="samples outside"),
    pytest.param(video(moov=(struct.pack(">I4s", 4, b"trak"),)), id="a box without room for itself"),
    pytest.param(video(moov=(box(b"trak", box(b"mdia", box(b"hdlr"))),)), id="an empty handler"),
    pytest.param(video(moov=(box(b"mvhd"),)), id="an empty header"),
]


@pytest.mark.parametrize("content", WRONG)
def test_what_is_no_whole_video_is_refused(content):
    with pytest.raises(InvalidError) as refused:
        make_safe(io.BytesIO(content), LIMITS)
    assert refused.value.code == "unreadable"


def test_a_video_in_fragments_is_taken_when_it_has_no_other_tracks():
    content = video(box(b"moof", box(b"mfhd"), box(b"traf", box(b"udta", SECRET))), positions=False)
    clean = make_safe(io.BytesIO(content), LIMITS).content.read()
    assert SECRET not in clean.replace(POSITIONS, b"")  # the samples of nobody's track stay here


def test_a_video_above_the_limit_is_refused_with_the_limit():
    with pytest.raises(TooLargeError, match="1 MB"):
        make_safe(io.BytesIO(video(box(b"free", bytes(1 << 20)))), LIMITS)


def element(id_, *content, unknown=False):
    body = b"".join(content)
    name = id_.to_bytes((id_.bit_length() + 7) // 8)
    return name + (b"\x01" + b"\xff" * 7 if unknown else b"\x08" + len(body).to_bytes(4)) + body


def webm(*more, live=False, kind=b"\x01", track_more=(), info_more=()):
    head = element(0x1A45DFA3, element(0x4282, b"webm").replace(b"\x08\0\0\0\x04", b"\x84"))
    info = element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40"), element(0x4D80, b"muxer"), *info_more)
    tracks = element(
        0x1654AE6B,
        element(0xAE, element(0xD7, b"\x01"), element(0x83, kind), element(0x86, b"V_VP8"), *track_more),
    )
    cluster = element(0x1F43B675, element(0xE7, b"\x00"), element(0xA3, PIXELS), unknown=live)
    return head + element(0x18538067, info, tracks, cluster, *more, unknown=live)


def test_a_recording_of_sound_alone_is_no_video():
    sound = box(b"ftyp", b"iso5", bytes(4), b"mp42") + box(b"moov", track(b"soun", 0, 1))
    assert make_safe(io.BytesIO(sound), LIMITS).media_type == "audio/mp4"
    assert make_safe(io.BytesIO(webm(kind=b"\x02")), LIMITS).media_type == "audio/webm"


TELLING_WEBM = [
    pytest.param({"info_more": (element(0x7BA9, SECRET), element(0x4461, SECRET))}, (), id="title and date"),
    pytest.param({"track_more": (element(0x536E, SECRET),)}, (), id="track's name"),
    pytest.param({}, (element(0x1254C367, SECRET),), id="tags"),
    pytest.param({}, (element(0x1941A469, SECRET),), id="attachments"),
    pytest.param({}, (element(0xEC, SECRET),), id="left in a void"),
    pytest.param(
        {"info_more": (b"\x7b\xa9\x80", b"\x7b\xa9\x82JS")}, (element(0x7BA9, SECRET),), id="tiny elements"
    ),
]


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(("made", "more"), TELLING_WEBM)
def test_a_webm_keeps_its_blocks_where_they_were_and_nothing_that_tells(made, more, live):
    content = webm(*more, live=live, **made)
    assert SECRET in content
    result = make_safe(io.BytesIO(content), LIMITS)
    clean = result.content.read()
    assert result.media_type == "video/webm"
    assert len(clean) == len(content)
    assert clean.index(PIXELS) == content.index(PIXELS)
    assert SECRET not in clean
    assert b"JS" not in clean
    assert {b"muxer", b"V_VP8"} <= {each for each in (b"muxer", b"V_VP8") if each in clean}
    assert make_safe(io.BytesIO(clean), LIMITS).digest == result.digest


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(webm()[:-5], id="cut off"),
        pytest.param(webm() + b"<script>alert(1)</script>", id="html behind"),
        pytest.param(webm(live=True) + b"<script>alert(1)</script>", id="html inside"),
        pytest.param(webm(live=True) + b"\x00", id="no element"),
        pytest.param(webm()[:17], id="a header alone"),
        pytest.param(webm(element(0x1254C367, SECRET, unknown=True)), id="tags without a size"),
    ],
)
def test_what_is_no_whole_webm_is_refused(content):
    with pytest.raises(InvalidError) as refused:
        make_safe(io.BytesIO(content), LIMITS)
    assert refused.value.code == "unreadable"
