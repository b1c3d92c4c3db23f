"""From an event to its xAPI statement, and to the bytes that are kept and sent.

tincan builds the parts of a statement. Who acts, where and upon what is the same in many statements, so these
parts are built once and kept. What tincan would spoil (timestamps, durations) or does not know (xAPI 2.0) we
write ourselves. From then on the bytes are the statement: LRSs compare statements as text.
"""

import json
import re
from functools import lru_cache
from typing import Any, Literal, get_args

import tincan

from xapi import times, vocabulary
from xapi.events import (
    Activity,
    AssignedReview,
    Completed,
    Context,
    Contribution,
    ContributionEvent,
    Course,
    CriterionMark,
    Event,
    Launched,
    Review,
    Reviewed,
    Score,
    Scored,
    Submitted,
    Viewed,
)
from xapi.identity import (
    Actor,
    course_iri,
    language_tag,
    lis_sourcedid_actor,
    lti_sub_actor,
    pseudonym_actor,
    registration_id,
    statement_id,
)
from xapi.vocabulary import PROFILE, PROFILE_VERSION, ActivityType, Extension, Verb

__all__ = [
    "Activity",
    "Actor",
    "AssignedReview",
    "Completed",
    "Context",
    "Contribution",
    "Course",
    "CriterionMark",
    "Event",
    "Launched",
    "Review",
    "Reviewed",
    "Score",
    "Scored",
    "Submitted",
    "Version",
    "Viewed",
    "build",
    "course_iri",
    "lis_sourcedid_actor",
    "lti_sub_actor",
    "pseudonym_actor",
    "registration_id",
    "statement_id",
    "to_bytes",
]

Version = Literal["1.0.3", "2.0.0"]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode

# Parts are shared between statements: never change one.
Part = dict[str, Any]
_kept = lru_cache(maxsize=4096)


def build(event: Event, version: Version = "1.0.3", profile: str = PROFILE) -> tincan.Statement:
    """Return the statement that tells `event`.

    `profile` replaces the base of our own IRIs, for tests. Raises ValueError for a version that is neither
    1.0.3 nor 2.0.0. What only 2.0.0 knows is not in a tincan.Statement: see `to_bytes`.
    """
    return tincan.Statement.from_json(_encode(_statement(event, version, profile)))


def to_bytes(event: Event, version: Version = "1.0.3", profile: str = PROFILE) -> bytes:
    """Return the statement that tells `event` as compact UTF-8 JSON; the same event gives the same bytes."""
    statement = _statement(event, version, profile)
    if version == "2.0.0" and isinstance(event, AssignedReview | Reviewed):
        statement["context"]["contextAgents"] = [_reviewee(event.contribution.author, profile)]
    # A title may hold half a surrogate pair, which UTF-8 cannot
    return _encode(statement).encode("utf-8", "replace")


def _statement(event: Event, version: Version, profile: str) -> Part:
    """Return what 1.0.3 can say. The statement and its context are the caller's own, the rest is shared."""
    if version not in get_args(Version):
        raise ValueError(f"no such xAPI version: {version!r}")
    statement = {
        "id": str(event.id),
        "version": version,
        "timestamp": times.timestamp(event.occurred_at),
        "actor": _agent(event.actor),
        "verb": _verb(event.verb, profile),
        "object": _object(event, profile),
        "context": _context(event, profile),
    }
    result = _result(event, profile)
    if result is not None:
        statement["result"] = result
    return statement


def _object(event: Event, profile: str) -> Part:
    if isinstance(event, ContributionEvent):
        work, language = event.contribution, event.context.language
        notes = ((vocabulary.KIND, work.kind),)
        return _activity(work.iri, vocabulary.CONTRIBUTION, profile, language, work.title, notes)
    return _peer_activity(event.context.activity, event.context.language, profile)


