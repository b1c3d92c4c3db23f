"""What somebody asks the instructor to look at: the work they review, or a review they received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, selectinload

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import plain
from ..kernel.permissions import May, Visit
from ..people.models import Person
from . import actions, queries, received
from .models import Flag, FlagOutcome, FlagReason, Mark, Review, ReviewState

BECAUSE_MOST, ANSWER_MOST = 1000, 1000  # characters
PAGE = 20
COUNTED = 100  # at most, on the instructor's first page
OF_WORK = (
    FlagReason.RECOGNISED,
    FlagReason.CONFLICT,
    FlagReason.PLAGIARISED,
    FlagReason.ABUSIVE,
    FlagReason.EMPTY,
    FlagReason.OTHER,
)
OF_REVIEW = (FlagReason.UNFAIR, FlagReason.EMPTY, FlagReason.ABUSIVE, FlagReason.OTHER)
PARTIAL = frozenset({FlagReason.RECOGNISED, FlagReason.CONFLICT})  # who says so does not judge the work
TO_EXPLAIN = frozenset({FlagReason.UNFAIR, FlagReason.OTHER})
SET_ASIDE = frozenset({FlagOutcome.DISCOUNTED, FlagOutcome.HIDDEN})
DECISIONS = (FlagOutcome.LEFT, FlagOutcome.DISCOUNTED, FlagOutcome.HIDDEN)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag with what it is about, and with names: for those who may see all work."""

    flag: Flag
    review: Review
    contribution: Contribution
    who: str
    author: str
    reviewer: str

    @property
    def marks(self) -> dict[UUID, Mark]:
        """The review's marks by their criteria."""
        return received.by_criterion(self.review)


class Queue(NamedTuple):
    """A page of flags, the one after which the next page begins, and how many wait (COUNTED at most)."""

    flags: Sequence[Flagged]
    after: UUID | None
    waiting: int


def flagged_review(
    session: Session, visit: Visit, activity: Activity, review_id: UUID
) -> tuple[Review, bool]:
    """A review that the visitor may flag, and whether it is the review that they flag: else it is the work.

    Raises:
        NotAllowedError: the visitor does not take part.
        NotFoundError: they neither review there nor may read that review as an author.

    """
    visit.require(May.TAKE_PART)
    try:
        mine = queries.own_review(session, visit, activity, review_id)
    except NotFoundError:
        return received.received_review(session, visit, activity, review_id), True
    if mine.author_id == visit.person_id:
        raise NotFoundError(N_("This review does not exist."))
    return mine, False


def flag(
    session: Session,
    visit: Visit,
    activity: Activity,
    review_id: UUID,
    reason: FlagReason | None,
    because: str = "",
    *,
    give_back: bool = False,
) -> Flag:
    """Ask the instructor to look. Until it is settled, twice is once.

    Args:
        session: the transaction.
        visit: who asks: the reviewer of a work, or an author of it who reads the review.
        activity: theirs.
        review_id: the review that is meant, or in which the work is.
        reason: what is wrong.
        because: in their own words; some reasons need them.
        give_back: who cannot judge the work lets somebody else have it, at once.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to read.
        InvalidError: there is no such reason here, nothing is said where it must be, or too much.

    """
    review, of_review = flagged_review(session, visit, activity, review_id)
    said = plain(because)
    if reason is None or reason not in (OF_REVIEW if of_review else OF_WORK):
        raise InvalidError(N_("Choose what is wrong."), field="reason")
    if reason in TO_EXPLAIN and not said:
        raise InvalidError(N_("Write a few words here."), field="because")
    _refuse_long(said, BECAUSE_MOST, "because")
    found = _put(session, visit, review, of_review, reason, said)
    if give_back and not of_review and found.reason in PARTIAL and review.state is ReviewState.ASSIGNED:
        actions.give_back(session, visit, activity, review_id)
    return found


def own_flags(session: Session, person_id: UUID, review_id: UUID) -> Sequence[Flag]:
    """What a person flagged of a review and what the instructor answered, the latest first. One statement."""
    mine = Flag.person_id == person_id, Flag.review_id == review_id
    return session.scalars(
        select(Flag).where(*mine).order_by(Flag.flagged_at.desc(), Flag.id).limit(PAGE)
    ).all()


