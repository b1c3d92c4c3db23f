"""From the journal's rows to the events that `xapi` makes statements of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi import statements as xapi

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..kernel.journal import Event, EventType
from ..people.models import Course, Deployment, Person, Platform

WITHOUT_CONTRIBUTION = {EventType.LAUNCHED, EventType.COMPLETED}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an event happened."""

    activity: Activity
    course: Course
    platform: Platform


def translate(session: Session, events: Sequence[Event], base_url: str) -> list[xapi.Event | ValueError]:
    """Tell events in xAPI's words, in the same order; a ValueError for each that cannot be told.

    Args:
        session: reads what the events speak of. Three statements.
        events: rows of the journal.
        base_url: the tool's address, under which its IRIs stand.

    """
    places = {
        activity.id: _Place(activity, course, platform)
        for activity, course, platform in session.execute(
            select(Activity, Course, Platform)
            .join(Course, Course.id == Activity.course_id)
            .join(Deployment, Deployment.id == Course.tenant_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .where(Activity.id.in_({event.activity_id for event in events}))
        )
    }
    people = dict(
        session.execute(
            select(Person.id, Person.sub).where(Person.id.in_({event.person_id for event in events}))
        ).all()
    )
    about = {_contribution(event) for event in events if event.type not in WITHOUT_CONTRIBUTION}
    authors = _authors(session, about)
    return [_tell(event, places, people, authors, base_url) for event in events]


def _authors(session: Session, contributions: set[UUID]) -> Mapping[UUID, str]:
    """The authors' subjects, by contribution."""
    return dict(
        session.execute(
            select(Contribution.id, Person.sub)
            .join(Person, Person.id == Contribution.author_id)
            .where(Contribution.id.in_(contributions))
        ).all()
    )


def _tell(
    event: Event,
    places: Mapping[UUID, _Place],
    people: Mapping[UUID, str],
    authors: Mapping[UUID, str],
    base_url: str,
) -> xapi.Event | ValueError:
    try:
        return _event(event, places[event.activity_id], people[event.person_id], authors, base_url)
    except (ValueError, LookupError, TypeError) as error:
        return ValueError(f"{event.type} cannot be told: {type(error).__name__}: {error}"[:500])


def _event(event: Event, place: _Place, sub: str, authors: Mapping[UUID, str], base_url: str) -> xapi.Event:
    facts, issuer = event.facts, place.platform.issuer
    base: dict[str, Any] = {
        "id": event.statement_id,
        "occurred_at": event.occurred_at,
        "actor": xapi.lti_sub_actor(issuer, sub),
        "context": _context(event, place, base_url),
    }
    if event.type is EventType.LAUNCHED:
        return xapi.Launched(**base)
    if event.type is EventType.COMPLETED:
        return xapi.Completed(**base, score=_score(facts["score"]) if "score" in facts else None)
    contribution = _contribution(event)
    base["contribution"] = xapi.Contribution(
        f"{base_url}/contributions/{contribution}",
        "",  # its title is the learner's own words
        place.activity.kind.value,
        xapi.lti_sub_actor(issuer, authors[contribution]),
    )
    match event.type:
        case EventType.VIEWED:
            return xapi.Viewed(**base)
        case EventType.SUBMITTED:
            return xapi.Submitted(**base, word_count=facts["words"])
        case EventType.ASSIGNED_REVIEW:
            return xapi.AssignedReview(**base)
        case EventType.REVIEWED:
            return xapi.Reviewed(
                **base,
                review=xapi.Review(f"{base_url}/reviews/{event.entity}"),
                score=_score(facts["score"]),
                marks=tuple(_mark(mark, base_url) for mark in facts["marks"]),
                duration=timedelta(seconds=facts["seconds"]),
            )
        case EventType.SCORED:
            return xapi.Scored(**base, score=_score(facts["score"]))
    raise ValueError("no statement is defined for it")


def _context(event: Event, place: _Place, base_url: str) -> xapi.Context:
    activity, course, platform = place.activity, place.course, place.platform
    return xapi.Context(
        registration=xapi.registration_id(event.tenant_id, activity.id, event.person_id),
        course=xapi.Course(
            xapi.course_iri(platform.issuer, course.context_id, platform.product),
            course.title,
            course.context_id,
        ),
        activity=xapi.Activity(f"{base_url}/activities/{activity.id}", activity.title, activity.kind.value),
        platform=platform.name,
        language=activity.language,
        synthetic=platform.synthetic,
    )


def _contribution(event: Event) -> UUID:
    """What the event is about: named in its facts, except where it is the event's own entity."""
    return event.entity if event.type is EventType.SUBMITTED else UUID(event.facts["contribution"])


def _score(score: Mapping[str, float]) -> xapi.Score:
    return xapi.Score(score["raw"], score["min"], score["max"])


def _mark(mark: Mapping[str, Any], base_url: str) -> xapi.CriterionMark:
    criterion = f"{base_url}/criteria/{mark['criterion']}"
    return xapi.CriterionMark(criterion, mark["name"], mark["points"], mark["min"], mark["max"])
