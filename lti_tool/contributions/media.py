"""Files on their way in and out: what is stored is safe, what is sent cannot act."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from uuid import UUID

from flask import current_app, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from ..activities.models import Activity
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.web import database, storage, visit
from . import attachments, uploads
from .authors import MINE, Which
from .files import EXTENSIONS, Limits, make_safe
from .models import Attachment, Upload

SHOWN = ("image/", "video/", "audio/")  # the rest is saved: a browser's PDF viewer refuses the sandbox


def limits() -> Limits:
    """The limits as they are set."""
    settings = current_app.config["ENTRAIDE"]
    return Limits(settings.max_image_mb, settings.max_file_mb, settings.max_video_mb)


def attach(
    activity: Activity,
    file: FileStorage,
    *,
    step: UUID | None = None,
    which: Which = MINE,
    upload: Upload | None = None,
) -> Attachment:
    """Make a file safe, store it, and add it to the visitor's contribution; `upload`: that it came as.

    The work on the file is done outside of any transaction.

    Raises:
        RefusedError: see `files.make_safe`, `attachments.add_attachment` and `refuse_over_quota`; nothing is
            left behind, and an upload stays as it was.

    """
    safe = make_safe(cast(BinaryIO, file.stream), limits())
    key = storage().put(safe.content)
    kept, parts = "", []
    try:
        with database().write() as session:
            attachment = attachments.add_attachment(
                session, visit(), activity, safe, key, step=step, which=which
            )
            if upload is not None:
                parts = uploads.end(session, upload.id, attachment)
            attachments.refuse_over_quota(session, visit(), activity)
        kept = attachment.storage_key
    finally:
        if kept != key:  # refused, or the same file was there already
            storage().delete(key)
    forget(parts)
    return attachment


@contextmanager
def whole(upload: Upload) -> Iterator[FileStorage]:
    """What came in parts, as one file that may be changed, on disk for as long as it is needed."""
    folder = current_app.config["ENTRAIDE"].data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:  # /tmp may be memory
        for block in uploads.blocks(storage(), upload):
            file.write(block)
        yield FileStorage(file, filename="file")


def forget(keys: list[str]) -> None:
    """Delete stored files that nothing points at any more."""
    for key in keys:
        storage().delete(key)


def url(attachment: Attachment) -> str:
    """Where the author, or who sees all work, opens a file."""
    return url_for("files.show", attachment=attachment.id)


def send(attachment: Attachment) -> Response:
    """A file as an answer: our type, a name that says nothing. Ranges are honoured: videos can be sought.

    With "?as=captions" it is the file's captions. Who may have it is for the caller to know.

    Raises:
        NotFoundError: there are no captions, or the storage has lost the file.

    """
    if request.args.get("as") == "captions":
        if not attachment.captions:
            raise NotFoundError(N_("This file does not exist."))
        return safely(Response(attachment.captions, mimetype="text/vtt"))
    try:
        file = storage().open(attachment.storage_key)
    except FileNotFoundError:
        raise NotFoundError(N_("This file does not exist.")) from None
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    response = Response(FileWrapper(file, 1 << 16), mimetype=attachment.media_type, direct_passthrough=True)
    response.call_on_close(file.close)
    response.content_length = size
    inline = attachment.media_type.startswith(SHOWN)
    response.headers.set(
        "Content-Disposition",
        "inline" if inline else "attachment",
        filename=f"file-{attachment.position}.{EXTENSIONS[attachment.media_type]}",
    )
    response.set_etag(attachment.id.hex)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return safely(response)


def safely(response: Response) -> Response:
    """The headers that let what people sent do nothing in a browser but be seen and heard."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
