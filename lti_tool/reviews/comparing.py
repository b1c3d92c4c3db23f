"""What a judge can do with a pair of works: take one, keep it, say which is better and why, or skip it.

One that was judged may be judged otherwise until its authors can read it, like a review. Many may compare the
same works: who is late takes nothing from anybody, so a pair whose time ran out may be judged all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity, ReviewType
from ..activities.phases import Door, lets_in
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import count_words, plain
from ..kernel.permissions import May, Visit
from . import allocation, comparing_queries, editing, pairs, pool, releasing, rubric
from .actions import NothingToReviewError, reviewing
from .allocation import WHY, Because
from .comparing_queries import pair_of
from .releasing import GRACE, released
from .rubric import Fault
from .steering_models import Comparison, ComparisonState

SKIP_MOST = 500  # characters of why a pair is skipped


class Side(StrEnum):
    """The works of a pair as their judge sees them."""

    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says: the better work, why, and by criterion (None: no difference)."""

    better: Side | None = None
    because: str = ""
    choices: Mapping[UUID, Side | None] = field(default_factory=dict)


class FaultyVerdictError(InvalidError):
    """The verdict does not hold. `faults`: by field, "better", "because" or "skip"."""

    code = "faulty-verdict"

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(N_("Some answers are missing or do not fit."))
        self.faults = faults


def pull(session: Session, visit: Visit, activity: Activity) -> Comparison:
    """Give the visitor the pair they hold, or the next one. At most nine statements.

    Raises:
        NotAllowedError: the visitor does not take part.
        NothingToReviewError: there is none for them, and why.

    """
    visit.require(May.TAKE_PART)
    now, me = clock.now(), visit.person_id
    comparing = activity.review_type is ReviewType.COMPARISON
    if comparing and lets_in(reviewing(session, visit, activity, now)):
        for _ in range(2):  # an author may take their work back at this moment
            pairs.lock(session, activity)
            if held := pairs.held(session, activity, me, now):
                return held
            shared, done = session.execute(
                select(pool.has_shared(activity, me), comparing_queries.judged(activity, me))
            ).one()
            if not shared:
                break
            offered = comparing_queries.offer(session, activity, me, done)
            if isinstance(offered, Because):
                raise NothingToReviewError(offered)
            if drawn := pairs.draw(session, activity, me, offered, now):
                return drawn
    because = comparing_queries.standing(session, activity, me).because
    raise NothingToReviewError(because or Because.ALL_JUDGED)


def keep_longer(session: Session, visit: Visit, activity: Activity, comparison_id: UUID) -> Comparison:
    """Renew the lease of the visitor's pair.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to keep.
        ConflictError: it is judged or skipped, or its time ran out.

    """
    mine = _own(session, visit, activity, comparison_id)
    _refuse_ended(mine)
    if mine.state is ComparisonState.LAPSED:
        raise ConflictError(
            N_("Your time for this pair ran out. You can still send your choice."), code="lost-lease"
        )
    mine.lease_until = allocation.lease_end(clock.now(), activity.lease_hours)
    return mine


def save_draft(
    session: Session, visit: Visit, activity: Activity, comparison_id: UUID, version: int, verdict: Verdict
) -> Comparison:
    """Keep what the visitor has said so far, complete or not; also when the lease or the date has passed.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs.
        ConflictError: it is judged or skipped, or another tab has saved since.
        FaultyVerdictError: a text that is too long.

    """
    mine = _own(session, visit, activity, comparison_id)
    _refuse_ended(mine)
    _write(mine, activity, version, verdict, complete=False)
    return mine


def judge(
    session: Session, visit: Visit, activity: Activity, comparison_id: UUID, version: int, verdict: Verdict
) -> Comparison:
    """Send the visitor's choice. Sending twice is once; until the authors read it, it may be changed.

    When one of the works is gone, the pair is freed: then what comes back has lapsed.

    Args:
        session: the transaction.
        visit: who is here.
        activity: theirs, with its criteria.
        comparison_id: the pair.
        version: the comparison's version that the page showed.
        verdict: what is in the page.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to judge.
        ConflictError: it was skipped, the activity takes nothing now, another tab has saved since, or it is
            judged and read.
        FaultyVerdictError: nothing is chosen, or the reason is too short or too long.

    """
    mine, now = _own(session, visit, activity, comparison_id), clock.now()
    if mine.state is ComparisonState.SKIPPED:
        _refuse_ended(mine)
    first = mine.state is not ComparisonState.JUDGED
    if first:
        _refuse_closed(reviewing(session, visit, activity, now))
        if not pairs.both_there(session, mine):
            pairs.free(session, mine, ComparisonState.LAPSED)
            return mine
    before, open_ = mine.version, may_change(mine, activity, now)
    _write(mine, activity, version if open_ else before, verdict, complete=True)
    if not first and mine.version == before:
        return mine
    if not open_:
        raise editing.final()
    if mine.state is ComparisonState.LAPSED:
        pairs.serve(session, mine, +1)
    mine.state, mine.judged_at = ComparisonState.JUDGED, mine.judged_at or now
    journal.record_act(
        session,
        visit,
        EventType.COMPARED,
        activity.id,
        mine.id,
        revision=0 if first else mine.version,
        facts={
            "winner": str(mine.winner_id),
            "loser": str(mine.first_id if mine.winner_id == mine.second_id else mine.second_id),
            "words": count_words(mine.because),
            "seconds": max(0, int((now - mine.assigned_at).total_seconds())),
        },
    )
    session.flush()
    return mine


