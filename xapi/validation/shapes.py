"""The shape of a statement and its parts (xAPI 1.0.3, Part Two, 2.4; IEEE 9274.1.1, 4.2)."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from xapi.validation import formats
from xapi.validation.checks import (
    Check,
    Problem,
    array,
    at,
    boolean,
    both,
    by_object_type,
    formatted,
    integer,
    mapping,
    number,
    one_of,
    record,
    text,
)

Version = Literal["1.0.3", "2.0.0"]

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+\-]+/[\w!#$&^.+\-]+(?:[ \t]*;[^\x00-\x08\x0A-\x1F\x7F]*)?", re.ASCII)
_SHA1 = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_SHA2 = re.compile(r"(?:[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.IGNORECASE)
_VERSIONS = {"1.0.3": re.compile(r"1\.0(?:\.[0-9]+)?"), "2.0.0": re.compile(r"1\.0|[12]\.0\.[0-9]+")}


def _matches(pattern: re.Pattern[str], name: str) -> Check:
    return formatted(lambda value: pattern.fullmatch(value) is not None, name)


iri = formatted(formats.is_iri, "an absolute IRI")
uuid = formatted(formats.is_uuid, "a UUID in its standard form")
language_tag = formatted(formats.is_language_tag, "a language tag (RFC 5646)")
duration = formatted(formats.is_duration, "an ISO 8601 duration, such as PT4M3.5S")
language_map = mapping(formats.is_language_tag, "a language tag (RFC 5646)", text)
extensions = mapping(formats.is_iri, "an absolute IRI", None)


def timestamp(value: Any, path: str) -> Iterator[Problem]:
    """Check an RFC 3339 timestamp, which 1.0.3 recommends ("SHOULD*") and 2.0.0 demands."""
    try:
        formats.parse_timestamp(value if isinstance(value, str) else "")
    except ValueError as error:
        yield Problem(path, str(error))


# Actors (2.4.2)


def _identified_once(actor: dict[str, Any], path: str) -> Iterator[Problem]:
    if sum(name in actor for name in IDENTIFIERS) != 1:
        yield Problem(path, f"needs exactly one of {', '.join(IDENTIFIERS)}")


def _group_identity(group: dict[str, Any], path: str) -> Iterator[Problem]:
    count = sum(name in group for name in IDENTIFIERS)
    if count > 1:
        yield Problem(path, f"may have only one of {', '.join(IDENTIFIERS)}")
    elif count == 0 and not group.get("member"):
        yield Problem(at(path, "member"), "an anonymous group must list its members")


_identity: dict[str, Check] = {
    "name": text,
    "mbox": formatted(formats.is_mailbox, "a mailto IRI of one address"),
    "mbox_sha1sum": _matches(_SHA1, "40 hexadecimal digits"),
    "openid": iri,
    "account": record({"homePage": iri, "name": text}, {"homePage", "name"}),
}
agent = both(record({"objectType": one_of("Agent"), **_identity}), _identified_once)
group = both(
    record({"objectType": one_of("Group"), "member": array(agent), **_identity}, {"objectType"}),
    _group_identity,
)
actor = by_object_type({"Agent": agent, "Group": group}, default="Agent")


def _consumer_and_user(authority: dict[str, Any], path: str) -> Iterator[Problem]:
    if any(name in authority for name in IDENTIFIERS) or len(authority["member"]) != 2:
        yield Problem(path, "a group as authority is anonymous, with two members: OAuth consumer and user")


authority = by_object_type({"Agent": agent, "Group": both(group, _consumer_and_user)}, default="Agent")

# Objects (2.4.4)

_COMPONENT_LISTS = {
    "choice": {"choices"},
    "sequencing": {"choices"},
    "likert": {"scale"},
    "matching": {"source", "target"},
    "performance": {"steps"},
}
_INTERACTION_TYPES = ("true-false", "fill-in", "long-fill-in", "numeric", "other", *_COMPONENT_LISTS)


def _distinct_ids(components: list[dict[str, Any]], path: str) -> Iterator[Problem]:
    if len({component["id"] for component in components}) < len(components):
        yield Problem(path, "the ids of its components must be distinct")


_components = both(array(record({"id": text, "description": language_map}, {"id"})), _distinct_ids)
_interaction: dict[str, Check] = {
    "correctResponsesPattern": array(text),
    **dict.fromkeys(("choices", "scale", "source", "target", "steps"), _components),
}


def _interaction_fits(definition: dict[str, Any], path: str) -> Iterator[Problem]:
    kind = definition.get("interactionType")
    for name in definition.keys() & _interaction.keys():
        if kind is None:
            yield Problem(at(path, "interactionType"), f"is required beside {name}")
        elif name != "correctResponsesPattern" and name not in _COMPONENT_LISTS.get(kind, ()):
            yield Problem(at(path, name), f'does not belong to an interaction of type "{kind}"')


_definition = both(
    record(
        {
            "name": language_map,
            "description": language_map,
            "type": iri,
            "moreInfo": iri,
            "extensions": extensions,
            "interactionType": one_of(*_INTERACTION_TYPES),
            **_interaction,
        }
    ),
    _interaction_fits,
)
activity = record({"objectType": one_of("Activity"), "id": iri, "definition": _definition}, {"id"})
statement_ref = record({"objectType": one_of("StatementRef"), "id": uuid}, {"objectType", "id"})

# Result (2.4.5)


def _score_bounds(score: dict[str, Any], path: str) -> Iterator[Problem]:
    scaled, raw, low, high = (score.get(name) for name in ("scaled", "raw", "min", "max"))
    if scaled is not None and not -1 <= scaled <= 1:
        yield Problem(at(path, "scaled"), "must be from -1 to 1")
    if low is not None and high is not None and low >= high:
        yield Problem(at(path, "min"), "must be less than max")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        yield Problem(at(path, "raw"), "must be from min to max")


_score = both(record(dict.fromkeys(("scaled", "raw", "min", "max"), number)), _score_bounds)
result = record(
    {
        "score": _score,
        "success": boolean,
        "completion": boolean,
        "response": text,
        "duration": duration,
        "extensions": extensions,
    }
)

# Context (2.4.6; the last two are IEEE 9274.1.1, 4.2.2.5)


def _activities(value: Any, path: str) -> Iterator[Problem]:
    yield from (array(activity) if isinstance(value, list) else activity)(value, path)


def _relevant(kind: str, name: str, who: Check) -> Check:
    shape = {"objectType": one_of(kind), name: who, "relevantTypes": array(iri, not_empty=True)}
    return array(record(shape, {"objectType", name}))


@cache
def context(version: Version) -> Check:
    """Return the check of a statement's context, as `version` has it."""
    properties: dict[str, Check] = {
        "registration": uuid,
        "instructor": actor,
        "team": group,
        "contextActivities": record(dict.fromkeys(("parent", "grouping", "category", "other"), _activities)),
        "revision": text,
        "platform": text,
        "language": language_tag,
        "statement": statement_ref,
        "extensions": extensions,
    }
    if version == "2.0.0":
        properties["contextAgents"] = _relevant("contextAgent", "agent", agent)
        properties["contextGroups"] = _relevant("contextGroup", "group", group)
    return record(properties)


