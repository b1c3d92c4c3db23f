"""The gradebook's pages: one person's work, the columns in the LMS, and the buttons that send again."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext, ngettext
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from ..activities.dates import zone_named
from ..activities.extending import extend
from ..activities.models import Activity, Grading
from ..activities.queries import activity_of, opened_activity
from ..contributions import media
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.permissions import May, Purpose
from ..kernel.web import PREFIX, database, visit
from ..lti.models import Launch
from ..reviews import actions as reviews
from .actions import send_again
from .columns import CONSEQUENCES, columns, switch
from .comments import Basis, comment, label
from .forms import MEANINGS, ColumnsForm, dates_form
from .formulas import method_of
from .models import Column, Score
from .penalties import days_late, lost
from .queries import UNKNOWN, PersonsWork, persons_work, set_by_hand

blueprint = Blueprint("gradebook", __name__, url_prefix=PREFIX)


@blueprint.get("/asked-for")
def asked_for() -> Response:
    """Where a submission review leads: to that person's work, for those who may see it; else to one's own.

    Who launches decides, never `for_user`: Moodle signs such a launch for any student who asks.
    """
    here = visit()
    with database().write() as session:
        # They have arrived: "Back to the activity" now leads there.
        arrived = update(Launch).where(Launch.id == here.launch_id)
        session.execute(arrived.values(purpose=Purpose.TAKE_PART))
        activity = activity_of(session, here)
    if activity is None or not here.may(May.SEE_ALL_WORK):
        return redirect(url_for("home.index"), 303)
    if here.about_person_id is None:
        raise NotFoundError(UNKNOWN)
    return redirect(url_for(".person", person_id=here.about_person_id), 303)


@blueprint.get("/people/<uuid:person_id>")
def person(person_id: UUID) -> str:
    """One person's work in this activity, for those who may see all work."""
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        found = persons_work(session, visit(), activity, person_id)
        work = found.contribution
        by_hand = set_by_hand(session, activity, person_id)
        noted = work is None or reviews.view_noted(session, visit(), work.id)
    if work and not noted:
        _note_view(activity, work.id)
    return render_template(
        "gradebook/person.html",
        activity=activity,
        activity_name=activity.title,
        found=found,
        media_url=media.url,
        May=May,
        why=lambda score: _why(activity, found, by_hand, score),
        decimal=format_decimal,
    )


@blueprint.route("/people/<uuid:person_id>/dates", methods=["GET", "POST"])
def dates(person_id: UUID) -> Response | tuple[str, int]:
    """Later dates for one person, beside their work."""
    visit().require(May.SET_UP)
    with database().read() as session:
        activity = opened_activity(session, visit())
        found = persons_work(session, visit(), activity, person_id)
    zone = zone_named(activity.zone, current_app.config["ENTRAIDE"].zone)
    form = dates_form(found.extension, zone)
    if form.validate_on_submit():
        try:
            with database().write() as session:
                extend(session, visit(), activity, person_id, form.dates(zone))
        except InvalidError as refusal:
            form.refuse(refusal)
        else:
            flash(gettext("The dates are kept."), "success")
            return redirect(url_for(".person", person_id=person_id), 303)
    page = render_template(
        "gradebook/dates.html", activity=activity, activity_name=activity.title, found=found, form=form
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/gradebook/columns", methods=["GET", "POST"])
def choose() -> Response | tuple[str, int]:
    """The columns in the LMS: how they stand, and others to choose, each with what the change does."""
    visit().require(May.SET_UP)
    with database().read() as session:
        activity = opened_activity(session, visit())
        standing = columns(session, activity)
    form = ColumnsForm(grading=activity.grading.value)
    if form.validate_on_submit():
        with database().write() as session:
            queued = switch(session, visit(), Grading(form.grading.data))
        flash(_told(queued) if queued else gettext("Your choice is saved."), "success")
        return redirect(url_for(".choose"), 303)
    page = render_template(
        "gradebook/columns.html",
        activity=activity,
        activity_name=activity.title,
        form=form,
        sentences={choice.value: _sentence(activity, choice) for choice in Grading},
        standing=[(each, label(each.column, activity.title, visit().locale)) for each in standing],
        May=May,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/scores/send-again")
def again() -> Response:
    """Queue scores again: what the LMS has not taken or, with `all`, every one; of one `person` or of all."""
    whose = request.form.get("person", type=UUID)
    with database().write() as session:
        activity = opened_activity(session, visit())
        queued = send_again(session, visit(), activity, whose, sent="all" in request.form)
    flash(_told(queued) if queued else gettext("Every score has been sent."))
    return redirect(url_for(".person", person_id=whose) if whose else url_for("home.index"), 303)


def _told(queued: int) -> str:
    return str(ngettext("%(num)d score is on its way.", "%(num)d scores are on their way.", queued))


def _sentence(activity: Activity, choice: Grading) -> str:
    """What a choice means and, where it changes something, what it does."""
    work = round(activity.work_share * 100)
    meaning = gettext(MEANINGS[choice]) % {"work": work, "reviewing": 100 - work}
    consequence = CONSEQUENCES.get((activity.grading, choice))
    return f"{meaning} {gettext(consequence)}" if consequence else meaning


def _why(activity: Activity, found: PersonsWork, by_hand: frozenset[Column], score: Score) -> str:
    received, given = (
        found.scores[column].basis if column in found.scores else 0
        for column in (Column.WORK, Column.REVIEWING)
    )
    share_by = found.extension and found.extension.share_by
    shared_at = found.contribution.shared_at if found.contribution else None
    days = days_late(shared_at, share_by or activity.share_by)
    basis = Basis(
        received,
        given,
        activity.given,
        method_of(activity),
        lost(days, activity.late_penalty, activity.late_penalty_most),
        activity.work_share,
        by_hand,
    )
    return comment(score.column, basis, visit().locale).replace("\n", "; ")


def _note_view(activity: Activity, contribution_id: UUID) -> None:
    try:
        with database().write() as session:
            reviews.note_view(session, visit(), activity, contribution_id)
    except IntegrityError:
        pass  # two tabs at once: the other one noted it
