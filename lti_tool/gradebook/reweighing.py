"""What follows when criteria got other weights: new scores of the reviews, then of the people."""

from ..kernel.database import Database
from ..reviews import reweighing
from .refits import mark


def reweigh_due(database: Database) -> bool:
    """Bring scores up to date where weights have changed; return whether there was such an activity."""
    with database.read() as session:
        waiting = reweighing.due(session)
    for each in waiting:
        reweighing.reweigh(database, each.activity_id)
        with database.write() as session:
            reweighing.settled(session, each)
            mark(session, each.activity_id)
    return bool(waiting)
