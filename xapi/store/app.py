"""The store over HTTP: xAPI 1.0.3 and 2.0.0 as a WSGI application, its resources each in a module."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, ServiceUnavailable, Unauthorized
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from xapi.store import activities, agents, alternate, documents, parameters, receiving, statements
from xapi.store.calls import Call, consistent, json_answer
from xapi.store.credentials import Door, Pass
from xapi.store.parts import Json
from xapi.validation import Version, strictjson
from xapi.vocabulary import PROFILE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Authenticate = Callable[[str, str], str | Pass | None]


class _Resource(NamedTuple):
    """What answers at an address, to which methods, and the scopes of which one is needed there."""

    answer: Callable[[Call], Response]
    methods: tuple[str, ...]
    readers: tuple[str, ...]
    writers: tuple[str, ...] = ()


_READERS = ("statements/read", "statements/read/mine", "all/read")
_KNOWING = ("statements/read", "all/read", "profile", "define")
_DOCUMENTS = ("GET", "PUT", "POST", "DELETE")
_PROFILES = (_DOCUMENTS, ("profile", "all/read"), ("profile",))
_RESOURCES: Mapping[str, _Resource] = {
    "statements": _Resource(statements.answer, ("GET", "PUT", "POST"), _READERS, ("statements/write",)),
    "activities": _Resource(activities.answer, ("GET",), _KNOWING),
    "activities/profile": _Resource(documents.ACTIVITY_PROFILE.answer, *_PROFILES),
    "activities/state": _Resource(documents.STATE.answer, _DOCUMENTS, ("state", "all/read"), ("state",)),
    "agents": _Resource(agents.answer, ("GET",), _KNOWING),
    "agents/profile": _Resource(documents.AGENT_PROFILE.answer, *_PROFILES),
}
_ABOUT = "about"
_URLS = Map([
    Rule(f"/{_ABOUT}", endpoint=_ABOUT, methods=["GET"]),
    *(Rule(f"/{name}", endpoint=name, methods=each.methods) for name, each in _RESOURCES.items()),
])  # fmt: skip
_VERSIONS: Mapping[Version, re.Pattern[str]] = {
    "2.0.0": re.compile(r"2\.0(\.[0-9]+)?"),
    "1.0.3": re.compile(r"1\.0(\.[0-9]+)?"),
}
_SELF = {
    "version": ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"],
    "extensions": {f"{PROFILE}/store": {"name": "Entraide"}},
}
_TOLD_AS = ("application/json", "text/plain", "text/html")
_HARMLESS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}


class Store:
    """A learning record store, on any engine that has the tables of `schema`."""

    def __init__(self, engine: Engine, authenticate: Authenticate | None, max_body: int) -> None:
        self._engine = engine
        self._reading = engine.execution_options(sqlite_read_only=True)
        self._authenticate = authenticate
        self._door = Door(engine)
        self._max_body = max_body

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = self._limited(Request(environ))
        try:
            request = self._limited(alternate.unfolded(request))
            response = self._answer(request)
        except HTTPException as error:
            response = _refusal(request, error)
        except RecursionError:
            response = _refusal(request, BadRequest("The body is nested too deeply."))
        except (OperationalError, NoFreeConnectionError):
            response = _refusal(request, ServiceUnavailable("The database does not answer.", retry_after=5))
        response.headers.setdefault("X-Experience-API-Version", _version(request) or "2.0.0")
        response.headers.update(_HARMLESS)  # documents are of any type, and stand under the host's name
        if "X-Experience-API-Consistent-Through" not in response.headers:
            consistent(response)
        return response(request.environ, start_response)

    def _limited(self, request: Request) -> Request:
        request.max_content_length = self._max_body
        return request

    def _answer(self, request: Request) -> Response:
        urls = _URLS.bind_to_environ(request.environ)
        endpoint, _ = urls.match()
        if endpoint == _ABOUT:
            return _about(request)
        resource = _RESOURCES[endpoint]
        call = self._call(request, urls)
        if not call.holder.may(*(resource.readers if call.reads else resource.writers)):
            raise Forbidden("These credentials may not do this.")
        return resource.answer(call)

    def _call(self, request: Request, urls: MapAdapter) -> Call:
        version = _version(request)
        if not version:
            raise BadRequest("X-Experience-API-Version must be 1.0.x or 2.0.x.")
        return Call(request, version, self._holder(request), self._engine, self._reading, urls)

    def _holder(self, request: Request) -> Pass:
        sent = request.authorization
        if sent and sent.type == "basic" and sent.username is not None and sent.password is not None:
            holder = self._authenticate(sent.username, sent.password) if self._authenticate else None
            holder = holder or self._door.check(sent.username, sent.password)
            if holder:
                return Pass(holder) if isinstance(holder, str) else holder
        challenge = WWWAuthenticate("basic", {"realm": "xAPI"})
        raise Unauthorized("Wrong or no credentials.", www_authenticate=challenge)


def _about(request: Request) -> Response:
    parameters.only(request.args)
    return json_answer(strictjson.dumps(_SELF)).make_conditional(request)


def _version(request: Request) -> Version | None:
    sent = request.headers.get("X-Experience-API-Version", "")
    return next((version for version, pattern in _VERSIONS.items() if pattern.fullmatch(sent)), None)


def _refusal(request: Request, error: HTTPException) -> Response:
    """Tell what is wrong in the form that is asked for: as JSON, as a sentence, or as a page."""
    response = error.get_response(request.environ)
    kind = request.accept_mimetypes.best_match(_TOLD_AS, _TOLD_AS[0])
    if error.response is not None or kind == "text/html":
        return response
    told: Json = {"error": error.description}
    if isinstance(error, receiving.InvalidStatementsError):
        told["problems"] = [problem._asdict() for problem in error.problems]
    response.content_type = kind
    response.set_data(strictjson.dumps(told) if kind == "application/json" else error.description or "")
    return response
