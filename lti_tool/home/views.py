"""The first screen after a launch, for each role; and help, at the same place on every page."""

from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..activities.queries import activity_of, schedule
from ..contributions.teams import is_page
from ..contributions.together_queries import standing
from ..exchanges import reports
from ..kernel import clock
from ..kernel.permissions import May, Purpose
from ..kernel.web import PREFIX, database, visit
from ..reviews.allocation import WHY
from ..reviews.rescoring import to_look_again
from . import queries
from .queries import Show
from .steps import Step, next_step

# Where those go who came for something else than to take part.
LANDINGS = {
    Purpose.PICK: "activities.pick",
    Purpose.SEE_WORK: "gradebook.asked_for",
    Purpose.OWN_DATA: "privacy.mine",
}
blueprint = Blueprint("home", __name__, url_prefix=PREFIX)


@blueprint.get("/")
def index() -> Response | str:
    """What this person does now."""
    here = visit()
    if here.purpose in LANDINGS:
        return redirect(url_for(LANDINGS[here.purpose]), 303)
    with database().read() as reading:
        activity = activity_of(reading, here)
        if activity is None:
            if here.may(May.SET_UP):
                return redirect(url_for("activities.new"), 303)
            return render_template("home/opens_soon.html")
        if activity.opened_at is None and not here.may(May.SET_UP):
            return render_template("home/opens_soon.html", activity_name=activity.title)
        if here.may(May.TAKE_PART):
            return _learner(reading, activity)
        return _instructor(reading, activity)


@blueprint.get("/help")
def help_page() -> str:
    """Help and privacy, in plain words, as they are true here."""
    with database().read() as reading:
        activity = activity_of(reading, visit()) if visit().resource_link_id else None
    return render_template(
        "home/help.html", activity=activity, mails=current_app.config["ENTRAIDE"].sends_mail
    )


def _learner(reading: Session, activity: Activity) -> str:
    if is_page(activity):
        return render_template(
            "home/together.html",
            activity=activity,
            activity_name=activity.title,
            standing=standing(reading, visit(), activity),
            door=schedule(activity).sharing(clock.now()),
        )
    home = queries.learner_home(reading, activity, visit().person_id)
    because = home.progress.because
    return render_template(
        "home/learner.html",
        activity=activity,
        activity_name=activity.title,
        home=home,
        ended=schedule(activity).closed(clock.now()),
        step=next_step(home.standing),
        Step=Step,
        because=WHY[because] if because else None,
        look_again=to_look_again(reading, activity, visit().person_id),
    )


def _instructor(reading: Session, activity: Activity) -> str:
    show = Show(request.args["show"]) if request.args.get("show") in set(Show) else Show.ALL
    may_see = visit().may(May.SEE_PEOPLE)
    return render_template(
        "home/instructor.html",
        activity=activity,
        activity_name=activity.title,
        door=schedule(activity).sharing(clock.now()),
        ended_at=schedule(activity).ended_at(clock.now()),
        totals=queries.totals(reading, activity),
        reports=reports.waiting(reading, activity.id) if visit().may(May.SEE_ALL_WORK) else 0,
        page=is_page(activity),
        people=queries.people(reading, activity, show, _after()) if may_see else None,
        show=show,
        Show=Show,
        May=May,
    )


def _after() -> tuple[str, UUID] | None:
    """The key of a list's next page, from the address; a spoilt one starts again."""
    try:
        return request.args["name"], UUID(request.args["after"])
    except (KeyError, ValueError):
        return None