def _result(event: Event, profile: str) -> Part | None:
    match event:
        case Submitted(word_count=words):
            count = {vocabulary.WORD_COUNT.under(profile): words}
            result = tincan.Result(completion=True, extensions=count)
        case Reviewed(score=score, marks=marks):
            rubric = {vocabulary.RUBRIC.under(profile): [_mark(mark) for mark in marks]} if marks else None
            result = tincan.Result(completion=True, score=_score(score), extensions=rubric)
        case Scored(score=score):
            result = tincan.Result(score=_score(score))
        case Completed(score=score, success=success):
            result = tincan.Result(completion=True, success=success, score=_score(score) if score else None)
        case _:
            return None
    document: Part = result.as_version()
    if isinstance(event, Reviewed) and event.duration is not None:
        document["duration"] = times.duration(event.duration)
    return document


def _context(event: Event, profile: str) -> Part:
    context = event.context
    around = dict(_surroundings(context.course, context.activity, context.language, profile))
    if not isinstance(event, ContributionEvent):
        del around["parent"]  # the activity is not its own parent
    if isinstance(event, Reviewed):
        around["other"] = [_activity(event.review.iri, vocabulary.REVIEW, profile)]
    notes: Part = {}
    if isinstance(event, AssignedReview | Reviewed):
        notes[vocabulary.REVIEWEE.under(profile)] = _agent(event.contribution.author)
    if context.synthetic:
        notes[vocabulary.SYNTHETIC.under(profile)] = True
    parts = {
        "registration": str(context.registration),
        "platform": context.platform,
        "language": language_tag(context.language),
        "instructor": context.instructor and _agent(context.instructor),
        "team": context.team and _team(context.team),
        "contextActivities": around,
        "extensions": notes or None,
    }
    return {name: part for name, part in parts.items() if part is not None}


@_kept
def _surroundings(course: Course, activity: Activity, language: str | None, profile: str) -> Part:
    version = vocabulary.under(PROFILE_VERSION, profile)
    ids = ((vocabulary.CONTEXT_ID, course.context_id),) if course.context_id else ()
    return {
        "category": [_activity(version, vocabulary.PROFILE_TYPE, profile)],
        "grouping": [_activity(course.iri, vocabulary.COURSE, profile, language, course.title, ids)],
        "parent": [_peer_activity(activity, language, profile)],
    }


def _peer_activity(activity: Activity, language: str | None, profile: str) -> Part:
    notes = ((vocabulary.KIND, activity.kind),)
    return _activity(activity.iri, vocabulary.PEER_ACTIVITY, profile, language, activity.title, notes)


@_kept
def _activity(
    iri: str,
    kind: ActivityType,
    profile: str,
    language: str | None = None,
    title: str = "",
    notes: tuple[tuple[Extension, str], ...] = (),
) -> Part:
    # PostgreSQL refuses NUL in JSON: an LRS on it would answer 500 to such a title for ever
    title = _CONTROLS.sub(" ", title).strip()
    definition = tincan.ActivityDefinition(
        type=kind.under(profile),
        name={language_tag(language) or "und": title} if title else None,
        extensions={key.under(profile): value for key, value in notes} or None,
    )
    part: Part = tincan.Activity(id=iri, object_type="Activity", definition=definition).as_version()
    return part


@_kept
def _verb(verb: Verb, profile: str) -> Part:
    part: Part = tincan.Verb(id=verb.under(profile), display=verb.display).as_version()
    return part


@_kept
def _agent(actor: Actor) -> Part:
    part: Part = tincan.Agent(object_type="Agent", account=_account(actor)).as_version()
    return part


def _team(team: Actor) -> Part:
    part: Part = tincan.Group(object_type="Group", account=_account(team)).as_version()
    del part["member"]  # tincan writes an empty list; an identified group needs none
    return part


def _reviewee(author: Actor, profile: str) -> Part:
    roles = [vocabulary.REVIEWEE_ROLE.under(profile)]
    return {"objectType": "contextAgent", "agent": _agent(author), "relevantTypes": roles}


def _account(actor: Actor) -> tincan.AgentAccount:
    return tincan.AgentAccount(home_page=actor.home_page, name=actor.name)


def _score(score: Score) -> tincan.Score:
    return tincan.Score(scaled=score.scaled, raw=score.raw, min=score.min, max=score.max)


def _mark(mark: CriterionMark) -> Part:
    scale = {name: float(getattr(mark.score, name)) for name in ("scaled", "raw", "min", "max")}
    return {"criterion": mark.criterion, "label": _CONTROLS.sub(" ", mark.label), **scale}
