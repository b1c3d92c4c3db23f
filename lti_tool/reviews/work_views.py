"""The instructor's page of a work, with its reviews and names; and who opened which work."""

from uuid import UUID

from flask import current_app
from flask_babel import format_decimal
from sqlalchemy.exc import IntegrityError

from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..contributions import media
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import actions, annotations, queries, rescoring
from .aggregation import work_score
from .web import blueprint, page


@blueprint.get("/work/<uuid:contribution_id>")
def work(contribution_id: UUID) -> str:
    """A contribution and its reviews side by side, with names, for those who may see all work."""
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        contribution, author = queries.shared_work(session, visit(), activity, contribution_id)
        reviews = queries.named_reviews(session, contribution)
        ids = [each.review.id for each in reviews]
        notes = annotations.annotations_of(session, ids)
        heard, again = rescoring.afterwards(session, ids, current_app.config["ENTRAIDE"].zone)
        noted = actions.view_noted(session, visit(), contribution_id)
    if not noted:
        note_view(activity, contribution_id)
    counting = [rescoring.counted(each.review, again) for each in reviews if each.counts]
    return page(
        "work",
        activity,
        contribution=contribution,
        author=author,
        reviews=reviews,
        notes=notes,
        labels=annotations.labels(activity, contribution),
        media_url=media.url,
        heard=heard,
        again=again,
        counting=len(counting),
        score=work_score(counting),
        May=May,
        decimal=format_decimal,
    )


def note_view(activity: Activity, contribution_id: UUID) -> None:
    """Record that the visitor opened a work; once for each launch."""
    try:
        with database().write() as session:
            actions.note_view(session, visit(), activity, contribution_id)
    except IntegrityError:
        pass  # two tabs at once: the other one noted it
