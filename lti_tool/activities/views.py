"""Making, opening and closing an activity."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from . import actions
from .actions import record_launch
from .forms import CreateForm
from .kinds import KINDS
from .queries import activity_of, title_of_link

__all__ = ["blueprint", "record_launch"]

blueprint = Blueprint("activities", __name__, url_prefix=PREFIX)


@blueprint.route("/activity/new", methods=["GET", "POST"])
def new() -> Response | tuple[str, int]:
    """Screen I1: one page, two clicks at the least."""
    visit().require(May.SET_UP)
    with database().read() as reading:
        if activity_of(reading, visit()):
            return redirect(url_for("home.index"), 303)
        link_title = title_of_link(reading, visit())
    form = CreateForm(title=link_title)
    if not form.validate_on_submit():
        suggestions = {kind.value: gettext(template.instructions) for kind, template in KINDS.items()}
        page = render_template("activities/new.html", form=form, suggestions=suggestions)
        return page, 422 if form.is_submitted() else 200
    plan = form.plan(current_app.config["ENTRAIDE"].zone)
    at_once = request.form.get("open") != "later"
    try:
        with database().write() as writing:
            actions.create(writing, visit(), plan, open_now=at_once, translate=gettext)
    except IntegrityError:  # sent twice: the first one made it
        pass
    else:
        flash(
            gettext("The activity is open.")
            if at_once
            else gettext("The activity is ready. Open it when you wish."),
            "success",
        )
    return redirect(url_for("home.index"), 303)


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
