"""Screen L3 over HTTP: take a review, write, send and change it."""

from datetime import timedelta
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..activities.phases import lets_in
from ..activities.queries import id_in, opened_activity, schedule_for
from ..contributions import media
from ..contributions.queries import attachment_of
from ..kernel import clock
from ..kernel.errors import RefusedError
from ..kernel.permissions import May
from ..kernel.web import database, visit, whole
from . import (
    actions,
    annotation_views,
    annotations,
    comparing_views,
    comparison_scale_views,
    editing,
    example_views,
    given_views,
    improving_views,
    queries,
    received_views,
    rescoring_views,
)
from .actions import NothingToReviewError
from .allocation import WHY, Because
from .forms import ReviewForm, review_form, sentences, written
from .models import Review, ReviewKind, ReviewState
from .web import ON_THE_PAGE, Answer, blueprint, page
from .work_views import note_view
from .writing import FaultyReviewError

# Their routes are the room's.
__all__ = (
    "annotation_views", "blueprint", "comparing_views", "comparison_scale_views", "example_views",
    "given_views", "improving_views", "received_views", "rescoring_views",
)  # fmt: skip


@blueprint.post("/review/next")
def pull_next() -> Answer:
    """Take the review in hand or the next one, and open it; or say why there is none, and when."""
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            review = actions.pull(session, visit(), activity, extra="extra" in request.form)
    except NothingToReviewError as nothing:
        return _nothing(nothing.because)
    return redirect(url_for(".review", review_id=review.id), 303)


@blueprint.get("/review/<uuid:review_id>")
def review(review_id: UUID) -> Answer:
    """The workspace: the work on one side, the review on the other; once its author reads it, to be read."""
    activity, mine = _mine(review_id)
    if not editing.may_change(mine, activity, clock.now()):
        return redirect(url_for(".sent", review_id=review_id), 303)
    return _workspace(activity, mine, review_form(activity, mine))


@blueprint.post("/review/<uuid:review_id>")
def write(review_id: UUID) -> Answer:
    """Keep the review as it is, or send it."""
    activity = _activity()
    form = review_form(activity)
    do = request.form.get("do", "save")
    try:
        with database().write() as session:
            here = session, visit(), activity, review_id, *written(form, activity)
            if do in {"send", "send-extra"}:
                actions.send(*here, extra=do == "send-extra", read=_read())
                return redirect(url_for(".sent", review_id=review_id), 303)
            actions.save_draft(*here, read=_read())
    except ON_THE_PAGE as refusal:
        return _refused(activity, review_id, form, refusal)
    flash(gettext("Your review is saved. It is not sent yet."), "success")
    return redirect(url_for(".review", review_id=review_id), 303)


@blueprint.post("/review/<uuid:review_id>/save")
def autosave(review_id: UUID) -> Response:
    """Keep the review while it is written. A refusal is a sentence in JSON; the text stays in the page."""
    activity = _activity()
    with database().write() as session:
        mine = actions.save_draft(
            session, visit(), activity, review_id, *written(review_form(activity), activity), read=_read()
        )
    return jsonify(saved_at=mine.saved_at.isoformat() if mine.saved_at else None, version=mine.version)


@blueprint.post("/review/<uuid:review_id>/keep")
def keep(review_id: UUID) -> Answer:
    """Renew the lease; the text that comes along is kept."""
    return _keep_text_and(actions.keep_longer, review_id, url_for(".review", review_id=review_id))


@blueprint.post("/review/<uuid:review_id>/give-back")
def give_back(review_id: UUID) -> Answer:
    """Let somebody else have it; the text that comes along is kept."""
    answer = _keep_text_and(actions.give_back, review_id, url_for("home.index"))
    if isinstance(answer, Response):
        flash(gettext("You gave this review back. Somebody else can take it now."), "success")
    return answer


@blueprint.post("/review/<uuid:review_id>/aside")
def aside(review_id: UUID) -> Answer:
    """Keep the text that comes along, and open a page beside the review."""
    activity = _activity()
    form = review_form(activity)
    try:
        with database().write() as session:
            mine = actions.save_draft(
                session, visit(), activity, review_id, *written(form, activity), read=_read()
            )
    except ON_THE_PAGE as refusal:
        if refusal.code != "sent-already":  # what changes a sent review is kept on the device alone
            return _refused(activity, review_id, form, refusal)
        _, mine = _mine(review_id)
    return redirect(_beside(activity, mine), 303)


