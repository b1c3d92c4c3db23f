"""What a reader can do with a contribution: say something, say what it did for them, keep it for later."""

from collections.abc import Collection, Mapping
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
from ..kernel.permissions import Visit
from . import comments
from .answering import settle
from .mentions import keep as keep_mentions
from .models import Bookmark, Comment, CommentRole, Reaction, ReactionKind, Reading
from .queries import Opened, opened, opened_to_speak, view_entity
from .reactions import Felt, felt
from .threads import NO_COMMENT, comment_of

SAID: Mapping[CommentRole, EventType] = {
    CommentRole.REMARK: EventType.COMMENTED,
    CommentRole.QUESTION: EventType.ASKED,
    CommentRole.ANSWER: EventType.ANSWERED,
}
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
    *,
    asks: bool = False,
    mentions: Collection[UUID] = (),
) -> Comment:
    """Comment on a contribution, ask about it, answer it, or reply in a thread; see `comments.role_of`.

    Args:
        session: the transaction.
        visit: who speaks.
        activity: where.
        contribution_id: about what.
        text: in their words, with whom they name; see `mentions.keep`.
        form: of the form it came in: the same twice says it once.
        thread: the comment that they reply to.
        asks: it is a question.
        mentions: the people chosen from the list.

    Raises:
        NotFoundError, NotAllowedError: the contribution is not theirs to read, or there is no such comment.
        ConflictError: the activity is closed, or the comment is gone.
        InvalidError: there is no text, or too much.

    """
    here = opened_to_speak(session, visit, activity, contribution_id)
    query = select(Comment).where(Comment.author_id == visit.person_id, Comment.form == form)
    if again := session.scalar(query):
        return again
    text = comments.said(text)
    root = _root(session, here, thread) if thread else None
    role = comments.role_of(on_question=here.is_question, thread=root.role if root else None, asks=asks)
    comment = Comment(
        contribution_id=here.id,
        author_id=visit.person_id,
        thread_id=thread,
        role=role,
        open_in_id=activity.id if role is CommentRole.QUESTION else None,
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
    kind = EventType.REPLIED if thread and role is CommentRole.REMARK else SAID[role]
    facts = {"contribution": str(here.id), "words": count_words(text)}
    if thread:
        facts["thread"] = str(thread)
    journal.record_act(session, visit, kind, activity.id, comment.id, facts=facts)
    keep_mentions(session, visit, activity, comment, mentions)
    return comment


def edit(
    session: Session,
    visit: Visit,
    activity: Activity,
    contribution_id: UUID,
    comment_id: UUID,
    text: str,
    mentions: Collection[UUID] = (),
) -> Comment:
    """Write one's own comment anew.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs.
        ConflictError: the activity is closed, or the comment is gone.
        InvalidError: there is no text, or too much.

    """
    comment = own(session, visit, opened_to_speak(session, visit, activity, contribution_id), comment_id)
    _refuse_gone(comment)
    text = comments.said(text)
    if text != comment.text:
        comment.text, comment.edited_at = text, clock.now()
        keep_mentions(session, visit, activity, comment, mentions)
    return comment


def take_back(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID
) -> Comment:
    """Take one's own comment back: its text is deleted, its place stays while it has replies. Twice is once.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs.
        ConflictError: the activity is closed.

    """
    comment = own(session, visit, opened_to_speak(session, visit, activity, contribution_id), comment_id)
    if comment.taken_back_at is None:
        comment.text, comment.taken_back_at = "", clock.now()
        keep_mentions(session, visit, activity, comment)
        settle(session, activity, comment)
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
    here = _of_another(opened_to_speak(session, visit, activity, contribution_id))
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
    here = opened_to_speak(session, visit, activity, contribution_id)
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


def _of_another(here: Opened) -> Opened:
    if here.reader.is_author:
        raise NotAllowedError(N_("This is your own contribution. Your peers say what it did for them."))
    return here


def _root(session: Session, here: Opened, thread: UUID) -> Comment:
    comment = comment_of(session, here, thread)
    if comment.thread_id is not None:
        raise NotFoundError(NO_COMMENT)
    _refuse_gone(comment)
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
