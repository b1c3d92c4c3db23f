"""Who writes with me: choose them by name, let them go, leave."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..kernel.errors import ConflictError
from ..kernel.markup import plain
from ..kernel.web import PREFIX, database, visit
from . import authors, coauthors, queries
from .authors import own_contribution
from .models import Contribution

blueprint = Blueprint("coauthors", __name__, url_prefix=f"{PREFIX}/share/with")
blueprint.app_template_global("may_have_coauthors")(coauthors.may_have)
LONGEST_SEARCH = 100  # characters
Answer = Response | str | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """Those who write with the visitor, and people to choose from."""
    return _page()


@blueprint.post("")
def let_in() -> Answer:
    """Let somebody write with the visitor."""
    try:
        with database().write() as session:
            coauthors.let_in(session, visit(), _activity(session), _person())
    except ConflictError as refusal:
        return _page(gettext(refusal.sentence, **refusal.values)), refusal.status
    flash(gettext("You now write together. They find the text when they open “Share”."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/remove")
def take_out() -> Answer:
    """Let somebody go."""
    try:
        with database().write() as session:
            coauthors.take_out(session, visit(), _activity(session), _person())
    except ConflictError as refusal:
        return _page(gettext(refusal.sentence, **refusal.values)), refusal.status
    return redirect(url_for(".index"), 303)


@blueprint.post("/leave")
def leave() -> Answer:
    """Leave those with whom one writes."""
    try:
        with database().write() as session:
            coauthors.leave(session, visit(), _activity(session))
    except ConflictError as refusal:
        return _page(gettext(refusal.sentence, **refusal.values)), refusal.status
    flash(gettext("You no longer write together. You can begin a text of your own."), "success")
    return redirect(url_for("contributions.edit"), 303)


@blueprint.app_template_global("writes_with")
def writes_with(mine: Contribution | None) -> list[str]:
    """The names of those who write a contribution with the visitor, for its page. One statement."""
    if mine is None:
        return []
    with database().read() as session:
        people = authors.writers(session, [mine.id]).get(mine.id, [])
    return [name for id_, name in people if id_ != visit().person_id]


def _page(problem: str = "") -> str:
    search = plain(request.args.get("q", ""))[:LONGEST_SEARCH]
    with database().read() as session:
        activity = _activity(session)
        writers = coauthors.co_writers(session, visit(), activity)
        found = coauthors.choice(session, visit(), activity, search, _after())
        mine = own_contribution(session, activity.id, visit().person_id, attachments=False)
    after = found.after
    return render_template(
        "contributions/coauthors.html",
        activity_name=activity.title,
        writers=writers,
        begun_here=mine is None or mine.author_id == visit().person_id,
        settled=queries.settled(mine),
        full=len(writers) >= coauthors.MOST,
        most=coauthors.MOST,
        found=found,
        search=search,
        problem=problem,
        next_url=url_for(".index", q=search, name=after[0], after=after[1]) if after else None,
    )


def _activity(session: Session) -> Activity:
    return opened_activity(session, visit())


def _person() -> UUID:
    return request.form.get("person", UUID(int=0), type=UUID)


def _after() -> tuple[str, UUID] | None:
    """The key of a list's next page, from the address; a spoilt one starts again."""
    try:
        return plain(request.args["name"]), UUID(request.args["after"])
    except (KeyError, ValueError):
        return None
