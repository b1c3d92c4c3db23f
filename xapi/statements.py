"""From an event to its xAPI statement, and to the bytes that are kept and sent.

tincan builds the parts of a statement. Who acts, where and upon what is the same in many statements, so such
parts are built and serialised once, and kept. What tincan would spoil (timestamps, durations) or does not
know (xAPI 2.0) we write ourselves. From then on the bytes are the statement: LRSs compare statements as text.
"""

import json
import re
from dataclasses import replace
from functools import lru_cache
from typing import Literal, get_args
from uuid import UUID

import tincan

from xapi import times, vocabulary
from xapi.events import (
    Accepted,
    Activity,
    Answered,
    Applied,
    Appraised,
    Asked,
    AssignedReview,
    Attachment,
    Calibrated,
    Comment,
    Commented,
    Compared,
    Comparison,
    Completed,
    Context,
    Contribution,
    ContributionEvent,
    Course,
    CriterionMark,
    Disagreed,
    Endorsed,
    Event,
    Example,
    Judged,
    Launched,
    Mentioned,
    Reacted,
    Replied,
    Returned,
    Review,
    ReviewAnswered,
    Reviewed,
    ReviewRated,
    ReviewThanked,
    Revised,
    Score,
    Scored,
    Shared,
    Submitted,
    Thanked,
    Viewed,
    Voted,
    Withdrawn,
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
from xapi.vocabulary import PROFILE, PROFILE_VERSION, ActivityType, ContextExtension, Verb

__all__ = [
    "Accepted",
    "Activity",
    "Actor",
    "Answered",
    "Applied",
    "Asked",
    "AssignedReview",
    "Attachment",
    "Calibrated",
    "Comment",
    "Commented",
    "Compared",
    "Comparison",
    "Completed",
    "Context",
    "Contribution",
    "Course",
    "CriterionMark",
    "Disagreed",
    "Endorsed",
    "Event",
    "Example",
    "Launched",
    "Mentioned",
    "Replied",
    "Returned",
    "Review",
    "ReviewAnswered",
    "ReviewRated",
    "ReviewThanked",
    "Reviewed",
    "Revised",
    "Score",
    "Scored",
    "Shared",
    "Submitted",
    "Thanked",
    "Version",
    "Viewed",
    "Voted",
    "Withdrawn",
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

_VERSIONS = get_args(Version)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_WITHOUT_MEANING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")  # of a text of several lines
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode

# JSON text: parts are serialised once, and a statement is put together of them.
Part = str
_kept = lru_cache(maxsize=4096)
_INSIDE = (ContributionEvent, Calibrated)  # what they tell happens within the peer activity
_ROLES = {
    vocabulary.REVIEWEE: vocabulary.REVIEWEE_ROLE,
    vocabulary.AUTHOR: vocabulary.AUTHOR_ROLE,
    vocabulary.MENTIONED_PERSON: vocabulary.MENTIONED_ROLE,
}


def build(event: Event, version: Version = "1.0.3", profile: str = PROFILE) -> tincan.Statement:
    """Return the statement that tells `event`.

    `profile` replaces the base of our own IRIs, for tests. Raises ValueError for a version that is neither
    1.0.3 nor 2.0.0. What only 2.0.0 knows is not in a tincan.Statement: see `to_bytes`.
    """
    return tincan.Statement.from_json(_statement(event, version, profile, agents=False))


def to_bytes(event: Event, version: Version = "1.0.3", profile: str = PROFILE) -> bytes:
    """Return the statement that tells `event` as compact UTF-8 JSON; the same event gives the same bytes."""
    # A title may hold half a surrogate pair, which UTF-8 cannot
    return _statement(event, version, profile, agents=version == "2.0.0").encode("utf-8", "replace")


def _statement(event: Event, version: Version, profile: str, *, agents: bool) -> Part:
    if version not in _VERSIONS:
        raise ValueError(f"no such xAPI version: {version!r}")
    inside = isinstance(event, _INSIDE)
    context = event.context
    if isinstance(event, Withdrawn):  # a platform goes with an Activity only (xAPI 1.0.3, Part Two, 2.4.6)
        context = replace(context, platform="")
    first = event.first if isinstance(event, Revised) else None
    kind = event.kind if isinstance(event, Reviewed) else ""
    where = _context(
        context, profile, inside, _concerned(event), _other(event, profile), first, kind, agents=agents
    )
    files = f'"attachments":{_attachments(event, profile)},' if event.attachments else ""
    outcome = _result(event, profile)
    result = f'"result":{outcome},' if outcome else ""
    return (  # as _object does, in half its time
        f'{{"actor":{_agent(event.actor)},{files}"context":{where},"id":"{event.id}",'
        f'"object":{_target(event, profile)},{result}"timestamp":"{times.timestamp(event.occurred_at)}",'
        f'"verb":{_verb(event.verb, profile)},"version":"{version}"}}'
    )


def _object(**members: Part | None) -> Part:
    """Return the object of these members, which come in the order of their names; None is left out."""
    return "{" + ",".join([f'"{name}":{part}' for name, part in members.items() if part is not None]) + "}"


def _target(event: Event, profile: str) -> Part:
    match event:
        case Appraised(review=review):
            return _activity(review.iri, vocabulary.REVIEW, profile)
        case Compared(comparison=comparison):
            return _activity(comparison.iri, vocabulary.COMPARISON, profile)
        case Calibrated(example=example):
            return _activity(example.iri, vocabulary.EXAMPLE, profile)
        case Replied(to=comment) | Judged(answer=comment):
            return _activity(comment.iri, vocabulary.COMMENT, profile)
        case Asked(question=Comment() as question) | Answered(question=Comment() as question):
            return _activity(question.iri, vocabulary.QUESTION, profile)
        case Withdrawn(voided=statement):
            return _object(id=f'"{statement}"', objectType='"StatementRef"')
        case ContributionEvent():
            return _work(event, profile)
    return _peer_activity(event.context, profile)


def _concerned(event: Event) -> tuple[ContextExtension, Actor] | None:
    """Return whom the act is about, and as what: an agent of the statement's context."""
    whose: Actor | None = None
    match event:
        case AssignedReview() | Reviewed() | Returned():
            whose = event.contribution.author
            return (vocabulary.REVIEWEE, whose) if whose else None
        case Mentioned(person=person):
            return vocabulary.MENTIONED_PERSON, person
        case Appraised(review=thing) | Judged(answer=thing) | Replied(to=thing):
            whose = thing.author
        case Answered(question=Comment() as question):
            whose = question.author
        case Commented() | Answered() | Asked(question=Comment()) | Reacted() | Shared():
            whose = event.contribution.author
    # Nobody helps themselves
    return (vocabulary.AUTHOR, whose) if whose and whose != event.actor else None


def _work(event: ContributionEvent, profile: str) -> Part:
    work, language = event.contribution, event.context.language
    return _activity(work.iri, vocabulary.CONTRIBUTION, profile, language, work.title, work.kind)


def _other(event: Event, profile: str) -> Part | None:
    """Return what was made by the act, and what the act is about where that is not its object."""
    match event:
        case Reviewed(review=review):
            return f"[{_activity(review.iri, vocabulary.REVIEW, profile)}]"
        case Replied(comment=comment):
            return f"[{_activity(comment.iri, vocabulary.COMMENT, profile)},{_work(event, profile)}]"
        case (
            Commented(comment=comment) | Mentioned(comment=comment) | Answered(answer=comment, question=None)
        ):
            return f"[{_activity(comment.iri, vocabulary.COMMENT, profile)}]"
        case Answered(answer=answer):
            return f"[{_activity(answer.iri, vocabulary.COMMENT, profile)},{_work(event, profile)}]"
        case Compared(loser=loser):
            work = _activity(
                loser.iri, vocabulary.CONTRIBUTION, profile, event.context.language, loser.title, loser.kind
            )
            return f"[{_work(event, profile)},{work}]"
        case Asked(question=Comment()) | Judged() | Appraised():
            return f"[{_work(event, profile)}]"
    return None


def _result(event: Event, profile: str) -> Part | None:
    match event:
        case Submitted(word_count=words):
            count = {vocabulary.WORD_COUNT.under(profile): words}
            result = tincan.Result(completion=True, extensions=count)
        case Revised(word_count=words, revision=number):
            count = {vocabulary.WORD_COUNT.under(profile): words}
            count[vocabulary.REVISION_NUMBER.under(profile)] = number
            result = tincan.Result(completion=True, extensions=count)
        case Applied(word_count=words, on=day):
            when = {vocabulary.APPLIED_ON.under(profile): day.isoformat()}
            result = tincan.Result(extensions={vocabulary.WORD_COUNT.under(profile): words, **when})
        case (
            Commented(word_count=words)
            | Reacted(word_count=words)
            | Asked(word_count=words)
            | Answered(word_count=words)
        ):
            result = tincan.Result(extensions={vocabulary.WORD_COUNT.under(profile): words})
        case Reviewed(score=score, marks=marks):
            rubric = {vocabulary.RUBRIC.under(profile): [_mark(mark) for mark in marks]} if marks else None
            result = tincan.Result(completion=True, score=_score(score), extensions=rubric)
        case ReviewRated(score=score, word_count=words):
            count = {vocabulary.WORD_COUNT.under(profile): words}
            result = tincan.Result(score=_score(score), extensions=count)
        case Appraised(word_count=words):
            result = tincan.Result(extensions={vocabulary.WORD_COUNT.under(profile): words})
        case Compared(contribution=winner, loser=loser, word_count=words):
            count = {vocabulary.WORD_COUNT.under(profile): words}
            sides = {vocabulary.WINNER.under(profile): winner.iri, vocabulary.LOSER.under(profile): loser.iri}
            result = tincan.Result(completion=True, extensions={**sides, **count})
        case Calibrated(closeness=score):
            result = tincan.Result(completion=True, score=_score(score))
        case Scored(score=score):
            result = tincan.Result(score=_score(score))
        case Completed(score=score, success=success):
            result = tincan.Result(completion=True, success=success, score=_score(score) if score else None)
        case _ if not event.response:
            return None
        case _:
            result = tincan.Result()
    document = result.as_version()
    if event.response:
        document["response"] = _WITHOUT_MEANING.sub(" ", event.response)
    if isinstance(event, Reviewed | Compared) and event.duration is not None:
        document["duration"] = times.duration(event.duration)
    return _encode(document)


@_kept
def _context(
    context: Context,
    profile: str,
    inside: bool,
    concerned: tuple[ContextExtension, Actor] | None,
    other: Part | None,
    first: UUID | None,
    kind: str,
    *,
    agents: bool,
) -> Part:
    """Return where it happened: in the activity, or `inside` it, to whom it matters, what came `first`."""
    language = language_tag(context.language)
    return _object(
        contextActivities=_surroundings(context, profile, inside, other),
        contextAgents=_context_agents(concerned, profile) if agents and concerned else None,
        extensions=_notes(context, profile, concerned, kind),
        instructor=_agent(context.instructor) if context.instructor else None,
        language=f'"{language}"' if language else None,
        platform=_encode(context.platform) if context.platform else None,
        registration=f'"{context.registration}"',
        statement=_object(id=f'"{first}"', objectType='"StatementRef"') if first else None,
        team=_team(context.team) if context.team else None,
    )


def _surroundings(context: Context, profile: str, inside: bool, other: Part | None) -> Part:
    course, language = context.course, context.language
    version = vocabulary.under(PROFILE_VERSION, profile)
    grouping = _activity(course.iri, vocabulary.COURSE, profile, language, course.title, course.context_id)
    return _object(
        category=f"[{_activity(version, vocabulary.PROFILE_TYPE, profile)}]",
        grouping=f"[{grouping}]",
        other=other,
        # The activity is not its own parent
        parent=f"[{_peer_activity(context, profile)}]" if inside else None,
    )


def _notes(
    context: Context, profile: str, concerned: tuple[ContextExtension, Actor] | None, kind: str
) -> Part | None:
    notes = {}
    if kind:
        notes[vocabulary.REVIEW_KIND.under(profile)] = _encode(kind)
    if concerned:
        key, actor = concerned
        notes[key.under(profile)] = _agent(actor)
    if context.synthetic:
        notes[vocabulary.SYNTHETIC.under(profile)] = "true"
    return _object(**notes) if notes else None


def _peer_activity(context: Context, profile: str) -> Part:
    peers, language = context.activity, context.language
    return _activity(peers.iri, vocabulary.PEER_ACTIVITY, profile, language, peers.title, peers.kind)


@_kept
def _activity(
    iri: str,
    of_type: ActivityType,
    profile: str,
    language: str | None = None,
    title: str = "",
    note: str | None = None,
) -> Part:
    """Return the activity; `note` is a course's context id, or the kind of anything else."""
    # PostgreSQL refuses NUL in JSON: an LRS on it would answer 500 to such a title for ever
    title = _CONTROLS.sub(" ", title).strip()
    key = vocabulary.CONTEXT_ID if of_type is vocabulary.COURSE else vocabulary.KIND
    definition = tincan.ActivityDefinition(
        type=of_type.under(profile),
        name={language_tag(language) or "und": title} if title else None,
        extensions={key.under(profile): note} if note else None,
    )
    return _part(tincan.Activity(id=iri, object_type="Activity", definition=definition))


@_kept
def _verb(verb: Verb, profile: str) -> Part:
    return _part(tincan.Verb(id=verb.under(profile), display=verb.display))


@_kept
def _agent(actor: Actor) -> Part:
    return _part(tincan.Agent(object_type="Agent", account=_account(actor)))


@_kept
def _team(team: Actor) -> Part:
    document = tincan.Group(object_type="Group", account=_account(team)).as_version()
    del document["member"]  # tincan writes an empty list; an identified group needs none
    return _encode(document)


def _context_agents(concerned: tuple[ContextExtension, Actor], profile: str) -> Part:
    extension, actor = concerned
    roles = [_ROLES[extension].under(profile)]
    agent = _object(agent=_agent(actor), objectType='"contextAgent"', relevantTypes=_encode(roles))
    return f"[{agent}]"


def _attachments(event: Event, profile: str) -> Part:
    usage, language = vocabulary.SHARED_FILE.under(profile), language_tag(event.context.language) or "und"
    files = [
        tincan.Attachment(
            usage_type=usage,
            display={language: _CONTROLS.sub(" ", each.display)},
            content_type=each.content_type,
            length=each.length,
            sha2=each.sha2,
            fileurl=each.url,
        )
        for each in event.attachments
    ]
    return _encode([each.as_version() for each in files])


def _part(thing: tincan.SerializableBase) -> Part:
    return _encode(thing.as_version())


def _account(actor: Actor) -> tincan.AgentAccount:
    return tincan.AgentAccount(home_page=actor.home_page, name=actor.name)


def _score(score: Score) -> tincan.Score:
    return tincan.Score(scaled=score.scaled, raw=score.raw, min=score.min, max=score.max)


def _mark(mark: CriterionMark) -> dict[str, str | float]:
    scale = {name: float(getattr(mark.score, name)) for name in ("scaled", "raw", "min", "max")}
    return {"criterion": mark.criterion, "label": _CONTROLS.sub(" ", mark.label), **scale}
