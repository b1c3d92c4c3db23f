"""The Statements resource over HTTP (xAPI 1.0.3, Part Three, 2.1; IEEE 9274.1.1, 4.1.6.1)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xapi.store import activities, attached, formats, parameters, reading, receiving, writing
from xapi.store.calls import Call, consistent, json_answer
from xapi.store.identity import facet_of_authority
from xapi.store.moments import moment
from xapi.store.parts import Json, all_activities
from xapi.validation import strictjson


def answer(call: Call) -> Response:
    """Answer a GET, PUT or POST of statements."""
    match call.request.method:
        case "PUT":
            return _put(call)
        case "POST":
            return _post(call)
    return _get(call)


def _put(call: Call) -> Response:
    wanted = parameters.statement_id(call.args)
    received, files = receiving.parse(call.request)
    if not isinstance(received, dict) or str(received.get("id", wanted)).lower() != wanted.lower():
        raise BadRequest("The body must be one statement, with the id that statementId names.")
    statement = {**received, "id": received.get("id", wanted)}
    batch = receiving.ready([statement], files, call.version, call.authority)
    return _store(call, batch, files, Response(status=204))


def _post(call: Call) -> Response:
    parameters.only(call.args)
    received, files = receiving.parse(call.request)
    batch = receiving.ready(received, files, call.version, call.authority)
    ids = strictjson.dumps([statement["id"] for statement in batch])
    return _store(call, batch, files, json_answer(ids))


def _store(call: Call, batch: list[Json], files: receiving.Files, response: Response) -> Response:
    try:
        stored = writing.put(call.engine, batch, files, defining=call.holder.may("define"))
    except writing.ConflictError as error:
        raise Conflict(f"Another statement has the id {error}; nothing was stored.") from error
    return consistent(response, stored)


def _get(call: Call) -> Response:
    asked = parameters.asked(call.args)
    with call.reading.connect() as connection:
        stored = reading.last_stored(connection)
        response = _one(call, connection, asked) if asked.id else _page(call, connection, asked, stored)
    response.add_etag()
    return consistent(response, stored).make_conditional(call.request)


def _one(call: Call, connection: Connection, asked: parameters.Asked) -> Response:
    found = reading.one(connection, asked.id, voided=asked.voided) if asked.id else None
    mine = _own(call)
    if not found or (mine and mine != facet_of_authority(strictjson.loads(found[0]))):
        raise NotFound("There is no such statement.")
    body, stored = found
    (text,) = _formatted(call, connection, asked, [body])
    files = None
    if asked.attachments:
        _, files = attached.gathered(connection, [(stored, body)], linked=not mine)
    response = attached.answer(text, files)
    response.last_modified = moment(stored)
    return response


def _page(call: Call, connection: Connection, asked: parameters.Asked, stored: int) -> Response:
    mine = _own(call)
    page = reading.page(connection, replace(asked.query, authority=mine))
    rows: Sequence[attached.Row] = page.rows
    files = None
    if asked.attachments:
        rows, files = attached.gathered(connection, page.rows, linked=not mine)
    more = ""
    if not page.complete or len(rows) < len(page.rows):
        until = stored if asked.query.until is None else asked.query.until
        following = call.args.to_dict() | {"more": parameters.cursor(rows[-1][0], until)}
        more = call.urls.build("statements", following)
    bodies = ",".join(_formatted(call, connection, asked, [body for _, body in rows]))
    return attached.answer(f'{{"statements":[{bodies}],"more":{strictjson.dumps(more)}}}', files)


def _formatted(
    call: Call, connection: Connection, asked: parameters.Asked, bodies: Sequence[str]
) -> Sequence[str]:
    if asked.format == "exact":
        return bodies
    found = [strictjson.loads(body) for body in bodies]
    if asked.format == "ids":
        return [strictjson.dumps(formats.ids(each)) for each in found]
    known = activities.definitions(connection, {each["id"] for one in found for each in all_activities(one)})
    languages = call.request.accept_languages
    return [strictjson.dumps(formats.canonical(each, known, languages)) for each in found]


def _own(call: Call) -> bytes | None:
    """Return the facet of those statements that a call may read which may read its own only, else None."""
    if call.holder.may("statements/read", "all/read"):
        return None
    return facet_of_authority({"authority": call.authority})
