"""PDF documents are written anew, without what names somebody and without what acts."""

import io
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from .jpegs import without_metadata

MOST_OBJECTS = 300_000
# Keys of ISO 32000-2 that are taken out wherever they stand.
SCRIPTS = {"/OpenAction", "/AA", "/JS", "/JavaScript", "/XFA"}
ENCLOSURES = {"/EmbeddedFiles", "/EF", "/AF", "/RichMediaContent"}
TRACES = {"/Metadata", "/PieceInfo", "/LastModified"}
ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition"}
NOTE_TRACES = {"/T", "/M", "/CreationDate"}  # of an annotation: who wrote it, and when

# Decoding is what a small file can make expensive; these bounds hold for the whole process.
MOST_DECODED = 256 << 20  # bytes
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=MOST_DECODED, png_max_memory=MOST_DECODED, run_length_max_memory=MOST_DECODED
)


def rewrite(file: BinaryIO) -> BinaryIO:
    """A copy of a PDF with its pages, and none of its metadata, scripts, embedded files and launch actions.

    Raises:
        InvalidError: it is damaged, protected by a password, or of no reasonable size inside.

    """
    content = io.BytesIO()
    try:
        with Pdf.open(file) as pdf:
            if pdf.is_encrypted:
                raise _protected()
            _scrub(pdf)
            pdf.save(content, fix_metadata_version=False, deterministic_id=True)
    except pikepdf.PasswordError:
        raise _protected() from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        raise _damaged() from None
    content.seek(0)
    return content


def _scrub(pdf: Pdf) -> None:
    if len(pdf.objects) > MOST_OBJECTS or not pdf.pages:
        raise _damaged()
    if Name.Info in pdf.trailer:
        del pdf.trailer.Info
    waiting: list[Object] = [pdf.Root, *pdf.objects]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Dictionary | Stream):
            _scrub_keys(found)
            waiting += [value for _, value in found.items() if _direct(value)]
        elif isinstance(found, Array):
            waiting += [value for value in found if _direct(value)]


def _direct(value: object) -> bool:
    """Whether it is part of the object it stands in; the others come by themselves."""
    return isinstance(value, Dictionary | Array) and not value.is_indirect


def _scrub_keys(found: Dictionary | Stream) -> None:
    keys = set(found.keys())
    action = str(found["/S"]) if "/S" in keys and isinstance(found["/S"], Name) else ""
    unwanted = keys if action in ACTIONS or "/EF" in keys else keys & (SCRIPTS | ENCLOSURES | TRACES)
    if "/Subtype" in keys and "/Rect" in keys and found["/Subtype"] != Name.Widget:
        unwanted |= keys & NOTE_TRACES
    for key in unwanted:
        del found[key]
    if isinstance(found, Stream) and found.get("/Filter") == Name.DCTDecode:
        found.write(without_metadata(found.read_raw_bytes()), filter=Name.DCTDecode)


def _protected() -> InvalidError:
    return InvalidError(
        N_("This PDF is protected by a password. Save it without protection, then send it again."),
        field="file",
        code="protected",
    )


def _damaged() -> InvalidError:
    return InvalidError(
        N_("This PDF cannot be opened. Print it to a new PDF, then send that one."),
        field="file",
        code="unreadable",
    )