def skip(session: Session, visit: Visit, activity: Activity, comparison_id: UUID, because: str) -> Comparison:
    """Pass a pair over, which frees both works; it does not come back. Skipping twice is once.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs.
        ConflictError: it is judged.
        FaultyVerdictError: no reason, or too long a one.

    """
    mine, because = _own(session, visit, activity, comparison_id), plain(because)
    if mine.state is ComparisonState.SKIPPED:
        return mine
    _refuse_ended(mine)
    if not because or len(because) > SKIP_MOST:
        raise FaultyVerdictError({"skip": Fault.TOO_LONG if because else Fault.NO_COMMENT})
    pairs.free(session, mine, ComparisonState.SKIPPED)
    mine.because, mine.version = because, mine.version + 1
    return mine


def may_change(comparison: Comparison, activity: Activity, now: datetime) -> bool:
    """Whether a choice may be made otherwise: until its authors can read it."""
    if comparison.judged_at is None:
        return True
    read = released(activity.feedback_held, activity.feedback_from, now)
    return not releasing.final(comparison.judged_at, read, now)


def changeable_until(comparison: Comparison, activity: Activity) -> datetime | None:
    """Until when a choice that was sent may be changed; None where an instructor decides when it is read."""
    if activity.feedback_held or comparison.judged_at is None:
        return None
    return max(comparison.judged_at + GRACE, activity.feedback_from or comparison.judged_at)


def said(comparison: Comparison) -> Verdict:
    """What a comparison says, as its judge sees the works."""
    side = dict(zip(pair_of(comparison), Side, strict=True))
    choices = {UUID(each["criterion"]): each["winner"] for each in comparison.choices}
    return Verdict(
        side[comparison.winner_id] if comparison.winner_id else None,
        comparison.because,
        {criterion: side[UUID(winner)] if winner else None for criterion, winner in choices.items()},
    )


def _own(session: Session, visit: Visit, activity: Activity, comparison_id: UUID) -> Comparison:
    visit.require(May.TAKE_PART)
    pairs.lock(session, activity)
    own = select(Comparison).where(comparing_queries.mine(visit, activity, comparison_id))
    comparison = session.scalar(own.with_for_update().execution_options(populate_existing=True))
    if comparison is None:
        raise comparing_queries.missing()
    return comparison


def _write(mine: Comparison, activity: Activity, version: int, verdict: Verdict, *, complete: bool) -> None:
    """Put a verdict into its comparison, which takes the next version; the same again changes nothing."""
    because = plain(verdict.because)
    fault = rubric.overall_fault(because, count_words(because), activity.minimum_words, complete=complete)
    faults = {"because": fault} if fault else {}
    if complete and verdict.better is None:
        faults["better"] = Fault.MISSING
    if faults:
        raise FaultyVerdictError(faults)
    side = dict(zip(Side, pair_of(mine), strict=True))
    winner = side[verdict.better] if verdict.better else None
    choices = [
        {"criterion": str(each.id), "winner": str(side[chosen]) if chosen else None}
        for each in activity.criteria
        if each.id in verdict.choices
        for chosen in [verdict.choices[each.id]]
    ]
    if (winner, because, choices) == (mine.winner_id, mine.because, mine.choices):
        return
    if version != mine.version:
        raise ConflictError(
            N_("Another tab or device saved another text here. Save again to keep this one."), code="two-tabs"
        )
    mine.winner_id, mine.because, mine.choices = winner, because, choices
    mine.version += 1


def _refuse_ended(mine: Comparison) -> None:
    if mine.state is ComparisonState.JUDGED:
        raise ConflictError(N_("Your choice is sent already."), code="sent-already")
    if mine.state is ComparisonState.SKIPPED:
        raise ConflictError(N_("You skipped this pair. It does not come back."), code="skipped")


def _refuse_closed(door: Door) -> None:
    if not lets_in(door):
        because = Because.NOT_OPEN if door is Door.NOT_YET else Because.CLOSED
        raise ConflictError(WHY[because], code=because.value)
