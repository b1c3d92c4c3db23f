"""Works that an instructor scored for reviewers to try their eyes on, and what they gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVarTuple
from uuid import UUID, uuid5

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from ..activities.models import Activity
from ..contributions.models import Attachment, Contribution, ContributionState
from ..contributions.texts import kept
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import plain
from ..kernel.permissions import May, Visit
from . import calibration, rubric
from .calibration import Gap, Tried
from .rubric import Answer, Scale
from .steering_models import Example, Trial
from .writing import FaultyReviewError

Columns = TypeVarTuple("Columns")
MOST = 10  # examples in an activity
LONGEST_WHY = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Written:
    """What an instructor writes of an example; its text counts where it shows no contribution."""

    title: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[UUID, Answer] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An example as a work to be read, with its names left out; as templates take a contribution."""

    example: Example
    title: str
    answers: Mapping[str, Any]
    language: str
    attachments: list[Attachment]


def examples_of(session: Session, activity: Activity) -> list[Example]:
    """The examples of an activity, in their order. One statement."""
    rows = _shown(select(Example), activity)
    return list(session.scalars(rows.order_by(Example.position, Example.id).limit(MOST)))


def example(session: Session, activity: Activity, example_id: UUID) -> Shown:
    """One example, with what it shows. At most three statements.

    Raises:
        NotFoundError: there is none in the activity.

    """
    row = session.execute(
        _shown(select(Example, Contribution), activity)
        .where(Example.id == example_id)
        .options(selectinload(Contribution.attachments))
    ).one_or_none()
    if row is None:
        raise NotFoundError(N_("This example does not exist."))
    found, work = row
    if work is None:
        return Shown(found, found.title, found.answers, activity.language, [])
    return Shown(found, work.title, work.answers, work.language, work.attachments)


def titles(session: Session, found: Sequence[Example]) -> dict[UUID, str]:
    """What examples are called: by their own title, or by their contribution's. One statement."""
    shown = {each.contribution_id for each in found if each.contribution_id}
    rows = session.execute(select(Contribution.id, Contribution.title).where(Contribution.id.in_(shown)))
    theirs: dict[UUID, str] = {row.id: row.title for row in rows}
    return {each.id: theirs[each.contribution_id] if each.contribution_id else each.title for each in found}


def to_score(session: Session, visit: Visit, activity: Activity, contribution_id: UUID) -> Contribution:
    """A contribution that an instructor may make an example of. Two statements.

    Raises:
        NotAllowedError: the visitor does not set up activities, or does not see people's work.
        NotFoundError: it is not shared in the activity.

    """
    _require(visit)
    work = session.scalar(
        select(Contribution)
        .where(
            Contribution.id == contribution_id,
            Contribution.activity_id == activity.id,
            Contribution.state == ContributionState.SHARED,
        )
        .options(selectinload(Contribution.attachments))
    )
    if work is None:
        raise NotFoundError(N_("This contribution does not exist."))
    return work


def put(
    session: Session,
    visit: Visit,
    activity: Activity,
    said: Written,
    *,
    example_id: UUID | None = None,
    contribution_id: UUID | None = None,
) -> Example:
    """Make an example, or change one (`example_id`); one that shows a contribution has no text of its own.

    Raises:
        NotAllowedError, NotFoundError: see `to_score`, `example`.
        FaultyReviewError: a criterion has no points, or points that it does not give.
        InvalidError: there is no text, or it is too long.
        ConflictError: there are as many examples as there may be.

    """
    _require(visit)
    scales = _scales(activity)
    marks = {key: Answer(each.points, plain(each.comment)) for key, each in said.marks.items()}
    if faults := rubric.answer_faults(_without_comments(scales), marks, complete=True):
        raise FaultyReviewError(faults, None)
    why = plain(said.why)
    if len(why) > LONGEST_WHY:
        raise InvalidError(N_("Shorten this to %(most)d characters."), field="why", most=LONGEST_WHY)
    if example_id:
        found = example(session, activity, example_id).example
    else:
        if contribution_id:
            to_score(session, visit, activity, contribution_id)
        found = _new(session, visit, activity, contribution_id)
    if found.contribution_id is None:
        text = kept(activity, said.title, said.answers)
        if not text.passages:
            raise InvalidError(N_("Write the example, or choose a contribution."), field="title")
        found.title, found.answers = text.title, text.stored
    found.marks, found.why = _stored(marks), why
    points = {key: each.points for key, each in marks.items() if each.points is not None}
    found.score = rubric.score(scales, points)
    session.flush()
    return found


def remove(session: Session, visit: Visit, activity: Activity, example_id: UUID) -> None:
    """Take an example away, with what people gave for it; the contribution it shows stays.

    Raises:
        NotAllowedError, NotFoundError: see `put`.

    """
    _require(visit)
    session.delete(example(session, activity, example_id).example)


def tried(session: Session, activity: Activity, person_id: UUID) -> list[Tried]:
    """A person's trials of an activity's examples, in the examples' order. One statement."""
    mine = (Trial.example_id == Example.id) & (Trial.person_id == person_id)
    rows = session.execute(
        _shown(select(Example.id, Trial.distance, Trial.sent_at), activity)
        .join(Trial, mine, isouter=True)
        .order_by(Example.position, Example.id)
        .limit(MOST)
    )
    return [Tried(*row) for row in rows]


