"""A second look: a reviewer reads what its author changed after the review, and may score it again.

The first review stays as it is. Where there is a second look, its score counts instead of the first one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload, undefer

from ..activities.criteria import SCORED
from ..activities.models import Activity
from ..activities.queries import schedule
from ..contributions.models import Contribution, ContributionState, Revision
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import count_words, plain
from ..kernel.permissions import May, Visit
from . import rubric, writing
from .appraisals import Heard, heard_in
from .models import Appraisal, Rescore, Review, ReviewKind, ReviewState, Uptake
from .rubric import Answer, Fault, Scale
from .writing import FaultyReviewError

TEXT_MOST = 2_000  # characters
MOST = 50  # improved works that a page looks for

# That a work was changed after it was reviewed; where the version read was not kept, its date tells.
CHANGED: ColumnElement[bool] = or_(
    Contribution.revision > Review.revision,
    and_(Review.revision.is_(None), Contribution.revised_at > Review.sent_at),
)


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A review of the visitor's, and what became of the work: the version they read, and the newest one.

    `old` is None where it was not kept; `again`: their second look. `answers_it`: its author says so.
    """

    review: Review
    work: Contribution
    old: Revision | None
    new: Revision | None
    again: Rescore | None
    answers_it: bool
    open: bool

    @property
    def to_score(self) -> bool:
        """Whether this version may be scored, and was not yet."""
        return self.open and (self.again is None or self.again.revision < self.work.revision)


class Uplift(NamedTuple):
    """What reviewers gave, on the mean, before and after the changes: 0 to 1; `looks`: their second looks."""

    before: float
    after: float
    looks: int


