"""From an event to its xAPI statement, and to the bytes that are kept and sent.

tincan builds the statement. What it would spoil (timestamps, durations) or does not know (xAPI 2.0) is put
right on the serialised form, once; from then on the bytes are the statement: LRSs compare statements as text.
"""

import json
import re
from dataclasses import dataclass
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
from xapi.vocabulary import PROFILE, PROFILE_VERSION, ActivityType, Extension

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


def build(event: Event, version: Version = "1.0.3", profile: str = PROFILE) -> tincan.Statement:
    """Return the statement that tells `event`.

    `profile` replaces the base of our own IRIs, for tests. Raises ValueError for a version that is neither
    1.0.3 nor 2.0.0. What only 2.0.0 knows is not in a tincan.Statement: see `to_bytes`.
    """
    if version not in get_args(Version):
        raise ValueError(f"no such xAPI version: {version!r}")
    return _Builder(event, profile).statement(version)


def to_bytes(event: Event, version: Version = "1.0.3", profile: str = PROFILE) -> bytes:
    """Return the statement that tells `event` as compact UTF-8 JSON; the same event gives the same bytes."""
    document: dict[str, Any] = build(event, version, profile).as_version()
    document["timestamp"] = times.timestamp(event.occurred_at)
    context = document["context"]
    if "team" in context:
        del context["team"]["member"]  # tincan writes an empty list; an identified group needs none
    if isinstance(event, Reviewed) and event.duration is not None:
        document["result"]["duration"] = times.duration(event.duration)
    reviewee = context.get("extensions", {}).get(vocabulary.REVIEWEE.under(profile))
    if version == "2.0.0" and reviewee is not None:
        roles = [vocabulary.REVIEWEE_ROLE.under(profile)]
        context["contextAgents"] = [{"objectType": "contextAgent", "agent": reviewee, "relevantTypes": roles}]
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "replace")  # a title may hold half a surrogate pair, which UTF-8 cannot


@dataclass(frozen=True)
class _Builder:
    """Builds one statement; private because a caller needs only `build`."""

    event: Event
    profile: str

    def statement(self, version: Version) -> tincan.Statement:
        event = self.event
        return tincan.Statement(
            id=event.id,
            actor=_agent(event.actor),
            verb=tincan.Verb(id=event.verb.under(self.profile), display=event.verb.display),
            object=self.object(),
            result=self.result(),
            context=self.context(),
            timestamp=event.occurred_at,
            version=version,
        )

    def object(self) -> tincan.Activity:
        if isinstance(self.event, ContributionEvent):
            work = self.event.contribution
            return self.activity(work.iri, vocabulary.CONTRIBUTION, work.title, {vocabulary.KIND: work.kind})
        return self.peer_activity()

    def result(self) -> tincan.Result | None:
        match self.event:
            case Submitted(word_count=words):
                count = self.extensions({vocabulary.WORD_COUNT: words})
                return tincan.Result(completion=True, extensions=count)
            case Reviewed(score=score, duration=span, marks=marks):
                rubric = self.extensions(
                    {vocabulary.RUBRIC: [_mark(mark) for mark in marks]} if marks else {}
                )
                return tincan.Result(completion=True, score=_score(score), duration=span, extensions=rubric)
            case Scored(score=score):
                return tincan.Result(score=_score(score))
            case Completed(score=score, success=success):
                return tincan.Result(completion=True, success=success, score=_score(score) if score else None)
        return None

    def context(self) -> tincan.Context:
        context = self.event.context
        notes: dict[Extension, Any] = {}
        if isinstance(self.event, AssignedReview | Reviewed):
            notes[vocabulary.REVIEWEE] = _agent(self.event.contribution.author).as_version()
        if context.synthetic:
            notes[vocabulary.SYNTHETIC] = True
        return tincan.Context(
            registration=context.registration,
            platform=context.platform,
            language=language_tag(context.language),
            instructor=_agent(context.instructor) if context.instructor else None,
            team=tincan.Group(object_type="Group", account=_account(context.team)) if context.team else None,
            context_activities=self.surroundings(),
            extensions=self.extensions(notes),
        )

    def surroundings(self) -> tincan.ContextActivities:
        course, event = self.event.context.course, self.event
        version = vocabulary.under(PROFILE_VERSION, self.profile)
        ids = {vocabulary.CONTEXT_ID: course.context_id} if course.context_id else {}
        review = event.review.iri if isinstance(event, Reviewed) else None
        return tincan.ContextActivities(
            category=[self.activity(version, vocabulary.PROFILE_TYPE)],
            grouping=[self.activity(course.iri, vocabulary.COURSE, course.title, ids)],
            # The activity is not its own parent
            parent=[self.peer_activity()] if isinstance(event, ContributionEvent) else None,
            other=[self.activity(review, vocabulary.REVIEW)] if review else None,
        )

    def peer_activity(self) -> tincan.Activity:
        peers = self.event.context.activity
        return self.activity(peers.iri, vocabulary.PEER_ACTIVITY, peers.title, {vocabulary.KIND: peers.kind})

    def activity(
        self, iri: str, kind: ActivityType, title: str = "", notes: dict[Extension, Any] | None = None
    ) -> tincan.Activity:
        # PostgreSQL refuses NUL in JSON: an LRS on it would answer 500 to such a title for ever
        title = _CONTROLS.sub(" ", title).strip()
        definition = tincan.ActivityDefinition(
            type=kind.under(self.profile),
            name={language_tag(self.event.context.language) or "und": title} if title else None,
            extensions=self.extensions(notes or {}),
        )
        return tincan.Activity(id=iri, object_type="Activity", definition=definition)

    def extensions(self, notes: dict[Extension, Any]) -> dict[str, Any] | None:
        return {key.under(self.profile): value for key, value in notes.items()} or None


def _account(actor: Actor) -> tincan.AgentAccount:
    return tincan.AgentAccount(home_page=actor.home_page, name=actor.name)


def _agent(actor: Actor) -> tincan.Agent:
    return tincan.Agent(object_type="Agent", account=_account(actor))


def _score(score: Score) -> tincan.Score:
    return tincan.Score(scaled=score.scaled, raw=score.raw, min=score.min, max=score.max)


def _mark(mark: CriterionMark) -> dict[str, str | float]:
    scale = _score(mark.score).as_version()
    return {"criterion": mark.criterion, "label": _CONTROLS.sub(" ", mark.label), **scale}
