"""The versions of a contribution over HTTP: when each was shared, and what changed between two of them."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from ..activities.models import Activity
from ..contributions import differences, revisions
from ..contributions.teams import is_page
from ..contributions.texts import Text
from ..kernel.web import PREFIX, database, whole
from .queries import Opened
from .web import WORK, find

blueprint = Blueprint("versions", __name__, url_prefix=f"{PREFIX}{WORK}/versions")


@blueprint.get("")
def index(contribution: UUID) -> str:
    """The versions, the newest first."""
    with database().read() as session:
        activity, here = find(session, contribution)
        found = revisions.versions(
            session,
            here.contribution,
            everything=_sees_all(here),
            below=request.args.get("below", type=whole),
        )
    return render_template(
        "contributions/versions.html",
        activity_name=activity.title,
        here=here,
        versions=found,
        by=lambda listed: _by(activity, here, listed),
        next_url=url_for(".index", contribution=here.id, below=found.below) if found.below else None,
    )


@blueprint.get("/difference")
def difference(contribution: UUID) -> str:
    """What changed from one version to another."""
    numbers = (request.args.get(name, 0, type=whole) for name in ("from", "to"))
    with database().read() as session:
        activity, here = find(session, contribution)
        old, new = revisions.pair(session, here.contribution, *numbers, everything=_sees_all(here))
    before, after = (Text.read(each.title, each.answers) for each in (old, new))
    return render_template(
        "contributions/difference.html",
        activity_name=activity.title,
        here=here,
        old=old,
        new=new,
        parts=differences.compare(activity, before, after),
    )


def _sees_all(here: Opened) -> bool:
    """Whether the visitor sees what was shared before it was taken back: its authors and staff do."""
    return here.reader.is_author or here.reader.sees_all


def _by(activity: Activity, here: Opened, listed: revisions.Listed) -> str:
    """The name of a version's author, for who sees it. Who write one page did not choose each other."""
    chose = here.reader.is_author and not is_page(activity)
    seen = here.sees_names or chose or here.contribution.by_staff
    return listed.author if seen else ""