def may_review(session: Session, activity: Activity, person_id: UUID) -> bool:
    """Whether a person's eye is tried as the activity asks. At most one statement."""
    if activity.calibration not in calibration.REQUIRED:
        return True
    found = tried(session, activity, person_id)
    return calibration.calibrated(activity.calibration, found, activity.tolerance)


def trial_of(session: Session, example_id: UUID, person_id: UUID) -> Trial | None:
    """A person's trial of an example, if there is one. One statement."""
    return session.get(Trial, (example_id, person_id))


def compared(activity: Activity, shown: Example, trial: Trial) -> list[Gap]:
    """A trial beside the instructor's scores, criterion by criterion."""
    return calibration.gaps(_scales(activity), points_of(trial.marks), points_of(shown.marks))


def try_out(
    session: Session,
    visit: Visit,
    activity: Activity,
    example_id: UUID,
    points: Mapping[UUID, float | None],
) -> Trial:
    """Score an example, and learn how near one is; the same points again change nothing.

    Raises:
        NotAllowedError: the visitor does not take part.
        NotFoundError: there is no such example.
        FaultyReviewError: a criterion has no points, or points that it does not give.
        ConflictError: the instructor has to score it again, for the criteria have changed.

    """
    visit.require(May.TAKE_PART)
    shown = example(session, activity, example_id).example
    scales = _scales(activity)
    given = {key: Answer(each) for key, each in points.items()}
    if faults := rubric.answer_faults(_without_comments(scales), given, complete=True):
        raise FaultyReviewError(faults, None)
    mine = {key: each for key, each in points.items() if each is not None}
    gaps = calibration.gaps(scales, mine, points_of(shown.marks))
    if not gaps:
        raise ConflictError(N_("The criteria have changed. Your instructor has to score this example again."))
    trial = session.get(Trial, (example_id, visit.person_id), with_for_update=True)
    marks = _stored(given)
    if trial and trial.marks == marks:
        return trial
    score = rubric.score(scales, mine)
    if trial is None:
        trial = Trial(example_id=example_id, person_id=visit.person_id, tries=0, first_score=score)
        session.add(trial)
    trial.marks, trial.score, trial.distance = marks, score, calibration.distance(gaps)
    trial.tries, trial.sent_at = trial.tries + 1, clock.now()
    journal.record_act(
        session,
        visit,
        EventType.CALIBRATED,
        activity.id,
        uuid5(example_id, str(visit.person_id)),
        revision=trial.tries - 1,
        facts={
            "example": str(example_id),
            "score": rubric.tally(scales, mine),
            "distance": trial.distance,
            "within": trial.distance <= activity.tolerance,
        },
    )
    session.flush()
    return trial


def points_of(marks: list[Any]) -> dict[UUID, float]:
    """The points in stored marks, by criterion."""
    return {UUID(mark["criterion"]): mark["points"] for mark in marks if mark["points"] is not None}


def comments_of(marks: list[Any]) -> dict[UUID, str]:
    """The comments in stored marks, by criterion."""
    return {UUID(mark["criterion"]): mark["comment"] for mark in marks}


def _shown(query: Select[*Columns], activity: Activity) -> Select[*Columns]:
    """The examples of an activity, but for those whose contribution was taken back or hidden."""
    there = and_(Contribution.state == ContributionState.SHARED, Contribution.hidden_at.is_(None))
    return (
        query.select_from(Example)
        .join(Contribution, Contribution.id == Example.contribution_id, isouter=True)
        .where(Example.activity_id == activity.id, or_(Example.contribution_id.is_(None), there))
    )


def _require(visit: Visit) -> None:
    visit.require(May.SET_UP)
    visit.require(May.SEE_ALL_WORK)


def _new(session: Session, visit: Visit, activity: Activity, contribution_id: UUID | None) -> Example:
    number, last = session.execute(
        select(func.count(), func.max(Example.position)).where(Example.activity_id == activity.id)
    ).one()
    if number >= MOST:
        raise ConflictError(N_("There are enough examples. Remove one first."))
    made = Example(
        activity_id=activity.id,
        position=0 if last is None else last + 1,
        contribution_id=contribution_id,
        title="",
        answers={},
        made_by_id=visit.person_id,
        made_at=clock.now(),
    )
    session.add(made)
    return made


def _stored(marks: Mapping[UUID, Answer]) -> list[dict[str, Any]]:
    return [
        {"criterion": str(key), "points": each.points, "comment": each.comment} for key, each in marks.items()
    ]


def _scales(activity: Activity) -> list[Scale]:
    return [Scale.of(criterion) for criterion in activity.criteria]


def _without_comments(scales: list[Scale]) -> list[Scale]:
    """The criteria, none of which demands words: on an example they are the instructor's to give."""
    return [
        Scale(each.criterion, each.name, each.points, each.type, each.weight, comment_required=False)
        for each in scales
    ]
