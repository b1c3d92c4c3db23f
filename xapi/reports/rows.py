"""From a statement, of ours or of others, to its rows in the tables of reports.

Nothing is trusted to have the shape that xAPI asks for. What cannot be used is left out with a reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from xapi.reports import actors
from xapi.reports.kinds import Words, plain
from xapi.reports.tables import Act, LeftOut, Mark, Person, Voided
from xapi.reports.values import count, mapping, moment, number, objects, seconds, text, title

REASONS: Mapping[str, Mapping[str, str]] = {
    "shape": {"en": "not a statement", "fr": "ce n’est pas un énoncé"},
    "id": {"en": "no id", "fr": "pas d’identifiant"},
    "actor": {"en": "nobody did it", "fr": "personne ne l’a fait"},
    "group": {"en": "a group did it", "fr": "un groupe l’a fait"},
    "verb": {"en": "no verb", "fr": "pas de verbe"},
    "object": {"en": "done to nothing", "fr": "pas d’objet"},
    "substatement": {"en": "tells of another statement", "fr": "parle d’un autre énoncé"},
    "time": {"en": "no date", "fr": "pas de date"},
    "before 2000": {"en": "dated before 2000", "fr": "daté d’avant 2000"},
    "future": {"en": "dated in the future", "fr": "daté dans le futur"},
    "voids nothing": {"en": "takes back nothing", "fr": "n’annule rien"},
    "score": {"en": "a score off its scale: used without", "fr": "note hors échelle\u202f: prise sans elle"},
}
"""Why a statement, or its score, was left out."""

_LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001 - all times here are UTC without a zone
_CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Understood:
    """A statement's rows, the names of the people in it, and what of it was left out."""

    act: Act
    marks: tuple[Mark, ...] = ()
    people: tuple[Person, ...] = ()
    without: str | None = None


class UnusableError(Exception):
    """Why a statement cannot be used: one of REASONS."""


def read(
    statement: Any, words: Words, now: datetime, *, names: bool = False
) -> Understood | Voided | LeftOut:
    """Return what `statement`, parsed JSON, gives to a report. Never raises, whatever it is.

    `now` is the time in UTC, without a zone. `names` asks for people's names too.
    """
    identifier = text(mapping(statement).get("id"))
    identifier = identifier.lower() if identifier else None
    try:
        return _read(statement, identifier, words, now, names)
    except UnusableError as reason:
        return LeftOut(identifier, str(reason))


def _read(
    statement: Any, identifier: str | None, words: Words, now: datetime, names: bool
) -> Understood | Voided:
    if not isinstance(statement, dict):
        raise UnusableError("shape")
    verb = text(mapping(statement.get("verb")).get("id")) or _refuse("verb")
    thing = mapping(statement.get("object"))
    if plain(verb) == words.voided:
        return Voided((text(thing.get("id")) or _refuse("voids nothing")).lower())
    if identifier is None:
        raise UnusableError("id")
    if actors.is_group(statement.get("actor")):
        raise UnusableError("group")
    actor = actors.key(statement.get("actor")) or _refuse("actor")
    stored, at = _times(statement, now)
    if thing.get("objectType") == "SubStatement":
        raise UnusableError("substatement")
    target = text(thing.get("id")) or actors.key(thing) or _refuse("object")

    context = mapping(statement.get("context"))
    notes = mapping(context.get("extensions"))
    around = mapping(context.get("contextActivities"))
    result = mapping(statement.get("result"))
    told = mapping(result.get("extensions"))
    language = text(context.get("language"))

    kind = _type(thing)
    act = words.act(verb, kind, notes.get(words.review_kind))
    about = (thing, *objects(around.get("other")))
    works = _first(about, words.contributions) if act != "compared" else None
    review = _first(about, words.reviews)
    # What was said counts before what it was said to
    comment = _first((*about[1:], thing), words.comments)
    parents = objects(around.get("parent"))
    activity = thing if kind == words.peer_activity else _place(parents, {words.peer_activity})
    course = _course(thing, kind, parents, objects(around.get("grouping")), words)
    score, off_scale = _score(mapping(result.get("score")))

    row = Act(
        id=identifier,
        stored=stored,
        at=at,
        act=act,
        verb=verb,
        actor=actor,
        other=_other(thing, context, notes, words),
        object=target,
        work=_id(works),
        review=_id(review),
        comment=_id(comment),
        activity=_id(activity),
        activity_title=_title(activity, language),
        activity_kind=text(mapping(_definition(activity).get("extensions")).get(words.kind)),
        course=_id(course),
        course_title=_title(course, language),
        registration=text(context.get("registration")),
        platform=text(context.get("platform")),
        team=actors.key(context.get("team")),
        language=language,
        synthetic=notes.get(words.synthetic) is True,
        scaled=score[0],
        raw=score[1],
        low=score[2],
        high=score[3],
        seconds=seconds(result.get("duration")),
        words=_words(told.get(words.word_count), result.get("response")),
        revision=count(told.get(words.revision_number)),
        winner=text(told.get(words.winner)),
        loser=text(told.get(words.loser)),
        skill=_id(_first((*about, *objects(around.get("grouping"))), words.skills)),
    )
    return Understood(
        row,
        marks=_marks(row, told.get(words.rubric)) if words.rubric in told else (),
        people=_people(statement, context, notes, words) if names else (),
        without="score" if off_scale else None,
    )


