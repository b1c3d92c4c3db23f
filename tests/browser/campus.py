"""The demo's LMS and the tool, running: what every test in Chromium stands on."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from services import free_port, sqlite
from services.entraide import SECRET_KEY, Tool, installation
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.demo.lms import create_lms
from lti_tool.demo.platform import LmsSettings
from lti_tool.kernel.database import Database


class Quiet(WSGIRequestHandler):
    """A server that writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass
class Campus:
    """An LMS on 127.0.0.1, the tool on localhost (for a browser another site), and the tool's database."""

    lms: LmsSettings
    tool: Tool
    database: Database
    running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start the tool; its worker starts for who asks for it (see `worker`)."""
        self.running.enter_context(self.tool.web())

    def stop(self) -> None:
        """Stop the tool."""
        self.running.close()

    def signed(self, session: dict[str, str]) -> str:
        """A session as the tool's cookie holds it."""
        app = Flask(__name__)
        app.secret_key = SECRET_KEY
        return SecureCookieSessionInterface().get_signing_serializer(app).dumps(session)


@contextmanager
def open_campus() -> Iterator[Campus]:
    """A campus on fresh ports, with the tool registered in its LMS."""
    with ExitStack() as stack:
        url = stack.enter_context(sqlite.Files().fresh())
        tool = stack.enter_context(installation(url))
        lms = LmsSettings(url=f"http://127.0.0.1:{free_port()}", tool_url=tool.url)
        tool.command(
            "platform", "add", "--name", "Campus", "--issuer", lms.url, "--client-id", lms.client_id,
            "--auth-url", lms.auth_url, "--token-url", lms.token_url, "--jwks-url", lms.jwks_url,
            "--deployment-id", lms.deployment_id,
        )  # fmt: skip
        stack.enter_context(_serving(lms))
        database = Database(url)
        stack.callback(database.dispose)
        campus = Campus(lms, tool, database)
        campus.start()
        stack.callback(campus.stop)
        yield campus


@contextmanager
def _serving(lms: LmsSettings) -> Iterator[None]:
    port = int(lms.url.rpartition(":")[2])
    server = make_server("127.0.0.1", port, create_lms(lms), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
