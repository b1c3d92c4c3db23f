"""What a reader can do with a contribution: say something, say what it did for them, keep it for later."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, NotAllowedError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import count_words
from ..kernel.permissions import May, Visit
from . import comments
from .models import Bookmark, Comment, Reaction, ReactionKind, Reading
from .queries import Opened, opened, view_entity
from .reactions import Felt, felt
from .reading import may_speak
from .threads import NO_COMMENT, comment_of

EVENTS: Mapping[ReactionKind, EventType] = {
    ReactionKind.THANKS: EventType.THANKED,
    ReactionKind.APPLIED: EventType.APPLIED,
    ReactionKind.DISAGREE: EventType.DISAGREED,
}


def say(
    session: Session,
    visit: Visit,
    activity: Activity,
    contribution_id: UUID,
    text: str,
    form: UUID,
    thread: UUID | None = None,
) -> Comment:
    """Comment on a contribution, or answer the comment `thread`. The same `form` twice says it once.

    Raises:
        NotFoundError, NotAllowedError: the contribution is not theirs to read, or there is no such comment.
        ConflictError: the activity is closed, or the comment is gone.
        InvalidError: there is no text, or too much.

    """
    here = _open(session, visit, activity, contribution_id)
    query = select(Comment).where(Comment.author_id == visit.person_id, Comment.form == form)
    if again := session.scalar(query):
        return again
    text = comments.said(text)
    if thread:
        _refuse_gone(_root(session, here, thread))
    comment = Comment(
        contribution_id=here.id,
        author_id=visit.person_id,
        thread_id=thread,
        text=text,
        said_at=clock.now(),
        hidden_because="",
        form=form,
    )
    try:
        with session.begin_nested():
            session.add(comment)
    except IntegrityError:  # the same form came at the same time
        return session.scalars(query).one()
    kind = EventType.REPLIED if thread else EventType.COMMENTED
    facts = {"contribution": str(here.id), "words": count_words(text)}
    if thread:
        facts["thread"] = str(thread)
    journal.record_act(session, visit, kind, activity.id, comment.id, facts=facts)
    return comment


def edit(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID, text: str
) -> Comment:
    """Write one's own comment anew.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs.
        ConflictError: the activity is closed, or the comment is gone.
        InvalidError: there is no text, or too much.

    """
    comment = own(session, visit, _open(session, visit, activity, contribution_id), comment_id)
    _refuse_gone(comment)
    text = comments.said(text)
    if text != comment.text:
        comment.text, comment.edited_at = text, clock.now()
    return comment


def take_back(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID
) -> Comment:
    """Take one's own comment back: its text is deleted, its place stays while it has replies. Twice is once.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs.
        ConflictError: the activity is closed.

    """
    comment = own(session, visit, _open(session, visit, activity, contribution_id), comment_id)
    if comment.taken_back_at is None:
        comment.text, comment.taken_back_at = "", clock.now()
    return comment


def hide(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID, because: str
) -> Comment:
    """Hide a comment from peers, for a reason that its author is told; whether the activity is open or not.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such comment.
        InvalidError: there is no reason, or too much of it.

    """
    comment = to_moderate(session, visit, opened(session, visit, activity, contribution_id), comment_id)
    comment.hidden_because = comments.reason(because)
    comment.hidden_at = comment.hidden_at or clock.now()
    return comment


def restore(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID
) -> Comment:
    """Show a hidden comment again. Raises what `hide` raises."""
    comment = to_moderate(session, visit, opened(session, visit, activity, contribution_id), comment_id)
    comment.hidden_at, comment.hidden_because = None, ""
    return comment


def react(
    session: Session,
    visit: Visit,
    activity: Activity,
    contribution_id: UUID,
    kind: ReactionKind,
    because: str,
    on: date | None,
    today: date,
) -> Reaction:
    """Say what a contribution did for the visitor, or say it otherwise: there is one of a kind.

    Only the first time is an event, however often it is changed, taken back and said again.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs to read, or it is their own.
        ConflictError: the activity is closed.
        InvalidError: see `reactions.felt`.

    """
    here = _of_another(_open(session, visit, activity, contribution_id))
    new = felt(kind, because, on, today)
    key = here.id, visit.person_id, kind
    try:
        with session.begin_nested():
            reaction = _write(session, key, new)
    except IntegrityError:  # another tab said it in between
        return _write(session, key, new)
    entity = uuid5(here.id, visit.person_id.hex)
    if not journal.recorded(session, visit.tenant_id, EVENTS[kind], entity):
        facts: dict[str, object] = {"contribution": str(here.id), "words": count_words(new.because)}
        if new.applied_on:
            facts["on"] = new.applied_on.isoformat()
        journal.record_act(session, visit, EVENTS[kind], activity.id, entity, facts=facts)
    return reaction


def stop_reacting(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, kind: ReactionKind
) -> None:
    """Take a reaction back. Twice is once.

    Raises:
        NotFoundError, NotAllowedError: the contribution is not theirs to read.
        ConflictError: the activity is closed.

    """
    here = _open(session, visit, activity, contribution_id)
    if reaction := session.get(Reaction, (here.id, visit.person_id, kind)):
        session.delete(reaction)


def bookmark(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, *, keep: bool
) -> None:
    """Keep a contribution for later, or keep it no longer. Nobody else knows, so it is no event.

    Raises:
        NotFoundError, NotAllowedError: the contribution is not theirs to read.
        sqlalchemy.exc.IntegrityError: at commit, when another tab has just kept it.

    """
    here = opened(session, visit, activity, contribution_id)
    kept = session.get(Bookmark, (visit.person_id, here.id))
    if keep and kept is None:
        session.add(Bookmark(person_id=visit.person_id, contribution_id=here.id, kept_at=clock.now()))
    elif kept and not keep:
        session.delete(kept)


def note_reading(session: Session, visit: Visit, activity: Activity, here: Opened) -> None:
    """Remember that the visitor opened a contribution; a peer's view is an event, once for each launch.

    Raises:
        sqlalchemy.exc.IntegrityError: another tab has just noted it.

    """
    now = clock.now()
    if here.read_at is None:
        session.add(Reading(person_id=visit.person_id, contribution_id=here.id, read_at=now))
    else:
        this = Reading.person_id == visit.person_id, Reading.contribution_id == here.id
        session.execute(update(Reading).where(*this).values(read_at=now))
    if not (here.viewed or here.reader.is_author):
        facts = {"contribution": str(here.id)}
        entity = view_entity(visit, here.id)
        journal.record_act(session, visit, EventType.VIEWED, activity.id, entity, facts=facts)


def own(session: Session, visit: Visit, here: Opened, comment_id: UUID) -> Comment:
    """The visitor's own comment. Raises NotFoundError: there is none, or it is somebody else's."""
    comment = comment_of(session, here, comment_id)
    if comment.author_id != visit.person_id:
        raise NotFoundError(NO_COMMENT)
    return comment


def to_moderate(session: Session, visit: Visit, here: Opened, comment_id: UUID) -> Comment:
    """A comment as an instructor may hide and show it.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is none.

    """
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)
    return comment_of(session, here, comment_id)


def _open(session: Session, visit: Visit, activity: Activity, contribution_id: UUID) -> Opened:
    here = opened(session, visit, activity, contribution_id)
    if not may_speak(here.work):
        raise ConflictError(N_("This activity is closed. You can still read."), code="closed")
    return here


def _of_another(here: Opened) -> Opened:
    if here.reader.is_author:
        raise NotAllowedError(N_("This is your own contribution. Your peers say what it did for them."))
    return here


def _root(session: Session, here: Opened, thread: UUID) -> Comment:
    comment = comment_of(session, here, thread)
    if comment.thread_id is not None:
        raise NotFoundError(NO_COMMENT)
    return comment


def _refuse_gone(comment: Comment) -> None:
    if comment.taken_back_at is not None or comment.hidden_at is not None:
        raise ConflictError(N_("This comment is gone. Your text is still here."), code="comment-gone")


def _write(session: Session, key: tuple[UUID, UUID, ReactionKind], new: Felt) -> Reaction:
    reaction = session.get(Reaction, key)
    if reaction is None:
        contribution_id, person_id, kind = key
        reaction = Reaction(
            contribution_id=contribution_id, person_id=person_id, kind=kind, said_at=clock.now()
        )
        session.add(reaction)
    reaction.because, reaction.applied_on = new.because, new.applied_on
    return reaction
