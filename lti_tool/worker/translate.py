"""From the journal's rows to the events that `xapi` makes statements of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from xapi import statements as xapi

from ..activities.models import Activity, Kind
from ..contributions.models import Contribution
from ..kernel.journal import Event, EventType
from ..people.models import Course, Deployment, Person, Platform

WITHOUT_CONTRIBUTION = {
    EventType.LAUNCHED, EventType.COMPLETED, EventType.WITHDRAWN, EventType.CALIBRATED,
}  # fmt: skip
# What hands a contribution in is about the contribution itself: its event has no other entity.
HANDED_IN = {EventType.SUBMITTED, EventType.REVISED}

NAMED = {"person", "written_by"}  # facts that name somebody beside who acts

_kept = lru_cache(maxsize=4096)  # people, places and works come back in many events


class Line(NamedTuple):
    """One line of the journal, as far as it is told; the names are `Event`'s."""

    id: int
    statement_id: UUID
    activity_id: UUID
    person_id: UUID
    type: EventType
    entity: UUID
    occurred_at: datetime
    facts: dict[str, Any]


class _Place(NamedTuple):
    """Where an event happened."""

    activity_id: UUID
    tenant_id: UUID
    title: str
    kind: Kind
    language: str
    context_id: str
    course: str
    platform: str
    issuer: str
    product: str
    synthetic: bool


_place = _kept(_Place)  # the same place is the same object, so that it is soon found again


def journal_lines(session: Session, wanted: ColumnElement[bool], most: int) -> list[Line]:
    """The oldest lines of the journal that are `wanted`, at most so many. One statement."""
    columns = [getattr(Event, name) for name in Line._fields]
    rows = session.connection().execute(select(*columns).where(wanted).order_by(Event.id).limit(most))
    return [Line._make(row) for row in rows.all()]


def translate(session: Session, lines: Sequence[Line], base_url: str) -> list[xapi.Event | ValueError]:
    """Tell lines of the journal in xAPI's words, in the same order; a ValueError where it cannot be told.

    Args:
        session: reads what the lines speak of. Three statements.
        lines: of the journal.
        base_url: the tool's address, under which its IRIs stand.

    """
    places = _places(session, {line.activity_id for line in lines})
    named = {UUID(line.facts[key]) for line in lines for key in NAMED & line.facts.keys()}
    people = _subjects(session, {line.person_id for line in lines} | named)
    authors = _authors(
        session,
        {_contribution(line) for line in lines if line.type not in WITHOUT_CONTRIBUTION}
        | {line.facts["loser"] for line in lines if line.type is EventType.COMPARED},
    )
    return [_tell(line, places, people, authors, base_url) for line in lines]


def _places(session: Session, activities: Iterable[UUID]) -> Mapping[UUID, _Place]:
    rows = session.execute(
        select(
            Activity.id,
            Course.tenant_id,
            Activity.title,
            Activity.kind,
            Activity.language,
            Course.context_id,
            Course.title,
            Platform.name,
            Platform.issuer,
            Platform.product,
            Platform.synthetic,
        )
        .join(Course, Course.id == Activity.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Activity.id.in_(activities))
    )
    return {row[0]: _place(*row) for row in rows}


def _subjects(session: Session, people: Iterable[UUID]) -> Mapping[UUID, str]:
    """People's subjects, by their ids."""
    return dict(session.execute(select(Person.id, Person.sub).where(Person.id.in_(people))).all())


def _authors(session: Session, contributions: Iterable[str]) -> Mapping[str, str]:
    """The authors' subjects, by contribution."""
    rows = session.execute(
        select(Contribution.id, Person.sub)
        .join(Person, Person.id == Contribution.author_id)
        .where(Contribution.id.in_(map(UUID, contributions)))
    )
    return {str(contribution): sub for contribution, sub in rows}


def _tell(
    line: Line,
    places: Mapping[UUID, _Place],
    people: Mapping[UUID, str],
    authors: Mapping[str, str],
    base_url: str,
) -> xapi.Event | ValueError:
    try:
        return _event(line, places[line.activity_id], people, authors, base_url)
    except (ValueError, LookupError, TypeError) as error:
        return ValueError(f"{line.type} cannot be told: {type(error).__name__}: {error}"[:500])


