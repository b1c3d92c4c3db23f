"""Who takes part in a draw of reviews: an activity's people, works, groups, rules and reviews as a wish."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Matching
from ..contributions.models import Authorship, Contribution, ContributionState
from ..kernel.permissions import Role
from ..people.models import Enrolment, Group, GroupMember
from . import circles
from .feasibility import Among, Key, Pair, Wish
from .models import Flag, FlagReason, Review, ReviewKind, ReviewState
from .steering_models import PairRule

AMONG = {
    Matching.ANYONE: Among.EVERYONE,
    Matching.WITHIN_GROUP: Among.WITHIN,
    Matching.ACROSS_GROUPS: Among.ACROSS,
}


@dataclass(slots=True)
class Entry:
    """What is drawn from. A reviewer is called by their id; a group that reviews as one, by `Review.team`."""

    author: dict[UUID, UUID] = field(default_factory=dict)  # by work
    writers: dict[UUID, set[UUID]] = field(default_factory=dict)
    groups: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))  # by person
    members: dict[Key, list[UUID]] = field(default_factory=lambda: defaultdict(list))  # by reviewer
    as_group: bool = False

    def key(self, person: UUID) -> Key:
        """By what a person reviews."""
        groups = self.groups.get(person)
        return groups[0].hex if self.as_group and groups else person


def read(session: Session, activity: Activity) -> tuple[Entry, Wish]:
    """Who should review what in an activity: each `wanted` works, so that each work receives as many.

    Those who shared take part, and no test users. Reviews given, in hand or waiting count; so does an
    instructor's word. What somebody gave back or cannot judge is not drawn for them again. Six statements.
    """
    entry = Entry(as_group=activity.as_group)
    _works(session, activity, entry)
    _groups(session, activity, entry)
    for person in sorted(set().union(*entry.writers.values())):
        entry.members[entry.key(person)].append(person)
    own = {(entry.key(each), work) for work, writers in entry.writers.items() for each in writers}
    reviewers = {key: _first(entry.groups, people[0]) for key, people in entry.members.items()}
    works = {work: _first(entry.groups, author) for work, author in entry.author.items()}
    there, gone = _reviews(session, activity, entry)
    must, must_not = _rules(session, activity, entry)
    barred = gone | _partial(session, activity, entry)
    must -= barred
    if activity.matching is Matching.ACROSS_GROUPS:
        barred |= _sharing(entry, reviewers, works) - must
    barred |= must_not
    k, among = activity.wanted, AMONG[activity.matching]
    share = _share(reviewers, works, k, among)
    gives, gets = (Counter(pair[side] for pair in must) for side in (0, 1))
    for pair in sorted(there - must, key=str):
        reviewer, work = pair
        if pair not in own and pair not in barred and gives[reviewer] < k and gets[work] < share[work]:
            must.add(pair)
            gives[reviewer] += 1
            gets[work] += 1
        else:  # more than one's share is not asked to be undone, and not drawn again
            barred.add(pair)
    return entry, Wish(reviewers, works, k, own, among, must, barred)


def _works(session: Session, activity: Activity, entry: Entry) -> None:
    learners = (
        Enrolment.course_id == activity.course_id,
        Enrolment.role == Role.LEARNER,
        Enrolment.active,
        Enrolment.test_user.is_(False),
    )
    shared = (
        Contribution.activity_id == activity.id,
        Contribution.state == ContributionState.SHARED,
        Contribution.by_staff.is_(False),
        Contribution.hidden_at.is_(None),
    )
    alone = (
        select(Contribution.id, Contribution.author_id)
        .join(Enrolment, Enrolment.person_id == Contribution.author_id)
        .where(*learners, *shared)
        .order_by(Contribution.id)
    )
    for work, author in session.execute(alone):
        entry.author[work], entry.writers[work] = author, {author}
    together = (
        select(Authorship.contribution_id, Authorship.person_id)
        .join(Enrolment, Enrolment.person_id == Authorship.person_id)
        .where(Authorship.activity_id == activity.id, *learners)
    )
    for work, person in session.execute(together):
        if work in entry.writers:
            entry.writers[work].add(person)


def _groups(session: Session, activity: Activity, entry: Entry) -> None:
    rows = session.execute(
        select(GroupMember.person_id, Group.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == activity.course_id)
        .order_by(*circles.ORDER)
    )
    for person, group in rows:
        entry.groups[person].append(group)


def _reviews(session: Session, activity: Activity, entry: Entry) -> tuple[set[Pair], set[Pair]]:
    """What is under way or given, and what was given back, of those who take part."""
    there, gone = set[Pair](), set[Pair]()
    rows = session.execute(
        select(Review.reviewer_id, Review.contribution_id, Review.team, Review.state).where(
            Review.activity_id == activity.id, Review.kind == ReviewKind.PEER
        )
    )
    for person, work, team, state in rows:
        key = team if team in entry.members else entry.key(person)
        if key in entry.members and work in entry.author:
            (gone if state is ReviewState.LAPSED else there).add((key, work))
    return there, gone


def _rules(session: Session, activity: Activity, entry: Entry) -> tuple[set[Pair], set[Pair]]:
    """The pairs that an instructor wants, and those that they rule out."""
    wrote: dict[UUID, list[UUID]] = defaultdict(list)
    for work, writers in entry.writers.items():
        for person in writers:
            wrote[person].append(work)
    found: dict[bool, set[Pair]] = {True: set(), False: set()}
    rows = session.execute(
        select(PairRule.reviewer_id, PairRule.author_id, PairRule.must).where(
            PairRule.activity_id == activity.id
        )
    )
    for reviewer, author, must in rows:
        if entry.key(reviewer) in entry.members:
            found[must].update((entry.key(reviewer), work) for work in wrote[author])
    return found[True], found[False]


def _partial(session: Session, activity: Activity, entry: Entry) -> set[Pair]:
    rows = session.execute(
        select(Flag.person_id, Flag.contribution_id).where(
            Flag.activity_id == activity.id,
            Flag.of_review.is_(False),
            Flag.reason.in_((FlagReason.RECOGNISED, FlagReason.CONFLICT)),
        )
    )
    return {(entry.key(person), work) for person, work in rows}


def _sharing(entry: Entry, reviewers: Mapping[Key, Key], works: Mapping[UUID, Key]) -> set[Pair]:
    """Pairs that share a group which is not the first of both: they are not of other groups either."""
    people: dict[UUID, list[UUID]] = defaultdict(list)
    for person, groups in entry.groups.items():
        for group in groups:
            people[group].append(person)
    return {
        (entry.key(mate), work)
        for work, writers in entry.writers.items()
        for group in {group for each in writers for group in entry.groups.get(each, ())}
        for mate in people[group]
        if entry.key(mate) in reviewers and reviewers[entry.key(mate)] != works[work]
    }


def _share(reviewers: Mapping[Key, Key], works: Mapping[UUID, Key], k: int, among: Among) -> dict[UUID, int]:
    """The most reviews that each work receives in a draw."""
    apart = among is Among.WITHIN
    giving = Counter(group if apart else None for group in reviewers.values())
    getting = Counter(group if apart else None for group in works.values())
    most = {group: max(1, -(-k * giving[group] // count)) for group, count in getting.items()}
    return {work: most[group if apart else None] for work, group in works.items()}


def _first(groups: Mapping[UUID, list[UUID]], person: UUID) -> UUID | None:
    return groups[person][0] if groups.get(person) else None
