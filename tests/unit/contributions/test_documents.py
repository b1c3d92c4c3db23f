"""PDFs that act, or tell who wrote them, and what becomes of them."""

import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from lti_tool.contributions.files import Limits, make_safe
from lti_tool.contributions.jpegs import without_metadata
from lti_tool.kernel.errors import InvalidError

LIMITS = Limits(image=20, document=20, video=20)
SECRET = "Jane Secret"


def document(change=lambda pdf: None, **options):
    content = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].Contents = pdf.make_stream(b"BT (What peers read) Tj ET")
        change(pdf)
        # Strings stay readable, so that a test can look for them.
        pdf.save(
            content, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, **options
        )
    return content


def rewritten(content):
    result = make_safe(content, LIMITS)
    assert result.media_type == "application/pdf"
    with Pdf.open(result.content) as pdf:
        plain = io.BytesIO()
        pdf.save(plain, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        assert pdf.pages[0].Contents.read_bytes() == b"BT (What peers read) Tj ET"
    return plain.getvalue()


def refusal(content):
    with pytest.raises(InvalidError) as refused:
        make_safe(content, LIMITS)
    return refused.value.code


def named(pdf):
    pdf.docinfo["/Author"] = SECRET
    pdf.docinfo["/Producer"] = f"{SECRET}'s computer"
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["dc:creator"] = [SECRET]
    pdf.pages[0].obj.Metadata = pdf.make_stream(SECRET.encode())
    pdf.pages[0].obj.PieceInfo = Dictionary(Maker=Dictionary(Private=String(SECRET)))
    pdf.pages[0].obj.Annots = Array(
        [
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Highlight,
                Rect=[0, 0, 9, 9],
                T=String(SECRET),
                Contents=String("Look"),
            )
        ]
    )


def test_nothing_names_the_author_afterwards():
    source = document(named)
    assert source.getvalue().count(SECRET.encode()) >= 5
    clean = rewritten(source)
    assert SECRET.encode() not in clean
    assert b"/Info" not in clean
    assert b"(Look)" in clean


def script():
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('acts')"))


def link(action):
    def change(pdf):
        pdf.pages[0].obj.Annots = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=pdf.make_indirect(action))]
        )

    return change


def enclosure(pdf):
    pdf.attachments["acts.exe"] = b"MZ acts"


def at_root(**entries):
    def change(pdf):
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        at_root(OpenAction=script()),
        at_root(OpenAction=Dictionary(S=Name.Launch, F=String("acts.exe"))),
        at_root(Names=Dictionary(JavaScript=Dictionary(Names=[String("a"), script()]))),
        at_root(AA=Dictionary(WC=script())),
        at_root(AcroForm=Dictionary(Fields=[], XFA=String("acts"))),
        link(script()),
        link(Dictionary(S=Name.Launch, F=String("acts.exe"))),
        link(Dictionary(S=Name.SubmitForm, F=String("https://acts.example"))),
        link(Dictionary(S=Name.URI, URI=String("https://peers.example"), Next=script())),
        enclosure,
    ],
)
def test_nothing_acts_afterwards(change):
    source = document(change)
    assert b"acts" in source.getvalue()
    clean = rewritten(source)
    for gone in (b"acts", b"/JavaScript", b"/Launch", b"/SubmitForm", b"/XFA", b"/EF"):
        assert gone not in clean


def test_a_link_to_a_page_of_the_web_stays():
    assert b"https://peers.example" in rewritten(
        document(link(Dictionary(S=Name.URI, URI=String("https://peers.example"))))
    )


def test_a_photo_in_a_document_loses_its_place_and_keeps_its_pixels():
    photo, tags = io.BytesIO(), Image.Exif()
    tags[0x010F] = SECRET
    Image.effect_noise((64, 64), 50).save(photo, "JPEG", exif=tags, comment=SECRET.encode())

    def change(pdf):
        image = pdf.make_stream(photo.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=64, Height=64)
        image.ColorSpace, image.BitsPerComponent, image.Filter = Name.DeviceGray, 8, Name.DCTDecode
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Photo=image))

    clean = rewritten(document(change))
    assert SECRET.encode() not in clean
    stripped = without_metadata(photo.getvalue())
    assert stripped in clean
    with Image.open(io.BytesIO(stripped)) as after, Image.open(photo) as before:
        assert after.tobytes() == before.tobytes()


def test_the_same_document_twice_has_the_same_digest():
    source = document(named)
    assert make_safe(source, LIMITS).digest == make_safe(io.BytesIO(source.getvalue()), LIMITS).digest


@pytest.mark.parametrize("password", ["", "open sesame"])
def test_a_protected_document_is_refused(password):
    encryption = pikepdf.Encryption(owner="owner", user=password)
    assert refusal(document(encryption=encryption)) == "protected"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n<script>alert(1)</script>", b"%PDF-1.4\n%%EOF", b"%PDF-" + bytes(5000)]
)
def test_what_only_begins_like_a_document_is_refused(content):
    assert refusal(io.BytesIO(content)) == "unreadable"


def test_html_around_a_document_is_left_behind():
    content = document().getvalue() + b"<script>alert(1)</script>"
    assert b"<script>" not in make_safe(io.BytesIO(content), LIMITS).content.getvalue()


def stream(number, entries, data):
    return b"%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        number,
        entries,
        len(data),
        data,
    )


def compressed_document(megabytes):
    """A document whose page tree is in a compressed stream, with that many megabytes of blanks behind."""
    squeeze = zlib.compressobj(9)
    tree = b"3 0   << /Type /Pages /Kids [5 0 R] /Count 1 >>"
    blanks = b"".join(squeeze.compress(each) for each in [tree, *[b" " * (1 << 20)] * megabytes])
    content = b"%PDF-1.5\n"
    offsets = {}
    for number, made in {
        1: b"1 0 obj\n<< /Type /Catalog /Pages 3 0 R >>\nendobj\n",
        2: stream(2, b"/Type /ObjStm /N 1 /First 6 /Filter /FlateDecode", blanks + squeeze.flush()),
        5: b"5 0 obj\n<< /Type /Page /Parent 3 0 R /MediaBox [0 0 9 9] >>\nendobj\n",
    }.items():
        offsets[number] = len(content)
        content += made
    rows = [b"\x01" + offsets.get(number, 0).to_bytes(4) + b"\x00" for number in range(6)]
    rows[0], rows[3], rows[4] = bytes(6), b"\x02\x00\x00\x00\x02\x00", bytes(6)
    table = stream(6, b"/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R", b"".join(rows))
    return io.BytesIO(content + table + b"startxref\n%d\n%%%%EOF\n" % len(content))


def test_a_bomb_in_the_structure_is_refused():
    assert make_safe(compressed_document(megabytes=1), LIMITS).size > 0
    assert len(compressed_document(megabytes=300).getvalue()) < 1 << 20
    assert refusal(compressed_document(megabytes=300)) == "unreadable"
