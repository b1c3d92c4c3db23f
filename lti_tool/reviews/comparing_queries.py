"""What a judge's pages need to know of comparisons. Each is a bounded number of SQL statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from ..activities.models import Activity, Extension
from ..activities.phases import Schedule
from ..activities.queries import own_date, schedule
from ..contributions.authors import written_by
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit
from . import allocation, pairing, pool
from .allocation import Because
from .pairing import Candidate, NoPair
from .releasing import GRACE, released
from .steering_models import Comparison, ComparisonState

LIVE = (ComparisonState.ASSIGNED, ComparisonState.JUDGED)  # they count in `served`
BECAUSE = {NoPair.TOO_FEW: Because.TOO_FEW, NoPair.ALL_JUDGED: Because.ALL_JUDGED}
RECEIVED = 100  # reasons that an author is shown


class Pair(NamedTuple):
    """Two contributions' ids, in the order in which they are shown."""

    left: UUID
    right: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a judge stands: comparisons made and asked for, the open one, or why there is none for them.

    `received` counts the reasons given about their own work that they may read, `unlocked` whether they may.
    """

    judged: int
    asked: int
    open_id: UUID | None
    because: Because | None
    received: int
    unlocked: bool
    dates: Schedule


@dataclass(frozen=True, slots=True)
class Heard:
    """Why a peer preferred one's own work, or the other: of the peer nothing, of the time only the day."""

    preferred: bool
    left: bool  # one's own was A
    because: str
    on: datetime  # noon of that day


def in_hand(activity: Activity, person: UUID) -> ColumnElement[bool]:
    """The comparisons that a person holds in an activity: at most one."""
    return _of(activity, person, ComparisonState.ASSIGNED)


def judged(activity: Activity, person: UUID) -> ScalarSelect[int]:
    """How many comparisons a person made in an activity."""
    return select(func.count(Comparison.id)).where(_of(activity, person)).scalar_subquery()


def offer(
    session: Session, activity: Activity, person: UUID, done: int, random: Random | None = None
) -> Pair | Because:
    """The next pair for a judge who made `done` comparisons, or why there is none. Two statements.

    What they skipped is not offered again. Beyond what is asked of them one of the two must still be short
    of comparisons.
    """
    work = pool.Work
    shown_left = case((Comparison.second_left, Comparison.second_id), else_=Comparison.first_id)
    left = (
        select(func.count(Comparison.id))
        .where(
            or_(Comparison.first_id == work.id, Comparison.second_id == work.id),
            shown_left == work.id,
            Comparison.state.in_(LIVE),
        )
        .correlate(work)
        .scalar_subquery()
    )
    rows = session.execute(
        pool.others_work(activity, person)
        .where(~pool.partial(person, work.id))
        .add_columns(work.served, left)
        .order_by(work.served, work.draw)
        .limit(pairing.WINDOW)
    ).all()
    served = {key: shown for key, shown, _ in rows}
    seen = session.execute(
        select(
            Comparison.first_id,
            Comparison.second_id,
            func.sum(case((Comparison.state.in_(LIVE), 1), else_=0)).label("met"),
            func.max(case((_by(person), 1), else_=0)).label("mine"),
        )
        .where(
            Comparison.activity_id == activity.id,
            Comparison.first_id.in_(served),
            Comparison.second_id.in_(served),
        )
        .group_by(Comparison.first_id, Comparison.second_id)
    ).all()
    pairs = {pairing.key(row.first_id.int, row.second_id.int): row for row in seen}
    found = pairing.next_pair(
        [Candidate(key.int, shown, left) for key, shown, left in rows],
        {key for key, row in pairs.items() if row.mine},
        {key: row.met for key, row in pairs.items()},
        random or Random(),  # noqa: S311  (it decides among equals, and guards nothing)
    )
    if isinstance(found, NoPair):
        return BECAUSE[found]
    pair = Pair(UUID(int=found.left), UUID(int=found.right))
    enough = min(served[work] for work in pair) >= activity.wanted
    if enough and allocation.beyond_quota(done, activity.given):
        return Because.ALL_COMPARED
    return pair


def standing(session: Session, activity: Activity, person: UUID) -> Standing:
    """Where a person stands in an activity whose works are compared. Three statements at most."""
    row = session.execute(
        select(
            judged(activity, person).label("judged"),
            _heard_count(activity, person).label("received"),
            select(Comparison.id).where(in_hand(activity, person)).scalar_subquery().label("open"),
            pool.has_shared(activity, person).label("shared"),
            own_date(activity, person, Extension.share_by).label("share_by"),
            own_date(activity, person, Extension.review_by).label("review_by"),
            own_date(activity, person, Extension.revise_by).label("revise_by"),
        )
    ).one()
    dates = schedule(activity).extended(row.share_by, row.review_by, row.revise_by)
    door = dates.reviewing(clock.now())
    there_is = allocation.Pool(others=True, unread=True, short=True)
    because = allocation.refusal(door, row.shared, row.judged, activity.given, there_is)
    if because is None and row.open is None:
        found = offer(session, activity, person, row.judged, Random(0))  # noqa: S311  (asked whether, not which)
        because = found if isinstance(found, Because) else None
    more = row.open is not None or because not in {Because.TOO_FEW, Because.ALL_JUDGED}
    left = allocation.Pool(others=True, unread=more, short=True)
    unlocked = allocation.unlocked(door, row.judged, activity.given, left, row.open is not None)
    return Standing(row.judged, activity.asked, row.open, because, row.received, unlocked, dates)


