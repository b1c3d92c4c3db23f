"""What peers say about a contribution, and what each person has read and kept."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base, Sequence


def _some(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def _one(name: str, *columns: str, where: str) -> Index:
    return _some(name, *columns, where=where, unique=True)


class CommentRole(StrEnum):
    """What a comment is: a remark, a question to whoever reads it, or the answer to a question."""

    REMARK = "remark"
    QUESTION = "question"
    ANSWER = "answer"


class Comment(Base):
    """A comment on a contribution, or a reply: `thread_id` is the comment it answers, never a reply itself.

    A QUESTION begins a thread; its replies may be ANSWERs. Where the contribution is itself a question,
    threads begin with ANSWERs. One ANSWER of a question is accepted, by who asked; instructors may endorse
    any. `answered_at` is a QUESTION's; until then `open_in_id` is its activity, so that those which wait are
    found at once. One that its author took back, or that was hidden, keeps its place while it has replies.
    """

    __tablename__ = "comment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[UUID | None]
    role: Mapped[CommentRole] = mapped_column(default=CommentRole.REMARK)
    text: Mapped[str]
    said_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[str] = mapped_column(default="")
    hidden_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    accepted_at: Mapped[datetime | None]
    endorsed_at: Mapped[datetime | None]
    endorsed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    open_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    form: Mapped[UUID]  # of the form it came in: a form sent twice says it once

    __table_args__ = (
        UniqueConstraint("id", "contribution_id"),  # so that a reply stays with its thread's contribution
        UniqueConstraint("author_id", "form"),
        ForeignKeyConstraint(
            ["thread_id", "contribution_id"], ["comment.id", "comment.contribution_id"], ondelete="CASCADE"
        ),
        CheckConstraint("thread_id <> id", name="not_its_own"),
        CheckConstraint("accepted_at IS NULL OR role = 'answer'", name="accepted"),
        CheckConstraint("endorsed_at IS NULL OR role = 'answer'", name="endorsed"),
        CheckConstraint("role <> 'question' OR thread_id IS NULL", name="question"),
        CheckConstraint("open_in_id IS NULL OR answered_at IS NULL", name="open"),
        Index("ix_comment_thread", "contribution_id", "thread_id", "said_at", "id"),
        _some("ix_comment_open", "open_in_id", "said_at", "id", where="open_in_id IS NOT NULL"),
        _one("uq_comment_accepted_in_thread", "thread_id", where="accepted_at IS NOT NULL"),
        _one("uq_comment_accepted", "contribution_id", where="accepted_at IS NOT NULL AND thread_id IS NULL"),
    )


class Vote(Base):
    """Somebody who finds an answer helpful."""

    __tablename__ = "vote"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    voted_at: Mapped[datetime]


class Mention(Base):
    """Somebody of the course whom a comment names."""

    __tablename__ = "mention"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ReactionKind(StrEnum):
    """THANKS: because of something. APPLIED: done so at work, on a day. DISAGREE: because of something."""

    THANKS = "thanks"
    APPLIED = "applied"
    DISAGREE = "disagree"


class Reaction(Base):
    """What somebody says a contribution did for them; one of a kind for each person."""

    __tablename__ = "reaction"

    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[ReactionKind] = mapped_column(primary_key=True)
    because: Mapped[str] = mapped_column(default="")
    applied_on: Mapped[date | None]
    said_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(kind = 'applied') = (applied_on IS NOT NULL)", name="applied_on"),
        CheckConstraint("kind = 'applied' OR because <> ''", name="because"),
    )


class Bookmark(Base):
    """A contribution that somebody keeps for later; nobody else knows."""

    __tablename__ = "bookmark"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    kept_at: Mapped[datetime]


class Reading(Base):
    """When somebody last opened a contribution: what is new since then, and what is not read yet."""

    __tablename__ = "reading"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[datetime]


class Presence(Base):
    """When somebody was last seen looking at an activity, where its instructor lets people see it."""

    __tablename__ = "presence"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime]


class Outcome(StrEnum):
    """What an instructor made of a report."""

    HIDDEN = "hidden"
    LEFT = "left"


class Report(Base):
    """Somebody says that a contribution, or a comment on it, should not stand. `then`: what it said then."""

    __tablename__ = "report"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    because: Mapped[str]
    then: Mapped[str]
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    outcome: Mapped[Outcome | None]

    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        _one(
            "uq_report_of_contribution",
            "reporter_id",
            "contribution_id",
            where="settled_at IS NULL AND comment_id IS NULL",
        ),
        _one("uq_report_of_comment", "reporter_id", "comment_id", where="settled_at IS NULL"),
        Index(
            "ix_report_open",
            "activity_id",
            "reported_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )


class NewsKind(StrEnum):
    """Why somebody is told something."""

    COMMENT = "comment"  # on what they wrote
    REPLY = "reply"  # in a thread they began or spoke in
    MENTION = "mention"
    REACTION = "reaction"
    ANSWER = "answer"  # to their question
    ACCEPTED = "accepted"  # their answer was
    REVIEW = "review"  # of what they wrote
    VERSION = "version"  # of a page they write with others
    MODERATION = "moderation"  # something of theirs was hidden or shown again; for staff: a report
    REMINDER = "reminder"
    RELEASED = "released"  # reviews or scores may be read now
    APPRAISAL = "appraisal"  # a review of theirs was found useful, thanked for or answered
    FLAG = "flag"  # for staff: somebody asks to look; for who asked: the answer


class News(Base):
    """Something new for somebody. Who did it is found through the event, and told where that is allowed."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    contribution_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[NewsKind]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]  # when it is to be told by mail; empty: never, or it was

    __table_args__ = (
        UniqueConstraint("person_id", "event_id"),
        Index("ix_news_person", "person_id", "course_id", "id"),
        Index(
            "ix_news_mail",
            "mail_at",
            "person_id",
            sqlite_where=text("mail_at IS NOT NULL"),
            postgresql_where=text("mail_at IS NOT NULL"),
        ),
    )


class Frequency(StrEnum):
    """How often somebody gets mail."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


class MailChoice(Base):
    """What somebody chose about mail. `key` proves who stops it by one click in a mail."""

    __tablename__ = "mail_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[Frequency] = mapped_column(default=Frequency.DAILY)
    without: Mapped[list[Any]] = mapped_column(default=list)  # kinds of news not to be told by mail
    key: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
