"""Large files over HTTP, in parts that may be cut anywhere: tus 1.0.0 (https://tus.io/protocols/resumable-upload).

Core, and the extensions creation, expiration and termination. A part goes to the storage as it comes; what
arrived before a cut counts. So any web process may take the next part, and no lock is held meanwhile: the
part that is counted first wins.
"""

import binascii
import io
from base64 import b64decode
from contextlib import suppress
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from ..kernel.bodies import takes_files
from ..kernel.errors import InvalidError, RefusedError, TooLargeError
from ..kernel.i18n import N_
from ..kernel.web import PREFIX, database, storage, visit
from . import media, uploads
from .desks import desk
from .files import HEAD, accepted
from .models import Upload
from .queries import attachment_of
from .views import Answer

blueprint = Blueprint("uploads", __name__, url_prefix=PREFIX)
VERSION = "1.0.0"
PART = "application/offset+octet-stream"
SILENCE = 30.0  # seconds without a byte: the line is gone, though nobody said so
READ = 1 << 16


class WrongVersionError(RefusedError):
    """A client that does not speak our version of the protocol."""

    status = 412
    code = "tus-version"


class WrongTypeError(RefusedError):
    """A part that is not sent as one."""

    status = 415
    code = "tus-type"


@blueprint.before_request
def speak_tus() -> None:
    """Refuse another version. OPTIONS may come without."""
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        raise WrongVersionError(N_("This program cannot send large files here. Use another one."))


@blueprint.after_request
def say_tus(response: Response) -> Response:
    """Say our version in every answer."""
    response.headers["Tus-Resumable"] = response.headers["Tus-Version"] = VERSION
    return response


@blueprint.route("/uploads", methods=["OPTIONS"])
def options() -> Response:
    """What is spoken here, and how large a file may be."""
    answer = Response(status=204)
    answer.headers["Tus-Extension"] = "creation,expiration,termination"
    answer.headers["Tus-Max-Size"] = str(media.limits().largest)
    return answer


@blueprint.post("/uploads")
def begin() -> Response:
    """Make room for a file."""
    here = desk()
    size = _number("Upload-Length")
    if size == 0:
        raise InvalidError(N_("This file is empty. Choose another one."), field="file", code="empty-file")
    if size > media.limits().largest:
        raise TooLargeError(
            N_("This file is larger than %(limit)d MB. Send a shorter or a smaller one."),
            code="file-size",
            limit=media.limits().largest >> 20,
        )
    with database().write() as session:
        upload = uploads.begin(session, visit(), here.activity, size, step=_step(), which=here.which)
    answer = Response(status=201)
    answer.headers["Location"] = url_for(".state", upload_id=upload.id)
    return _told(answer, upload)


@blueprint.route("/uploads/<uuid:upload_id>", methods=["HEAD"])
def state(upload_id: UUID) -> Response:
    """How much has come."""
    upload = _upload(upload_id)
    answer = _told(Response(), upload)
    answer.headers["Upload-Length"] = str(upload.size)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.patch("/uploads/<uuid:upload_id>")
@takes_files
def go_on(upload_id: UUID) -> Response:
    """Take a part, or as much of it as comes."""
    upload = _upload(upload_id)
    if request.mimetype != PART:
        raise WrongTypeError(N_("This program cannot send large files here. Use another one."))
    if _number("Upload-Offset") != upload.received:
        raise uploads.other_offset()
    room = upload.size - upload.received
    if (request.content_length or 0) > room:
        raise TooLargeError(
            N_("This file is longer than it was said to be. Choose it again."), code="file-size"
        )
    part = _Arriving(room)
    key = storage().put(part)  # type: ignore[arg-type]  # a RawIOBase reads as a BinaryIO does
    counted = False
    try:
        with database().write() as session:
            moved = uploads.advance(session, upload, key, part.length)
        counted = True
    finally:
        if not counted:
            storage().delete(key)
    if upload.received < HEAD <= moved.received or moved.received == moved.size:
        _look_at_head(moved)
    return _told(Response(status=204), moved)


@blueprint.delete("/uploads/<uuid:upload_id>")
def give_up(upload_id: UUID) -> Response:
    """Forget a file and what came of it."""
    _forget(_upload(upload_id))
    return Response(status=204)


@blueprint.post("/uploads/<uuid:upload_id>/done")
def done(upload_id: UUID) -> Answer:
    """Make the file an attachment; the answer is its item in the list. Twice is once."""
    here = desk()
    upload = _upload(upload_id)
    if upload.received < upload.size:
        raise uploads.other_offset()
    if upload.attachment_id is None:
        try:
            with media.whole(upload) as file:
                attachment = media.attach(
                    here.activity, file, step=upload.step, which=here.which, upload=upload
                )
        except (InvalidError, TooLargeError):
            _forget(upload)
            raise
    else:
        with database().read() as session:
            attachment = attachment_of(session, upload.contribution_id, upload.attachment_id)
    return render_template("contributions/_files.html", attachments=[attachment], media_url=media.url)


class _Arriving(io.RawIOBase):
    """A request's body as far as it comes: a cut is its end. `length` counts what was read."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.length = 0
        if line := request.environ.get("gunicorn.socket"):
            line.settimeout(SILENCE)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = min(READ, self._room - self.length)
        try:
            block = request.stream.read(wanted if size < 0 else min(wanted, size))
        except (ClientDisconnected, OSError):
            return b""
        self.length += len(block)
        return block


def _upload(upload_id: UUID) -> Upload:
    here = desk()
    with database().read() as session:
        return uploads.own_upload(session, visit(), here.activity, upload_id)


def _look_at_head(upload: Upload) -> None:
    """Refuse a file by its first bytes, before the rest of it is sent."""
    head = b""
    for block in uploads.blocks(storage(), upload):
        head += block
        if len(head) >= HEAD:
            break
    try:
        accepted(head[:HEAD], upload.size, media.limits())
    except (InvalidError, TooLargeError):
        _forget(upload)
        raise


def _forget(upload: Upload) -> None:
    with database().write() as session:
        parts = uploads.end(session, upload.id, None)
    media.forget(parts)


def _told(answer: Response, upload: Upload) -> Response:
    answer.headers["Upload-Offset"] = str(upload.received)
    answer.headers["Upload-Expires"] = http_date(upload.expires_at)
    return answer


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise InvalidError(
            N_("This program cannot send large files here. Use another one."), code="tus-header"
        )
    return int(text)


def _step() -> UUID | None:
    """The step that the file is for: all that we read of what a client says about it."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "step":
            with suppress(binascii.Error, ValueError):
                return UUID(b64decode(value, validate=True).decode())
    return None
