"""What a person can do with a contribution: write it, share it, change it until it is read, take it back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi.statements import statement_id

from ..activities.models import Activity, Kind
from ..activities.phases import Door, Schedule, lets_in
from ..activities.queries import schedule_of
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.i18n import N_
from ..kernel.journal import Event, EventType
from ..kernel.permissions import Visit
from . import texts
from .authors import MINE, Which, own
from .index import keep_findable, no_longer_findable
from .models import Attachment, Contribution, ContributionState
from .queries import settled, text_in_hand, why_in_hand
from .revisions import first_shared, keep_version
from .steps import Step

NOT_SHARING = {
    Door.NOT_YET: N_("This activity is not open yet. Your text is kept as a draft."),
    Door.CLOSED: N_("Sharing has closed. Your text is kept as a draft that only you see."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a form brings: the text by prompt, what each file shows, and the version it was written over."""

    title: str
    answers: Mapping[str, str]
    shows: Mapping[UUID, str]
    version: int
    steps: tuple[Step, ...] = ()
    why: str = ""  # what was changed since it was shared


def save_draft(
    session: Session, visit: Visit, activity: Activity, written: Written, which: Which = MINE
) -> Contribution:
    """Keep what the visitor wrote, whatever the dates; after sharing it is kept beside what peers see.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to write; see `authors.own`.
        InvalidError: a part is too long.
        ConflictError: another tab saved another text in between.

    """
    mine = own(session, visit, activity, which)
    before = text_in_hand(mine)
    text = texts.kept(activity, written.title, written.answers, written.steps, before.answers)
    why = texts.reason(written.why)
    changed = text != before or why != why_in_hand(mine)
    changed |= describe(session, mine, written.shows)
    if not changed and mine.version > 0:
        return mine
    if written.version != mine.version:
        raise ConflictError(
            N_("Another tab or device saved another text here. Save again to keep this one."), code="two-tabs"
        )
    if mine.state is ContributionState.DRAFT:
        mine.title, mine.answers, mine.words = text.title, text.stored, text.words
    else:
        mine.change = {"title": text.title, "answers": text.stored, "why": why}
    mine.version += 1
    mine.saved_at = clock.now()
    return mine


def share(
    session: Session,
    visit: Visit,
    activity: Activity,
    which: Which = MINE,
    why: str | None = None,
    tell: Collection[UUID] = (),
) -> Contribution:
    """Share the draft with peers, or the change written after sharing. Twice is once.

    Each time is a version, kept; what its author corrects within `revisions.GRACE` is the same one.

    Args:
        session: the transaction.
        visit: who shares.
        activity: where.
        which: what; the visitor's own, if nothing is said.
        why: what was changed, for those who read it before; None: as it was saved.
        tell: who is told of a new version, beside those who write it.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to write; see `authors.own`.
        InvalidError: something required is not written, `texts.gaps` says everything that is; or too much.
        ConflictError: sharing is closed, or a peer reads the contribution already.

    """
    mine = own(session, visit, activity, which)
    text, why = text_in_hand(mine), why_in_hand(mine) if why is None else texts.reason(why)
    if mine.state is ContributionState.SHARED and mine.change is None:
        return mine
    dates = schedule_of(session, visit, activity)
    door = dates.sharing(clock.now())
    if door in NOT_SHARING and not revises(mine, dates):
        raise ConflictError(NOT_SHARING[door], code="closed")
    for gap in texts.gaps(activity, text):
        raise InvalidError(gap.sentence, field=gap.field, code="incomplete")
    refuse_settled(mine, dates)
    mine.title, mine.answers, mine.words, mine.change = text.title, text.stored, text.words, None
    mine.version += 1
    new = mine.state is ContributionState.DRAFT
    if new:
        mine.revised_at = None
    announced = keep_version(session, mine, visit.person_id, why)
    if new:
        mine.state, mine.shared_at, mine.late = ContributionState.SHARED, mine.revised_at, door is Door.LATE
        kind = EventType.ASKED if activity.kind is Kind.QUESTION else EventType.SUBMITTED
        facts: dict[str, Any] = {"words": mine.words, "late": mine.late, "revision": mine.revision - 1}
        _record(session, visit, activity, mine, kind, revision=mine.revision - 1, facts=facts)
    elif announced:
        facts = {"words": mine.words, "revision": mine.revision, **_handed_in(session, visit, activity, mine)}
        facts |= {"tell": sorted(map(str, tell))} if tell else {}
        _record(session, visit, activity, mine, EventType.REVISED, revision=mine.revision, facts=facts)
    keep_findable(session, activity, mine)
    session.flush()
    return mine


