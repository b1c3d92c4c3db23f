"""What should not stand: anybody who reads reports it, an instructor hides it for a reason or leaves it."""

from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..contributions.texts import Text
from ..kernel import clock, journal
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from . import comments
from .answering import settle as settle_question
from .models import Comment, Outcome, Report
from .queries import Opened, opened
from .threads import comment_of, shown_comment

NO_REPORT = N_("This report does not exist.")


def report(
    session: Session,
    visit: Visit,
    activity: Activity,
    contribution_id: UUID,
    comment_id: UUID | None,
    because: str,
) -> Report:
    """Tell the instructors that something should not stand. Until it is settled, twice is once.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs to read.
        InvalidError: there is no reason, or too much of it.

    """
    here = opened(session, visit, activity, contribution_id)
    comment = shown_comment(session, visit, here, comment_id) if comment_id else None
    reason = comments.reason(because)
    waiting = select(Report).where(
        _about(contribution_id, comment_id),
        Report.reporter_id == visit.person_id,
        Report.settled_at.is_(None),
    )
    if found := session.scalar(waiting):
        return found
    new = Report(
        activity_id=activity.id,
        contribution_id=contribution_id,
        comment_id=comment_id,
        reporter_id=visit.person_id,
        because=reason,
        then=words_of(comment or here.contribution),
        reported_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:  # another tab did in between
        return session.scalars(waiting).one()
    _record(session, visit, activity, comment or here.contribution, "reported", new.id)
    return new


def hide_comment(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID, because: str
) -> Comment:
    """Hide a comment from peers, for a reason that its author is told; whether the activity is open or not.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such comment.
        InvalidError: there is no reason, or too much of it.

    """
    comment = to_moderate(session, visit, opened(session, visit, activity, contribution_id), comment_id)
    _hide(session, visit, activity, comment, because)
    settle_question(session, activity, comment)
    return comment


def restore_comment(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID
) -> Comment:
    """Show a hidden comment again. Raises what `hide_comment` raises."""
    comment = to_moderate(session, visit, opened(session, visit, activity, contribution_id), comment_id)
    _restore(session, visit, activity, comment)
    settle_question(session, activity, comment)
    return comment


def hide(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, because: str
) -> Contribution:
    """Hide a contribution from peers, for a reason that its author is told.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such contribution.
        InvalidError: there is no reason, or too much of it.

    """
    require_instructor(visit)
    work = opened(session, visit, activity, contribution_id).contribution
    _hide(session, visit, activity, work, because)
    return work


def restore(session: Session, visit: Visit, activity: Activity, contribution_id: UUID) -> Contribution:
    """Show a hidden contribution again. Raises what `hide` raises."""
    require_instructor(visit)
    work = opened(session, visit, activity, contribution_id).contribution
    _restore(session, visit, activity, work)
    return work


def leave(session: Session, visit: Visit, activity: Activity, report_id: UUID) -> Report:
    """Let what was reported stand. Nobody is told: not even that it was reported. Twice is once.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such report in this activity.

    """
    found = report_of(session, visit, activity, report_id)
    if found.settled_at is None:
        found.settled_at, found.settled_by_id, found.outcome = clock.now(), visit.person_id, Outcome.LEFT
    return found


def report_of(session: Session, visit: Visit, activity: Activity, report_id: UUID) -> Report:
    """A report of the activity, for its instructors. Raises what `leave` raises."""
    require_instructor(visit)
    found = session.scalar(
        select(Report).where(Report.id == report_id, Report.activity_id == activity.id).with_for_update()
    )
    if found is None:
        raise NotFoundError(NO_REPORT)
    return found


def to_moderate(session: Session, visit: Visit, here: Opened, comment_id: UUID) -> Comment:
    """A comment as an instructor may hide and show it.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is none.

    """
    require_instructor(visit)
    return comment_of(session, here, comment_id)


def words_of(thing: Contribution | Comment) -> str:
    """What it says now, as a report keeps it."""
    if isinstance(thing, Comment):
        return thing.text
    return "\n\n".join((thing.title, *Text.read("", thing.answers).passages))


def require_instructor(visit: Visit) -> None:
    """Raise NotAllowedError unless the visitor is one."""
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)


def _about(contribution_id: UUID, comment_id: UUID | None) -> Any:
    if comment_id is None:
        return (Report.contribution_id == contribution_id) & Report.comment_id.is_(None)
    return (Report.contribution_id == contribution_id) & (Report.comment_id == comment_id)


def _hide(
    session: Session, visit: Visit, activity: Activity, thing: Contribution | Comment, because: str
) -> None:
    """Hide it, and settle what was reported of it."""
    thing.hidden_because = comments.reason(because)
    if thing.hidden_at is None:
        thing.hidden_at, thing.hidden_by_id = clock.now(), visit.person_id
        _record(session, visit, activity, thing, "hidden", thing.id)
    about = _about(thing.contribution_id, thing.id) if isinstance(thing, Comment) else _about(thing.id, None)
    session.execute(
        update(Report)
        .where(about, Report.settled_at.is_(None))
        .values(settled_at=clock.now(), settled_by_id=visit.person_id, outcome=Outcome.HIDDEN)
    )


def _restore(session: Session, visit: Visit, activity: Activity, thing: Contribution | Comment) -> None:
    if thing.hidden_at is not None:
        thing.hidden_at, thing.hidden_by_id, thing.hidden_because = None, None, ""
        _record(session, visit, activity, thing, "restored", thing.id)


def _record(
    session: Session,
    visit: Visit,
    activity: Activity,
    thing: Contribution | Comment,
    done: str,
    entity: UUID,
) -> None:
    """What was done ("reported", "hidden", "restored") to what ("contribution", "comment")."""
    kind, tenant = EventType.MODERATED, visit.tenant_id
    facts = {"what": "contribution", "done": done, "contribution": str(thing.id)}
    if isinstance(thing, Comment):
        facts |= {"what": "comment", "contribution": str(thing.contribution_id), "comment": str(thing.id)}
    revision = next(n for n in count() if not journal.recorded(session, tenant, kind, entity, n))
    journal.record_act(session, visit, kind, activity.id, entity, revision=revision, facts=facts)
