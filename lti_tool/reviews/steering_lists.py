"""A list of pairs from an instructor: what it comes to, and all of it done at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Authorship, Contribution, ContributionState
from ..kernel import clock
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment, Person
from . import matrix_csv, steering
from .giving_out import Gift, give_out
from .matrix_csv import Pairs, Problem, Somebody
from .models import Flag, FlagReason, Origin, Review, ReviewKind, ReviewState
from .steering import Rule
from .steering_models import PairRule

Pair = tuple[UUID, UUID]  # reviewer and author


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a list would change: new reviews and rules, how much is so already, and what stands against it."""

    reviews: frozenset[Pair]
    rules: dict[Pair, Rule]
    known: int
    barred: int  # a rule is against it, or the reviewer cannot judge the work
    problems: list[Problem]

    @property
    def new(self) -> int:
        """How many pairs change."""
        return len(self.reviews) + len(self.rules)


def outlook(session: Session, visit: Visit, activity: Activity, text: str) -> Outlook:
    """What a list comes to; nothing is changed. Six statements.

    Raises:
        NotAllowedError: the visitor does not see all work.
        ConflictError: there are no pairs here.

    """
    return _understood(session, visit, activity, text)[0]


def keep(session: Session, visit: Visit, activity: Activity, text: str) -> Outlook:
    """Do what a list says. Lines with problems are left out; the same list again changes nothing.

    Raises:
        NotAllowedError, ConflictError: see `outlook`.

    """
    visit.require(May.SEE_ALL_WORK)
    session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update(key_share=True))
    found, works, gone = _understood(session, visit, activity, text)
    steering.keep_rules(session, activity, found.rules)
    one_by_one = {pair for pair in found.reviews if activity.as_group or pair in gone}
    for reviewer, author in sorted(one_by_one):
        steering.choose(session, visit, activity, reviewer, works[author])
    gifts = [Gift(one, works[other], other) for one, other in sorted(found.reviews - one_by_one)]
    if gifts:
        give_out(session, activity, gifts, Origin.CHOSEN, clock.now())
    return found


def _understood(
    session: Session, visit: Visit, activity: Activity, text: str
) -> tuple[Outlook, dict[UUID, UUID], set[Pair]]:
    """The outlook, the work of each author, and the pairs whose review was given back."""
    visit.require(May.SEE_ALL_WORK)
    steering.refuse_elsewhere(activity)
    works = _works(session, activity)
    said = matrix_csv.understand(text, _people(session, activity), set(works), _together(session, activity))
    there, gone = _reviews(session, activity)
    rules = {
        (row.reviewer_id, row.author_id): Rule.MUST if row.must else Rule.MUST_NOT
        for row in session.scalars(select(PairRule).where(PairRule.activity_id == activity.id))
    }
    against = {pair for pair, it in (rules | said.rules).items() if it is Rule.MUST_NOT}
    against |= _partial(session, activity)
    wanted = said.reviews - there
    changed = {pair: it for pair, it in said.rules.items() if rules.get(pair, Rule.NONE) is not it}
    found = Outlook(
        frozenset(wanted - against),
        changed,
        len(said.reviews & there) + len(said.rules) - len(changed),
        len(wanted & against),
        _told(said),
    )
    return found, works, gone


def _told(said: Pairs) -> list[Problem]:
    return sorted(said.problems)


def _people(session: Session, activity: Activity) -> list[Somebody]:
    rows = session.execute(
        select(Person.id, Person.sub, Person.name, Person.email)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.course_id == activity.course_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.active,
            Enrolment.test_user.is_(False),
        )
    )
    return [Somebody(*row) for row in rows]


def _works(session: Session, activity: Activity) -> dict[UUID, UUID]:
    """What each author shares: the first, of several."""
    rows = session.execute(
        select(Contribution.author_id, Contribution.id)
        .where(
            Contribution.activity_id == activity.id,
            Contribution.state == ContributionState.SHARED,
            Contribution.by_staff.is_(False),
        )
        .order_by(Contribution.number.desc())
    )
    return {author: work for author, work in rows}  # noqa: C416  (a row is no pair to the type checker)


def _together(session: Session, activity: Activity) -> set[Pair]:
    """Those who write with an author."""
    rows = session.execute(
        select(Authorship.person_id, Contribution.author_id)
        .join(Contribution, Contribution.id == Authorship.contribution_id)
        .where(Authorship.activity_id == activity.id)
    )
    return {(person, author) for person, author in rows}


def _reviews(session: Session, activity: Activity) -> tuple[set[Pair], set[Pair]]:
    """The pairs that have a review, and those whose review was given back."""
    there, gone = set[Pair](), set[Pair]()
    rows = session.execute(
        select(Review.reviewer_id, Review.author_id, Review.state).where(
            Review.activity_id == activity.id, Review.kind == ReviewKind.PEER
        )
    )
    for reviewer, author, state in rows:
        (gone if state is ReviewState.LAPSED else there).add((reviewer, author))
    return there, gone


def _partial(session: Session, activity: Activity) -> set[Pair]:
    rows = session.execute(
        select(Flag.person_id, Contribution.author_id)
        .join(Contribution, Contribution.id == Flag.contribution_id)
        .where(
            Flag.activity_id == activity.id,
            Flag.of_review.is_(False),
            Flag.reason.in_((FlagReason.RECOGNISED, FlagReason.CONFLICT)),
        )
    )
    return {(person, author) for person, author in rows}
