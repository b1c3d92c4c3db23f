"""The gradebook's one button: send again what the LMS refused."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ..activities.queries import opened_activity
from ..kernel.web import PREFIX, database, visit
from .actions import send_again

blueprint = Blueprint("gradebook", __name__, url_prefix=PREFIX)


@blueprint.post("/scores/send-again")
def again() -> ResponseReturnValue:
    """Queue the refused scores, and go back to the activity."""
    with database().write() as session:
        queued = send_again(session, visit(), opened_activity(session, visit()))
    if queued:
        flash(ngettext("%(num)d score is on its way.", "%(num)d scores are on their way.", queued))
    else:
        flash(gettext("Every score has been sent."))
    return redirect(url_for("home.index"), 303)
