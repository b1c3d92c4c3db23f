"""Screen I4 over HTTP: who reviews whom, changed by hand, by a draw, or by a list."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import format_percent, gettext

from ..activities.models import Activity, Allocation
from ..activities.queries import id_in, opened_activity
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit
from . import matrix, matrix_csv, steering, steering_lists
from .matrix import Key
from .matrix_forms import Do, PairListForm
from .steering import Cell, Rule
from .steering_lists import Outlook
from .web import ON_THE_PAGE, Answer, page

blueprint = Blueprint("matrix", __name__, url_prefix=PREFIX)
PAGE = 1000  # lines of the file at a time
DONE = {
    Do.CHOOSE: N_("The review is given out. It comes before any other."),
    Do.TAKE_BACK: N_("The review is taken back. Somebody else can have the work."),
    Do.TAKE_FROM_HAND: N_("The review is taken back. Somebody else can have the work."),
    Do.MUST: N_("The rule is kept."),
    Do.MUST_NOT: N_("The rule is kept."),
    Do.NONE: N_("The rule is gone."),
}


@blueprint.get("/matrix")
def index() -> str:
    """The window of the matrix, and how far the works are covered."""
    asked = {name: plain(request.args.get(name, ""))[:100] for name in ("reviewer", "author")}
    after = {name: _after(name) for name in ("reviewers", "works")}
    with database().read() as session:
        activity = opened_activity(session, visit())
        found = matrix.window(
            session,
            visit(),
            activity,
            **asked,
            reviewers_after=after["reviewers"],
            works_after=after["works"],
        )
        covered = matrix.coverage(session, activity)
        obstacle = matrix.obstacle(session, activity)

    def at(**keys: Key | None) -> str:
        """The address of the window that begins there."""
        parts: dict[str, Any] = {name: word for name, word in asked.items() if word}
        for axis, key in {**after, **keys}.items():
            if key:
                parts |= {f"{axis}_name": key.name, f"{axis}_id": key.id}
        return url_for(".index", **parts)

    return page(
        "matrix",
        activity,
        found=found,
        covered=covered,
        obstacle=gettext(obstacle[0], **obstacle[1]) if obstacle else None,
        asked=asked,
        after=after,
        at=at,
        pushes=activity.allocation is Allocation.PUSH,
        percent=lambda score: format_percent(score, "#,##0 %"),
    )


@blueprint.get("/matrix/cell")
def cell() -> str:
    """One pair: its review and its rule, and what can be done."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        return _cell_page(activity, steering.cell(session, visit(), activity, *_pair()))


@blueprint.post("/matrix/cell")
def steer() -> Answer:
    """Give the review out, take it back, or keep a rule."""
    do = next((each for each in Do if each.value == request.form.get("do")), None)
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            here = session, visit(), activity, *_pair()
            match do:
                case Do.CHOOSE:
                    steering.choose(*here)
                case Do.TAKE_BACK | Do.TAKE_FROM_HAND:
                    steering.take_back(*here, in_hand=do is Do.TAKE_FROM_HAND)
                case Do.MUST | Do.MUST_NOT | Do.NONE:
                    steering.rule(*here, Rule(do.value))
                case _:
                    raise NotFoundError(N_("Choose one of the buttons."))
    except ConflictError as refusal:
        if refusal.code not in {"in-hand", "sent-already", "ruled-out", "partial"}:
            raise
        with database().read() as session:
            activity = opened_activity(session, visit())
            found = steering.cell(session, visit(), activity, *_pair())
        return _cell_page(activity, found, gettext(refusal.sentence, **refusal.values)), refusal.status
    flash(gettext(DONE[do]), "success")
    return redirect(url_for(".cell", **_names()), 303)


@blueprint.post("/matrix/draw")
def draw() -> Answer:
    """Have the reviews drawn; "anyway": as many as possible."""
    with database().write() as session:
        activity = opened_activity(session, visit())
        steering.ask_draw(session, visit(), activity, anyway="anyway" in request.form)
    return redirect(url_for(".index"), 303)


@blueprint.get("/matrix.csv")
def download() -> Response:
    """All pairs that have a review or a rule, as a table; sent while it is read."""
    visit().require(May.SEE_ALL_WORK)
    store = database()
    with store.read() as session:
        activity = opened_activity(session, visit())
        steering.refuse_elsewhere(activity)

    def text() -> Iterator[str]:
        yield "\ufeff" + matrix_csv.lines([matrix_csv.HEAD])
        after = None
        while True:
            with store.read() as session:
                rows = matrix.pairs(session, activity, after, PAGE)
            yield matrix_csv.lines(map(_line, rows))
            if len(rows) < PAGE:
                return
            after = rows[-1][0], rows[-1][1]

    response = Response(text(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="matrix.csv"'
    return response


@blueprint.get("/matrix/list")
def list_form() -> str:
    """A place for a list of pairs."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        visit().require(May.SEE_ALL_WORK)
        steering.refuse_elsewhere(activity)
    return page("matrix_list", activity, form=PairListForm(), found=None)


@blueprint.post("/matrix/list")
def check_list() -> Answer:
    """Show what a list comes to; with "keep", do it."""
    form = PairListForm()
    with database().read() as session:
        activity = opened_activity(session, visit())
        visit().require(May.SEE_ALL_WORK)
        steering.refuse_elsewhere(activity)
    if not form.validate_on_submit():
        return page("matrix_list", activity, form=form, found=None), 422
    found: Outlook
    if "keep" not in request.form:
        with database().read() as session:
            found = steering_lists.outlook(session, visit(), activity, form.text.data)
        status = 422 if found.problems and not found.new else 200
        return page("matrix_list", activity, form=form, found=found), status
    try:
        with database().write() as session:
            steering_lists.keep(session, visit(), activity, form.text.data)
    except ON_THE_PAGE as refusal:
        form.form_errors.append(gettext(refusal.sentence, **refusal.values))
        return page("matrix_list", activity, form=form, found=None), refusal.status
    flash(gettext("The list is kept."), "success")
    return redirect(url_for(".index"), 303)


def _cell_page(activity: Activity, found: Cell, problem: str = "") -> str:
    return page("matrix_cell", activity, found=found, problem=problem, names=_names(), Do=Do)


def _line(row: tuple[object, ...]) -> list[object]:
    _, _, reviewer_sub, reviewer, author_sub, author, state, score, must = row
    rule = "" if must is None else Rule.MUST if must else Rule.MUST_NOT
    return [reviewer_sub, reviewer, author_sub, author, state or "", "" if score is None else score, rule]


def _names() -> dict[str, Any]:
    return {name: request.values.get(name, "") for name in ("reviewer", "work")}


def _pair() -> tuple[UUID, UUID]:
    reviewer, work = (id_in(each) for each in _names().values())
    if reviewer is None or work is None:
        raise NotFoundError(N_("This person or this contribution is not here any more."))
    return reviewer, work


def _after(axis: str) -> Key | None:
    """The key of an axis's page, from the address; a spoilt one starts again."""
    last = id_in(request.args.get(f"{axis}_id", ""))
    return Key(plain(request.args.get(f"{axis}_name", "")), last) if last else None