def _refuse(reason: str) -> str:
    raise UnusableError(reason)


def _times(statement: Mapping[str, Any], now: datetime) -> tuple[datetime | None, datetime]:
    """Return when the LRS stored it and when it happened, which is believed within reason only."""
    stored = moment(statement.get("stored"))
    at = moment(statement.get("timestamp")) or (None if "timestamp" in statement else stored)
    if at is None:
        raise UnusableError("time")
    if at < _LONG_AGO:
        raise UnusableError("before 2000")
    if at > now + _CLOCKS_APART:
        raise UnusableError("future")
    return stored, at


def _definition(activity: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return mapping(activity.get("definition")) if activity else {}


def _type(activity: Mapping[str, Any]) -> str | None:
    kind = mapping(activity.get("definition")).get("type")
    return kind if isinstance(kind, str) else None


def _first(
    activities: Iterable[Mapping[str, Any]], types: frozenset[str] | set[str]
) -> Mapping[str, Any] | None:
    return next((one for one in activities if _type(one) in types), None)


def _place(activities: list[dict[str, Any]], types: frozenset[str] | set[str]) -> Mapping[str, Any] | None:
    """Return the place of one of these types; an LRS may have told no types at all, then the first."""
    found = _first(activities, types)
    return found or next((one for one in activities if _type(one) is None), None)


def _course(
    thing: Mapping[str, Any],
    kind: str | None,
    parents: list[dict[str, Any]],
    grouping: list[dict[str, Any]],
    words: Words,
) -> Mapping[str, Any] | None:
    if kind in words.courses:
        return thing
    return _first(parents, words.courses) or _place(grouping, words.courses)


def _id(activity: Mapping[str, Any] | None) -> str | None:
    return text(activity.get("id")) if activity else None


def _title(activity: Mapping[str, Any] | None, language: str | None) -> str | None:
    return title(_definition(activity).get("name"), language) if activity else None


def _other(
    thing: Mapping[str, Any], context: Mapping[str, Any], notes: Mapping[str, Any], words: Words
) -> str | None:
    """Return whom it was done to: our extensions, a 2.0 context agent, or the object itself."""
    for name in words.people:
        if name in notes and (found := actors.key(notes[name])):
            return found
    for one in objects(context.get("contextAgents")):
        roles = one.get("relevantTypes")
        if isinstance(roles, list) and any(text(role) in words.roles for role in roles):
            return actors.key(one.get("agent"))
    return actors.key(thing) if thing.get("objectType") == "Agent" else None


def _score(
    score: Mapping[str, Any],
) -> tuple[tuple[float | None, float | None, float | None, float | None], bool]:
    """Return scaled, raw, low and high, and whether the score was off its scale and is left out."""
    scaled, raw = number(score.get("scaled")), number(score.get("raw"))
    low, high = number(score.get("min")), number(score.get("max"))
    if low is not None and high is not None:
        if low >= high or not (raw is None or low <= raw <= high):
            return (None, None, None, None), True
        if scaled is None and raw is not None:
            scaled = round((raw - low) / (high - low), 4)
    if scaled is not None and not -1 <= scaled <= 1:
        return (None, None, None, None), True
    return (scaled, raw, low, high), False


def _words(told: Any, response: Any) -> int | None:
    """Return how many words were written; counted here where only the text is told."""
    found = count(told)
    return len(response.split()) if found is None and isinstance(response, str) else found


def _marks(row: Act, rubric: Any) -> tuple[Mark, ...]:
    """Return what a review gave on each criterion, once for each."""
    marks: dict[str, Mark] = {}
    for one in objects(rubric):
        criterion = text(one.get("criterion"))
        (scaled, raw, low, high), off_scale = _score(one)
        if criterion and not off_scale and criterion not in marks:
            label = one.get("label")
            marks[criterion] = Mark(
                row.id, row.review, row.work, row.actor, criterion,
                text(label[:200]) if isinstance(label, str) else None, raw, low, high, scaled,
            )  # fmt: skip
    return tuple(marks.values())


def _people(
    statement: Mapping[str, Any], context: Mapping[str, Any], notes: Mapping[str, Any], words: Words
) -> tuple[Person, ...]:
    agents = (statement.get("actor"), context.get("instructor"), *map(notes.get, words.people))
    found = ((actors.key(agent), actors.name(agent)) for agent in agents)
    return tuple(Person(key, name) for key, name in found if key and name)