# The whole (2.4)


def _length(value: Any, path: str) -> Iterator[Problem]:
    yield from integer(value, path)
    if isinstance(value, int) and value < 0:
        yield Problem(path, "must not be negative")


_attachment = record(
    {
        "usageType": iri,
        "display": language_map,
        "description": language_map,
        "contentType": _matches(_MEDIA_TYPE, "an internet media type"),
        "length": _length,
        "sha2": _matches(_SHA2, "a SHA-2 hash in hexadecimal digits"),
        "fileUrl": iri,
    },
    {"usageType", "display", "contentType", "length", "sha2"},
)


def _parts_agree(statement: dict[str, Any], path: str) -> Iterator[Problem]:
    kind = statement["object"].get("objectType", "Activity")
    if statement["verb"]["id"] == VOIDED and kind != "StatementRef":
        yield Problem(at(path, "object"), "a voiding statement's object must be a StatementRef")
    for name in ("revision", "platform"):
        if kind != "Activity" and name in statement.get("context", ()):
            yield Problem(at(at(path, "context"), name), "is allowed only when the object is an Activity")


@cache
def statement(version: Version) -> Check:
    """Return the check of a whole statement, as `version` has it."""
    objects = {"Activity": activity, "Agent": agent, "Group": group, "StatementRef": statement_ref}
    common = {
        "actor": actor,
        "verb": record({"id": iri, "display": language_map}, {"id"}),
        "result": result,
        "context": context(version),
        "timestamp": timestamp,
        "attachments": array(_attachment),
    }
    required = {"actor", "verb", "object"}
    sub_statement = both(
        record(
            {**common, "objectType": one_of("SubStatement"), "object": by_object_type(objects, "Activity")},
            required,
        ),
        _parts_agree,
    )
    whole = {
        **common,
        "object": by_object_type({**objects, "SubStatement": sub_statement}, "Activity"),
        "id": uuid,
        "stored": timestamp,
        "authority": authority,
        "version": _matches(_VERSIONS[version], f"a version that {version} accepts"),
    }
    return both(record(whole, required), _parts_agree)
