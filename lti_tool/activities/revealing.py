"""Names that were hidden until the end are shown once an activity has closed."""

from datetime import datetime

from sqlalchemy import and_, not_, or_, select, update
from sqlalchemy.orm import Session

from .models import Activity


def reveal(session: Session, now: datetime, limit: int = 100) -> int:
    """Show the names in activities that have closed and were to show them then; return in how many.

    It is done once: in an activity that is opened again they stay shown, for people have read them.
    """
    closed = or_(Activity.closed_at <= now, Activity.closes_at <= now)
    shown = and_(Activity.named, Activity.reviews_named)
    due = select(Activity.id).where(Activity.names_at_end, not_(shown), closed).limit(limit)
    ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    if ids:
        session.execute(
            update(Activity).where(Activity.id.in_(ids)).values(named=True, reviews_named=True),
            execution_options={"synchronize_session": False},
        )
    return len(ids)
