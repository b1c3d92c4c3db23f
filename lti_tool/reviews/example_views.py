"""Examples over HTTP: an instructor makes and scores them, reviewers try their eyes on them."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import format_decimal, gettext

from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..contributions import media
from ..contributions.queries import attachment_of
from ..kernel.errors import InvalidError, NotFoundError, RefusedError
from ..kernel.i18n import N_
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import calibration, examples
from .example_forms import ExampleForm, TrialForm, example_form, points, sentences, trial_form, written
from .examples import Shown
from .web import ON_THE_PAGE, Answer, blueprint, page
from .writing import FaultyReviewError


@blueprint.get("/examples")
def examples_list() -> Answer:
    """The examples of the activity, for who sets it up."""
    activity = _to_set_up()
    with database().read() as session:
        found = examples.examples_of(session, activity)
        names = examples.titles(session, found)
    return page("examples", activity, examples=found, titles=names, most=examples.MOST)


@blueprint.route("/examples/new", methods=["GET", "POST"])
def new_example() -> Answer:
    """Make an example: a text written here, or a contribution of the activity (`contribution`)."""
    activity = _to_set_up()
    work = None
    if chosen := _chosen():
        with database().read() as session:
            work = examples.to_score(session, visit(), activity, chosen)
    form = example_form(activity, text=work is None, posted=request.method == "POST")
    if request.method == "POST" and (answer := _put(activity, form, contribution_id=chosen)):
        return answer
    return _form_page(activity, form, work)


@blueprint.route("/examples/<uuid:example_id>", methods=["GET", "POST"])
def change_example(example_id: UUID) -> Answer:
    """Change an example, or its scores."""
    activity, shown = _to_set_up(), None
    with database().read() as session:
        shown = examples.example(session, activity, example_id)
    own_text = shown.example.contribution_id is None
    form = example_form(activity, shown.example, text=own_text, posted=request.method == "POST")
    if request.method == "POST" and (answer := _put(activity, form, example_id=example_id)):
        return answer
    return _form_page(activity, form, None if own_text else shown, example_id)


@blueprint.post("/examples/<uuid:example_id>/remove")
def remove_example(example_id: UUID) -> Answer:
    """Take an example away. A second time finds none."""
    activity = _to_set_up()
    with database().write() as session:
        examples.remove(session, visit(), activity, example_id)
    flash(gettext(N_("The example is removed.")), "success")
    return redirect(url_for(".examples_list"), 303)


@blueprint.get("/calibration")
def calibrate() -> Answer:
    """The examples of the activity, for who takes part: what is tried, and what comes next."""
    activity = _taking_part()
    with database().read() as session:
        found = examples.tried(session, activity, visit().person_id)
    return page(
        "calibration",
        activity,
        tried=found,
        done=calibration.calibrated(activity.calibration, found, activity.tolerance),
        following=calibration.following(found, activity.tolerance),
        decimal=format_decimal,
    )


@blueprint.route("/calibration/<uuid:example_id>", methods=["GET", "POST"])
def trial(example_id: UUID) -> Answer:
    """Score an example; afterwards, how near one is to the instructor."""
    activity = _taking_part()
    with database().read() as session:
        shown = examples.example(session, activity, example_id)
        before = examples.trial_of(session, example_id, visit().person_id)
    form = trial_form(activity, before, posted=request.method == "POST")
    if request.method == "POST":
        try:
            with database().write() as session:
                examples.try_out(session, visit(), activity, example_id, points(form, activity))
        except ON_THE_PAGE as refusal:
            _refuse(form, refusal)
            return _trial_page(activity, shown, form), refusal.status
        return redirect(url_for(".compare_trial", example_id=example_id), 303)
    return _trial_page(activity, shown, form)


@blueprint.get("/calibration/<uuid:example_id>/difference")
def compare_trial(example_id: UUID) -> Answer:
    """One's own scores of an example beside the instructor's, and why they gave them."""
    activity = _taking_part()
    with database().read() as session:
        shown = examples.example(session, activity, example_id)
        mine = examples.trial_of(session, example_id, visit().person_id)
        found = examples.tried(session, activity, visit().person_id)
    if mine is None:
        return redirect(url_for(".trial", example_id=example_id), 303)
    return page(
        "trial_difference",
        activity,
        here=shown,
        trial=mine,
        gaps=examples.compared(activity, shown.example, mine),
        comments=examples.comments_of(shown.example.marks),
        done=calibration.calibrated(activity.calibration, found, activity.tolerance),
        following=calibration.following(found, activity.tolerance),
        decimal=format_decimal,
        media_url=_media_of(shown),
    )


@blueprint.get("/calibration/<uuid:example_id>/media/<uuid:attachment_id>")
def example_file(example_id: UUID, attachment_id: UUID) -> Answer:
    """A file of an example's contribution, for who may try it."""
    here = visit()
    with database().read() as session:
        activity = opened_activity(session, here)
        if not here.may(May.TAKE_PART):
            here.require(May.SEE_ALL_WORK)
        shown = examples.example(session, activity, example_id)
        if shown.example.contribution_id is None:
            raise NotFoundError(N_("This file does not exist."))
        found = attachment_of(session, shown.example.contribution_id, attachment_id)
    return media.send(found)


def _to_set_up() -> Activity:
    visit().require(May.SET_UP)
    visit().require(May.SEE_ALL_WORK)
    with database().read() as session:
        return opened_activity(session, visit(), criteria=True)


def _taking_part() -> Activity:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        return opened_activity(session, visit(), criteria=True)


def _chosen() -> UUID | None:
    """The contribution to make an example of, from the address."""
    try:
        return UUID(request.args["contribution"])
    except (KeyError, ValueError):
        return None


def _put(
    activity: Activity,
    form: ExampleForm,
    *,
    example_id: UUID | None = None,
    contribution_id: UUID | None = None,
) -> Answer | None:
    """Keep the example; None where the form has to be shown again."""
    try:
        with database().write() as session:
            said = written(form, activity)
            where = {"example_id": example_id, "contribution_id": contribution_id}
            examples.put(session, visit(), activity, said, **where)
    except ON_THE_PAGE as refusal:
        _refuse(form, refusal)
        return None
    flash(gettext(N_("The example is kept. Reviewers can try it.")), "success")
    return redirect(url_for(".examples_list"), 303)


def _refuse(form: TrialForm, refusal: RefusedError) -> None:
    if isinstance(refusal, FaultyReviewError):
        form.refuse_faults(refusal)
    else:
        field = refusal.field if isinstance(refusal, InvalidError) else ""
        form.refuse(field, gettext(refusal.sentence, **refusal.values))


def _form_page(
    activity: Activity, form: ExampleForm, work: object | None, example_id: UUID | None = None
) -> Answer:
    answer = page(
        "example",
        activity,
        form=form,
        work_of=work,
        example_id=example_id,
        sentences=sentences,
        media_url=_media_of(work) if isinstance(work, Shown) else media.url,
    )
    return (answer, 422) if form.errors else answer


def _trial_page(activity: Activity, shown: Shown, form: TrialForm) -> str:
    return page("trial", activity, here=shown, form=form, sentences=sentences, media_url=_media_of(shown))


def _media_of(shown: Shown) -> object:
    return lambda attachment: url_for(
        "reviews.example_file", example_id=shown.example.id, attachment_id=attachment.id
    )
