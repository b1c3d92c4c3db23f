"""One person's work in an activity, for those who may see all of it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from ..activities.models import Activity, Extension
from ..contributions.authors import own_contribution, written_by
from ..contributions.models import Contribution, ContributionState
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..people.models import Enrolment, Person
from ..reviews import pool
from ..reviews.models import Mark, Review, ReviewState
from ..reviews.queries import NamedReview
from .models import Column, Override, Score

UNKNOWN = N_("We do not know this person. They may not be in this course.")


@dataclass(frozen=True, slots=True)
class GivenReview:
    """A review that the person gave, and whose work it is about (empty where the platform keeps names)."""

    review: Review
    author: str
    marks: dict[UUID, Mark]


@dataclass(frozen=True, slots=True)
class PersonsWork:
    """What a person shared, received, gave and earned. `contribution` is None until it is shared."""

    person: Person
    contribution: Contribution | None
    received: list[NamedReview]
    given: list[GivenReview]
    scores: dict[Column, Score]
    extension: Extension | None = None
    drafted: bool = False  # by themselves, and not shared

    @property
    def spread(self) -> tuple[float, float] | None:
        """The lowest and the highest score of two reviews or more, 0 to 1."""
        scores = [each.review.score for each in self.received if each.review.score is not None]
        return (min(scores), max(scores)) if len(scores) > 1 else None


def persons_work(session: Session, visit: Visit, activity: Activity, person_id: UUID) -> PersonsWork:
    """A person's work in the activity. Six statements at most.

    Raises:
        NotAllowedError: the visitor may not see people's work.
        NotFoundError: nobody with that id is, or was, in the visit's course.

    """
    visit.require(May.SEE_ALL_WORK)
    theirs = and_(Extension.activity_id == activity.id, Extension.person_id == Person.id)
    row = session.execute(
        select(Person, Extension)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Extension, theirs, isouter=True)
        .where(
            Person.id == person_id,
            Person.tenant_id == visit.tenant_id,
            Enrolment.course_id == activity.course_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError(UNKNOWN)
    person, extension = row
    contribution = own_contribution(session, activity.id, person.id)
    drafted = contribution is not None and contribution.written_by_id is None
    if contribution is not None and contribution.state is not ContributionState.SHARED:
        contribution = None
    scores = session.scalars(
        select(Score).where(Score.activity_id == activity.id, Score.person_id == person.id)
    )
    received, given = _reviews(session, activity, person.id)
    return PersonsWork(
        person,
        contribution,
        received,
        given,
        {score.column: score for score in scores},
        extension,
        drafted and contribution is None,
    )


def person_of(session: Session, visit: Visit, activity: Activity, person_id: UUID) -> Person:
    """Somebody of the course, by whom nothing else is asked. One statement.

    Raises:
        NotAllowedError: the visitor may not see people's work.
        NotFoundError: nobody with that id is, or was, in the visit's course.

    """
    visit.require(May.SEE_ALL_WORK)
    here = Enrolment.course_id == activity.course_id, Person.tenant_id == visit.tenant_id
    known = select(Person).join(Enrolment, Enrolment.person_id == Person.id)
    person = session.scalar(known.where(Person.id == person_id, *here))
    if person is None:
        raise NotFoundError(UNKNOWN)
    return person


def set_by_hand(session: Session, activity: Activity, person_id: UUID) -> frozenset[Column]:
    """Which of a person's scores an instructor set. One statement."""
    its = Override.activity_id == activity.id, Override.person_id == person_id
    return frozenset(session.scalars(select(Override.column).where(*its)))


def _reviews(
    session: Session, activity: Activity, person_id: UUID
) -> tuple[list[NamedReview], list[GivenReview]]:
    """The reviews sent of a person's work and by them, oldest first. Two statements."""
    reviewer, author, sent = aliased(Person), aliased(Person), Review.state == ReviewState.SENT
    rows = session.execute(
        select(Review, reviewer.name, author.name)
        .join(reviewer, reviewer.id == Review.reviewer_id)
        .join(author, author.id == Review.author_id)
        .where(
            or_(
                pool.of_works(written_by(person_id, activity.id)),
                and_(Review.activity_id == activity.id, Review.reviewer_id == person_id, sent),
            )
        )
        .options(selectinload(Review.marks))
        .order_by(Review.sent_at, Review.id)
    )
    received, given = list[NamedReview](), list[GivenReview]()
    for review, by, of in rows:
        marks = {mark.criterion_id: mark for mark in review.marks}
        if review.reviewer_id == person_id:
            given.append(GivenReview(review, of, marks))
        else:
            received.append(NamedReview(review, by, marks))
    return received, given
