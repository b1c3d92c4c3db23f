"""The store over HTTP: the Statements and About resources of xAPI 1.0.3 and 2.0.0, as a WSGI application."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    HTTPException,
    NotFound,
    ServiceUnavailable,
    Unauthorized,
)
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from xapi.store import parameters, reading, receiving, writing
from xapi.store.formats import formatted
from xapi.store.moments import microseconds, moment, rfc3339
from xapi.store.parts import Json
from xapi.validation import Version, strictjson

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Authenticate = Callable[[str, str], str | None]

_URLS = Map(
    [
        Rule("/statements", endpoint="statements", methods=["GET", "PUT", "POST"]),
        Rule("/about", endpoint="about", methods=["GET"]),
    ]
)
_VERSIONS: Mapping[Version, re.Pattern[str]] = {
    "2.0.0": re.compile(r"2\.0(\.[0-9]+)?"),
    "1.0.3": re.compile(r"1\.0(\.[0-9]+)?"),
}
_IN_FLIGHT = timedelta(seconds=5)  # no statement takes longer from its moment to its commit


class Store:
    """A learning record store for statements, on any engine that has the tables of `schema`."""

    def __init__(self, engine: Engine, authenticate: Authenticate, max_body: int) -> None:
        self._engine = engine
        self._reading = engine.execution_options(sqlite_read_only=True)
        self._authenticate = authenticate
        self._max_body = max_body

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        request.max_content_length = self._max_body
        response = self._answer(request)
        through = microseconds(datetime.now(UTC) - _IN_FLIGHT)
        response.headers.setdefault("X-Experience-API-Version", _version(request) or "2.0.0")
        response.headers.setdefault("X-Experience-API-Consistent-Through", rfc3339(moment(through)))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        urls = _URLS.bind_to_environ(request.environ)
        try:
            endpoint, _ = urls.match()
            return self._about(request) if endpoint == "about" else self._statements(request, urls)
        except HTTPException as error:
            return _refusal(request, error)
        except RecursionError:
            return _refusal(request, BadRequest("The body is nested too deeply."))
        except OperationalError:
            return _refusal(request, ServiceUnavailable("The database does not answer.", retry_after=5))

    def _about(self, request: Request) -> Response:
        parameters.only(request.args)
        return _json(strictjson.dumps({"version": sorted(_VERSIONS)})).make_conditional(request)

    def _statements(self, request: Request, urls: MapAdapter) -> Response:
        authority = self._authority(request)
        version = _version(request)
        if not version:
            raise BadRequest("X-Experience-API-Version must be 1.0.x or 2.0.x.")
        match request.method:
            case "PUT":
                return self._put(request, version, authority)
            case "POST":
                return self._post(request, version, authority)
        return self._get(request, urls)

    def _authority(self, request: Request) -> Json:
        sent = request.authorization
        name = None
        if sent and sent.type == "basic" and sent.username is not None and sent.password is not None:
            name = self._authenticate(sent.username, sent.password)
        if name is None:
            challenge = WWWAuthenticate("basic", {"realm": "xAPI"})
            raise Unauthorized("Wrong or no credentials.", www_authenticate=challenge)
        return {"objectType": "Agent", "account": {"homePage": request.root_url, "name": name}}

    def _put(self, request: Request, version: Version, authority: Json) -> Response:
        wanted = parameters.statement_id(request.args)
        received = receiving.parse(request)
        if not isinstance(received, dict) or str(received.get("id", wanted)).lower() != wanted.lower():
            raise BadRequest("The body must be one statement, with the id that statementId names.")
        batch = receiving.ready([{**received, "id": received.get("id", wanted)}], version, authority)
        return self._store(batch, Response(status=204))

    def _post(self, request: Request, version: Version, authority: Json) -> Response:
        parameters.only(request.args)
        batch = receiving.ready(receiving.parse(request), version, authority)
        return self._store(batch, _json(strictjson.dumps([statement["id"] for statement in batch])))

    def _store(self, batch: list[Json], response: Response) -> Response:
        try:
            stored = writing.put(self._engine, batch)
        except writing.ConflictError as error:
            raise Conflict(f"Another statement has the id {error}; nothing was stored.") from error
        return _consistent(response, stored)

    def _get(self, request: Request, urls: MapAdapter) -> Response:
        asked = parameters.asked(request.args)
        with self._reading.connect() as connection:
            stored = reading.last_stored(connection)
            if asked.id:
                response = _one(request, connection, asked)
            else:
                response = _page(request, connection, asked, urls, stored)
        response.add_etag()
        return _consistent(response, stored).make_conditional(request)


def _one(request: Request, connection: Connection, asked: parameters.Asked) -> Response:
    found = reading.one(connection, asked.id, voided=asked.voided) if asked.id else None
    if not found:
        raise NotFound("There is no such statement.")
    body, stored = found
    response = _json(formatted(body, asked.format, request.accept_languages), multipart=asked.attachments)
    response.last_modified = moment(stored)
    return response


def _page(
    request: Request, connection: Connection, asked: parameters.Asked, urls: MapAdapter, stored: int
) -> Response:
    page = reading.page(connection, asked.query)
    more = ""
    if page.last is not None:
        until = stored if asked.query.until is None else asked.query.until
        following = request.args.to_dict() | {"more": parameters.cursor(page.last, until)}
        more = urls.build("statements", following)
    bodies = ",".join(formatted(body, asked.format, request.accept_languages) for body in page.bodies)
    return _json(f'{{"statements":[{bodies}],"more":{strictjson.dumps(more)}}}', multipart=asked.attachments)


def _version(request: Request) -> Version | None:
    sent = request.headers.get("X-Experience-API-Version", "")
    return next((version for version, pattern in _VERSIONS.items() if pattern.fullmatch(sent)), None)


def _json(text: str, *, multipart: bool = False) -> Response:
    """Return JSON as an answer; as `multipart` it is the only part, as no files are kept."""
    if not multipart:
        return Response(text, content_type="application/json")
    boundary = secrets.token_hex(16)
    part = f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{text}\r\n--{boundary}--\r\n"
    return Response(part, content_type=f"multipart/mixed; boundary={boundary}")


def _consistent(response: Response, stored: int) -> Response:
    through = max(stored, microseconds(datetime.now(UTC) - _IN_FLIGHT))
    response.headers["X-Experience-API-Consistent-Through"] = rfc3339(moment(through))
    return response


def _refusal(request: Request, error: HTTPException) -> Response:
    told: Json = {"error": error.description}
    if isinstance(error, receiving.InvalidStatementsError):
        told["problems"] = [problem._asdict() for problem in error.problems]
    response = error.get_response(request.environ)
    response.content_type = "application/json"
    response.set_data(strictjson.dumps(told))
    return response
