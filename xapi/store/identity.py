"""What makes two agents the same, two statements the same, and a statement answer a filter."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from xapi.store.parts import Json, all_activities, context_agents, object_type, rewritten
from xapi.validation import strictjson
from xapi.validation.formats import parse_timestamp

_SET_BY_STORE = ("stored", "authority", "version")
_BEYOND_HUNDREDTHS = re.compile(r"(?<=[.,][0-9]{2})[0-9]+(?=S$)")


def agent_key(agent: Json) -> str | None:
    """Return what identifies an agent or group, None for an anonymous group (1.0.3, Part Two, 2.4.2.3)."""
    if "account" in agent:
        return _account_key(agent["account"]["homePage"], agent["account"]["name"])
    if "mbox" in agent:
        local, domain = agent["mbox"].rsplit("@", 1)
        return f"{local}@{domain.lower()}"
    if "mbox_sha1sum" in agent:
        return f"sha1:{agent['mbox_sha1sum'].lower()}"
    return f"openid:{agent['openid']}" if "openid" in agent else None


@lru_cache(maxsize=10_000)
def _account_key(home_page: str, name: str) -> str:
    return strictjson.dumps(["account", home_page, name])


# Facets: a filter asks for one, a statement has them all


def facet(kind: str, value: str) -> bytes:
    """Return the key of one thing that a filter can ask for; `kind` names the filter."""
    return hashlib.blake2b(f"{kind}\0{value}".encode(), digest_size=16).digest()


def facet_of_authority(statement: Json) -> bytes:
    """Return the key of who asserts a statement: of itself only, whatever it refers to."""
    return facet("authority", agent_key(statement["authority"]) or "")


def facets(statement: Json) -> set[bytes]:
    """Return the keys of all that filters can find a statement by (xAPI 1.0.3, Part Three, 2.1.3)."""
    found = {facet("verb", statement["verb"]["id"])}
    if registration := statement.get("context", {}).get("registration"):
        found.add(facet("registration", registration.lower()))
    for kind, values in {
        "agent": _agents(statement),
        "activity": _activities(statement),
        "related agent": _related_agents(statement),
        "related activity": (activity["id"] for activity in all_activities(statement)),
    }.items():
        found |= {facet(kind, value) for value in values}
    return found


def _people(actor: Json) -> Iterator[str]:
    for each in (actor, *actor.get("member", ())):
        if key := agent_key(each):
            yield key


def _agents(statement: Json) -> Iterator[str]:
    yield from _people(statement["actor"])
    if object_type(statement["object"]) in ("Agent", "Group"):
        yield from _people(statement["object"])


def _related_agents(statement: Json) -> Iterator[str]:
    yield from _agents(statement)
    if "authority" in statement:
        yield from _people(statement["authority"])
    for agent in context_agents(statement):
        yield from _people(agent)
    if object_type(statement["object"]) == "SubStatement":
        yield from _related_agents(statement["object"])


def _activities(statement: Json) -> Iterator[str]:
    if object_type(statement["object"]) == "Activity":
        yield statement["object"]["id"]


# Equality


def same(received: Json, kept: Json) -> bool:
    """Say whether a statement received again is the one that was kept (xAPI 1.0.3, Part Two, 2.3.1).

    What the store has set, the words of verbs and activities, the order of a group's members and the spelling
    of a moment do not count. Durations count to the hundredth of a second.
    """
    if "timestamp" not in received:
        kept = {name: value for name, value in kept.items() if name != "timestamp"}
    return _immutable(received) == _immutable(kept)


def _immutable(statement: Json) -> str:
    bare = rewritten(statement, agent=_unordered, verb=_only_id, activity=_only_id)
    plain = {name: value for name, value in bare.items() if name not in _SET_BY_STORE}
    if "id" in plain:
        plain["id"] = plain["id"].lower()
    if object_type(plain["object"]) == "SubStatement":
        plain["object"] = _in_time(plain["object"])
    return strictjson.dumps(_in_time(plain), sort_keys=True)


def _in_time(statement: Json) -> Json:
    result: dict[str, Any] = dict(statement)
    if "timestamp" in result:
        result["timestamp"] = parse_timestamp(result["timestamp"]).isoformat()
    if "duration" in result.get("result", ()):
        hundredths = _BEYOND_HUNDREDTHS.sub("", result["result"]["duration"])
        result["result"] = {**result["result"], "duration": hundredths}
    return result


def _only_id(thing: Json) -> Json:
    return {"id": thing["id"]}


def _unordered(agent: Json) -> Json:
    if "member" not in agent:
        return agent
    return {**agent, "member": sorted(strictjson.dumps(each, sort_keys=True) for each in agent["member"])}
