"""Screen L2 over HTTP: write, preview, share, and look at one's own work."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.models import Kind
from ..kernel.bodies import takes_files
from ..kernel.errors import ConflictError, InvalidError, RefusedError, TooLargeError
from ..kernel.i18n import N_
from ..kernel.web import PREFIX, database, visit
from . import actions, attachments, display, media, steps, texts
from .desks import Desk, desk, stay
from .forms import ShareForm, chosen_files, share_form, written
from .models import Contribution

blueprint = Blueprint("contributions", __name__, url_prefix=PREFIX)
Answer = Response | str | tuple[str, int]
blueprint.app_template_global("shown")(display.shown)
blueprint.app_template_global("steps_counted")(display.steps_counted)
blueprint.app_url_defaults(stay)
ON_THE_PAGE = (InvalidError, ConflictError, TooLargeError)  # refusals that are told beside the text


@blueprint.get("/share")
def edit() -> Answer:
    """The form, as far as it is filled."""
    here = desk()
    if here.settled:
        return redirect(url_for(".show"), 303)
    return _form_page(here, filled(here))


@blueprint.post("/share")
@takes_files
def save() -> Answer:
    """Keep the text and take the chosen files; then go where the pressed button says."""
    here = desk()
    do = request.form.get("do", "save")
    form = share_form(here.activity, here.text, posted=request.form)
    try:
        keep(here, form)
        for upload, step in chosen_files(request.files):
            media.attach(here.activity, upload, step=step, which=here.which)
        if do == "submit":
            return _share(here)
    except ON_THE_PAGE as refusal:
        return refused(form, refusal)
    if do == "improve":
        return redirect(url_for("reviews.improve", n=here.which.number or None), 303)
    goes_on = url_for(".preview") if do == "preview" else url_for(".edit", _anchor=form.place or None)
    return redirect(goes_on, 303)


@blueprint.post("/share/save")
def autosave() -> Response:
    """Keep the text while it is written. A refusal is a sentence in JSON; the text stays in the page."""
    here = desk()
    mine = keep(here, share_form(here.activity, here.text, posted=request.form))
    return jsonify(saved_at=mine.saved_at.isoformat(), version=mine.version)


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
        return refused(filled(here), refusal)


@blueprint.get("/contribution")
def show() -> Answer:
    """The visitor's own shared contribution."""
    here = desk()
    if not here.shared:
        return redirect(url_for(".edit"), 303)
    return _page("show", here)


@blueprint.route("/contribution/withdraw", methods=["GET", "POST"])
def withdraw() -> Answer:
    """Take back what is shared, once it is clear what that does."""
    here = desk()
    if not here.shared:
        return redirect(url_for(".edit"), 303)
    if request.method == "GET":
        return _page("withdraw", here)
    with database().write() as session:
        actions.withdraw(session, visit(), here.activity, here.which)
    flash(gettext(N_("It is yours alone again, as a draft.")), "success")
    return redirect(url_for(".edit"), 303)


@blueprint.get("/share/for/<uuid:person_id>")
def on_behalf(person_id: UUID) -> Response:
    """Where an instructor writes for a learner: the same pages, in their name."""
    return redirect(url_for(".edit", person=person_id), 303)


def filled(here: Desk) -> ShareForm:
    """The form with what is kept."""
    return share_form(here.activity, here.text, here.mine.version if here.mine else 0)


def keep(here: Desk, form: ShareForm) -> Contribution:
    """Save what the form brings; say so when peers read the work already."""
    with database().write() as session:
        mine = actions.save_draft(session, visit(), here.activity, written(form, request.form), here.which)
    actions.refuse_settled(mine, here.dates)
    return mine


def _share(here: Desk) -> Response:
    with database().write() as session:
        actions.share(session, visit(), here.activity, here.which, request.form.get("why"))
    if here.which.person_id:
        flash(gettext(N_("It is shared in the name of %(name)s."), name=here.written_for), "success")
        return redirect(url_for("gradebook.person", person_id=here.which.person_id), 303)
    flash(gettext(N_("Your contribution is shared. Thank you!")), "success")
    asks = here.activity.kind is Kind.QUESTION  # and may ask another one from there
    return redirect(url_for(".show" if asks else "home.index"), 303)


def refused(form: ShareForm, refusal: RefusedError) -> Answer:
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
    return _form_page(here, form, meanwhile=refusal.code == "two-tabs"), refusal.status


def _form_page(here: Desk, form: ShareForm, *, meanwhile: bool = False) -> str:
    """The form; with it, what somebody saved `meanwhile`, so that nobody writes over it unread."""
    limits = media.limits()
    return _page(
        "share",
        here,
        form=form,
        field_of=texts.field_of,
        largest=max(limits.image, limits.document, limits.video) << 20,
        most_files=attachments.MOST_FILES,
        most_steps=steps.MOST,
        meanwhile=here.text.passages if meanwhile else [],
    )


def _page(name: str, here: Desk, **more: object) -> str:
    return render_template(
        f"contributions/{name}.html",
        here=here,
        media_url=media.url,
        activity_name=here.activity.title,
        **more,
    )
