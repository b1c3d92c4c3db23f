"""A person's own data: what there is, and a copy of it to take away."""

from tempfile import TemporaryFile

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from ..kernel.limits import limiter
from ..kernel.web import PREFIX, database, storage, visit
from . import queries
from .export import write_zip

blueprint = Blueprint("privacy", __name__, url_prefix=PREFIX)


@blueprint.get("/my-data")
def mine() -> str:
    """What is kept about who is here. Nobody can ask for another's: the launch says who one is."""
    with database().read() as reading:
        summary = queries.summary(reading, visit().person_id)
    return render_template("privacy/mine.html", summary=summary)


@blueprint.get("/my-data/copy")
@limiter.limit("6 per minute")
def copy() -> Response:
    """All of it, as a ZIP."""
    with database().read() as reading:
        data = queries.everything(reading, visit().person_id)
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_zip(data, storage(), file)
    file.seek(0)
    return send_file(file, "application/zip", as_attachment=True, download_name="entraide-my-data.zip")
