"""Files on their way in and out: what is stored is safe, what is sent cannot act."""

from typing import BinaryIO, cast

from flask import current_app, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.web import database, storage, visit
from . import actions
from .files import EXTENSIONS, Limits, make_safe
from .models import Attachment


def limits() -> Limits:
    """The limits as they are set."""
    settings = current_app.config["ENTRAIDE"]
    return Limits(settings.max_image_mb, settings.max_file_mb, settings.max_video_mb)


def attach(activity: Activity, upload: FileStorage) -> Attachment:
    """Make an uploaded file safe, store it, and add it to the visitor's contribution.

    Raises:
        RefusedError: see `files.make_safe` and `actions.add_attachment`; nothing is left behind.

    """
    file = make_safe(cast(BinaryIO, upload.stream), limits())
    key = storage().put(file.content)
    kept = ""
    try:
        with database().write() as session:
            attachment = actions.add_attachment(session, visit(), activity, file, key)
        kept = attachment.storage_key
    finally:
        if kept != key:  # refused, or the same file was there already
            storage().delete(key)
    return attachment


def send(attachment: Attachment) -> Response:
    """A file as an answer: our type, a name that says nothing. Ranges are honoured: videos can be sought.

    Who may have it is for the caller to know.

    Raises:
        NotFoundError: the storage has lost it.

    """
    name = f"file-{attachment.position}.{EXTENSIONS[attachment.media_type]}"
    try:
        response = send_file(
            storage().path(attachment.storage_key),
            mimetype=attachment.media_type,
            as_attachment=attachment.media_type
            == "application/pdf",  # a browser's PDF viewer refuses the sandbox
            download_name=name,
            conditional=True,
            etag=attachment.id.hex,
            max_age=0,
        )
    except FileNotFoundError:
        raise NotFoundError(N_("This file does not exist.")) from None
    response.headers.pop("Last-Modified", None)  # when somebody uploaded it is for nobody else
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
