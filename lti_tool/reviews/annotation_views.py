"""Comments at places of a work over HTTP: each kept at once, by its own form or by a script's request."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..contributions.models import Contribution
from ..kernel import clock
from ..kernel.permissions import May
from ..kernel.web import database, visit, wants_json
from . import annotations, editing, queries
from .annotation_forms import FILE, CommentForm, comment_form
from .models import Review
from .places import texts_of
from .web import ON_THE_PAGE, Answer, blueprint, page

blueprint.app_template_global("place_in_file")(annotations.at)


@blueprint.route("/review/<uuid:review_id>/comments", methods=["GET", "POST"])
def comments(review_id: UUID) -> Answer:
    """Comment on a place of the work, which the form names: for keyboards, and without scripts."""
    form = comment_form()
    if request.method == "POST":
        form = comment_form(form=CommentForm())
        try:
            with database().write() as session:
                activity = _activity(session)
                annotations.annotate(
                    session, visit(), activity, review_id, form.place(), form.text.data or ""
                )
            return _kept(review_id)
        except ON_THE_PAGE as refusal:
            if wants_json():
                raise
            form.refuse(refusal)
            return _page(review_id, form), refusal.status
    return _page(review_id, form)


@blueprint.route("/review/<uuid:review_id>/comments/<uuid:note>", methods=["GET", "POST"])
def comment(review_id: UUID, note: UUID) -> Answer:
    """Change a comment, or take it away."""
    form = CommentForm()
    if request.method == "POST":
        try:
            with database().write() as session:
                here = session, visit(), _activity(session), review_id, note
                if request.form.get("do") == "remove":
                    annotations.take_away(*here)
                else:
                    annotations.change(*here, form.text.data or "")
            return _kept(review_id)
        except ON_THE_PAGE as refusal:
            if wants_json():
                raise
            form.refuse(refusal)
            return _page(review_id, form, note), refusal.status
    return _page(review_id, None, note)


def _kept(review_id: UUID) -> Answer:
    """The list of the review's comments for a script of ours, else the way back to it."""
    if not wants_json():
        return redirect(url_for(".review", review_id=review_id, _anchor="comments"), 303)
    with database().read() as session:
        activity, mine, work = _found(session, review_id)
        notes = annotations.annotations_of(session, [mine.id]).get(mine.id, ())
    return render_template(
        "reviews/_notes.html", review=mine, notes=notes, labels=annotations.labels(activity, work)
    )


def _page(review_id: UUID, form: CommentForm | None, note_id: UUID | None = None) -> str:
    with database().read() as session:
        activity, mine, work = _found(session, review_id)
        note = annotations.note_of(session, mine, note_id) if note_id else None
    if request.method == "GET" and not editing.may_change(mine, activity, clock.now()):
        raise editing.final()
    if form is None:
        form = CommentForm(formdata=None, data={"text": note.text if note else ""})
    return page(
        "comment",
        activity,
        review=mine,
        note=note,
        labels=annotations.labels(activity, work),
        form=comment_form(_parts(activity, work), form),
        kinds={file.media_type.partition("/")[0] for file in work.attachments},
        language=work.language,
    )


def _parts(activity: Activity, work: Contribution) -> dict[str, str]:
    """What one may comment on, by the form's names: texts first, then files."""
    named, texts = annotations.labels(activity, work), texts_of(work)
    files = {FILE + file.id.hex: named[file.id.hex] for file in work.attachments}
    return {key: named[key] for key in texts if key in named} | files


def _activity(session: Session) -> Activity:
    visit().require(May.TAKE_PART)
    return opened_activity(session, visit())


def _found(session: Session, review_id: UUID) -> tuple[Activity, Review, Contribution]:
    activity = _activity(session)
    mine = queries.own_review(session, visit(), activity, review_id)
    return activity, mine, queries.work_under_review(session, mine)
