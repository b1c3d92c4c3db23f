"""What a request may ask, checked as strictly as statements are (xAPI 1.0.3, Part Three, 2.1.3)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from xapi.store.identity import agent_key, facet
from xapi.store.moments import microseconds
from xapi.store.parts import Json
from xapi.store.reading import Query
from xapi.validation import shapes, strictjson
from xapi.validation.checks import Check, one_of
from xapi.validation.formats import parse_timestamp

FORMATS = ("exact", "ids", "canonical")
PAGE = 500  # the most statements that one answer holds
_SINGLE = ("statementId", "voidedStatementId")
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True)
class Asked:
    """What a GET asks for: one statement, by `id`, or the page of a `query`."""

    id: UUID | None
    voided: bool
    query: Query
    format: str
    attachments: bool


def only(given: MultiDict[str, str], *allowed: str) -> dict[str, str]:
    """Return a request's parameters; raise BadRequest for one that is not `allowed` here or comes twice."""
    for name, values in given.lists():
        if name not in allowed:
            raise BadRequest(f'"{name}" is not a parameter known here')
        if len(values) > 1:
            raise BadRequest(f'"{name}" is given twice')
    return given.to_dict()


def read(given: MultiDict[str, str], *required: str, optional: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a request's parameters mean, by name; those of `optional` that are not given are left out.

    Raises BadRequest for one that is missing, unknown here, given twice, or without meaning.
    """
    texts = only(given, *required, *optional)
    for name in required:
        if name not in texts:
            raise BadRequest(f'"{name}" is missing')
    return {name: _READ[name](text, name) for name, text in texts.items()}


def asked(given: MultiDict[str, str]) -> Asked:
    """Return what the parameters of a GET mean; raise BadRequest where one has no meaning."""
    single = [name for name in _SINGLE if name in given]
    if len(single) > 1:
        raise BadRequest("statementId and voidedStatementId cannot be asked for together")
    allowed = ("format", "attachments") if single else (*_QUERY, "format", "attachments", "more")
    parameters = {name: _READ[name](text, name) for name, text in only(given, *single, *allowed).items()}
    return Asked(
        id=parameters[single[0]] if single else None,
        voided=single == ["voidedStatementId"],
        query=_query(parameters),
        format=parameters.get("format", "exact"),
        attachments=parameters.get("attachments", False),
    )


def statement_id(given: MultiDict[str, str]) -> str:
    """Return the one parameter of a PUT; raise BadRequest when it is no UUID or not the only one."""
    parameters = only(given, "statementId")
    return str(_is(shapes.uuid)(parameters.get("statementId", ""), "statementId"))


def cursor(last: int, until: int) -> str:
    """Return the value of "more" for the page that follows `last`, in the store as it was up to `until`."""
    return f"{last}-{until}"


def _query(given: Mapping[str, Any]) -> Query:
    facets = []
    for name in ("agent", "activity"):
        if name in given:
            related = given.get("related_agents" if name == "agent" else "related_activities", False)
            facets.append(facet(f"related {name}" if related else name, given[name]))
    facets += [facet(name, given[name]) for name in ("registration", "verb") if name in given]
    after, until = given.get("more", (None, given.get("until")))
    limit = given.get("limit") or PAGE
    return Query(
        tuple(facets), given.get("since"), until, given.get("ascending", False), min(limit, PAGE), after
    )


def _is(check: Check, convert: Callable[[str], Any] = str) -> Callable[[str, str], Any]:
    def read(text: str, name: str) -> Any:
        for problem in check(text, ""):
            raise BadRequest(f'"{name}" {problem.message}')
        return convert(text)

    return read


def _boolean(text: str, name: str) -> bool:
    if text not in ("true", "false"):
        raise BadRequest(f'"{name}" must be true or false')
    return text == "true"


def _limit(text: str, name: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text):
        raise BadRequest(f'"{name}" must be a whole number, not negative')
    return int(text)


def agent(text: str, name: str) -> Json:
    """Return the agent or identified group that a parameter holds as JSON; raise BadRequest for others."""
    try:
        who: Json = strictjson.loads(text)
    except strictjson.JSONError as error:
        raise BadRequest(f'"{name}" is {error}') from error
    for problem in shapes.actor(who, name):
        raise BadRequest(f'"{problem.path}" {problem.message}')
    if agent_key(who) is None:
        raise BadRequest(f'"{name}" is an anonymous group, which nothing can be found by')
    return who


def _agent(text: str, name: str) -> str | None:
    return agent_key(agent(text, name))


def _document_id(text: str, name: str) -> str:
    if not text or "\0" in text:
        raise BadRequest(f'"{name}" must not be empty, nor hold a NUL')
    return text


def _more(text: str, name: str) -> tuple[int, int]:
    match = _CURSOR.fullmatch(text)
    if not match:
        raise BadRequest(f'"{name}" is not an address that this store gave')
    return int(match[1]), int(match[2])


_QUERY: Mapping[str, Callable[[str, str], Any]] = {
    "agent": _agent,
    "verb": _is(shapes.iri),
    "activity": _is(shapes.iri),
    "registration": _is(shapes.uuid, str.lower),
    "related_activities": _boolean,
    "related_agents": _boolean,
    "since": _is(shapes.timestamp, lambda text: microseconds(parse_timestamp(text))),
    "until": _is(shapes.timestamp, lambda text: microseconds(parse_timestamp(text))),
    "limit": _limit,
    "ascending": _boolean,
}
_READ: Mapping[str, Callable[[str, str], Any]] = {
    **_QUERY,
    **dict.fromkeys(_SINGLE, _is(shapes.uuid, UUID)),
    "format": _is(one_of(*FORMATS)),
    "attachments": _boolean,
    "more": _more,
    "activityId": _is(shapes.iri),
    "stateId": _document_id,
    "profileId": _document_id,
}