def second_look(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> SecondLook:
    """What the visitor finds who comes back to a work that they reviewed. Three statements.

    Raises:
        NotAllowedError: they take no part.
        NotFoundError: it is not their review, or the work is as it was, taken back or hidden.

    """
    visit.require(May.TAKE_PART)
    row = session.execute(
        select(Review, Contribution, Rescore)
        .join(Contribution, Contribution.id == Review.contribution_id)
        .join(Rescore, Rescore.review_id == Review.id, isouter=True)
        .where(Review.id == review_id, *_changed(activity, visit.person_id))
        .options(selectinload(Review.marks), selectinload(Contribution.attachments))
    ).one_or_none()
    if row is None:
        raise NotFoundError(N_("This work is as you reviewed it."))
    review, work, again = row
    old, new = _versions(session, review, work)
    taken_up = select(Uptake.revision).where(Uptake.review_id == review.id).limit(1)
    return SecondLook(
        review, work, old, new, again, session.scalar(taken_up) is not None, scores_again(activity)
    )


def improved(session: Session, activity: Activity, person_id: UUID) -> dict[UUID, bool]:
    """The person's reviews of works that were improved since; each with whether it may be scored again now.

    Where there is no round of revising, none. One statement.
    """
    if not activity.revising:
        return {}
    waits = or_(Rescore.revision.is_(None), Rescore.revision < Contribution.revision)
    rows = session.execute(
        select(Review.id, waits)
        .join(Contribution, Contribution.id == Review.contribution_id)
        .join(Rescore, Rescore.review_id == Review.id, isouter=True)
        .where(*_changed(activity, person_id))
        .order_by(Review.id)
        .limit(MOST)
    )
    now = scores_again(activity)
    return {review_id: now and waiting for review_id, waiting in rows}


def to_look_again(session: Session, activity: Activity, person_id: UUID) -> list[UUID]:
    """The person's reviews of works that were improved since, which they may score again. One statement."""
    return [each for each, waits in improved(session, activity, person_id).items() if waits]


def afterwards(
    session: Session, review_ids: Collection[UUID], zone: tzinfo
) -> tuple[dict[UUID, Heard], dict[UUID, Rescore]]:
    """What authors said of some reviews, and the second looks of these, by review. One statement."""
    rows = session.execute(
        select(Appraisal, Rescore)
        .select_from(Review)
        .join(Appraisal, Appraisal.review_id == Review.id, isouter=True)
        .join(Rescore, Rescore.review_id == Review.id, isouter=True)
        .where(Review.id.in_(review_ids))
    ).all()
    said = heard_in((appraisal for appraisal, _ in rows if appraisal), zone)
    return said, {again.review_id: again for _, again in rows if again}


def counted(review: Review, again: Mapping[UUID, Rescore]) -> float:
    """The score, 0 to 1, that a review which was sent gives: that of its second look where there is one."""
    return again[review.id].score if review.id in again else review.score or 0.0


def scores_again(activity: Activity) -> bool:
    """Whether reviewers may score again: where there is a round of revising, until the activity closes."""
    return activity.revising and not schedule(activity).closed(clock.now())


def rescore(
    session: Session,
    visit: Visit,
    activity: Activity,
    review_id: UUID,
    revision: int,
    points: Mapping[UUID, float | None],
    text: str,
) -> Rescore:
    """Score a work again, at its newest version; once for each version, the last one is kept.

    Args:
        session: the transaction.
        visit: who looks again.
        activity: theirs, with its criteria.
        review_id: their review.
        revision: the version that the page showed.
        points: by criterion.
        text: what they say of the changes.

    Raises:
        NotAllowedError, NotFoundError: see `second_look`.
        ConflictError: the activity takes no second looks now, or there is a newer version.
        FaultyReviewError: a criterion without points, or with points that it does not give.
        InvalidError: the text is too long.

    """
    session.execute(select(Review.id).where(Review.id == review_id).with_for_update())
    here = second_look(session, visit, activity, review_id)
    if not here.open:
        raise ConflictError(N_("This activity is closed. You can still read."), code="closed")
    if revision != here.work.revision:
        raise ConflictError(N_("The author has changed it once more. Read it again."), code="newer")
    if here.again and not here.to_score:
        return here.again
    scales = scored(activity)
    answers = {criterion: Answer(given) for criterion, given in points.items()}
    faults = rubric.answer_faults(scales, answers, complete=True)
    if faults := {key: fault for key, fault in faults.items() if fault is not Fault.NO_COMMENT}:
        raise FaultyReviewError(faults, None)
    text = plain(text)
    if len(text) > TEXT_MOST:
        sentence = N_("This has %(length)d characters. It can have %(most)d at most.")
        raise InvalidError(sentence, field="text", code="too-long", length=len(text), most=TEXT_MOST)
    given = {key: float(answer.points) for key, answer in answers.items() if answer.points is not None}
    again = here.again or Rescore(review_id=review_id)
    again.revision, again.score, again.text = revision, rubric.score(scales, given), text
    again.marks = [{"criterion": str(key), "points": number} for key, number in given.items()]
    again.sent_at = clock.now()
    session.add(again)
    _record(session, visit, here, again, scales, given)
    return again


def scored(activity: Activity) -> list[Scale]:
    """The criteria that a second look asks for: those that give points."""
    return [Scale.of(each) for each in activity.criteria if each.type in SCORED]


def uplift(session: Session, activity: Activity, works: Any = None) -> Uplift | None:
    """What the second looks at all works of an activity, or at some, changed; None before the first.

    Only peers' reviews that count are in it, each beside its own second look. One statement.

    Args:
        session: a reading session.
        activity: where.
        works: the ids of contributions, or a query of them; None: all.

    """
    counted = Review.kind == ReviewKind.PEER, Review.discounted_at.is_(None), Review.hidden_at.is_(None)
    query = (
        select(func.avg(Review.score), func.avg(Rescore.score), func.count())
        .join(Rescore, Rescore.review_id == Review.id)
        .where(Review.activity_id == activity.id, Review.state == ReviewState.SENT, *counted)
    )
    if works is not None:
        query = query.where(Review.contribution_id.in_(works))
    before, after, count = session.execute(query).one()
    return Uplift(float(before), float(after), count) if count else None


def _changed(activity: Activity, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """The person's reviews, as peers, of works that were changed since and are there to be read."""
    return (
        Review.activity_id == activity.id,
        Review.reviewer_id == person_id,
        Review.kind == ReviewKind.PEER,
        Review.state == ReviewState.SENT,
        Contribution.state == ContributionState.SHARED,
        Contribution.hidden_at.is_(None),
        CHANGED,
    )


def _versions(
    session: Session, review: Review, work: Contribution
) -> tuple[Revision | None, Revision | None]:
    """The version that was reviewed and the newest one, with their texts. One statement."""
    then = Revision.number == review.revision
    if review.revision is None:
        earlier = select(func.max(Revision.number)).where(
            Revision.contribution_id == work.id, Revision.saved_at <= review.sent_at
        )
        then = Revision.number == earlier.scalar_subquery()
    found = session.scalars(
        select(Revision)
        .where(Revision.contribution_id == work.id, or_(then, Revision.number == work.revision))
        .options(undefer(Revision.answers))
        .order_by(Revision.number)
    ).all()
    new = next((each for each in found if each.number == work.revision), None)
    return next((each for each in found if each.number < work.revision), None), new


def _record(
    session: Session,
    visit: Visit,
    here: SecondLook,
    again: Rescore,
    scales: list[Scale],
    points: Mapping[UUID, float],
) -> None:
    """The event: its revision is one that no first sending has, and each version of the work has its own."""
    facts = writing.facts(here.review, scales, points, again.sent_at)
    del facts["seconds"]  # nobody counted those of the second look
    facts |= {"contribution": str(here.work.id), "again": True, "words": count_words(again.text)}
    journal.record_act(
        session,
        visit,
        EventType.REVIEWED,
        here.review.activity_id,
        here.review.id,
        revision=here.review.sends + again.revision,
        facts=facts,
    )
    session.flush()