def withdraw(session: Session, visit: Visit, activity: Activity, which: Which = MINE) -> Contribution:
    """Take a shared contribution back: a draft again, with its files and versions. Twice is once.

    What was said of it is not shown while it is a draft, and is there again when it is shared again.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs; see `authors.own`.
        ConflictError: a peer holds or has sent a review of it.

    """
    mine = own(session, visit, activity, which)
    if mine.state is ContributionState.DRAFT:
        return mine
    if mine.served:
        raise ConflictError(
            N_("A peer is reading or has reviewed it. Ask your instructor to hide it."), code="in-review"
        )
    facts = _handed_in(session, visit, activity, mine)
    _record(session, visit, activity, mine, EventType.WITHDRAWN, revision=mine.revision, facts=facts)
    for statement in _revised(session, activity, mine):
        facts = {"statement": str(statement)}
        journal.record_act(session, visit, EventType.VOIDED, activity.id, statement, facts=facts)
    text = text_in_hand(mine)
    mine.title, mine.answers, mine.words, mine.change = text.title, text.stored, text.words, None
    mine.state, mine.shared_at, mine.revised_at, mine.late = ContributionState.DRAFT, None, None, False
    mine.version += 1
    no_longer_findable(session, mine)
    session.flush()
    return mine


def revises(contribution: Contribution, dates: Schedule) -> bool:
    """Whether its author may improve now what they shared, after the reviews."""
    return contribution.state is ContributionState.SHARED and lets_in(dates.revising(clock.now()))


def refuse_settled(contribution: Contribution, dates: Schedule | None = None) -> None:
    """Raise ConflictError when it stays as it is for its reviewers; see `queries.settled`."""
    if settled(contribution, dates):
        raise ConflictError(
            N_("A peer is reading your contribution, so it stays as it is. Your text is kept for you."),
            code="in-review",
        )


def _handed_in(session: Session, visit: Visit, activity: Activity, mine: Contribution) -> dict[str, Any]:
    """The statement by which it was shared, since it was last taken back."""
    kind = EventType.ASKED if activity.kind is Kind.QUESTION else EventType.SUBMITTED
    first = statement_id(visit.tenant_id, kind.value, mine.id, first_shared(session, mine) - 1)
    return {"statement": str(first)}


def _revised(session: Session, activity: Activity, mine: Contribution) -> Sequence[UUID]:
    """The statements of its later versions, since it was last taken back."""
    since = first_shared(session, mine)
    its = Event.activity_id == activity.id, Event.entity == mine.id, Event.type == EventType.REVISED
    return session.scalars(select(Event.statement_id).where(*its, Event.revision > since)).all()


def _record(
    session: Session,
    visit: Visit,
    activity: Activity,
    mine: Contribution,
    kind: EventType,
    *,
    revision: int,
    facts: dict[str, Any],
) -> None:
    """Write an act's event; what an instructor writes for somebody is that person's act."""
    if mine.written_by_id == visit.person_id:
        visit = replace(visit, person_id=mine.author_id)
        facts = {**facts, "written_by": str(mine.written_by_id)}
    journal.record_act(session, visit, kind, activity.id, mine.id, revision=revision, facts=facts)


def describe(session: Session, mine: Contribution, shows: Mapping[UUID, str]) -> bool:
    """Keep what files show; whether anything is new."""
    if not shows:
        return False
    files = session.scalars(
        select(Attachment).where(Attachment.contribution_id == mine.id, Attachment.id.in_(shows))
    )
    changed = False
    for attachment in files:
        line = texts.described(shows[attachment.id])
        changed |= line != attachment.shows
        attachment.shows = line
    return changed