def settle(
    session: Session,
    visit: Visit,
    activity: Activity,
    flag_id: UUID,
    outcome: FlagOutcome | None,
    answer: str = "",
) -> Flag:
    """Decide what comes of a flag, and answer who flagged. A decision may be taken again; the last one holds.

    Args:
        session: the transaction.
        visit: an instructor.
        activity: theirs.
        flag_id: the flag.
        outcome: DISCOUNTED: the review counts in no score. HIDDEN: nor is it shown to its authors. LEFT: it
            stays, also where this flag had set it aside before.
        answer: to who flagged.

    Raises:
        NotAllowedError: the visitor does not see all work.
        NotFoundError: there is no such flag in this activity.
        ConflictError: the review is not sent: there is nothing to set aside.
        InvalidError: nothing was decided, or the answer is too long.

    """
    visit.require(May.SEE_ALL_WORK)
    found = session.execute(
        select(Flag, Review)
        .join(Review, Review.id == Flag.review_id)
        .where(Flag.id == flag_id, Flag.activity_id == activity.id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFoundError(N_("This flag does not exist."))
    if outcome is None or outcome not in DECISIONS:
        raise InvalidError(N_("Choose what comes of it."))
    flag, review = found
    said = plain(answer)
    _refuse_long(said, ANSWER_MOST, "answer")
    if (flag.outcome, flag.answer) == (outcome, said):
        return flag
    if outcome in SET_ASIDE and review.state is not ReviewState.SENT:
        raise ConflictError(N_("This review is not sent. There is nothing to set aside."), code="not-sent")
    if outcome in SET_ASIDE or flag.outcome in SET_ASIDE:
        _set_aside(review, outcome, said)
        activity.rescore_at = clock.now()
    flag.outcome, flag.answer, flag.settled_at = outcome, said, clock.now()
    flag.settled_by_id = visit.person_id
    _record(session, visit, EventType.SETTLED, flag, {"outcome": outcome.value})
    return flag


def queue(
    session: Session, visit: Visit, activity: Activity, *, settled: bool = False, after: UUID | None = None
) -> Queue:
    """What was flagged in an activity, the newest first, with names. Three statements.

    Raises:
        NotAllowedError: the visitor does not see all work.

    """
    visit.require(May.SEE_ALL_WORK)
    who, author, reviewer = (aliased(Person) for _ in range(3))
    key = (Flag.settled_at if settled else Flag.flagged_at), Flag.id
    query = (
        select(Flag, Review, Contribution, who.name, author.name, reviewer.name)
        .join(Review, Review.id == Flag.review_id)
        .join(Contribution, Contribution.id == Flag.contribution_id)
        .join(who, who.id == Flag.person_id)
        .join(author, author.id == Contribution.author_id)
        .join(reviewer, reviewer.id == Review.reviewer_id)
        .where(
            Flag.activity_id == activity.id,
            Flag.settled_at.is_not(None) if settled else Flag.settled_at.is_(None),
        )
        .options(selectinload(Review.marks))
        .order_by(*(each.desc() for each in key))
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(tuple_(*key) < select(*key).where(Flag.id == after).scalar_subquery())
    rows = session.execute(query).all()
    more = rows[PAGE - 1].Flag.id if len(rows) > PAGE else None
    return Queue([Flagged(*row) for row in rows[:PAGE]], more, waiting(session, activity.id))


def waiting(session: Session, activity_id: UUID) -> int:
    """How many flags of an activity nobody has settled, COUNTED at most. One statement."""
    some = select(Flag.id).where(Flag.activity_id == activity_id, Flag.settled_at.is_(None))
    return session.scalar(select(func.count()).select_from(some.limit(COUNTED).subquery())) or 0


def _put(
    session: Session, visit: Visit, review: Review, of_review: bool, reason: FlagReason, because: str
) -> Flag:
    open_ = select(Flag).where(
        Flag.review_id == review.id,
        Flag.of_review.is_(of_review),
        Flag.person_id == visit.person_id,
        Flag.settled_at.is_(None),
    )
    if found := session.scalar(open_):
        return found
    new = Flag(
        activity_id=review.activity_id,
        contribution_id=review.contribution_id,
        review_id=review.id,
        of_review=of_review,
        person_id=visit.person_id,
        reason=reason,
        because=because,
        flagged_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:  # another tab did in between
        return session.scalars(open_).one()
    _record(session, visit, EventType.FLAGGED, new, {"reason": reason.value})
    return new


def _set_aside(review: Review, outcome: FlagOutcome, because: str) -> None:
    now = clock.now()
    review.discounted_at = (review.discounted_at or now) if outcome in SET_ASIDE else None
    review.discounted_because = because if outcome in SET_ASIDE else ""
    review.hidden_at = (review.hidden_at or now) if outcome is FlagOutcome.HIDDEN else None


def _refuse_long(text: str, most: int, field: str) -> None:
    if len(text) > most:
        raise InvalidError(N_("Shorten this to %(most)d characters."), field=field, most=most)


def _record(session: Session, visit: Visit, kind: EventType, flag: Flag, more: Mapping[str, object]) -> None:
    facts = {
        "contribution": str(flag.contribution_id),
        "review": str(flag.review_id),
        "of_review": flag.of_review,
        **more,
    }
    tenant = visit.tenant_id
    revision = next(n for n in count() if not journal.recorded(session, tenant, kind, flag.id, n))
    journal.record_act(session, visit, kind, flag.activity_id, flag.id, revision=revision, facts=facts)
    session.flush()
