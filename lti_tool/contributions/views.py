"""Screen L2 over HTTP: write, preview, share, look at one's own work, and open its files."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.kinds import KINDS, KindTemplate
from ..activities.models import Activity
from ..activities.phases import Door
from ..activities.queries import opened_activity, schedule
from ..kernel import clock
from ..kernel.errors import ConflictError, InvalidError, RefusedError, TooLargeError
from ..kernel.i18n import N_
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, storage, visit, wants_json
from . import actions, media, queries, texts
from .forms import ShareForm, share_form, written
from .models import Attachment, Contribution, ContributionState

blueprint = Blueprint("contributions", __name__, url_prefix=PREFIX)
Answer = Response | str | tuple[str, int]
ON_THE_PAGE = (InvalidError, ConflictError, TooLargeError)  # refusals that are told beside the text


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of this room stand on: the activity, its kind, and the visitor's contribution so far."""

    activity: Activity
    mine: Contribution | None
    door: Door

    @property
    def template(self) -> KindTemplate:
        """What the activity's kind asks for."""
        return KINDS[self.activity.kind]

    @property
    def text(self) -> texts.Text:
        """What the visitor is writing."""
        return queries.text_in_hand(self.mine)

    @property
    def gaps(self) -> list[texts.Gap]:
        """What is missing before it can be shared."""
        return texts.gaps(self.template, self.text)

    @property
    def shared(self) -> bool:
        """Whether peers can read it."""
        return self.mine is not None and self.mine.state is ContributionState.SHARED

    @property
    def settled(self) -> bool:
        """Whether it can no longer be changed."""
        return queries.settled(self.mine)


def desk() -> Desk:
    """The visitor's desk. Raises NotAllowedError for others than learners, ConflictError before it opens."""
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit())
        mine = queries.own_contribution(session, activity.id, visit().person_id)
    return Desk(activity, mine, schedule(activity).sharing(clock.now()))


@blueprint.get("/share")
def edit() -> Answer:
    """The form, as far as it is filled."""
    here = desk()
    if here.settled:
        return redirect(url_for(".show"), 303)
    return _form_page(here, _filled(here))


@blueprint.post("/share")
def save() -> Answer:
    """Keep the text and take the chosen files; then go where the pressed button says."""
    here = desk()
    do = request.form.get("do", "save")
    form = share_form(here.template)
    try:
        _keep(here, form)
        for upload in request.files.getlist("file"):
            if upload.filename:
                media.attach(here.activity, upload)
        if do == "submit":
            return _share(here)
    except ON_THE_PAGE as refusal:
        return _refused(form, refusal)
    return redirect(url_for(".preview" if do == "preview" else ".edit"), 303)


@blueprint.post("/share/save")
def autosave() -> Response:
    """Keep the text while it is written. A refusal is a sentence in JSON; the text stays in the page."""
    here = desk()
    mine = _keep(here, share_form(here.template))
    return jsonify(saved_at=mine.saved_at.isoformat(), version=mine.version)


@blueprint.post("/share/files")
def add_files() -> Answer:
    """Take files as soon as they are chosen; a script gets the list's new items."""
    here = desk()
    uploads = [upload for upload in request.files.getlist("file") if upload.filename]
    try:
        if not uploads:
            raise InvalidError(N_("Choose a file first."), field="file")
        attached = [media.attach(here.activity, upload) for upload in uploads]
    except ON_THE_PAGE as refusal:
        if wants_json():
            raise
        return _refused(_filled(here), refusal)
    if wants_json():
        listed = {each.id for each in here.mine.attachments} if here.mine else set()
        new = [each for each in attached if each.id not in listed]
        return render_template("contributions/_files.html", attachments=new, media_url=media_url)
    return redirect(url_for(".edit", _anchor="files"), 303)


@blueprint.post("/share/files/<uuid:attachment>/remove")
def remove_file(attachment: UUID) -> Answer:
    """Remove a file; the text that comes along is kept first."""
    here = desk()
    form = share_form(here.template) if "title" in request.form else _filled(here)
    try:
        if "title" in request.form:
            _keep(here, form)
        with database().write() as session:
            key = actions.remove_attachment(session, visit(), here.activity, attachment)
    except ON_THE_PAGE as refusal:
        return _refused(form, refusal)
    storage().delete(key)
    return redirect(url_for(".edit", _anchor="files"), 303)


@blueprint.get("/share/preview")
def preview() -> Answer:
    """The contribution as peers will see it."""
    here = desk()
    if here.mine is None or here.settled:
        return redirect(url_for(".edit"), 303)
    return _page("preview", here)


@blueprint.post("/share/send")
def send() -> Answer:
    """Share what was previewed. A second time changes nothing."""
    here = desk()
    try:
        return _share(here)
    except ON_THE_PAGE as refusal:
        return _refused(_filled(here), refusal)


@blueprint.get("/contribution")
def show() -> Answer:
    """The visitor's own shared contribution."""
    here = desk()
    if not here.shared:
        return redirect(url_for(".edit"), 303)
    return _page("show", here)


@blueprint.get("/media/<uuid:attachment>")
def file(attachment: UUID) -> Response:
    """A file, for its author and for those who see all work."""
    with database().read() as session:
        found = queries.visible_attachment(session, visit(), attachment)
    return media.send(found)


def media_url(attachment: Attachment) -> str:
    """Where the author, or who sees all work, opens a file."""
    return url_for("contributions.file", attachment=attachment.id)


def _filled(here: Desk) -> ShareForm:
    return share_form(here.template, here.text, here.mine.version if here.mine else 0)


def _keep(here: Desk, form: ShareForm) -> Contribution:
    """Save what the form brings; say so when peers read the work already."""
    with database().write() as session:
        mine = actions.save_draft(session, visit(), here.activity, written(form, here.template, request.form))
    actions.refuse_settled(mine)
    return mine


def _share(here: Desk) -> Response:
    with database().write() as session:
        actions.share(session, visit(), here.activity)
    flash(gettext(N_("Your contribution is shared. Thank you!")), "success")
    return redirect(url_for("home.index"), 303)


def _refused(form: ShareForm, refusal: RefusedError) -> Answer:
    """The form with its text, and why it was not taken."""
    here = desk()
    if refusal.code == "incomplete":
        for gap in here.gaps:
            form.refuse(gap.field, gettext(gap.sentence))
    else:
        field = refusal.field if isinstance(refusal, InvalidError) else ""
        sentence = (
            gettext(refusal.sentence, **refusal.values) if refusal.values else gettext(refusal.sentence)
        )
        form.refuse(field, sentence)
    form.version.data = here.mine.version if here.mine else 0
    form.version.raw_data = None
    return _form_page(here, form), refusal.status


def _form_page(here: Desk, form: ShareForm) -> str:
    limits = media.limits()
    return _page(
        "share",
        here,
        form=form,
        field_of=texts.field_of,
        largest=max(limits.image, limits.document, limits.video) << 20,
        most_files=actions.MOST_FILES,
    )


def _page(name: str, here: Desk, **more: object) -> str:
    return render_template(
        f"contributions/{name}.html",
        here=here,
        media_url=media_url,
        activity_name=here.activity.title,
        **more,
    )
