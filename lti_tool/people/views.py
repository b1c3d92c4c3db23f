"""A person's own choice of a language; and for instructors, the course's people and groups."""

import csv
from io import StringIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext
from sqlalchemy import update
from werkzeug.wrappers import Response

from ..kernel import clock
from ..kernel.i18n import LANGUAGES
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from . import actions, queries
from .forms import GroupListForm
from .grouplists import GroupList
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


@blueprint.get("/groups")
def groups() -> str:
    """The course's groups, how fresh the list of people is, and a place for a list of one's own."""
    return _groups_page(GroupListForm())


@blueprint.post("/groups")
def check_groups() -> Response | str | tuple[str, int]:
    """Show what a list of groups comes to; with "keep", make it so. A list with problems changes nothing."""
    form = GroupListForm()
    if not form.validate_on_submit():
        return _groups_page(form), 422
    if not request.form.get("keep"):
        with database().read() as reading:
            understood = actions.understand_list(reading, visit(), form.text.data)
        return _check_page(form, understood)
    with database().write() as writing:
        understood = actions.keep_list(writing, visit(), form.text.data)
    if understood.problems:
        return _check_page(form, understood)
    flash(gettext("The groups are kept."), "success")
    return redirect(url_for("people.groups"), 303)


@blueprint.get("/groups/<uuid:group_id>")
def group(group_id: UUID) -> str:
    """Who is in a group."""
    with database().read() as reading:
        page = queries.group_page(reading, visit(), group_id, _after())
    return render_template("people/group.html", page=page)


@blueprint.get("/groups.csv")
def groups_file() -> Response:
    """The people of the course with their groups, to be filled in and sent back."""
    visit().require(May.SET_UP)
    visit().require(May.SEE_PEOPLE)
    with database().read() as reading:
        people = queries.people_of(reading, visit().course())
        named = queries.own_groups_by_person(reading, visit().course())
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(("id", "name", "group"))
    for person in people:
        for name in named.get(person.id, [""]):
            lines.writerow(_harmless(cell) for cell in (person.sub, person.name, name))
    response = FlaskResponse("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="groups.csv"'
    return response


@blueprint.post("/people/read-again")
def read_again() -> Response:
    """Have the list of people read again."""
    with database().write() as writing:
        actions.read_again(writing, visit())
    flash(gettext("The list of people is being read. Look again in a minute."))
    return redirect(url_for("people.groups"), 303)


def _groups_page(form: GroupListForm) -> str:
    here = visit()
    with database().read() as reading:
        found = queries.groups_of(reading, here)
        roster = queries.roster_of(reading, here.course())
    may_keep = here.may(May.SET_UP)
    due = roster is not None and roster.next_try_at <= clock.now()
    return render_template(
        "people/groups.html", groups=found, roster=roster, due=due, form=form, may_keep=may_keep
    )


def _check_page(form: GroupListForm, understood: GroupList) -> tuple[str, int]:
    page = render_template("people/check_groups.html", form=form, understood=understood)
    return page, 422 if understood.problems else 200


def _after() -> tuple[str, UUID] | None:
    """The key of a list's next page, from the address; a spoilt one starts again."""
    try:
        return request.args["name"], UUID(request.args["after"])
    except (KeyError, ValueError):
        return None


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
