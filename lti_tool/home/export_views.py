"""All of an activity to take away: a page that says what there is, the files, and all of them in one."""

from tempfile import TemporaryFile

from flask import render_template, request, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.queries import opened_activity
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.limits import limiter
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import exporting
from .export_tables import TABLES
from .web import blueprint


@blueprint.get("/export")
def export() -> str:
    """What there is to take away, column by column."""
    visit().require(May.SEE_ALL_WORK)
    with database().read() as session:
        activity = opened_activity(session, visit())
    return render_template("home/export.html", activity=activity, activity_name=activity.title, tables=TABLES)


@blueprint.get("/export/all")
@limiter.limit("6 per minute")
def export_all() -> Response:
    """All tables, as a ZIP."""
    visit().require(May.SEE_ALL_WORK)
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    with database().read() as session:
        activity = opened_activity(session, visit())
        exporting.write_zip(session, activity, TABLES, file, gettext)
    file.seek(0)
    return send_file(file, "application/zip", as_attachment=True, download_name="entraide.zip")


@blueprint.get("/export/file")
@limiter.limit("30 per minute")
def export_file() -> Response:
    """One table, as CSV."""
    visit().require(May.SEE_ALL_WORK)
    table = next((each for each in TABLES if each.name == request.args.get("of")), None)
    if table is None:
        raise NotFoundError(N_("There is no such file."))
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    with database().read() as session:
        exporting.write_table(session, opened_activity(session, visit()), table, file)
    file.seek(0)
    return send_file(file, "text/csv", as_attachment=True, download_name=f"{table.name}.csv")