def own_comparison(session: Session, visit: Visit, activity: Activity, comparison_id: UUID) -> Comparison:
    """The visitor's own comparison of that id. One statement.

    Raises:
        NotFoundError: there is none, or it is somebody else's, or of another activity.

    """
    comparison = session.scalar(select(Comparison).where(mine(visit, activity, comparison_id)))
    if comparison is None:
        raise missing()
    return comparison


def mine(visit: Visit, activity: Activity, comparison_id: UUID) -> ColumnElement[bool]:
    """The visitor's own comparison of that id, in the activity."""
    return and_(
        Comparison.id == comparison_id,
        Comparison.activity_id == activity.id,
        Comparison.judge_id == visit.person_id,
    )


def missing() -> NotFoundError:
    """What is said of a comparison that is not there, or not one's own."""
    return NotFoundError(N_("This comparison does not exist."))


def pair_of(comparison: Comparison) -> Pair:
    """The two works in the order in which they are shown: A, then B."""
    pair = Pair(comparison.first_id, comparison.second_id)
    return Pair(pair.right, pair.left) if comparison.second_left else pair


def there(work: Contribution) -> bool:
    """Whether a work is still one to compare: shared, and not hidden."""
    return work.state is ContributionState.SHARED and work.hidden_at is None


def works(session: Session, comparison: Comparison) -> tuple[Contribution, Contribution]:
    """The two works, A and B, with their files while they are the judge's; of what is gone nothing."""
    query = select(Contribution).where(Contribution.id.in_(pair_of(comparison)))
    live = comparison.state in LIVE
    if live:
        query = query.options(selectinload(Contribution.attachments))
    found = {work.id: work for work in session.scalars(query)}
    for work in found.values():
        if not (live and there(work)):
            set_committed_value(work, "attachments", [])
        if not there(work):
            set_committed_value(work, "title", "")
            set_committed_value(work, "answers", {})
    left, right = (found[each] for each in pair_of(comparison))
    return left, right


def heard(session: Session, activity: Activity, person: UUID, zone: tzinfo) -> Sequence[Heard]:
    """What was said of a person's work in comparisons, once they may read it, newest day first.

    Nothing tells which work it was compared with. Within a day the order is that of random ids.
    """
    own = written_by(person, activity.id)
    first = Comparison.first_id.in_(own)
    rows = session.execute(
        select(Comparison, first.label("first"))
        .where(_heard_by(activity, person))
        .order_by(Comparison.judged_at.desc(), Comparison.id)
        .limit(RECEIVED)
    ).all()
    found = [
        (
            comparison.id,
            Heard(
                preferred=comparison.winner_id == (comparison.first_id if is_first else comparison.second_id),
                left=comparison.second_left is not is_first,
                because=comparison.because,
                on=_noon(comparison, zone),
            ),
        )
        for comparison, is_first in rows
    ]
    return [each for _, each in sorted(found, key=lambda each: (-each[1].on.timestamp(), each[0]))]


def _heard_by(activity: Activity, person: UUID) -> ColumnElement[bool]:
    """That a comparison says why of a person's work, and that they may read it."""
    now, own = clock.now(), written_by(person, activity.id)
    return and_(
        literal(released(activity.feedback_held, activity.feedback_from, now)),
        or_(Comparison.first_id.in_(own), Comparison.second_id.in_(own)),
        Comparison.state == ComparisonState.JUDGED,
        Comparison.judged_at <= now - GRACE,
        Comparison.because != "",
    )


def _heard_count(activity: Activity, person: UUID) -> ScalarSelect[int]:
    return select(func.count(Comparison.id)).where(_heard_by(activity, person)).scalar_subquery()


def _of(
    activity: Activity, person: UUID, state: ComparisonState = ComparisonState.JUDGED
) -> ColumnElement[bool]:
    return and_(
        Comparison.activity_id == activity.id, Comparison.judge_id == person, Comparison.state == state
    )


def _by(person: UUID) -> ColumnElement[bool]:
    """What is not offered to a person again: what they have in hand, made or skipped."""
    return and_(Comparison.judge_id == person, Comparison.state != ComparisonState.LAPSED)


def _noon(comparison: Comparison, zone: tzinfo) -> datetime:
    judged_at: datetime = comparison.judged_at  # type: ignore[assignment]  # it was judged
    return judged_at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)
