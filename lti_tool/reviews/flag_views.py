"""Flags over HTTP: ask the instructor to look; the instructor's queue, and what comes of it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from ..activities.queries import id_in, opened_activity
from ..kernel.errors import InvalidError
from ..kernel.web import PREFIX, database, visit
from . import flags
from .flag_forms import OF_REVIEW_SAID, OF_WORK_SAID, OUTCOMES, AnswerForm, FlagForm
from .flag_forms import flag_form as form_of
from .models import Flag, ReviewState
from .web import ON_THE_PAGE, Answer, page

blueprint = Blueprint("flags", __name__, url_prefix=PREFIX)


@blueprint.get("/review/<uuid:review_id>/flag", endpoint="flag_form")
def show(review_id: UUID) -> str:
    """Say what is wrong with the work that one reviews, or with a review that one received."""
    return _form(review_id, None)


@blueprint.post("/review/<uuid:review_id>/flag")
def flag(review_id: UUID) -> Answer:
    """Ask the instructor to look; who cannot judge a work may give it back at once."""
    form = FlagForm()
    give_back = request.form.get("do") == "give-back"
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            here = session, visit(), activity, review_id, form.chosen(), form.because.data or ""
            flagged = flags.flag(*here, give_back=give_back)
    except InvalidError as refusal:
        form.refuse(refusal)
        return _form(review_id, form), refusal.status
    flash(gettext("Thank you. Your instructor will look at it."), "success")
    if flagged.of_review:
        return redirect(url_for("reviews.received"), 303)
    if give_back and flagged.reason in flags.PARTIAL:
        flash(gettext("You gave this review back. Somebody else can take it now."), "success")
        return redirect(url_for("home.index"), 303)
    return redirect(url_for("reviews.review", review_id=review_id), 303)


@blueprint.get("/flags")
def index() -> str:
    """What waits for the instructor, or what was settled."""
    return _queue()


@blueprint.post("/flags/<uuid:flag_id>")
def settle(flag_id: UUID) -> Answer:
    """Decide what comes of it."""
    form = AnswerForm()
    outcome = next((each for each in flags.DECISIONS if each.value == request.form.get("do")), None)
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            flags.settle(session, visit(), activity, flag_id, outcome, form.answer.data or "")
    except ON_THE_PAGE as refusal:
        form.refuse(refusal)
        return _queue(flag_id, form), refusal.status
    return redirect(url_for(".index"), 303)


def _form(review_id: UUID, form: FlagForm | None) -> str:
    with database().read() as session:
        activity = opened_activity(session, visit())
        review, of_review = flags.flagged_review(session, visit(), activity, review_id)
        mine = flags.own_flags(session, visit().person_id, review_id)
    reasons = flags.OF_REVIEW if of_review else flags.OF_WORK
    return page(
        "flag",
        activity,
        review=review,
        of_review=of_review,
        mine=[each for each in mine if each.of_review is of_review],
        waits=any(each.settled_at is None and each.of_review is of_review for each in mine),
        said=_said,
        outcomes=OUTCOMES,
        in_hand=review.state is ReviewState.ASSIGNED,
        form=form_of(reasons, of_review=of_review, form=form),
    )


def _queue(refused: UUID | None = None, form: AnswerForm | None = None) -> str:
    settled = request.args.get("show") == "settled"
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        found = flags.queue(
            session, visit(), activity, settled=settled, after=id_in(request.args.get("after", ""))
        )
    return render_template(
        "reviews/flags.html",
        activity=activity,
        activity_name=activity.title,
        found=found,
        settled=settled,
        said=_said,
        outcomes=OUTCOMES,
        form_of=lambda each: _own_ids(form if form and each.flag.id == refused else None, each.flag),
        next_url=url_for(".index", show=request.args.get("show"), after=found.after) if found.after else None,
    )


def _said(flag: Flag) -> str:
    return str(gettext((OF_REVIEW_SAID if flag.of_review else OF_WORK_SAID)[flag.reason]))


def _own_ids(form: AnswerForm | None, flag: Flag) -> AnswerForm:
    form = form or AnswerForm(formdata=None, data={"answer": flag.answer})
    form.answer.id = form.answer.label.field_id = f"answer-{flag.id.hex}"
    return form
