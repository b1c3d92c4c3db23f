"""Naming somebody of the course in a comment: "@" and their name, as it stands in the text."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID, uuid5

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.index import words
from ..kernel import journal
from ..kernel.journal import EventType
from ..kernel.permissions import Visit
from ..people.models import Enrolment, Person
from .models import Comment, Mention

MOST = 10  # in a comment
OFFERED = 8  # names, to somebody who types one
LONGEST = 80  # characters of a name that are compared
_AT = re.compile(r"(?<![\w@])@(?=[^\W\d_])")
_END = re.compile(r"(?<=\w)(?!\w)")
_TAG = re.compile(r"(<[^>]*>)")


class Somebody(NamedTuple):
    """A person of the course, to be named."""

    id: UUID
    name: str


def people(session: Session, visit: Visit, typed: str) -> list[Somebody]:
    """Whose name has a part that begins as it is typed, for who knows them: accents and case do not count.

    It tells nothing but names of the course. One statement.
    """
    wanted = [word.folded for word in words(typed[:LONGEST])]
    if not wanted:
        return []
    found = []
    for person_id, name in session.execute(_course(visit).order_by(Person.name, Person.id)):
        parts = [word.folded for word in words(name)]
        if all(any(part.startswith(each) for part in parts) for each in wanted):
            found.append(Somebody(person_id, name))
        if len(found) == OFFERED:
            break
    return found


def keep(
    session: Session, visit: Visit, activity: Activity, comment: Comment, chosen: Collection[UUID] = ()
) -> None:
    """Note whom a comment names, and record each of them once.

    Args:
        session: the transaction that wrote the comment.
        visit: who wrote it.
        activity: where.
        comment: with its text.
        chosen: the ids that came with it; they tell two people of the same name apart, and nothing else.

    """
    named, _ = _read(session, visit, comment.text, chosen)
    there = set(session.scalars(select(Mention.person_id).where(Mention.comment_id == comment.id)))
    gone = Mention.comment_id == comment.id, Mention.person_id.in_(there - named)
    session.execute(delete(Mention).where(*gone))
    for person in sorted(named - there):
        session.add(Mention(comment_id=comment.id, person_id=person))
        entity = uuid5(comment.id, person.hex)
        told = journal.recorded(session, visit.tenant_id, EventType.MENTIONED, entity)
        if person != visit.person_id and not told:
            about = {"contribution": str(comment.contribution_id), "comment": str(comment.id)}
            facts = about | {"person": str(person)}
            journal.record_act(session, visit, EventType.MENTIONED, activity.id, entity, facts=facts)


def strangers(session: Session, visit: Visit, comment: Comment) -> list[str]:
    """What a comment names that is nobody of the course, and so stays plain text. One statement at most."""
    return _read(session, visit, comment.text, ())[1]


def highlighted(html: Markup, names: Collection[str]) -> Markup:
    """A comment's HTML with the names in it that are mentions marked as such."""
    if not names:
        return html
    longest_first = sorted({str(escape(name)) for name in names}, key=len, reverse=True)
    called = re.compile("@(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    parts = _TAG.split(html)
    parts[::2] = [called.sub(r'<span class="mention">\g<0></span>', part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704  # safe before, and so is what is put in


def _calls(text: str) -> Iterator[str]:
    """What follows each "@" that may begin a name, as far as one may go."""
    for match in _AT.finditer(text):
        yield text[match.end() : match.end() + LONGEST].partition("\n")[0]


def _beginnings(call: str) -> list[str]:
    """All that may be a name at the beginning of a call, the longest first."""
    return [call[: match.start()] for match in _END.finditer(call)][::-1]


def _course(visit: Visit) -> Select[UUID, str]:
    return (
        select(Person.id, Person.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.course_id == visit.course(),
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(False),
            Person.erased_at.is_(None),
            Person.name != "",
        )
    )


def _known(
    session: Session, visit: Visit, calls: Collection[str], chosen: Collection[UUID]
) -> Mapping[str, set[UUID]]:
    """The people of the course who may be meant, by name. One statement."""
    names = {each for call in calls for each in _beginnings(call)}
    meant: ColumnElement[bool] = or_(Person.name.in_(names), Person.id.in_(list(chosen)[:MOST]))
    found: dict[str, set[UUID]] = {}
    for person_id, name in session.execute(_course(visit).where(meant)):
        found.setdefault(unicodedata.normalize("NFC", name), set()).add(person_id)
    return found


def _read(session: Session, visit: Visit, text: str, chosen: Collection[UUID]) -> tuple[set[UUID], list[str]]:
    """Who is named, and the names that are nobody's. Of two namesakes, who was not chosen is not named."""
    calls = list(_calls(text))[:MOST]
    known = _known(session, visit, calls, chosen) if calls else {}
    named: set[UUID] = set()
    strange = []
    for call in calls:
        name = next((each for each in _beginnings(call) if each in known), None)
        if name is None:
            strange.append(_beginnings(call)[-1])
            continue
        meant = known[name]
        named |= meant if len(meant) == 1 else meant & set(chosen)
    return named, list(dict.fromkeys(strange))
