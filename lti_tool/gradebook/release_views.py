"""Screen I6 over HTTP: what each learner will see and what the LMS gets; now, on a date, or not yet."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.dates import moment_of, zone_named
from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from .dry_run import Case, dry_run, people_of
from .override_forms import ReleaseForm
from .releases import What, hold, is_released, readers, release, release_on

blueprint = Blueprint("releases", __name__, url_prefix=PREFIX)
WHATS, CASES = ",".join(What), ",".join(Case)


@blueprint.get("/gradebook/release")
def index() -> str:
    """Reviews and scores: held, from a date on, or released; and what releasing them will do."""
    return _page()


@blueprint.get(f"/gradebook/release/<any({CASES}):case>")
def who(case: str) -> str:
    """Whose scores these are."""
    visit().require(May.SEE_ALL_WORK)
    with database().read() as session:
        activity = opened_activity(session, visit())
        people, following = people_of(session, activity, Case(case), _after())
    return render_template(
        "gradebook/release_people.html",
        activity=activity,
        activity_name=activity.title,
        case=Case(case),
        people=people,
        following=following,
    )


@blueprint.post(f"/gradebook/release/<any({WHATS}):what>")
def decide(what: str) -> Response | tuple[str, int]:
    """Release now, on a date, or hold back."""
    form = ReleaseForm()
    chosen = What(what)
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            here = session, visit(), activity.id, chosen
            match request.form.get("do"):
                case "now":
                    release(*here)
                case "hold":
                    hold(*here)
                case "date" if form.validate():
                    zone = zone_named(activity.zone, current_app.config["ENTRAIDE"].zone)
                    release_on(*here, form.moment.data and moment_of(form.moment.data, zone))
                case "date":
                    return _page(chosen, form), 422
                case _:
                    raise NotFoundError(N_("There is no such choice."))
    except (ConflictError, InvalidError) as refusal:
        form.refuse(refusal)
        return _page(chosen, form), refusal.status
    flash(gettext("It is kept."), "success")
    return redirect(url_for(".index"), 303)


def _page(refused: What | None = None, form: ReleaseForm | None = None) -> str:
    visit().require(May.SET_UP)
    visit().require(May.SEE_ALL_WORK)
    with database().read() as session:
        activity = opened_activity(session, visit())
        run, read = dry_run(session, activity), readers(session, activity)
    return render_template(
        "gradebook/release.html",
        activity=activity,
        activity_name=activity.title,
        stages=[_stage(activity, each) for each in What],
        forms={each: _form(each, form if each is refused else None) for each in What},
        run=run,
        read=read,
        Case=Case,
    )


def _form(what: What, refused: ReleaseForm | None) -> ReleaseForm:
    form = refused or ReleaseForm(formdata=None)
    form.moment.id = f"moment-{what.value}"
    return form


def _stage(activity: Activity, what: What) -> dict[str, object]:
    """How one of them stands."""
    held, since = (getattr(activity, name) for name in what.columns)
    return {"what": what, "held": held, "since": since, "released": is_released(activity, what)}


def _after() -> tuple[str, UUID] | None:
    try:
        return request.args["name"], UUID(request.args["after"])
    except (KeyError, ValueError):
        return None
