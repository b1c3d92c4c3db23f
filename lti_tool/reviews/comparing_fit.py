"""The scale of an activity's comparisons, made and kept: for the worker, as it takes all of them at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from statistics import NormalDist, fmean, pstdev
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..kernel import clock
from ..people.models import Enrolment
from . import judging
from .aggregation import CERTAINTY
from .judging import Doubt, Id, Judgement
from .steering_models import ComparedWork, Comparison, ComparisonFit, ComparisonState

REACH = NormalDist().inv_cdf((1 + CERTAINTY) / 2)  # standard errors on each side of a score
MOST_MISFITS = 50


@dataclass(frozen=True, slots=True)
class Placed:
    """A work's place on the scale: `score` and `se` in logits, and how many judgements it rests on.

    As a share a score of x is 1 / (1 + exp(-x)): the model's chance to be found better than a work of mean
    strength, 0.5 for the average, never quite 0 or 1. `low` and `high` bound it (90 %).
    """

    score: float
    se: float
    compared: int

    @property
    def value(self) -> float:
        """The score as a share."""
        return _share(self.score)

    @property
    def low(self) -> float:
        """Its lower bound."""
        return _share(self.score - REACH * self.se)

    @property
    def high(self) -> float:
        """Its upper bound."""
        return _share(self.score + REACH * self.se)


@dataclass(frozen=True, slots=True)
class Fit:
    """What an activity's judgements tell; see `judging.Scale`. A work that nobody compared is not in it."""

    works: Mapping[UUID, Placed] = field(default_factory=dict)
    judgements: int = 0
    ssr: float | None = None
    split_half: float | None = None
    doubts: Sequence[Doubt] = ()
    misfits: Sequence[Mapping[str, Any]] = ()


def fit(session: Session, activity: Activity) -> Fit:
    """Make the scale of all comparisons that were judged, without those of test users. One statement.

    The arithmetic takes the more the larger the course: this is for the worker, and never for a request.
    """
    judgements = _judgements(session, activity)
    if not judgements:
        return Fit()
    scale = judging.scale(judgements)
    compared = Counter(each for one in judgements for each in (one.winner, one.loser))
    return Fit(
        {UUID(str(work)): Placed(at.score, at.se, compared[work]) for work, at in scale.items.items()},
        len(judgements),
        scale.ssr,
        scale.split_half,
        scale.doubts,
        misfitting(judging.misfit(judgements), Counter(one.judge for one in judgements)),
    )


def keep(session: Session, activity: Activity, found: Fit) -> None:
    """Keep the scale for the instructor's page, in the place of the last one. Four statements."""
    for table in (ComparedWork, ComparisonFit):
        session.execute(delete(table).where(table.activity_id == activity.id))
    if not found.works:
        return
    rows = [
        {
            "contribution_id": work,
            "activity_id": activity.id,
            "score": each.score,
            "se": each.se,
            "compared": each.compared,
        }
        for work, each in found.works.items()
    ]
    session.execute(insert(ComparedWork), rows)
    session.execute(
        insert(ComparisonFit).values(
            activity_id=activity.id,
            ssr=found.ssr,
            split_half=found.split_half,
            doubts=[doubt.value for doubt in found.doubts],
            misfits=list(found.misfits),
            judgements=found.judgements,
            made_at=clock.now(),
        )
    )


def misfitting(infits: Mapping[Id, float], judged: Mapping[Id, int]) -> list[Mapping[str, Any]]:
    """Judges whose infit is above the mean plus two standard deviations, the worst first. Pure.

    That is where studies look (Pollitt 2012): they judge otherwise, which need not be wrong.
    """
    limit = fmean(infits.values()) + 2 * pstdev(infits.values())
    found: list[Mapping[str, Any]] = [
        {"judge": judge, "infit": infit, "judged": judged[judge]}
        for judge, infit in sorted(infits.items(), key=lambda each: -each[1])
        if infit > max(limit, 1)
    ]
    return found[:MOST_MISFITS]


def _share(logits: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(logits, 30.0))))


def _judgements(session: Session, activity: Activity) -> list[Judgement]:
    rows = session.execute(
        select(Comparison.judge_id, Comparison.winner_id, Comparison.first_id, Comparison.second_id)
        .join(
            Enrolment,
            (Enrolment.course_id == activity.course_id) & (Enrolment.person_id == Comparison.judge_id),
        )
        .where(
            Comparison.activity_id == activity.id,
            Comparison.state == ComparisonState.JUDGED,
            Enrolment.test_user.is_(False),
        )
    )
    return [
        Judgement(str(judge), str(winner), str(second if winner == first else first))
        for judge, winner, first, second in rows
    ]
