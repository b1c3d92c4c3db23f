"""Screen L5 over HTTP: what is new in one's change, which reviews it answers, and what one says of it."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext

from ..activities.queries import id_in
from ..contributions import differences
from ..contributions.desks import NUMBER, Desk, desk
from ..contributions.texts import Text
from ..kernel.errors import RefusedError
from ..kernel.i18n import N_
from ..kernel.web import database, visit
from . import improving, queries
from .received import Received, received_by
from .web import ON_THE_PAGE, Answer, blueprint, page


@blueprint.get("/improve")
def improve() -> Answer:
    """One's change, before it is shared."""
    return _page()


@blueprint.post("/improve")
def share_improved() -> Answer:
    """Share it. A second time changes nothing."""
    here = desk()
    answered = [each for each in map(id_in, request.form.getlist("answers")) if each]
    try:
        with database().write() as session:
            why = request.form.get("why", "")
            improving.improve(session, visit(), here.activity, why, answered, here.which)
    except ON_THE_PAGE as refusal:
        return _page(refusal)
    flash(gettext(N_("Your new version is shared. Thank you!")), "success")
    return redirect(url_for(".received"), 303)


def _page(refusal: RefusedError | None = None) -> Answer:
    here = desk()
    mine = here.mine
    if mine is None or mine.change is None:
        return redirect(url_for("contributions.edit", **_place(here)), 303)
    zone = current_app.config["ENTRAIDE"].zone
    with database().read() as session:
        progress = queries.progress(session, here.activity, visit().person_id)
        found = (
            received_by(session, here.activity, visit().person_id, zone) if progress.unlocked else Received()
        )
    shown = page(
        "improve",
        here.activity,
        here=here,
        parts=differences.compare(here.activity, Text.read(mine.title, mine.answers), here.text),
        reviews=[each for each in found.reviews if each.contribution_id == mine.id],
        ticked={id_in(each) for each in request.form.getlist("answers")},
        refusal=gettext(refusal.sentence, **refusal.values) if refusal else "",
        write_url=url_for("contributions.edit", **_place(here)),
        here_url=url_for(".share_improved", **_place(here)),
    )
    return (shown, refusal.status) if refusal else shown


def _place(here: Desk) -> dict[str, Any]:
    """What an address says of the contribution at a desk, if it is not the usual one."""
    return {NUMBER: here.which.number} if here.which.number else {}
