"""Who said something, and whom they named, as a reader is shown it. Each is one SQL statement."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from ..kernel.permissions import Visit
from ..people.models import Enrolment, Person
from .comments import STAFF, Speaker, speaker
from .models import Comment, Mention
from .queries import Opened, enrolled


@dataclass(slots=True)
class Names:
    """Whom a comment mentions, and which instructor endorsed it."""

    mentioned: list[str] = field(default_factory=list)
    endorser: str = ""


class Voices(NamedTuple):
    """How people are shown, by their ids; whom comments name, by theirs."""

    speakers: Mapping[UUID, Speaker]
    names: Mapping[UUID, Names]


def voices(session: Session, visit: Visit, here: Opened, comments: Collection[Comment]) -> Voices:
    """Who speaks in some comments, and whom they name; peers by the order in which they first spoke here.

    Taken back or not: a number stays somebody's. One statement.
    """
    if not comments:
        return Voices({}, {})
    author = here.contribution.author_id
    spoke = (
        select(Comment.author_id, func.min(Comment.said_at).label("first"))
        .where(Comment.contribution_id == here.id)
        .group_by(Comment.author_id)
        .subquery()
    )
    staff = and_(Enrolment.role.is_not(None), Enrolment.role.in_(STAFF))
    number = func.row_number().over(
        partition_by=or_(staff, spoke.c.author_id == author), order_by=(spoke.c.first, spoke.c.author_id)
    )
    ranked = (
        select(spoke.c.author_id, Person.name, Enrolment.role, number.label("number"))
        .join(Person, Person.id == spoke.c.author_id)
        .join(Enrolment, enrolled(visit, Person.id), isouter=True)
        .subquery()
    )
    query = select(literal("speaks").label("what"), ranked).where(
        ranked.c.author_id.in_({comment.author_id for comment in comments})
    )
    naming = [each.id for each in comments if "@" in each.text or each.endorsed_by_id]
    rows = session.execute(union_all(query, *_named(naming)) if naming else query)
    who: dict[UUID, Speaker] = {}
    names: dict[UUID, Names] = defaultdict(Names)
    for what, id_, name, role, place in rows:
        match what:
            case "mentions":
                names[id_].mentioned.append(name)
            case "endorsed":
                names[id_].endorser = name
            case _:
                who[id_] = speaker(
                    is_reader=id_ == visit.person_id,
                    is_author=id_ == author,
                    role=role,
                    number=place,
                    name=name,
                    named=here.sees_names,
                )
    return Voices(who, names)


def _named(comments: Collection[UUID]) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Whom comments mention, and who endorsed them, as rows beside those of who speaks."""
    rest = null().label("role"), null().label("number")
    mentions = select(literal("mentions"), Mention.comment_id, Person.name, *rest)
    endorsed = select(literal("endorsed"), Comment.id, Person.name, *rest)
    return (
        mentions.join(Person, Person.id == Mention.person_id).where(Mention.comment_id.in_(comments)),
        endorsed.join(Person, Person.id == Comment.endorsed_by_id).where(Comment.id.in_(comments)),
    )