def _event(
    line: Line, place: _Place, people: Mapping[UUID, str], authors: Mapping[str, str], base_url: str
) -> xapi.Event:
    facts = line.facts
    base: dict[str, Any] = {
        "id": line.statement_id,
        "occurred_at": line.occurred_at,
        "actor": _actor(place.issuer, people[line.person_id]),
        "context": _context(place, line.person_id, base_url),
    }
    if "written_by" in facts:  # an instructor wrote it for its author
        writer = _actor(place.issuer, people[UUID(facts["written_by"])])
        base["context"] = replace(base["context"], instructor=writer)
    if line.type is EventType.LAUNCHED:
        return xapi.Launched(**base)
    if line.type is EventType.COMPLETED:
        return xapi.Completed(**base, score=_score(facts["score"]) if "score" in facts else None)
    if line.type is EventType.WITHDRAWN:
        return xapi.Withdrawn(**base, voided=UUID(facts["statement"]))
    if line.type is EventType.CALIBRATED:
        closeness = xapi.Score(1 - facts["distance"], 0, 1)
        return xapi.Calibrated(**base, example=_example(facts["example"], base_url), closeness=closeness)
    contribution = _contribution(line)
    author = _actor(place.issuer, authors[contribution])
    base["contribution"] = _work(f"{base_url}/contributions/{contribution}", place.kind, author)
    match line.type:
        case EventType.VIEWED:
            return xapi.Viewed(**base)
        case EventType.SHARED:
            return xapi.Shared(**base)
        case EventType.SUBMITTED:
            return xapi.Submitted(**base, word_count=facts["words"])
        case EventType.REVISED:
            first = UUID(facts["statement"])
            return xapi.Revised(**base, word_count=facts["words"], revision=facts["revision"], first=first)
        case EventType.ASSIGNED_REVIEW:
            return xapi.AssignedReview(**base)
        case EventType.RETURNED:
            return xapi.Returned(**base)
        case EventType.REVIEWED:
            return xapi.Reviewed(
                **base,
                review=_review(line.entity, base_url),
                score=_score(facts["score"]),
                marks=tuple(_mark(mark, base_url) for mark in facts["marks"]),
                duration=timedelta(seconds=facts["seconds"]) if "seconds" in facts else None,
                kind="second-look" if facts.get("again") else facts.get("kind", ""),
            )
        case EventType.RATED:
            return _appraisal(facts, base | {"review": _review(line.entity, base_url)})
        case EventType.COMPARED:
            loser = _actor(place.issuer, authors[facts["loser"]])
            return xapi.Compared(
                **base,
                comparison=xapi.Comparison(f"{base_url}/comparisons/{line.entity}"),
                loser=_work(f"{base_url}/contributions/{facts['loser']}", place.kind, loser),
                word_count=facts["words"],
                duration=timedelta(seconds=facts["seconds"]),
            )
        case EventType.SCORED:
            return xapi.Scored(**base, score=_score(facts["score"]))
        case EventType.MENTIONED:
            return xapi.Mentioned(
                **base,
                comment=_comment(facts["comment"], base_url),
                person=_actor(place.issuer, people[UUID(facts["person"])]),
            )
        case EventType.VOTED | EventType.ACCEPTED | EventType.ENDORSED:
            return _JUDGED[line.type](**base, answer=_comment(facts["answer"], base_url))
    return _exchange(line, base | {"word_count": facts["words"]}, base_url)


_JUDGED: Mapping[EventType, type[xapi.Voted | xapi.Accepted | xapi.Endorsed]] = {
    EventType.VOTED: xapi.Voted,
    EventType.ACCEPTED: xapi.Accepted,
    EventType.ENDORSED: xapi.Endorsed,
}


def _appraisal(facts: Mapping[str, Any], base: dict[str, Any]) -> xapi.Event:
    """What an author said of a review: the strongest of rating, thanks and reply."""
    base["word_count"] = facts["words"]
    if facts["useful"] is not None:
        return xapi.ReviewRated(**base, score=xapi.Score(facts["useful"], 1, 5))
    return xapi.ReviewThanked(**base) if facts["thanked"] else xapi.ReviewAnswered(**base)


def _exchange(line: Line, base: dict[str, Any], base_url: str) -> xapi.Event:
    """What was said about a contribution."""
    match line.type:
        case EventType.COMMENTED:
            return xapi.Commented(**base, comment=_comment(line.entity, base_url))
        case EventType.REPLIED:
            to = _comment(line.facts["thread"], base_url)
            return xapi.Replied(**base, comment=_comment(line.entity, base_url), to=to)
        case EventType.ASKED:
            asked_by_it = str(line.entity) == _contribution(line)
            return xapi.Asked(**base, question=None if asked_by_it else _comment(line.entity, base_url))
        case EventType.ANSWERED:
            thread = line.facts.get("thread")
            question = _comment(thread, base_url) if thread else None
            return xapi.Answered(**base, answer=_comment(line.entity, base_url), question=question)
        case EventType.THANKED:
            return xapi.Thanked(**base)
        case EventType.APPLIED:
            return xapi.Applied(**base, on=date.fromisoformat(line.facts["on"]))
        case EventType.DISAGREED:
            return xapi.Disagreed(**base)
    raise ValueError("no statement is defined for it")


@_kept
def _context(place: _Place, person: UUID, base_url: str) -> xapi.Context:
    return xapi.Context(
        registration=xapi.registration_id(place.tenant_id, place.activity_id, person),
        course=xapi.Course(
            xapi.course_iri(place.issuer, place.context_id, place.product), place.course, place.context_id
        ),
        activity=xapi.Activity(f"{base_url}/activities/{place.activity_id}", place.title, place.kind.value),
        platform=place.platform,
        language=place.language,
        synthetic=place.synthetic,
    )


@_kept
def _actor(issuer: str, sub: str) -> xapi.Actor:
    return xapi.lti_sub_actor(issuer, sub)


@_kept
def _work(iri: str, kind: Kind, author: xapi.Actor) -> xapi.Contribution:
    return xapi.Contribution(iri, "", kind.value, author)  # its title is the learner's own words


def _review(review: UUID, base_url: str) -> xapi.Review:
    return xapi.Review(f"{base_url}/reviews/{review}")


def _example(example: str, base_url: str) -> xapi.Example:
    return xapi.Example(f"{base_url}/examples/{example}")


def _comment(comment: UUID | str, base_url: str) -> xapi.Comment:
    return xapi.Comment(f"{base_url}/comments/{comment}")


def _contribution(line: Line) -> str:
    """What the event is about: named in its facts, except where it is the event's own entity."""
    if line.type is EventType.COMPARED:
        return str(line.facts["winner"])
    return str(line.entity if line.type in HANDED_IN else line.facts.get("contribution", line.entity))


def _score(score: Mapping[str, float]) -> xapi.Score:
    return xapi.Score(score["raw"], score["min"], score["max"])


def _mark(mark: Mapping[str, Any], base_url: str) -> xapi.CriterionMark:
    criterion = f"{base_url}/criteria/{mark['criterion']}"
    return xapi.CriterionMark(criterion, mark["name"], mark["points"], mark["min"], mark["max"])
