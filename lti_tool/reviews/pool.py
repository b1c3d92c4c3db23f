"""The pool as SQL: which contributions one person may be sent, least served first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from ..activities.models import Activity, Feedback, Matching
from ..contributions.authors import writes_in, written_by
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock
from ..people.models import Enrolment
from . import circles
from .models import Flag, FlagReason, Rescore, Review, ReviewKind, ReviewState
from .releasing import released

# An alias: inside an UPDATE of the table, the pool is another row of it.
Work = aliased(Contribution, name="work")
Author = aliased(Enrolment, name="author")


def there(activity: Activity, person: UUID) -> Select[UUID]:
    """What others share in an activity, unless they left the course; test users stay among themselves.

    What staff shares is read and not reviewed, and what is hidden waits. Groups and rules are not asked.
    """
    test_user = select(Enrolment.test_user).where(
        Enrolment.course_id == activity.course_id, Enrolment.person_id == person
    )
    return (
        select(Work.id)
        .join(Author, (Author.course_id == activity.course_id) & (Author.person_id == Work.author_id))
        .where(
            Work.activity_id == activity.id,
            literal(activity.feedback is Feedback.REVIEWS),
            Work.state == ContributionState.SHARED,
            Work.id.not_in(circles.own(person)),
            Work.by_staff.is_(False),
            Work.hidden_at.is_(None),
            Author.active,
            Author.test_user == test_user.scalar_subquery(),
        )
    )


def others_work(activity: Activity, person: UUID) -> Select[UUID]:
    """Of that, what the person's groups and the instructor's rules let them have.

    A rule that they must review somebody is above the groups. A group that reviews as one has no work of its
    members.
    """
    never = circles.ruled(activity, person, must=False)
    musts = circles.ruled(activity, person, must=True)
    works = there(activity, person).where(Work.id.not_in(circles.works_of(activity, never)))
    if activity.as_group:
        team = circles.works_of(activity, circles.teammates(activity, person))
        works = works.where(Work.id.not_in(team))
    if activity.matching is Matching.WITHIN_GROUP:
        alike = union_all(circles.mates(activity, person), circles.free(activity, person), musts)
        return works.where(Work.id.in_(circles.works_of(activity, alike)))
    if activity.matching is Matching.ACROSS_GROUPS:
        mates = circles.works_of(activity, circles.mates(activity, person))
        return works.where(or_(Work.id.not_in(mates), Work.id.in_(circles.works_of(activity, musts))))
    return works


def settled(activity: Activity, person: UUID) -> Select[UUID]:
    """The reviews that are the person's to give and not begun, an instructor's choice first."""
    return (
        there(activity, person)
        .join(Review, Review.contribution_id == Work.id)
        .where(_of(activity, theirs(activity, person), ReviewState.ALLOCATED), ~partial(person, Work.id))
        .with_only_columns(Review.id)
        .order_by(Review.origin, Work.served, Work.draw)
        .limit(1)
    )


def due(activity: Activity, person: UUID) -> Select[UUID]:
    """What the person must review by a rule, and was never sent."""
    must = circles.ruled(activity, person, must=True)
    return unread(activity, person).where(Work.id.in_(circles.works_of(activity, must)))


def unread(activity: Activity, person: UUID) -> Select[UUID]:
    """Of others' work, what the person, or the group they review with, was never sent."""
    mine = exists().where(Review.contribution_id == Work.id, theirs(activity, person))
    return others_work(activity, person).where(~mine)


def returned(activity: Activity, person: UUID) -> Select[UUID]:
    """Of others' work, what the person gave back or let lapse: theirs again when nothing else remains."""
    return (
        others_work(activity, person)
        .join(Review, Review.contribution_id == Work.id)
        .where(
            Review.activity_id == activity.id,
            theirs(activity, person),
            Review.state == ReviewState.LAPSED,
            ~partial(person, Work.id),
        )
    )


def partial(person: UUID, contribution: Any) -> ColumnElement[bool]:
    """That the person said they cannot judge a contribution: they know whose it is, or have a stake in it."""
    return exists().where(
        Flag.contribution_id == contribution,
        Flag.person_id == person,
        Flag.of_review.is_(False),
        Flag.reason.in_((FlagReason.RECOGNISED, FlagReason.CONFLICT)),
    )


def short(works: Select[UUID], activity: Activity) -> Select[UUID]:
    """Of these works, those that have fewer reviews, done and under way, than the activity wants."""
    return works.where(Work.served < activity.wanted)


def least_served(works: Select[UUID]) -> ScalarSelect[UUID]:
    """The one to take: the least served, and among equals the smallest draw."""
    return works.order_by(Work.served, Work.draw).limit(1).scalar_subquery()


def theirs(activity: Activity, person: UUID) -> ColumnElement[bool]:
    """That a review is a person's: theirs, or that of the group with which they review as one."""
    mine = Review.reviewer_id == person
    if not activity.as_group:
        return mine
    group = Review.reviewer_id.in_(circles.teammates(activity, person))
    return or_(mine, and_(group, Review.team == circles.team(activity, person)))


def in_hand(activity: Activity, person: UUID) -> ColumnElement[bool]:
    """The reviews that the person, or their group, holds in the activity: at most one."""
    return _of(activity, theirs(activity, person), ReviewState.ASSIGNED)


def given(activity: Activity, person: UUID) -> ScalarSelect[int]:
    """How many reviews the person sent in the activity, alone or with their group."""
    return _count(_of(activity, theirs(activity, person), ReviewState.SENT))


def received(activity: Activity, person: UUID) -> ScalarSelect[int]:
    """How many reviews of the person's work there are in the activity for them to read."""
    return _count(and_(of_works(written_by(person, activity.id)), readable(activity, clock.now())))


def has_shared(activity: Activity, person: UUID) -> ColumnElement[bool]:
    """Whether the person shared a contribution in the activity, alone or with others."""
    return writes_in(activity.id, person, shared=True)


def of_works(contributions: Any) -> ColumnElement[bool]:
    """The reviews sent of some contributions, given by their ids."""
    return and_(Review.contribution_id.in_(contributions), Review.state == ReviewState.SENT)


def readable(activity: Activity, now: datetime) -> ColumnElement[bool]:
    """That a review which was sent is its authors' to read: released, not hidden, not their own."""
    return and_(
        literal(released(activity.feedback_held, activity.feedback_from, now)),
        Review.hidden_at.is_(None),
        Review.kind != ReviewKind.SELF,
    )


def counted_score() -> ColumnElement[float | None]:
    """The score of a review, 0 to 1: that of its second look where there is one."""
    again = select(Rescore.score).where(Rescore.review_id == Review.id).correlate(Review).scalar_subquery()
    return func.coalesce(again, Review.score)


def _of(activity: Activity, whose: ColumnElement[bool], state: ReviewState) -> ColumnElement[bool]:
    return and_(
        Review.activity_id == activity.id, whose, Review.state == state, Review.kind == ReviewKind.PEER
    )


def _count(which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(Review).where(which).scalar_subquery()
