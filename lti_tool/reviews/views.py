"""Screens L3 and L4 over HTTP: take a review, write and send it, read one's own; the instructor's page."""

from uuid import UUID

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from ..activities.models import Activity, Grading
from ..activities.phases import lets_in
from ..activities.queries import opened_activity, schedule_for
from ..contributions import media
from ..contributions.queries import attachment_of
from ..kernel import clock
from ..kernel.errors import ConflictError, InvalidError, RefusedError
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from . import actions, queries
from .actions import NothingToReviewError
from .aggregation import work_score
from .allocation import WHY, Because
from .forms import ReviewForm, review_form, sentences, written
from .models import Review, ReviewState
from .writing import FaultyReviewError

blueprint = Blueprint("reviews", __name__, url_prefix=PREFIX)
Answer = Response | str | tuple[str, int]
ON_THE_PAGE = (ConflictError, InvalidError)  # refusals that are told beside the text


@blueprint.post("/review/next")
def pull_next() -> Answer:
    """Take the review in hand or the next one, and open it; or say why there is none, and when."""
    try:
        with database().write() as session:
            review = actions.pull(session, visit(), opened_activity(session, visit()))
    except NothingToReviewError as nothing:
        return _nothing(nothing.because)
    return redirect(url_for(".review", review_id=review.id), 303)


@blueprint.get("/review/<uuid:review_id>")
def review(review_id: UUID) -> Answer:
    """The workspace: the work on one side, the review on the other."""
    activity, mine = _mine(review_id)
    if mine.state is ReviewState.SENT:
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
                actions.send(*here, extra=do == "send-extra")
                return redirect(url_for(".sent", review_id=review_id), 303)
            actions.save_draft(*here)
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
            session, visit(), activity, review_id, *written(review_form(activity), activity)
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


@blueprint.get("/review/<uuid:review_id>/media/<uuid:attachment_id>")
def file(review_id: UUID, attachment_id: UUID) -> Response:
    """A file of the work, for as long as it is the visitor's to review, and once they have."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        mine = queries.own_review(session, visit(), activity, review_id, lapsed=False)
        found = attachment_of(session, mine.contribution_id, attachment_id)
    return media.send(found)


@blueprint.get("/review/<uuid:review_id>/sent")
def sent(review_id: UUID) -> Answer:
    """What happens next."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        mine = queries.own_review(session, visit(), activity, review_id)
        progress = queries.progress(session, activity, visit().person_id)
    if mine.state is not ReviewState.SENT:
        return redirect(url_for(".review", review_id=review_id), 303)
    return _page("sent", activity, review=mine, progress=progress, because=_why(progress.because))


@blueprint.get("/received")
def received() -> str:
    """The reviews of one's own work, once one has given one's own."""
    visit().require(May.TAKE_PART)
    zone = current_app.config["ENTRAIDE"].zone
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        progress = queries.progress(session, activity, visit().person_id)
        reviews = (
            queries.received_reviews(session, activity, visit().person_id, zone) if progress.unlocked else []
        )
    return _page(
        "received",
        activity,
        progress=progress,
        because=_why(progress.because),
        reviews=reviews,
        score=work_score(each.score for each in reviews) if activity.grading is not Grading.NONE else None,
        decimal=format_decimal,
    )


@blueprint.get("/work/<uuid:contribution_id>")
def work(contribution_id: UUID) -> str:
    """A contribution and its reviews side by side, with names, for those who may see all work."""
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        contribution, author = queries.shared_work(session, visit(), activity, contribution_id)
        reviews = queries.named_reviews(session, contribution)
        noted = actions.view_noted(session, visit(), contribution_id)
    if not noted:
        _note_view(activity, contribution_id)
    return _page(
        "work",
        activity,
        contribution=contribution,
        author=author,
        reviews=reviews,
        media_url=media.url,
        score=work_score(each.review.score for each in reviews if each.review.score is not None),
        decimal=format_decimal,
    )


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
                actions.save_draft(session, visit(), activity, review_id, *written(form, activity))
            act(session, visit(), activity, review_id)
    except ON_THE_PAGE as refusal:
        return _refused(activity, review_id, form, refusal)
    return redirect(then, 303)


def _refused(activity: Activity, review_id: UUID, form: ReviewForm, refusal: RefusedError) -> Answer:
    """The form with its text, which is saved too where it can be, and why it was not taken."""
    if refusal.code == "sent-already":
        return redirect(url_for(".sent", review_id=review_id), 303)
    if refusal.code != "two-tabs":
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
        noted = actions.view_noted(session, visit(), contribution.id)
        door = actions.reviewing(session, visit(), activity, clock.now())
    if not noted:
        _note_view(activity, contribution.id)
    return _page(
        "review",
        activity,
        review=mine,
        work_of=contribution,
        media_url=lambda attachment: url_for(".file", review_id=mine.id, attachment_id=attachment.id),
        form=form,
        sentences=sentences,
        taken=lets_in(door),
        lapsed=mine.state is ReviewState.LAPSED,
    )


def _note_view(activity: Activity, contribution_id: UUID) -> None:
    try:
        with database().write() as session:
            actions.note_view(session, visit(), activity, contribution_id)
    except IntegrityError:
        pass  # two tabs at once: the other one noted it


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
    return _page(
        "nothing",
        activity,
        because=because.value,
        why=WHY[because],
        progress=progress,
        chance=chance,
        until=dates.share_by,
    )


def _why(because: Because | None) -> str | None:
    return WHY[because] if because else None


def _page(name: str, activity: Activity, **more: object) -> str:
    return render_template(f"reviews/{name}.html", activity=activity, activity_name=activity.title, **more)
