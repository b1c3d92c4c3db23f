"""How far the scores got on their way to the LMS, for those who may see people's work."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..people.models import Person
from .models import Column, Score, SyncState

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ScoreState:
    """A score, what the LMS has of it, and what stands in the way.

    `problem` is a sentence of our catalogue, `words` are the LMS's own.
    """

    column: Column
    value: float
    basis: int
    state: SyncState
    problem: str
    words: str


@dataclass(frozen=True, slots=True)
class NamedScore:
    """Whose score it is (the name is empty where the platform keeps it)."""

    person_id: UUID
    name: str
    score: ScoreState


@dataclass(frozen=True, slots=True)
class SyncOverview:
    """The scores of an activity by state, and the first of those with a problem."""

    counts: dict[SyncState, int]
    problems: list[NamedScore]

    @property
    def can_send_again(self) -> bool:
        """Whether there are scores that are not on their way and did not arrive."""
        return bool(self.counts[SyncState.REFUSED] or self.counts[SyncState.NOWHERE])


def sync_overview(session: Session, activity_id: UUID) -> SyncOverview:
    """How the scores of an activity stand. Two statements."""
    counts = dict.fromkeys(SyncState, 0)
    for state, number in session.execute(
        select(Score.state, func.count()).where(Score.activity_id == activity_id).group_by(Score.state)
    ):
        counts[state] = number
    rows = session.execute(
        select(Score, Person.name)
        .join(Person, Person.id == Score.person_id)
        .where(Score.activity_id == activity_id, Score.problem != "")
        .order_by(Score.state, Person.name, Person.id, Score.column)
        .limit(_SHOWN)
    )
    return SyncOverview(counts, [NamedScore(score.person_id, name, _state(score)) for score, name in rows])


def states_of(
    session: Session, activity_id: UUID, person_ids: Collection[UUID]
) -> dict[UUID, dict[Column, ScoreState]]:
    """The scores of these people in an activity, by column. One statement."""
    states: dict[UUID, dict[Column, ScoreState]] = {person_id: {} for person_id in person_ids}
    for score in session.scalars(
        select(Score).where(Score.activity_id == activity_id, Score.person_id.in_(person_ids))
    ):
        states[score.person_id][score.column] = _state(score)
    return states


def _state(score: Score) -> ScoreState:
    problem, _, words = score.problem.partition("\n")
    return ScoreState(score.column, score.value, score.basis, score.state, problem, words)
