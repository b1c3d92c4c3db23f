"""The round of revising: authors say which reviews a new version answers, and reviewers are told of it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions import actions as contributions
from ..contributions.authors import MINE, Which, own
from ..contributions.models import Contribution
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit
from . import pool
from .models import Review, ReviewKind, Uptake


def improve(
    session: Session,
    visit: Visit,
    activity: Activity,
    why: str,
    answered: Collection[UUID],
    which: Which = MINE,
) -> Contribution:
    """Share what was changed after the reviews, and keep which of them it answers. Twice is once.

    Args:
        session: the transaction.
        visit: who shares.
        activity: where.
        why: what was changed, in one line, for the reviewers.
        answered: the reviews that it answers, by their ids.
        which: of the visitor's contributions.

    Raises:
        NotFoundError: one of the reviews is not theirs to read.
        NotAllowedError, InvalidError, ConflictError: see `contributions.actions.share`.

    """
    mine = own(session, visit, activity, which)
    if mine.change is None:
        return mine
    reviews = Review.contribution_id == mine.id, pool.of_works([mine.id]), Review.kind != ReviewKind.SELF
    readable = select(Review.id).where(*reviews, pool.readable(activity, clock.now()))
    wanted = set(answered)
    if wanted - set(session.scalars(readable.where(Review.id.in_(wanted)))):
        raise NotFoundError(N_("This review does not exist."))
    tell = (
        session.scalars(select(Review.reviewer_id).where(*reviews, Review.kind == ReviewKind.PEER)).all()
        if activity.revising
        else ()
    )
    mine = contributions.share(session, visit, activity, which, why, tell)
    kept = set(
        session.scalars(
            select(Uptake.review_id).where(Uptake.review_id.in_(wanted), Uptake.revision == mine.revision)
        )
    )
    now = clock.now()
    session.add_all(
        Uptake(review_id=each, revision=mine.revision, said_at=now) for each in sorted(wanted - kept)
    )
    session.flush()
    return mine
