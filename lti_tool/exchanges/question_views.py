"""The open questions of a course over HTTP."""

from flask import render_template, request, url_for

from ..activities.queries import id_in, opened_activity
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import gallery
from .questions import open_questions
from .web import blueprint


@blueprint.get("/questions", endpoint="questions")
def index() -> str:
    """What waits for an answer, in this activity and in the others of the course that one takes part in."""
    here = visit()
    if not here.may(May.SEE_ALL_WORK):
        here.require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, here)
        places = gallery.places(session, here, activity)
        found = open_questions(session, here, places, id_in(request.args.get("after", "")))
    return render_template(
        "exchanges/questions.html",
        activity_name=activity.title,
        found=found,
        several=len(places) > 1,
        any_open=any(place.open for place in places),
        next_url=url_for("exchanges.questions", after=found.after) if found.after else None,
    )
