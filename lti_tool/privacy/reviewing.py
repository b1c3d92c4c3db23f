"""The reviewing side of erasing a person: their words go, what others' scores rest on stays."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ..activities.models import Rubric
from ..contributions.models import Contribution
from ..reviews import pairs
from ..reviews.models import Annotation, Appraisal, Flag, Mark, Rescore, Review, ReviewState
from ..reviews.steering_models import Comparison, ComparisonState, Example

WAITING = (ReviewState.ALLOCATED, ReviewState.ASSIGNED)  # a place in `served` that nobody has filled yet


def empty_reviews(session: Session, person_id: UUID) -> None:
    """Delete what they had in hand, which frees its place, and the words of what they sent."""
    mine, given = Review.reviewer_id == person_id, select(Review.id).where(Review.reviewer_id == person_id)
    _free(session, select(Review.contribution_id).where(mine, Review.state.in_(WAITING)))
    session.execute(delete(Annotation).where(Annotation.review_id.in_(given)))
    _blank(session, Mark.review_id.in_(given), comment="")
    _blank(session, Rescore.review_id.in_(given), text="")
    session.execute(delete(Review).where(mine, Review.state != ReviewState.SENT))
    _blank(session, mine, overall="", discounted_because="")


def empty_comparisons(session: Session, person_id: UUID) -> None:
    """Delete the pair they had before them, which frees both places, and the words of those they judged."""
    mine, open_ = Comparison.judge_id == person_id, Comparison.state == ComparisonState.ASSIGNED
    for side in (Comparison.first_id, Comparison.second_id):
        _free(session, select(side).where(mine, open_))
    session.execute(delete(Comparison).where(mine, open_))
    _blank(session, mine, because="")


def empty_remarks(session: Session, person_id: UUID) -> None:
    """Take the words out of what they said about reviews, and delete the rubrics that are theirs alone."""
    _blank(session, Appraisal.person_id == person_id, thanks="", reply="")
    _blank(session, Flag.person_id == person_id, because="", answer="")
    session.execute(delete(Rubric).where(Rubric.owner_id == person_id, Rubric.shared.is_(False)))
    session.execute(update(Rubric).where(Rubric.owner_id == person_id).values(owner_id=None))


def forget_works(session: Session, contributions: list[UUID]) -> None:
    """Take what others quote of works out of their reviews, and no longer show these as examples."""
    about = select(Review.id).where(Review.contribution_id.in_(contributions))
    _blank(session, Annotation.review_id.in_(about), quote="")
    session.execute(delete(Example).where(Example.contribution_id.in_(contributions)))
    session.execute(
        delete(Review).where(Review.contribution_id.in_(contributions), Review.state.in_(WAITING))
    )
    pair = or_(Comparison.first_id.in_(contributions), Comparison.second_id.in_(contributions))
    for each in session.scalars(
        select(Comparison).where(pair, Comparison.state == ComparisonState.ASSIGNED).with_for_update()
    ).all():
        pairs.free(session, each, ComparisonState.LAPSED)


def _free(session: Session, works: Any) -> None:
    session.execute(
        update(Contribution)
        .where(Contribution.id.in_(works), Contribution.served > 0)
        .values(served=Contribution.served - 1)
    )


def _blank(session: Session, which: Any, **words: str) -> None:
    session.execute(update(which.left.table).where(which).values(**words))
