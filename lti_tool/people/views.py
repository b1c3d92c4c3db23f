"""A person's own choices: the language of the pages."""

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import update
from werkzeug.wrappers import Response

from ..kernel.i18n import LANGUAGES
from ..kernel.web import PREFIX, database, visit
from .models import Person

blueprint = Blueprint("people", __name__, url_prefix=PREFIX)


@blueprint.post("/language")
def language() -> Response:
    """Switch the language, and go back to the page one came from."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        with database().write() as writing:
            writing.execute(update(Person).where(Person.id == visit().person_id).values(locale=wanted))
    home = url_for("home.index")
    back = request.form.get("next", "")
    return redirect(back if back.startswith(home) else home, 303)
