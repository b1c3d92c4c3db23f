"""Making, copying, choosing, opening and closing an activity."""

from datetime import tzinfo
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..kernel import clock
from ..kernel.errors import InvalidError
from ..kernel.permissions import May, Purpose
from ..kernel.web import PREFIX, database, visit
from ..lti import deeplinks
from ..lti.deeplinks import Answer
from . import actions, changing, sources
from .actions import record_launch
from .dates import common_zones, zone_named
from .forms import CopyForm, CreateForm, DatedForm, PickForm
from .kinds import KINDS
from .models import Activity
from .prompt_forms import changed, prompts_form
from .prompts import MOST, Asked, prompts_of
from .queries import activity_of, chosen, id_in, in_use, of_course, schedule, title_of_link
from .settings_form import SettingsForm
from .suiting import Settings, has_groups

__all__ = ["blueprint", "record_launch"]

blueprint = Blueprint("activities", __name__, url_prefix=PREFIX)
# The platform takes the answer from a form on one page only; and it learns whose it is, not from which page.
ANSWER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self' {origin}; frame-ancestors 'self' {embedder}"
)


@blueprint.route("/activity/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Screen I1: one page, two clicks at the least. A course that was copied is offered its copies first."""
    here = visit()
    here.require(May.SET_UP)
    if here.purpose is Purpose.PICK:
        return redirect(url_for("activities.pick"), 303)
    with database().read() as reading:
        if activity_of(reading, here):
            return redirect(url_for("home.index"), 303)
        copied = sources.origins(reading, here) if request.method == "GET" else []
        link_title = title_of_link(reading, here)
        ways = {"copies": sources.may_copy(reading, here)}
    if copied and "afresh" not in request.args:
        best = copied[0]
        return redirect(url_for("activities.copy", source_id=best.activity.id) if best.certain
                        else url_for("activities.copies"), 303)  # fmt: skip
    form = CreateForm(title=link_title)
    if not form.validate_on_submit():
        return _form_page(form, ways)
    try:
        with database().write() as writing:
            _create(writing, form)
    except InvalidError as refusal:
        form.refuse(refusal)
        return _form_page(form, ways)
    except IntegrityError:  # sent twice: the first one made it
        pass
    else:
        return _made(form, _default_zone())
    return redirect(url_for("home.index"), 303)


@blueprint.route("/pick", methods=["GET", "POST"])
def pick() -> ResponseReturnValue:
    """Screen I1 in the platform's dialog: a new activity, and the ways to one that exists."""
    with database().read() as reading:
        deeplinks.pending(reading, visit())
        ways = {
            "existing": bool(of_course(reading, visit()).rows),
            "copies": sources.may_copy(reading, visit()),
        }
    form = CreateForm()
    if not form.validate_on_submit():
        return _form_page(form, ways)
    try:
        with database().write() as writing:
            answer = _answer(writing, [_create(writing, form)])
    except InvalidError as refusal:
        form.refuse(refusal)
        return _form_page(form, ways)
    return _back_to_the_platform(answer)


@blueprint.route("/pick/existing", methods=["GET", "POST"])
def pick_existing() -> ResponseReturnValue:
    """Choose among the course's activities: one, or several where the platform takes several."""
    with database().read() as reading:
        several = deeplinks.pending(reading, visit()).accept_multiple
        page = of_course(reading, visit(), id_in(request.args.get("after", "")))
    form = PickForm()
    if form.validate_on_submit():
        with database().write() as writing:
            answer = _answer(writing, chosen(writing, visit(), form.activities.data))
        return _back_to_the_platform(answer)
    rendered = render_template(
        "activities/existing.html", form=form, page=page, several=several,
        closed=lambda activity: schedule(activity).closed(clock.now()),
    )  # fmt: skip
    return rendered, 422 if form.is_submitted() else 200


@blueprint.post("/pick/cancel")
def cancel_pick() -> ResponseReturnValue:
    """Nothing is chosen."""
    with database().write() as writing:
        answer = _answer(writing, [])
    return _back_to_the_platform(answer)


@blueprint.get("/activity/copy")
def copies() -> ResponseReturnValue:
    """What may be copied here."""
    visit().require(May.SET_UP)
    after = id_in(request.args.get("after", ""))
    with database().read() as reading:
        origins = [] if after else sources.origins(reading, visit())
        page = sources.own(reading, visit(), after)
    named = {origin.activity.id for origin in origins}
    own = [each for each in page.rows if each.activity.id not in named]
    return render_template(
        "activities/copies.html", origins=origins, own=own, following=page.following, kinds=KINDS
    )


@blueprint.route("/activity/copy/<uuid:source_id>", methods=["GET", "POST"])
def copy(source_id: UUID) -> ResponseReturnValue:
    """What a copy will be, its dates to be changed; and making it."""
    here = visit()
    here.require(May.SET_UP)
    picking = here.purpose is Purpose.PICK
    with database().read() as reading:
        if picking:
            deeplinks.pending(reading, here)
        elif activity_of(reading, here):
            return redirect(url_for("home.index"), 303)
        found = sources.source(reading, here, source_id)
    original = found.activity
    zone = zone_named(original.zone, _default_zone())
    since = original.opened_at or original.created_at
    dates = Settings.of(original).dates.moved(since=since, to=clock.now(), zone=zone)
    form = CopyForm.proposing(dates, zone)
    if form.validate_on_submit():
        try:
            with database().write() as writing:
                made = actions.copy(writing, here, source_id, form.dates(zone), open_now=_at_once())
                answer = _answer(writing, [made]) if picking else None
        except InvalidError as refusal:
            form.refuse(refusal)
        except IntegrityError:  # sent twice: the first one made it
            return redirect(url_for("home.index"), 303)
        else:
            return _back_to_the_platform(answer) if answer else _made(form, zone)
    page = render_template(
        "activities/copy.html", form=form, source=found, kinds=KINDS, questions=prompts_of(original, gettext)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/activity/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Screen I7: the same choices once the activity is there, each with what changing it does."""
    default, changes = _default_zone(), None
    with database().read() as reading:
        activity = actions.to_set_up(reading, visit())
        facts = {
            "reviewed": changing.is_reviewed(reading, activity),
            "used": in_use(reading, activity.id),
            "grouped": has_groups(reading, visit()),
        }
    form = SettingsForm.of(activity, default)
    if form.validate_on_submit():
        chosen = form.chosen(activity, default)
        try:
            with database().read() as reading:
                changes = changing.preview(reading, visit(), chosen)
            if not changes.consequences or request.form.get("seen") == changes.seal:
                with database().write() as writing:
                    changing.change(writing, visit(), chosen)
                flash(gettext("The settings are saved."), "success")
                _tell_oddities(form, form.zone_chosen(default))
                return redirect(url_for("home.index"), 303)
        except InvalidError as refusal:
            form.refuse(refusal)
    page = render_template(
        "activities/settings.html", form=form, activity=activity, activity_name=activity.title,
        changes=changes, common_zones=common_zones(), default_zone=default, **facts,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.route("/activity/questions", methods=["GET", "POST"])
def prompts() -> ResponseReturnValue:
    """What people are asked when they share: the instructor's words, order and number."""
    with database().read() as reading:
        activity = actions.to_set_up(reading, visit())
        used = in_use(reading, activity.id)
    asked = Asked.of(activity, gettext)
    posted = request.form if request.method == "POST" else None
    form = prompts_form(asked, posted)
    if form.validate_on_submit():
        try:
            asked, place = changed(activity, form, request.form.get("do", "save"), gettext)
            with database().write() as writing:
                changing.change_prompts(writing, visit(), asked, gettext)
        except InvalidError as refusal:
            form.refuse(refusal)
        else:
            flash(gettext("The questions are saved."), "success")
            return redirect(url_for(".prompts", _anchor=place or None), 303)
    page = render_template(
        "activities/prompts.html",
        form=form, activity=activity, activity_name=activity.title, used=used, kind=KINDS[activity.kind],
        most=MOST, own=activity.prompts is not None,
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/activity/open")
def open_activity() -> Response:
    """Open a draft or a closed activity."""
    with database().write() as writing:
        actions.open_now(writing, visit())
    flash(gettext("The activity is open."), "success")
    return redirect(url_for("home.index"), 303)


@blueprint.post("/activity/close")
def close_activity() -> Response:
    """Close the activity."""
    with database().write() as writing:
        actions.close(writing, visit())
    flash(gettext("The activity is closed. What was shared stays readable."), "success")
    return redirect(url_for("home.index"), 303)


def _form_page(form: CreateForm, ways: dict[str, bool]) -> ResponseReturnValue:
    suggestions = {kind.value: gettext(template.instructions) for kind, template in KINDS.items()}
    page = render_template("activities/new.html", form=form, suggestions=suggestions, ways=ways)
    return page, 422 if form.is_submitted() else 200


def _default_zone() -> tzinfo:
    return current_app.config["ENTRAIDE"].zone  # type: ignore[no-any-return]  # Flask's config has no types


def _create(writing: Session, form: CreateForm) -> Activity:
    plan = form.plan(_default_zone())
    return actions.create(writing, visit(), plan, open_now=_at_once(), translate=gettext)


def _at_once() -> bool:
    return request.form.get("open") != "later"


def _made(form: DatedForm, zone: tzinfo) -> Response:
    at_once, later = (
        gettext("The activity is open."),
        gettext("The activity is ready. Open it when you wish."),
    )
    flash(at_once if _at_once() else later, "success")
    _tell_oddities(form, zone)
    return redirect(url_for("home.index"), 303)


def _tell_oddities(form: DatedForm, zone: tzinfo) -> None:
    """What became of times that the clocks skip, or show twice."""
    for sentence in form.oddities(zone):
        flash(sentence, "warning")


def _answer(writing: Session, activities: list[Activity]) -> Answer:
    return actions.pick(
        writing,
        visit(),
        activities,
        sealer=current_app.extensions["entraide.sealer"],
        base_url=current_app.config["ENTRAIDE"].base_url,
        translate=gettext,
    )


def _back_to_the_platform(answer: Answer) -> Response:
    """A form that a script sends to the platform, or its button."""
    response = make_response(render_template("activities/answer.html", answer=answer))
    policy = ANSWER_POLICY.format(origin=answer.origin, embedder=visit().embedder)
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
