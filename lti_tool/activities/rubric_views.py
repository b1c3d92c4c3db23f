"""Screen I2 over HTTP: an activity's criteria, built, taken from the library, brought in and taken out."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import Form

from ..kernel.bodies import takes_files
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from . import rubric_editing, rubrics
from .actions import to_set_up
from .criteria import MOST, MOST_LEVELS, CriterionPlan, FaultyRubricError, matched, sound
from .criterion_fields import fields_of, require, sentences
from .models import Activity, Criterion
from .queries import id_in
from .rubric_editing import Choice, ReviewsUseThisError, in_use_of
from .rubric_formats import FORMATS, understood
from .rubric_forms import ImportForm, KeepForm, RubricForm, rubric_form
from .rubric_reading import UnreadableRubricError
from .rubric_templates import TEMPLATES
from .rubric_typing import as_typed, rearranged

blueprint = Blueprint("rubric", __name__, url_prefix=PREFIX)
Answer = Response | str | tuple[str, int]
SAVES: dict[str, Choice | None] = {"save": None} | {choice.value: choice for choice in Choice}


@blueprint.get("/activity/rubric")
def edit() -> Answer:
    """The criteria as they are; or those of a rubric of the library ("from"), to be looked at and saved."""
    source = request.args.get("from", "")
    with database().read() as reading:
        activity = to_set_up(reading, visit())
        plans = {row.id.hex: CriterionPlan.of(row) for row in in_use_of(reading, activity)}
        taken = rubrics.taken(reading, visit(), source, gettext) if source else []
    if source:
        return _page(activity, _in_place_of(plans, taken), new=True)
    return _page(activity, rubric_form(as_typed(plans.items())))


@blueprint.post("/activity/rubric")
def write() -> Answer:
    """One of the page's buttons: what was typed comes back, rearranged; or it is saved."""
    act = request.form.get("do", "save")
    with database().read() as reading:
        activity = to_set_up(reading, visit())
    if act not in SAVES:
        typed, focus = rearranged(request.form, act)
        return _page(activity, rubric_form(typed), new=True, focus="preview" if act == "look" else focus)
    form = rubric_form(request.form)
    if not form.validate():
        return _page(activity, form, new=True), 422
    try:
        with database().write() as writing:
            rubric_editing.change(writing, visit(), form.plans, SAVES[act])
    except FaultyRubricError as refusal:
        form.refuse(refusal)
        return _page(activity, form, new=True), refusal.status
    except ReviewsUseThisError as refusal:
        return _page(activity, form, new=True, use=refusal), refusal.status
    flash(gettext("The criteria are saved."), "success")
    return redirect(url_for(".edit"), 303)


@blueprint.route("/activity/rubric/import", methods=["GET", "POST"])
@takes_files
def bring() -> Answer:
    """A rubric from a file or a pasted text; it comes into the builder, to be looked at and saved."""
    with database().read() as reading:
        activity = to_set_up(reading, visit())
        known = {row.id.hex: CriterionPlan.of(row) for row in in_use_of(reading, activity)}
    form = ImportForm()
    if form.validate_on_submit():
        try:
            return _page(activity, _in_place_of(known, understood(form.text.data)), new=True)
        except UnreadableRubricError as refusal:
            form.refuse(refusal)
    page = _render("import", activity, form=form, formats=FORMATS)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/activity/rubric/export")
def take_out() -> Response:
    """The criteria in use as a file of the format "as"."""
    chosen = FORMATS.get(request.args.get("as", ""))
    with database().read() as reading:
        activity = to_set_up(reading, visit())
        plans = [CriterionPlan.of(row) for row in in_use_of(reading, activity)]
    if chosen is None:
        raise NotFoundError(rubrics.UNKNOWN)
    response = FlaskResponse(chosen.write(activity.title, plans), mimetype=chosen.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="rubric.{chosen.suffix}"'
    return response


@blueprint.route("/activity/rubric/library", methods=["GET", "POST"])
def library() -> Answer:
    """What there is to begin from; and keeping the criteria in use under a name."""
    form = KeepForm()
    if not form.validate_on_submit():
        return _library(form)
    try:
        with database().write() as writing:
            rubrics.keep(writing, visit(), form.name.data or "")
    except InvalidError as refusal:
        form.refuse(refusal)
        return _library(form)
    flash(gettext("The rubric is in your library."), "success")
    return redirect(url_for(".library"), 303)


@blueprint.post("/activity/rubric/library/<uuid:rubric_id>")
def change_kept(rubric_id: UUID) -> Answer:
    """Rename a rubric of one's own, share it, share it no more, or delete it."""
    do, form = request.form.get("do", ""), KeepForm()
    try:
        with database().write() as writing:
            if do == "delete":
                rubrics.delete(writing, visit(), rubric_id)
            elif do in {"share", "unshare"}:
                rubrics.share(writing, visit(), rubric_id, shared=do == "share")
            else:
                rubrics.rename(writing, visit(), rubric_id, form.name.data or "")
    except InvalidError as refusal:
        form.refuse(refusal)
        return _library(KeepForm(formdata=None), renamed=(rubric_id, form))
    return redirect(url_for(".library"), 303)


def _library(form: KeepForm, renamed: tuple[UUID, KeepForm] | None = None) -> Answer:
    visit().require(May.SET_UP)
    after = {name: id_in(request.args.get(name, "")) for name in ("shared", "activities")}
    with database().read() as reading:
        activity = to_set_up(reading, visit())
        lists = {
            "own": rubrics.own(reading, visit()),
            "shared": rubrics.shared(reading, visit(), after["shared"]),
            "others": rubrics.activities(reading, visit(), after["activities"]),
        }
    page = _render("library", activity, form=form, templates=TEMPLATES.values(), renamed=renamed, **lists)
    return page, 422 if form.is_submitted() and (form.errors or renamed) else 200


def _in_place_of(known: dict[str, CriterionPlan], plans: Iterable[CriterionPlan]) -> RubricForm:
    """Criteria in the builder; one that has the name of one in use becomes that one, changed."""
    return rubric_form(as_typed(matched(plans, {plan.name: key for key, plan in known.items()})))


def _page(
    activity: Activity,
    form: RubricForm,
    *,
    new: bool = False,
    focus: str = "",
    use: ReviewsUseThisError | None = None,
) -> str:
    return _render(
        "rubric",
        activity,
        form=form,
        new=new,
        focus=focus,
        use=use,
        Choice=Choice,
        most=MOST,
        most_levels=MOST_LEVELS,
        formats=FORMATS,
        preview=list(_preview(form)),
    )


def _preview(form: RubricForm) -> Iterable[dict[str, Any]]:
    """The criteria as a reviewer sees them, as far as they are sound."""
    for number, plan in enumerate(form.plans.values()):
        if sound(plan):
            criterion = Criterion(**plan.stored)
            fields = fields_of(criterion, f"seen-{number}")
            shown = type("Shown", (Form,), fields)()
            require(shown, criterion, f"seen-{number}")
            named = {name.partition("-")[0]: shown[name] for name in fields}
            yield named | {"sentences": sentences(criterion)}


def _render(name: str, activity: Activity, **more: object) -> str:
    return render_template(
        f"activities/{'' if name == 'rubric' else 'rubric_'}{name}.html",
        activity=activity,
        activity_name=activity.title,
        **more,
    )
