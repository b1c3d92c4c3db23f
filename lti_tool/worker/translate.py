"""From the journal's rows to the events that `xapi` makes statements of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from xapi import statements as xapi

from ..activities.models import Kind
from ..kernel.journal import EventType
from ..people import accounts
from ..people.accounts import Keys
from .around import TO_ITS_AUTHOR, Around, Place, kept, look_around
from .lines import TAKEN_BACK, contribution_of
from .lines import Line as Line
from .lines import NotToldError as NotToldError
from .lines import journal_lines as journal_lines

SYSTEM = "entraide"  # whose account voids statements: the tool's own, at its address


def translate(
    session: Session, lines: Sequence[Line], base_url: str, keys: Keys | None = None
) -> list[xapi.Event | ValueError]:
    """Tell lines of the journal in xAPI's words, in the same order; a ValueError where it cannot be told.

    A NotToldError is no failure: there is to be no statement, as somebody it would name was erased.

    Args:
        session: a reading one. Three statements; a few more where there are comments, groups or texts.
        lines: of the journal.
        base_url: the tool's address, under which its IRIs stand.
        keys: of pseudonyms; without them nobody is told of who is to have one.

    """
    around = look_around(session, lines, base_url, keys)
    return [_tell(line, around, base_url) for line in lines]


def voiding(line: Line, place: Place, base_url: str) -> xapi.Withdrawn:
    """The statement that voids another one. Its actor is the tool: it cannot be voided in its turn."""
    return xapi.Withdrawn(
        id=line.statement_id,
        occurred_at=line.occurred_at,
        actor=xapi.Actor(base_url, SYSTEM),
        context=_context(place, line.person_id, base_url),
        voided=UUID(line.facts["statement"]),
    )


def _tell(line: Line, around: Around, base_url: str) -> xapi.Event | ValueError:
    try:
        return _event(line, around, base_url)
    except NotToldError as reason:
        return reason
    except (ValueError, LookupError, TypeError) as error:
        return ValueError(f"{line.type} cannot be told: {type(error).__name__}: {error}"[:500])


def _event(line: Line, around: Around, base_url: str) -> xapi.Event:
    facts, place = line.facts, around.places[line.activity_id]
    base: dict[str, Any] = {
        "id": line.statement_id,
        "occurred_at": line.occurred_at,
        "actor": around.name(line.person_id),
        "context": _context(place, line.person_id, base_url),
    }
    if "written_by" in facts:  # an instructor wrote it for its author
        base["context"] = replace(base["context"], instructor=around.name(UUID(facts["written_by"])))
    if line.type is EventType.LAUNCHED:
        return xapi.Launched(**base)
    if line.type is EventType.COMPLETED:
        return xapi.Completed(**base, score=_score(facts["score"]) if "score" in facts else None)
    if line.type in TAKEN_BACK:
        return voiding(line, place, base_url)
    if line.type is EventType.CALIBRATED:
        closeness = xapi.Score(1 - facts["distance"], 0, 1)
        return xapi.Calibrated(**base, example=_example(facts["example"], base_url), closeness=closeness)
    if team := around.team(line):
        base["context"] = replace(base["context"], team=accounts.team(place.tenant, team))
    whose = around.whose(line)
    return _upon_a_work(line, around, base, around.name(whose) if whose else None, base_url)


def _upon_a_work(
    line: Line, around: Around, base: dict[str, Any], whose: xapi.Actor | None, base_url: str
) -> xapi.Event:
    """What was done with a contribution, or with what was said about it; `whose`: see Around.whose."""
    facts, place, contribution = line.facts, around.places[line.activity_id], contribution_of(line)
    author = whose if line.type in TO_ITS_AUTHOR or around.is_on_a_work(line) else None
    title = ""
    if text := around.texts.get(line.id):
        title, base["response"], base["attachments"] = text.title, text.response, text.files
    around.works[contribution]  # it is there
    base["contribution"] = _work(f"{base_url}/contributions/{contribution}", title, place.kind, author)
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
            return _appraisal(facts, base | {"review": _review(line.entity, base_url, whose)})
        case EventType.COMPARED:
            around.works[facts["loser"]]
            return xapi.Compared(
                **base,
                comparison=xapi.Comparison(f"{base_url}/comparisons/{line.entity}"),
                loser=_work(f"{base_url}/contributions/{facts['loser']}", "", place.kind, None),
                word_count=facts["words"],
                duration=timedelta(seconds=facts["seconds"]),
            )
        case EventType.SCORED:
            return xapi.Scored(**base, score=_score(facts["score"]))
        case EventType.MENTIONED:
            comment = _comment(facts["comment"], base_url)
            return xapi.Mentioned(**base, comment=comment, person=around.name(UUID(facts["person"])))
        case EventType.VOTED | EventType.ACCEPTED | EventType.ENDORSED:
            return _JUDGED[line.type](**base, answer=_comment(facts["answer"], base_url, whose))
    return _exchange(line, base | {"word_count": facts["words"]}, whose, base_url)


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


def _exchange(line: Line, base: dict[str, Any], whose: xapi.Actor | None, base_url: str) -> xapi.Event:
    """What was said about a contribution."""
    match line.type:
        case EventType.COMMENTED:
            return xapi.Commented(**base, comment=_comment(line.entity, base_url))
        case EventType.REPLIED:
            to = _comment(line.facts["thread"], base_url, whose)
            return xapi.Replied(**base, comment=_comment(line.entity, base_url), to=to)
        case EventType.ASKED:
            asked_by_it = str(line.entity) == contribution_of(line)
            return xapi.Asked(**base, question=None if asked_by_it else _comment(line.entity, base_url))
        case EventType.ANSWERED:
            thread = line.facts.get("thread")
            question = _comment(thread, base_url, whose) if thread else None
            return xapi.Answered(**base, answer=_comment(line.entity, base_url), question=question)
        case EventType.THANKED:
            return xapi.Thanked(**base)
        case EventType.APPLIED:
            return xapi.Applied(**base, on=date.fromisoformat(line.facts["on"]))
        case EventType.DISAGREED:
            return xapi.Disagreed(**base)
    raise ValueError("no statement is defined for it")


@kept
def _context(place: Place, person: UUID, base_url: str) -> xapi.Context:
    tenant = place.tenant
    return xapi.Context(
        registration=xapi.registration_id(tenant.id, place.activity_id, person),
        course=xapi.Course(
            xapi.course_iri(tenant.issuer, place.context_id, place.product), place.course, place.context_id
        ),
        activity=xapi.Activity(f"{base_url}/activities/{place.activity_id}", place.title, place.kind.value),
        platform=place.platform,
        language=place.language,
        synthetic=place.synthetic,
    )


@kept
def _work(iri: str, title: str, kind: Kind, author: xapi.Actor | None) -> xapi.Contribution:
    return xapi.Contribution(iri, title, kind.value, author)


def _review(review: UUID, base_url: str, author: xapi.Actor | None = None) -> xapi.Review:
    return xapi.Review(f"{base_url}/reviews/{review}", author)


def _example(example: str, base_url: str) -> xapi.Example:
    return xapi.Example(f"{base_url}/examples/{example}")


def _comment(comment: UUID | str, base_url: str, author: xapi.Actor | None = None) -> xapi.Comment:
    return xapi.Comment(f"{base_url}/comments/{comment}", author)


def _score(score: Mapping[str, float]) -> xapi.Score:
    return xapi.Score(score["raw"], score["min"], score["max"])


def _mark(mark: Mapping[str, Any], base_url: str) -> xapi.CriterionMark:
    criterion = f"{base_url}/criteria/{mark['criterion']}"
    return xapi.CriterionMark(criterion, mark["name"], mark["points"], mark["min"], mark["max"])
