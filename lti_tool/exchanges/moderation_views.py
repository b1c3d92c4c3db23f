"""Reporting, hiding and putting forward over HTTP; and what an instructor is asked to look at."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.queries import id_in, opened_activity
from ..contributions.differences import differences
from ..kernel.errors import InvalidError
from ..kernel.web import database, visit
from . import curating, moderation, reports
from .forms import ReasonForm
from .gallery import place_of
from .threads import shown_comment
from .web import SAID, WORK, Answer, about, at, blueprint, find, to


@blueprint.route(f"{WORK}/report", methods=["GET", "POST"], defaults={"comment": None})
@blueprint.route(f"{SAID}/report", methods=["GET", "POST"])
def report(contribution: UUID, comment: UUID | None) -> Answer:
    """Say that a contribution, or a comment on it, should not stand."""

    def act(session: Any, activity: Any, because: str) -> Response:
        moderation.report(session, visit(), activity, contribution, comment, because)
        flash(gettext("Thank you. Your instructor will look at it."), "success")
        return redirect(at(contribution), 303)

    return _with_reason("report", contribution, comment, act)


@blueprint.route(f"{SAID}/hide", methods=["GET", "POST"])
def hide(contribution: UUID, comment: UUID) -> Answer:
    """A comment that an instructor hides from peers, or shows them again."""

    def act(session: Any, activity: Any, because: str) -> Response:
        here = session, visit(), activity, contribution, comment
        if request.form.get("do") == "restore":
            return to(moderation.restore_comment(*here))
        return to(moderation.hide_comment(*here, because))

    return _with_reason("hide", contribution, comment, act)


@blueprint.route(f"{WORK}/hide", methods=["GET", "POST"])
def hide_work(contribution: UUID) -> Answer:
    """A contribution that an instructor hides from peers, or shows them again."""

    def act(session: Any, activity: Any, because: str) -> Response:
        here = session, visit(), activity, contribution
        if request.form.get("do") == "restore":
            moderation.restore(*here)
        else:
            moderation.hide(*here, because)
        return redirect(at(contribution), 303)

    return _with_reason("hide", contribution, None, act)


@blueprint.route(f"{WORK}/highlight", methods=["GET", "POST"])
def highlight(contribution: UUID) -> Answer:
    """A contribution that an instructor shows as one to learn from, or no longer."""

    def act(session: Any, activity: Any, because: str) -> Response:
        here = session, visit(), activity, contribution
        if request.form.get("do") == "stop":
            curating.stop_highlighting(*here)
        else:
            curating.highlight(*here, because)
        return redirect(at(contribution), 303)

    return _with_reason("highlight", contribution, None, act)


@blueprint.post(f"{WORK}/pin")
def pin(contribution: UUID) -> Response:
    """A contribution that comes first in the gallery, or no longer."""
    with database().write() as session:
        activity = place_of(session, visit(), contribution)
        curating.pin(session, visit(), activity, contribution, pinned=request.form.get("do") != "undo")
    return redirect(at(contribution), 303)


@blueprint.get("/reports", endpoint="reports")
def queue() -> str:
    """What was reported in the activity: what waits, or what was settled."""
    return _queue()


@blueprint.post("/reports/<uuid:report>")
def settle(report: UUID) -> Answer:
    """Hide what was reported, or leave it."""
    form = ReasonForm()
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            found = moderation.report_of(session, visit(), activity, report)
            here = session, visit(), activity, found.contribution_id
            if request.form.get("do") == "leave":
                moderation.leave(session, visit(), activity, report)
            elif found.comment_id:
                moderation.hide_comment(*here, found.comment_id, form.because.data or "")
            else:
                moderation.hide(*here, form.because.data or "")
    except InvalidError as refusal:
        form.refuse(refusal)
        return _queue(report, form), refusal.status
    return redirect(url_for("exchanges.reports"), 303)


def _queue(refused: UUID | None = None, form: ReasonForm | None = None) -> str:
    settled = request.args.get("show") == "settled"
    with database().read() as session:
        activity = opened_activity(session, visit())
        found = reports.queue(
            session, visit(), activity, settled=settled, after=id_in(request.args.get("after", ""))
        )
    return render_template(
        "exchanges/reports.html",
        activity_name=activity.title,
        found=found,
        settled=settled,
        difference_of=lambda each: differences(each.report.then, each.now),
        form_of=lambda each: _own_ids(form if form and each.id == refused else None, each.id),
        next_url=url_for("exchanges.reports", show=request.args.get("show"), after=found.after)
        if found.after
        else None,
    )


def _own_ids(form: ReasonForm | None, of: UUID) -> ReasonForm:
    form = form or ReasonForm(formdata=None)
    form.because.id = form.because.label.field_id = f"because-{of.hex}"
    return form


def _with_reason(name: str, contribution: UUID, comment: UUID | None, act: Any) -> Answer:
    """A page that asks why, and what it leads to."""
    form = ReasonForm()
    status = 200
    if request.method == "POST":
        try:
            with database().write() as session:
                done: Answer = act(session, place_of(session, visit(), contribution), form.because.data or "")
                return done
        except InvalidError as refusal:
            form.refuse(refusal)
            status = refusal.status
    with database().read() as session:
        here = find(session, contribution)
        if name != "report":
            moderation.require_instructor(visit())
        found = shown_comment(session, visit(), here.opened, comment) if comment else None
    return about(name, here, comment=found, thing=found or here.opened.contribution, form=form), status
