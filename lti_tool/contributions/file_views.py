"""The files of a contribution over HTTP: take them, remove them, open them."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.queries import id_in
from ..kernel.bodies import takes_files
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.web import PREFIX, database, storage, visit, wants_json
from . import attachments, media, queries
from .desks import desk
from .forms import CaptionsForm, share_form
from .models import Attachment
from .views import ON_THE_PAGE, Answer, filled, keep, refused

blueprint = Blueprint("files", __name__, url_prefix=PREFIX)


@blueprint.post("/share/files")
@takes_files
def add() -> Answer:
    """Take files as soon as they are chosen; a script gets the list's new items."""
    here = desk()
    uploads = [upload for upload in request.files.getlist("file") if upload.filename]
    try:
        if not uploads:
            raise InvalidError(N_("Choose a file first."), field="file")
        step = id_in(request.form.get("step", ""))
        attached = [media.attach(here.activity, upload, step=step, which=here.which) for upload in uploads]
    except ON_THE_PAGE as refusal:
        if wants_json():
            raise
        return refused(filled(here), refusal)
    if wants_json():
        listed = {each.id for each in here.mine.attachments} if here.mine else set()
        new = [each for each in attached if each.id not in listed]
        return render_template("contributions/_files.html", attachments=new, media_url=media.url)
    return redirect(url_for("contributions.edit", _anchor="files"), 303)


@blueprint.post("/share/files/<uuid:attachment>/remove")
def remove(attachment: UUID) -> Answer:
    """Remove a file; the text that comes along is kept first."""
    here = desk()
    typed = "title" in request.form
    form = share_form(here.activity, here.text, posted=request.form) if typed else filled(here)
    try:
        if typed:
            keep(here, form)
        with database().write() as session:
            key = attachments.remove_attachment(session, visit(), here.activity, attachment, here.which)
    except ON_THE_PAGE as refusal:
        return refused(form, refusal)
    storage().delete(key)
    return redirect(url_for("contributions.edit", _anchor="files"), 303)


@blueprint.route("/share/files/<uuid:attachment>/captions", methods=["GET", "POST"])
def caption(attachment: UUID) -> Answer:
    """The captions and the transcript of a video or a sound."""
    here = desk()
    files = here.mine.attachments if here.mine else []
    found = next((each for each in files if each.id == attachment), None)
    if found is None or not found.media_type.startswith(("video/", "audio/")):
        raise NotFoundError(N_("This file does not exist."))
    form = CaptionsForm(transcript=found.transcript)
    if not form.is_submitted():
        return _captions_page(found, form)
    try:
        captions, said = form.read(), form.transcript.data or ""
        with database().write() as session:
            attachments.caption(session, visit(), here.activity, attachment, captions, said, here.which)
    except InvalidError as refusal:
        form[refusal.field].errors = [gettext(refusal.sentence, **refusal.values)]
        return _captions_page(found, form), refusal.status
    return redirect(url_for("contributions.edit", _anchor="files"), 303)


@blueprint.get("/media/<uuid:attachment>")
def show(attachment: UUID) -> Response:
    """A file, for its author and for those who see all work."""
    with database().read() as session:
        found = queries.visible_attachment(session, visit(), attachment)
    return media.send(found)


def _captions_page(attachment: Attachment, form: CaptionsForm) -> str:
    return render_template(
        "contributions/captions.html", attachment=attachment, form=form, media_url=media.url
    )
