"""What follows when criteria got other weights: new scores of the reviews, then of the people."""

from ..kernel import clock
from ..kernel.database import Database
from ..reviews import reweighing
from .models import Refit


def reweigh_due(database: Database) -> bool:
    """Bring scores up to date where weights have changed; return whether there was such an activity."""
    with database.read() as session:
        waiting = reweighing.due(session)
    for each in waiting:
        reweighing.reweigh(database, each.activity_id)
        with database.write() as session:
            reweighing.settled(session, each)
            session.merge(Refit(activity_id=each.activity_id, due_at=clock.now()))
    return bool(waiting)
