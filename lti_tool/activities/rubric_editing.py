"""What an instructor changes in an activity's criteria, also when reviews use them.

Texts and order change freely. What reviews were scored by is never changed under them: another criterion
takes the place of one that asks for something else, and the old one is retired with the reviews that used it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.journal import Event, EventType
from ..kernel.permissions import Visit
from .actions import to_set_up
from .changing import is_reviewed
from .criteria import CriterionPlan, checked
from .models import Activity, Criterion


class Choice(StrEnum):
    """What becomes of the reviews that were sent."""

    KEEP_BOTH = "keep-both"  # they stay as they are, with the criteria they had
    ASK_AGAIN = "ask-again"  # they stay too, and their reviewers are asked to change them
    REWEIGH = "reweigh"  # their scores are computed anew


@dataclass(frozen=True, slots=True)
class Change:
    """How criteria differ from those in use: what is asked for, or only how much it counts."""

    asks: bool
    weighs: bool

    @property
    def choices(self) -> frozenset[Choice]:
        """What may be chosen for the reviews that were sent; nothing where they are not concerned."""
        if self.asks:
            return frozenset({Choice.KEEP_BOTH, Choice.ASK_AGAIN})
        return frozenset({Choice.REWEIGH} if self.weighs else ())


class ReviewsUseThisError(ConflictError):
    """Reviews were sent by these criteria: the instructor has to say what becomes of them."""

    code = "reviews-use-this"

    def __init__(self, reviews: int, change: Change) -> None:
        super().__init__(N_("Reviews use these criteria. Choose what becomes of them."))
        self.reviews, self.change = reviews, change


def change(
    session: Session, visit: Visit, plans: Mapping[str, CriterionPlan], choice: Choice | None = None
) -> Activity:
    """Give the visit's activity these criteria.

    Args:
        session: the transaction.
        visit: who sets it up.
        plans: the criteria in their order, by the hexadecimal id of one in use, or by any other key.
        choice: for the reviews that were sent already.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is no activity yet.
        FaultyRubricError: the criteria do not hold.
        ReviewsUseThisError: there are such reviews, and the choice is missing.

    """
    activity = to_set_up(session, visit)
    plans = checked(plans)
    rows = {row.id.hex: row for row in in_use_of(session, activity, lock=True)}
    changed = _compared({key: CriterionPlan.of(row) for key, row in rows.items()}, plans)
    sent = _sent(session, activity) if changed.choices else 0
    if sent and choice not in changed.choices:
        raise ReviewsUseThisError(sent, changed)
    now = clock.now()
    kept = _retire(session, activity, rows, plans) if changed.asks else rows
    made = []
    for key, plan in plans.items():
        criterion = kept.get(key)
        if criterion is None:
            replaced = rows.get(key)
            criterion = Criterion(activity_id=activity.id, replaces_id=replaced.id if replaced else None)
        elif sent and not plan.scores_as(CriterionPlan.of(criterion)):
            criterion.reweighed_at = now
        _put(criterion, plan)
        made.append(criterion)
    _put_in_order(session, made)
    if choice is Choice.ASK_AGAIN and sent:
        activity.asked_again_at = now
    return activity


def in_use_of(session: Session, activity: Activity, *, lock: bool = False) -> Sequence[Criterion]:
    """The criteria of an activity that are in use, in their order."""
    query = select(Criterion).where(Criterion.activity_id == activity.id, Criterion.retired_at.is_(None))
    query = query.order_by(Criterion.position)
    return session.scalars(query.with_for_update() if lock else query).all()


def _compared(before: Mapping[str, CriterionPlan], after: Mapping[str, CriterionPlan]) -> Change:
    pairs = [(before[key], plan) for key, plan in after.items() if key in before]
    asks = before.keys() != after.keys() or not all(one.asks_as(other) for one, other in pairs)
    return Change(asks, any(not one.scores_as(other) for one, other in pairs))


def _sent(session: Session, activity: Activity) -> int:
    """How many reviews were sent."""
    reviews = select(func.count(Event.entity.distinct())).where(
        Event.activity_id == activity.id, Event.type == EventType.REVIEWED
    )
    return session.scalar(reviews) or 0


def _retire(
    session: Session, activity: Activity, rows: Mapping[str, Criterion], plans: Mapping[str, CriterionPlan]
) -> dict[str, Criterion]:
    """Take out what is asked no more, or not in that way; return what stays.

    Nobody has begun to review: nothing is kept of it.
    """
    if not is_reviewed(session, activity):
        for key in rows.keys() - plans.keys():
            session.delete(rows[key])
        session.flush()
        return {key: row for key, row in rows.items() if key in plans}
    stays = {
        key: row for key, row in rows.items() if key in plans and plans[key].scores_as(CriterionPlan.of(row))
    }
    for key in rows.keys() - stays.keys():
        rows[key].retired_at = clock.now()
    session.flush()
    return stays


def _put(criterion: Criterion, plan: CriterionPlan) -> None:
    for name, stored in plan.stored.items():
        setattr(criterion, name, stored)


def _put_in_order(session: Session, criteria: Sequence[Criterion]) -> None:
    """Number the criteria. No two ever have one number, not even on the way."""
    for number, criterion in enumerate(criteria, 1):
        criterion.position = -number
    session.add_all(criteria)
    session.flush()
    for number, criterion in enumerate(criteria):
        criterion.position = number
    session.flush()