@blueprint.get("/review/<uuid:review_id>/media/<uuid:attachment_id>")
def file(review_id: UUID, attachment_id: UUID) -> Response:
    """A file of the work, for as long as it is the visitor's to review, and once they have."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        mine = queries.own_review(session, visit(), activity, review_id, lapsed=False)
        found = attachment_of(session, mine.contribution_id, attachment_id)
    return media.send(found)


def _activity() -> Activity:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        return opened_activity(session, visit(), criteria=True)


def _mine(review_id: UUID) -> tuple[Activity, Review]:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        return activity, queries.own_review(session, visit(), activity, review_id)


def _keep_text_and(act: actions.Act, review_id: UUID, then: str) -> Answer:
    activity = _activity()
    form = review_form(activity)
    try:
        with database().write() as session:
            if "version" in request.form:
                actions.save_draft(
                    session, visit(), activity, review_id, *written(form, activity), read=_read()
                )
            act(session, visit(), activity, review_id)
    except ON_THE_PAGE as refusal:
        return _refused(activity, review_id, form, refusal)
    return redirect(then, 303)


def _refused(activity: Activity, review_id: UUID, form: ReviewForm, refusal: RefusedError) -> Answer:
    """The form with its text, which is saved too where it can be, and why it was not taken."""
    if refusal.code == "sent-already":
        return redirect(url_for(".sent", review_id=review_id), 303)
    if refusal.code != "two-tabs" and "version" in request.form:
        try:
            with database().write() as session:
                actions.save_draft(session, visit(), activity, review_id, *written(form, activity))
        except ON_THE_PAGE:
            pass  # it stays in the page
    if isinstance(refusal, FaultyReviewError):
        form.refuse_faults(refusal, activity.minimum_words)
    else:
        form.refuse("", gettext(refusal.sentence, **refusal.values))
    activity, mine = _mine(review_id)
    form.version.data, form.version.raw_data = mine.version, None
    return _workspace(activity, mine, form), refusal.status


def _workspace(activity: Activity, mine: Review, form: ReviewForm) -> str:
    with database().read() as session:
        contribution = queries.work_under_review(session, mine)
        notes = annotations.annotations_of(session, [mine.id]).get(mine.id, ())
        noted = actions.view_noted(session, visit(), contribution.id)
        door = actions.reviewing(session, visit(), activity, clock.now())
    if not noted:
        note_view(activity, contribution.id)
    return page(
        "review",
        activity,
        review=mine,
        work_of=contribution,
        media_url=lambda attachment: url_for(".file", review_id=mine.id, attachment_id=attachment.id),
        form=form,
        sentences=sentences,
        taken=lets_in(door) or mine.sent_at is not None,
        final=not editing.may_change(mine, activity, clock.now()),
        until=editing.changeable_until(mine, activity),
        lapsed=mine.state is ReviewState.LAPSED,
        left=_left(mine.lease_until - clock.now()),
        of_own_work=mine.kind is ReviewKind.SELF,
        notes=notes,
        labels=annotations.labels(activity, contribution),
        most_notes=annotations.MOST,
        annotating=True,
    )


def _beside(activity: Activity, mine: Review) -> str:
    """The address of the page that a button of the workspace leads to."""
    to, _, note = request.form.get("aside", "").partition("-")
    if to == "changes" and mine.revision:
        with database().read() as session:
            now = queries.work_under_review(session, mine).revision
        return (
            url_for("versions.difference", contribution=mine.contribution_id, to=now)
            + f"&from={mine.revision}"
        )
    if to == "flag":
        return url_for("flags.flag_form", review_id=mine.id)
    note_id = id_in(note)
    if note_id:
        return url_for(".comment", review_id=mine.id, note=note_id)
    return url_for(".comments", review_id=mine.id)


def _left(time: timedelta) -> str:
    """How long a lease still lasts, in the words of static/js/lease.js: nothing moves when that comes."""
    minutes = -(-int(time.total_seconds()) // 60)
    if minutes >= 2 * 24 * 60:
        return str(gettext("({n} days left)").format(n=minutes // (24 * 60)))
    if minutes >= 2 * 60:
        return str(gettext("({n} hours left)").format(n=minutes // 60))
    return str(gettext("({n} min left)").format(n=minutes)) if minutes > 0 else ""


def _read() -> int | None:
    """Which version of the work the page showed."""
    return request.form.get("read", type=whole)


def _nothing(because: Because) -> str:
    with database().read() as session:
        activity = opened_activity(session, visit())
        dates = schedule_for(session, activity, visit().person_id)
        progress = queries.progress(session, activity, visit().person_id)
        chance = (
            queries.next_chance(session, activity, visit().person_id)
            if because is Because.ALL_SERVED
            else None
        )
    return page(
        "nothing",
        activity,
        because=because.value,
        why=WHY[because],
        progress=progress,
        chance=chance,
        until=dates.share_by,
    )
