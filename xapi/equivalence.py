"""Whether an LRS's copy of a statement is the statement that was sent.

An LRS may add and rewrite much that is not the statement itself: who stored it and when, the words of verbs
and activities, arrays for single objects (xAPI 1.0.3, Part Two, 2.3.1). What may not change is
compared here.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tincan.conversions.iso8601 import make_timedelta

Json = Any


def equivalent(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> bool:
    """Return whether both statements tell the same, whatever an LRS was free to change."""
    return _statement(ours) == _statement(theirs)


def _statement(document: Mapping[str, Json]) -> dict[str, Json]:
    return {
        key: meaning(document[key]) for key, meaning in _MEANINGS.items() if document.get(key) is not None
    }


def _identified(thing: Json) -> Json:
    """Verbs and activities are their IRI: names and descriptions may change later."""
    return thing.get("id") if isinstance(thing, Mapping) else thing


def _agent(agent: Json) -> Json:
    """Agents are their identifier; groups without one are their members, in any order."""
    if not isinstance(agent, Mapping):
        return agent
    identifiers = {key: agent[key] for key in ("account", "mbox", "mbox_sha1sum", "openid") if key in agent}
    members = agent.get("member")
    if identifiers or not isinstance(members, list):
        return identifiers
    return sorted((_agent(member) for member in members), key=repr)


def _object(thing: Json) -> Json:
    kind = thing.get("objectType", "Activity") if isinstance(thing, Mapping) else None
    match kind:
        case "Activity":
            return kind, _identified(thing)
        case "Agent" | "Group":
            return kind, _agent(thing)
        case "StatementRef":
            return kind, str(thing.get("id")).lower()
        case "SubStatement":
            return kind, _statement(thing)
    return thing


def _said(thing: Json) -> Json:
    """Only what is there: some write null, or an empty list, for what is not."""
    return {key: some for key, some in thing.items() if some not in (None, {}, [])}


def _result(result: Json) -> Json:
    if not isinstance(result, Mapping):
        return result
    normal = _said(result)
    if isinstance(score := normal.get("score"), Mapping):
        normal["score"] = _said(score)
    if "duration" in normal:
        normal["duration"] = _span(normal["duration"])
    return normal


def _context(context: Json) -> Json:
    if not isinstance(context, Mapping):
        return context
    normal = _said(context)
    for role in ("instructor", "team"):
        if role in normal:
            normal[role] = _agent(normal[role])
    if "registration" in normal:
        normal["registration"] = str(normal["registration"]).lower()
    if "statement" in normal:
        normal["statement"] = _object(normal["statement"])
    if isinstance(around := normal.get("contextActivities"), Mapping):
        normal["contextActivities"] = {
            role: sorted(str(_identified(one)) for one in (some if isinstance(some, list) else [some]))
            for role, some in around.items()
            if some
        }
    if isinstance(agents := normal.get("contextAgents"), list):
        normal["contextAgents"] = [
            (_agent(one.get("agent")), one.get("relevantTypes")) if isinstance(one, Mapping) else one
            for one in agents
        ]
    return normal


def _moment(text: Json) -> Json:
    """The instant, to the millisecond, or the text when it cannot be read."""
    try:
        moment = datetime.fromisoformat(text.upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    except (AttributeError, ValueError):
        return text


def _span(text: Json) -> Json:
    """The duration to the hundredth of a second (xAPI 1.0.3, Part Two, 4.6), or the text."""
    try:
        span: timedelta = make_timedelta(text)
        return round(span / timedelta(milliseconds=10))
    except (TypeError, ValueError, OverflowError):
        return text


_MEANINGS: Mapping[str, Callable[[Json], Json]] = {
    "actor": _agent,
    "verb": _identified,
    "object": _object,
    "result": _result,
    "context": _context,
    "timestamp": _moment,
}
