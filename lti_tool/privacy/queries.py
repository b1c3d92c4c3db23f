"""Everything that is kept about one person, as data. Each function is a bounded number of SQL statements."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from ..activities.models import Activity, Criterion
from ..activities.prompts import prompts_of
from ..contributions.authors import wrote
from ..contributions.models import Contribution, Revision
from ..exchanges.models import Bookmark, Comment, MailChoice, Reaction, Reading, Report, Vote
from ..gradebook.models import Score
from ..kernel.journal import Event
from ..people.models import Course, Enrolment, Group, GroupMember, Person
from ..reviews.models import Review
from .own_reviewing import about_reviewing, readable, remarks

Data = dict[str, Any]
KEPT: tuple[tuple[str, Any, Any], ...] = (
    ("kept", Bookmark, Bookmark.kept_at),
    ("read", Reading, Reading.read_at),
)


def summary(session: Session, person_id: UUID) -> Data:
    """How much there is of each thing: what the page shows. One statement."""

    def count(column: Any, *where: Any) -> Any:
        return select(func.count(column)).where(*where).scalar_subquery()

    row = session.execute(
        select(
            count(Enrolment.course_id, Enrolment.person_id == person_id).label("courses"),
            count(Contribution.id, Contribution.author_id == person_id).label("contributions"),
            count(Review.id, Review.reviewer_id == person_id).label("reviews_given"),
            readable(select(func.count(Review.id)), person_id).scalar_subquery().label("reviews_received"),
            count(Comment.id, Comment.author_id == person_id).label("comments"),
            count(Reaction.kind, Reaction.person_id == person_id).label("reactions"),
            count(Score.activity_id, Score.person_id == person_id).label("scores"),
            count(Event.id, Event.person_id == person_id).label("acts"),
        )
    ).one()
    return dict(row._mapping)


def everything(session: Session, person_id: UUID) -> Data:
    """All of it, in plain names, without a word about who the others are. Thirty-two statements at most."""
    person = session.get_one(Person, person_id)
    return {
        "person": {
            "name": person.name,
            "user_number": person.sub,
            "language": person.locale,
            "mail": person.email,
            "institution_number": person.sourcedid,
            **_mail(session, person_id),
        },
        "courses": _courses(session, person_id),
        "contributions": _contributions(session, person_id),
        "reviews_given": _given(session, person_id),
        "reviews_received": _received(session, person_id),
        **about_reviewing(session, person_id),
        "scores": _scores(session, person_id),
        "comments": _comments(session, person_id),
        "reactions": _reactions(session, person_id),
        "versions": _versions(session, person_id),
        "reports": _reports(session, person_id),
        "acts": _acts(session, person_id),
    }


def _courses(session: Session, person_id: UUID) -> list[Data]:
    groups: dict[UUID, list[str]] = {}
    for course_id, name in session.execute(
        select(Group.course_id, Group.name).join(GroupMember).where(GroupMember.person_id == person_id)
    ):
        groups.setdefault(course_id, []).append(name)
    rows = session.execute(
        select(Course.id, Course.title, Enrolment.role, Enrolment.active, Enrolment.last_seen_at)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.person_id == person_id)
        .order_by(Course.title)
    )
    return [
        {
            "course": row.title,
            "role": row.role,
            "enrolled": row.active,
            "last_seen": row.last_seen_at,
            "groups": sorted(groups.get(row.id, [])),
        }
        for row in rows
    ]


def _contributions(session: Session, person_id: UUID) -> list[Data]:
    rows = session.execute(
        select(Contribution, Activity)
        .join(Activity, Activity.id == Contribution.activity_id)
        .where(wrote(person_id))
        .options(selectinload(Contribution.attachments))
        .order_by(Contribution.saved_at)
    )
    return [
        {
            "activity": activity.title,
            "title": work.title,
            "with_others": bool(work.team) or work.author_id != person_id,
            "questions": {each.key: each.label for each in prompts_of(activity, answered=work.answers)},
            "answers": work.answers,
            "unsent_changes": work.change,
            "saved": work.saved_at,
            "shared": work.shared_at,
            "late": work.late,
            "files": [
                {
                    "file": f"files/{each.id}",
                    "type": each.media_type,
                    "bytes": each.size,
                    "shows": each.shows,
                    "key": each.storage_key,
                }
                for each in work.attachments
            ],
        }
        for work, activity in rows
    ]


def _received(session: Session, person_id: UUID) -> list[Data]:
    """As their page shows them: of the time only the day, in an order that does not tell who was first."""
    found = _reviews(session, readable(select(Review, Activity.title), person_id).order_by(Review.id))
    return [each | {"sent": each["sent"].date()} for each in found]


def _given(session: Session, person_id: UUID) -> list[Data]:
    mine = select(Review, Activity.title).join(Activity, Activity.id == Review.activity_id)
    return _reviews(session, mine.where(Review.reviewer_id == person_id).order_by(Review.assigned_at))


def _reviews(session: Session, query: Any) -> list[Data]:
    rows = session.execute(query.options(selectinload(Review.marks))).all()
    said = remarks(session, {review.id for review, _ in rows})
    wanted = {mark.criterion_id for review, _ in rows for mark in review.marks}
    names = session.execute(select(Criterion.id, Criterion.name).where(Criterion.id.in_(wanted)))
    criteria: dict[UUID, str] = {row.id: row.name for row in names}
    return [
        {
            "activity": activity,
            "state": review.state,
            "sent": review.sent_at,
            "kind": review.kind,
            "overall": review.overall,
            "score": review.score,
            **said[review.id],
            "criteria": [
                {"criterion": criteria[mark.criterion_id], "points": mark.points, "comment": mark.comment}
                for mark in review.marks
            ],
        }
        for review, activity in rows
    ]


def _scores(session: Session, person_id: UUID) -> list[Data]:
    rows = session.execute(
        select(Activity.title, Score.column, Score.value, Score.basis, Score.changed_at)
        .join(Activity, Activity.id == Score.activity_id)
        .where(Score.person_id == person_id)
        .order_by(Score.changed_at)
    )
    return [
        {"activity": r.title, "column": r.column, "share": r.value, "reviews": r.basis, "since": r.changed_at}
        for r in rows
    ]


def _comments(session: Session, person_id: UUID) -> list[Data]:
    rows = session.execute(
        select(Comment, Activity.title)
        .join(Contribution, Contribution.id == Comment.contribution_id)
        .join(Activity, Activity.id == Contribution.activity_id)
        .where(Comment.author_id == person_id)
        .order_by(Comment.said_at, Comment.id)
    )
    return [
        {
            "activity": activity,
            "as": comment.role,
            "text": comment.text,
            "said": comment.said_at,
            "changed": comment.edited_at,
            "taken_back": comment.taken_back_at,
            "hidden": comment.hidden_at,
        }
        for comment, activity in rows
    ]


def _reactions(session: Session, person_id: UUID) -> list[Data]:
    """What they said a contribution did for them, and what they kept or opened."""
    rows = session.execute(
        select(Reaction, Activity.title)
        .join(Contribution, Contribution.id == Reaction.contribution_id)
        .join(Activity, Activity.id == Contribution.activity_id)
        .where(Reaction.person_id == person_id)
        .order_by(Reaction.said_at)
    )
    said = [
        {
            "activity": activity,
            "kind": each.kind,
            "because": each.because,
            "on": each.applied_on,
            "said": each.said_at,
        }
        for each, activity in rows
    ]
    kept = [
        {"activity": row.title, "kind": kind, "said": row.at}
        for kind, table, at in KEPT
        for row in session.execute(
            select(Activity.title, at.label("at"))
            .join(Contribution, Contribution.activity_id == Activity.id)
            .join(table, table.contribution_id == Contribution.id)
            .where(table.person_id == person_id)
            .order_by(at)
        )
    ]
    helped = session.execute(
        select(Activity.title, Vote.voted_at)
        .join(Contribution, Contribution.activity_id == Activity.id)
        .join(Comment, Comment.contribution_id == Contribution.id)
        .join(Vote, Vote.comment_id == Comment.id)
        .where(Vote.person_id == person_id)
        .order_by(Vote.voted_at)
    )
    votes = [{"activity": row.title, "kind": "this answer helps", "said": row.voted_at} for row in helped]
    return said + kept + votes


def _versions(session: Session, person_id: UUID) -> list[Data]:
    """What they shared, each time they did, alone or with others."""
    rows = session.execute(
        select(Revision, Activity.title)
        .join(Contribution, Contribution.id == Revision.contribution_id)
        .join(Activity, Activity.id == Contribution.activity_id)
        .where(Revision.author_id == person_id)
        .order_by(Revision.saved_at)
    )
    return [
        {
            "activity": activity,
            "version": each.number,
            "title": each.title,
            "answers": each.answers,
            "changed": each.why,
            "shared": each.saved_at,
        }
        for each, activity in rows
    ]


def _reports(session: Session, person_id: UUID) -> list[Data]:
    rows = session.execute(
        select(Report.because, Report.reported_at, Report.outcome, Activity.title)
        .join(Activity, Activity.id == Report.activity_id)
        .where(Report.reporter_id == person_id)
        .order_by(Report.reported_at)
    )
    return [
        {"activity": r.title, "because": r.because, "said": r.reported_at, "outcome": r.outcome} for r in rows
    ]


def _mail(session: Session, person_id: UUID) -> Data:
    choice = session.get(MailChoice, person_id)
    return {"mail_comes": choice.frequency, "without": choice.without} if choice else {}


def _acts(session: Session, person_id: UUID) -> list[Data]:
    """What the journal tells the learning records of them; by its statement's id it is found there."""
    rows = session.execute(
        select(Event.type, Event.occurred_at, Event.statement_id, Activity.title)
        .join(Activity, Activity.id == Event.activity_id)
        .where(Event.person_id == person_id)
        .order_by(Event.id)
    )
    return [
        {"act": r.type, "at": r.occurred_at, "activity": r.title, "statement": str(r.statement_id)}
        for r in rows
    ]
