"""What an instructor decides about one person's scores, over HTTP; and every page's formula of a score."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from werkzeug.wrappers import Response

from ..activities.models import Activity, Grading
from ..activities.queries import opened_activity
from ..contributions import media
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from ..reviews.forms import review_form, sentences, written
from ..reviews.queries import progress
from ..reviews.writing import FaultyReviewError
from .checking import check, to_check
from .formulas import formula, shown_score
from .models import Column, Score
from .override_forms import OverrideForm, WeightForm
from .overriding import override, take_back, weigh
from .queries import person_of
from .releases import note_read, withhold

blueprint = Blueprint("overrides", __name__, url_prefix=PREFIX)
ON_THE_PAGE = (ConflictError, InvalidError)


@blueprint.app_context_processor
def made() -> dict[str, object]:
    """The visitor's own score, for the page of their reviews; one statement. From then on it is read."""

    def own_score(activity: Activity) -> Score | None:
        with database().read() as session:
            score = shown_score(session, activity, visit().person_id)
        if score and score.read_at is None:
            with database().write() as session:
                note_read(session, activity, visit().person_id)
        return score

    return {"own_score": own_score, "decimal": format_decimal}


@blueprint.get("/score")
def own() -> str:
    """How the visitor's own scores were made, once they have given their own reviews."""
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit())
        unlocked = progress(session, activity, visit().person_id).unlocked
        made = formula(session, activity, visit().person_id) if unlocked else None
    return _page("own_score", activity, made=made)


@blueprint.route("/people/<uuid:person_id>/score", methods=["GET", "POST"])
def score(person_id: UUID) -> Response | tuple[str, int]:
    """How one person's scores were made; set one by hand, or let the reviews make it again."""
    visit().require(May.SET_UP)
    with database().read() as session:
        activity = opened_activity(session, visit())
        person = person_of(session, visit(), activity, person_id)
        made = formula(session, activity, person_id, named=True, held=True)
    form = OverrideForm.of(activity)
    status = 200
    if form.is_submitted():
        status = 422
        try:
            if request.form.get("do") == "take-back":
                with database().write() as session:
                    take_back(session, visit(), activity, person_id, form.chosen)
                return _kept(person_id)
            if form.validate():
                with database().write() as session:
                    here = session, visit(), activity, person_id
                    override(*here, form.chosen, float(form.points.data) / 100, form.because.data or "")
                return _kept(person_id)
        except ON_THE_PAGE as refusal:
            form.refuse(refusal)
            status = refusal.status
    return _page("score", activity, person=person, made=made, form=form), status


@blueprint.route("/people/<uuid:person_id>/weight", methods=["GET", "POST"])
def weight(person_id: UUID) -> Response | tuple[str, int]:
    """What one reviewer's scores count."""
    visit().require(May.SET_UP)
    with database().read() as session:
        activity = opened_activity(session, visit())
        person = person_of(session, visit(), activity, person_id)
    form = WeightForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with database().write() as session:
                weigh(session, visit(), activity, person_id, float(form.weight.data))
            return _kept(person_id)
        except ON_THE_PAGE as refusal:
            form.refuse(refusal)
            status = refusal.status
    return _page("weight", activity, person=person, form=form), status


@blueprint.route("/work/<uuid:contribution_id>/check", methods=["GET", "POST"])
def spot_check(contribution_id: UUID) -> Response | tuple[str, int]:
    """An instructor's own score of a work."""
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        work, review = to_check(session, visit(), activity, contribution_id)
    form = review_form(activity, None if request.method == "POST" else review)
    form["overall"].flags.required = False
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.validate():
                with database().write() as session:
                    check(session, visit(), activity, contribution_id, *written(form, activity))
                flash(gettext("It is kept."), "success")
                return redirect(url_for("reviews.work", contribution_id=contribution_id), 303)
        except FaultyReviewError as refusal:
            form.refuse_faults(refusal, 0)
        except ConflictError as refusal:
            form.refuse("overall", gettext(refusal.sentence, **refusal.values))
            status = refusal.status
    page = _page("check", activity, contribution=work, form=form, sentences=sentences, media_url=media.url)
    return page, status


@blueprint.post("/people/<uuid:person_id>/withhold")
def wait(person_id: UUID) -> Response:
    """Let one person's scores wait, or (`do=release`) go with the others."""
    with database().write() as session:
        activity = opened_activity(session, visit())
        withhold(session, visit(), activity, person_id, wait=request.form.get("do") != "release")
    return _kept(person_id)


def _kept(person_id: UUID) -> Response:
    flash(gettext("It is kept."), "success")
    return redirect(url_for("gradebook.person", person_id=person_id), 303)


def _page(name: str, activity: Activity, **more: object) -> str:
    return render_template(
        f"gradebook/{name}.html",
        activity=activity,
        activity_name=activity.title,
        Column=Column,
        one_column=activity.grading is Grading.ONE_COLUMN,
        **more,
    )
