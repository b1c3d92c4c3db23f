"""The LMS's HTTP server: records, delays, fails as told, or hands the request to its service."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from platforms.lms import gradebook, notices, pages, registration, roster, scores, tokens
from platforms.lms.exchange import RefusedError, demand, refusal
from platforms.lms.faults import DROP, HANG, Asked
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from platforms.lms.lms import Lms


def keys(lms: "Lms", request: Request) -> Response:
    """The platform's key set."""
    return gradebook.answer(lms, {"keys": [lms.key.jwk()]}, "application/json")


def _rule(methods: str, path: str, service: Callable[..., Response]) -> Rule:
    return Rule(path, methods=methods.split(), endpoint=service)


ITEM = "/contexts/<course>/lineitems/<item>/lineitem"
SERVICES = Map(
    [
        _rule("GET", "/jwks", keys),
        _rule("POST", "/token", tokens.issue),
        _rule("GET", "/.well-known/openid-configuration", registration.configuration),
        _rule("POST", "/register", registration.register),
        _rule("GET POST", "/contexts/<course>/lineitems", gradebook.line_items),
        _rule("GET PUT DELETE", ITEM, gradebook.line_item),
        _rule("POST", f"{ITEM}/scores", scores.score),
        _rule("GET", f"{ITEM}/results", gradebook.results),
        _rule("GET", "/contexts/<course>/memberships", roster.memberships),
        _rule("GET", "/contexts/<course>/groups", roster.groups),
        _rule("GET", "/contexts/<course>/group_sets", roster.group_sets),
        _rule("GET PUT", "/notice-handlers/1", notices.handlers),
        *(_rule(*each) for each in pages.ROUTES),
    ]
)

UNLOCKED = {keys, registration.configuration}  # the tool may need them while it answers the LMS


class Application:
    """The WSGI application of one LMS."""

    def __init__(self, lms: "Lms") -> None:
        self.lms = lms

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(
            request.method, request.path, request.args.to_dict(), headers, request.get_data(), time.time()
        )
        self.lms.requests.append(asked)
        self.lms.stopped.wait(self.lms.delay_of(asked))
        fault = self.lms.fault(asked, after=False)
        response = None if fault else self.serve(request, asked)
        fault = fault or self.lms.fault(asked, after=True)
        if fault in (HANG, DROP):
            return self.say_nothing(environ, fault is HANG)
        if fault:
            asked.why = ""
            response = Response(fault.body, fault.status, dict(fault.headers))
        assert response is not None
        asked.status = response.status_code
        return response(environ, start_response)

    def serve(self, request: Request, asked: Asked) -> Response:
        """The LMS's own answer."""
        try:
            service, arguments = SERVICES.bind_to_environ(request.environ).match()
            if self.lms.personality.needs_user_agent:
                demand(request.headers.get("User-Agent"), "A User-Agent is required", 403)
            alone = nullcontext() if service in UNLOCKED else self.lms.lock
            with alone:
                return service(self.lms, request, **arguments)
        except HTTPException as error:
            return refusal(self.lms, request, RefusedError(error.code or 500, error.name))
        except RefusedError as error:
            asked.why = error.why
            return refusal(self.lms, request, error)
        except Exception as error:  # what a service did not think of is said too, not only answered
            asked.why = f"{error!r}"
            return refusal(self.lms, request, RefusedError(500, asked.why))

    def say_nothing(self, environ: dict[str, Any], hang: bool) -> Iterable[bytes]:
        """Keep the connection silent until the LMS stops, or cut it at once."""
        if hang:
            self.lms.stopped.wait()
        connection: socket.socket = environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError


class Handler(WSGIRequestHandler):
    """Says nothing, and sends at once: an answer of two small packets would wait 40 ms for the second."""

    disable_nagle_algorithm = True

    def log(self, *_: object) -> None:
        pass


@contextmanager
def serving(make: Callable[[str], "Lms"]) -> Iterator["Lms"]:
    """A running server on a free port of 127.0.0.1, for the LMS that `make` makes for its address."""
    lms: list[Lms] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return Application(lms[0])(environ, start_response)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    server.daemon_threads = True
    lms.append(make(f"http://127.0.0.1:{server.server_port}"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield lms[0]
    finally:
        lms[0].stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
