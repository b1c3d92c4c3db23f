"""The first screen after a launch, for each role; and help, at the same place on every page."""

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..activities.models import Activity, Feedback
from ..activities.queries import activity_of, schedule
from ..contributions.teams import is_page
from ..contributions.together_queries import standing
from ..kernel import clock
from ..kernel.permissions import May, Purpose
from ..kernel.web import database, visit
from ..people.accounts import tells_texts
from ..reviews.allocation import WHY
from . import export_views, queries, reminder_views, reminders, watching
from .steps import Step, next_step
from .watching import Show
from .web import after, blueprint

# Where those go who came for something else than to take part.
LANDINGS = {
    Purpose.PICK: "activities.pick",
    Purpose.SEE_WORK: "gradebook.asked_for",
    Purpose.OWN_DATA: "privacy.mine",
}
__all__ = ("blueprint", "export_views", "reminder_views")  # their routes are its
REMINDERS = {shown: kind for kind, shown in reminder_views.LISTS.items()}


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
        told = tells_texts(reading, visit().tenant_id)
    mails = current_app.config["ENTRAIDE"].sends_mail
    return render_template("home/help.html", activity=activity, mails=mails, texts_told=told)


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
    )


def _instructor(reading: Session, activity: Activity) -> str:
    show = Show(request.args["show"]) if request.args.get("show") in set(Show) else Show.ALL
    sees_work = visit().may(May.SEE_ALL_WORK)
    page = is_page(activity)
    kind = REMINDERS.get(show) if sees_work and activity.opened_at and not page else None
    scored = sees_work and activity.feedback is Feedback.REVIEWS
    return render_template(
        "home/instructor.html",
        activity=activity,
        activity_name=activity.title,
        door=schedule(activity).sharing(clock.now()),
        ended_at=schedule(activity).ended_at(clock.now()),
        totals=watching.totals(reading, activity),
        page=page,
        people=watching.people(reading, activity, show, after()) if visit().may(May.SEE_PEOPLE) else None,
        uncertain=watching.uncertain(reading, activity) if scored else [],
        disputed=watching.disputed(reading, activity) if scored else [],
        kind=kind,
        to_remind=reminders.count(reading, activity, kind) if kind else 0,
        reminded=reminders.last(reading, activity.id, kind) if kind else None,
        show=show,
        Show=Show,
        May=May,
    )
