"""The document resources: State, Agent Profile, Activity Profile (xAPI 1.0.3, Part Three, 2.2 to 2.7).

A document has any content type and is given back byte for byte. Who changes one may say which they have seen
(If-Match), and must where another could be overwritten (3.1; IEEE 9274.1.1, 4.1.4).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import stamina
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import BadRequest, Conflict, NotFound, PreconditionFailed, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from xapi.store import parameters, shelf
from xapi.store.calls import Call, json_answer, whole_body
from xapi.store.moments import moment
from xapi.store.parts import Json
from xapi.validation import strictjson

_JSON = "application/json"
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+*-]{1,127}/[\w!#$&^.+*-]{1,127}(\s*;[\x20-\x7e]{0,250})?", re.ASCII)
_UNSEEN = "There is such a document. GET it, and send its ETag as If-Match to put another in its place."
_UNSAID = "If-Match or If-None-Match must say whether there is such a document."


@dataclass(frozen=True)
class Kind:
    """One of the three resources: what its documents are about, and what they are named by."""

    kind: str
    name: str
    about: tuple[str, ...]
    optional: tuple[str, ...] = ()
    guarded: bool = True  # whether a PUT must say what it replaces in 1.0.3 as it must in 2.0

    @property
    def answer(self) -> Callable[[Call], Response]:
        """What answers a request."""
        return partial(_answer, self)


STATE = Kind("state", "stateId", ("activityId", "agent"), ("registration",), guarded=False)
AGENT_PROFILE = Kind("agent profile", "profileId", ("agent",))
ACTIVITY_PROFILE = Kind("activity profile", "profileId", ("activityId",))


def _answer(kind: Kind, call: Call) -> Response:
    match call.request.method:
        case "PUT" | "POST":
            return _store(kind, call)
        case "DELETE":
            return _delete(kind, call)
    return _one(kind, call) if kind.name in call.args else _list(kind, call)


def _context(kind: Kind, given: dict[str, Any]) -> shelf.Context:
    return shelf.Context(kind.kind, given.get("activityId"), given.get("agent"), given.get("registration"))


def _one(kind: Kind, call: Call) -> Response:
    ignored = ("since",) if call.version == "1.0.3" else ()
    given = parameters.read(call.args, *kind.about, kind.name, optional=(*kind.optional, *ignored))
    with call.reading.connect() as connection:
        found = shelf.find(connection, _context(kind, given), given[kind.name])
    if not found:
        raise NotFound("There is no such document.")
    response = Response(found.content, content_type=found.type)
    response.set_etag(found.sha1)
    response.last_modified = moment(found.stored)
    return response.make_conditional(call.request)


def _list(kind: Kind, call: Call) -> Response:
    given = parameters.read(call.args, *kind.about, optional=(*kind.optional, "since"))
    with call.reading.connect() as connection:
        found = shelf.names(connection, _context(kind, given), given.get("since"))
    response = json_answer(strictjson.dumps(list(dict.fromkeys(name for name, _ in found))))
    response.add_etag()
    if found:
        response.last_modified = moment(found[-1][1])
    return response.make_conditional(call.request)


def _store(kind: Kind, call: Call) -> Response:
    given = parameters.read(call.args, *kind.about, kind.name, optional=kind.optional)
    context, name = _context(kind, given), given[kind.name]
    content, media_type = whole_body(call.request), call.request.content_type or ""
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise BadRequest("Content-Type must say what the document is.")
    posted = call.request.method == "POST"
    if posted and _is_json(media_type):
        _parsed(content)

    def change(connection: Connection) -> None:
        found = shelf.find(connection, context, name, lock=True)
        _heed(call.request, found)
        if not posted:
            _see(kind, call, found)
        kept = _merged(found, content, media_type, call.request) if posted and found else content
        shelf.put(connection, context, name, kept, media_type, anew=not found)

    return _changed(call, change)


def _delete(kind: Kind, call: Call) -> Response:
    named = () if kind is STATE and kind.name not in call.args else (kind.name,)
    given = parameters.read(call.args, *kind.about, *named, optional=kind.optional)
    context, name = _context(kind, given), given.get(kind.name)

    def change(connection: Connection) -> None:
        if name:
            _heed(call.request, shelf.find(connection, context, name, lock=True))
        shelf.remove(connection, context, name)

    return _changed(call, change)


def _changed(call: Call, change: Callable[[Connection], None]) -> Response:
    """Make a change in one transaction; again, where another writer came in between."""
    for attempt in stamina.retry_context(
        on=(IntegrityError, OperationalError), attempts=5, wait_initial=0.02, wait_max=0.5, wait_jitter=0.05
    ):
        with attempt, call.engine.begin() as connection:
            change(connection)
    return Response(status=204)


def _heed(request: Request, found: shelf.Document | None) -> None:
    """Raise PreconditionFailed where If-Match or If-None-Match (RFC 9110, 13.1) does not hold.

    A tag that a compressing proxy has made weak still counts: it is a hash of all there is.
    """
    if request.if_match and not (found and request.if_match.contains_weak(found.sha1)):
        raise PreconditionFailed("The document is not the one that If-Match names.")
    if request.if_none_match and found and request.if_none_match.contains_weak(found.sha1):
        raise PreconditionFailed("The document is one that If-None-Match names.")


def _see(kind: Kind, call: Call, found: shelf.Document | None) -> None:
    """Refuse a PUT that does not say what it replaces."""
    if call.request.if_match or call.request.if_none_match:
        return
    if found and (kind.guarded or call.version == "2.0.0"):
        raise Conflict(response=Response(_UNSEEN, 409, content_type="text/plain"))
    if not found and kind.guarded and call.version == "1.0.3":
        raise BadRequest(_UNSAID)


def _merged(found: shelf.Document, content: bytes, media_type: str, request: Request) -> bytes:
    """Return the JSON object that was there with each property of the posted one put in."""
    if not (_is_json(found.type) and _is_json(media_type)):
        raise BadRequest("Only two documents of type application/json can be merged.")
    merged = strictjson.dumps(_parsed(found.content) | _parsed(content)).encode()
    if len(merged) > (request.max_content_length or len(merged)):
        raise RequestEntityTooLarge("The document would be too large.")
    return merged


def _is_json(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() == _JSON


def _parsed(content: bytes) -> Json:
    try:
        parsed = strictjson.loads(content)
    except strictjson.JSONError as error:
        raise BadRequest(f"A document is refused: {error}.") from error
    if not isinstance(parsed, dict):
        raise BadRequest("A document is not a JSON object.")
    return parsed
