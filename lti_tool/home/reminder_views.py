"""Reminding people: a look at whom it reaches and what it says, then one button."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import LANGUAGE_NAMES, N_
from ..kernel.web import database, visit
from . import reminders
from .models import ReminderKind
from .undone import MOST
from .watching import Show
from .web import Answer, after, blueprint

LISTS = {ReminderKind.SHARE: Show.NOT_SHARED, ReminderKind.REVIEW: Show.NOT_REVIEWED}


@blueprint.get("/remind")
def preview() -> str:
    """Whom a reminder reaches, and its words in each language."""
    return _page(_kind())


@blueprint.post("/remind")
def remind() -> Answer:
    """Remind them; the worker tells each."""
    kind = _kind()
    try:
        with database().write() as session:
            reminders.remind(session, visit(), opened_activity(session, visit()), kind)
    except ConflictError as refusal:
        return _page(kind, refusal), 409
    flash(gettext("They are being reminded. Each one is told in the page, and by mail where they want it."))
    return redirect(url_for(".index", show=LISTS.get(kind, Show.ALL)), 303)


def _page(kind: ReminderKind, refusal: ConflictError | None = None) -> str:
    with database().read() as session:
        activity: Activity = opened_activity(session, visit())
        found = reminders.preview(session, visit(), activity, kind, after())
    return render_template(
        "home/remind.html",
        activity=activity,
        activity_name=activity.title,
        found=found,
        kind=kind,
        most=MOST,
        names=LANGUAGE_NAMES,
        refusal=refusal,
        back=url_for(".index", show=LISTS.get(kind, Show.ALL)),
    )


def _kind() -> ReminderKind:
    kind = reminders.of(request.args.get("what", ""))
    if kind is None:
        raise NotFoundError(N_("There is no such reminder."))
    return kind
