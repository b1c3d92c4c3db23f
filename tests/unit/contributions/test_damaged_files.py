"""Whatever is wrong with a file, it is refused with a sentence: never another error."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from lti_tool.contributions.files import Limits, make_safe
from lti_tool.kernel.errors import InvalidError

LIMITS = Limits(image=1, document=1, video=1)


def image(kind):
    content = io.BytesIO()
    Image.linear_gradient("L").resize((24, 24)).save(content, kind)
    return content.getvalue()


def pdf():
    content = io.BytesIO()
    with Pdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = Dictionary(S=Name.JavaScript)
        made.save(content)
    return content.getvalue()


def mp4():
    def box(kind, *inside):
        body = b"".join(inside)
        return (8 + len(body)).to_bytes(4) + kind + body

    tables = [
        box(b"stco", bytes(7), b"\x01", (24).to_bytes(4)),
        box(b"stsc", bytes(7), b"\x01", bytes(3), b"\x01", bytes(3), b"\x02", bytes(3), b"\x01"),
        box(b"stsz", bytes(7), b"\x04", bytes(3), b"\x02"),
    ]

    def track(handler):
        hdlr = box(b"hdlr", bytes(8), handler, bytes(13))
        mdia = box(b"mdia", box(b"mdhd", bytes(24)), hdlr, box(b"minf", box(b"stbl", *tables)))
        return box(b"trak", box(b"tkhd", bytes(84)), mdia)

    ftyp = box(b"ftyp", b"isom", bytes(4))
    moov = box(b"moov", box(b"mvhd", bytes(100)), track(b"vide"), track(b"meta"), box(b"udta", b"secret"))
    return ftyp + box(b"mdat", b"samples!") + moov


def webm():
    info = b"\x15\x49\xa9\x66\x87\x2a\xd7\xb1\x83\x0f\x42\x40"
    tracks = b"\x16\x54\xae\x6b\x85\xae\x83\xd7\x81\x01"
    cluster = b"\x1f\x43\xb6\x75\xff\xe7\x81\x00\xa3\x84data"
    head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
    return head + b"\x18\x53\x80\x67\xff" + info + tracks + cluster + b"\x12\x54\xc3\x67\x84tags"


SAMPLES = {
    **{kind: image(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")},
    "PDF": pdf(),
    "MP4": mp4(),
    "WebM": webm(),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_samples_themselves_are_taken(kind):
    assert make_safe(io.BytesIO(SAMPLES[kind]), LIMITS).size > 0


@pytest.mark.parametrize("kind", SAMPLES)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_is_refused_or_harmless(kind, data):
    content = bytearray(SAMPLES[kind])
    place = st.integers(0, len(content) - 1)
    for at in data.draw(st.lists(place, max_size=6)):
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(content)), place))
    with contextlib.suppress(InvalidError):
        make_safe(io.BytesIO(content[:cut]), LIMITS)
