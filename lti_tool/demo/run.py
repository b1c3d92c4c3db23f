"""`entraide demo`: the LMS, the tool, its worker and its statement store, with a ready course."""

import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.demo.check import STORE_LOGIN, deliver_and_check
from lti_tool.demo.lms import create_lms
from lti_tool.demo.pages import PageError
from lti_tool.demo.platform import LmsSettings
from lti_tool.demo.story import load_story, seed_through_the_door
from lti_tool.demo.toolprocess import ToolError, ToolProcess

START_SECONDS = 120


def run_demo(lms_port: int = 8090, port: int = 8091, open_browser: bool = True, fast: bool = False) -> int:
    """Run the demo until Ctrl-C; with `fast`, only until everything is seeded, delivered and checked.

    The LMS answers on 127.0.0.1 and the tool on localhost: to a browser these are two sites, as in real life.
    Everything is kept in a temporary folder and gone at the end. Returns the exit code: 0, or 1 when
    something did not work, which has then been said on the screen.
    """
    settings = LmsSettings(url=f"http://127.0.0.1:{lms_port}", tool_url=f"http://localhost:{port}")
    for wanted in (lms_port, port):
        if _busy(wanted):
            return _fail(f"Port {wanted} is in use. Choose others: entraide demo --lms-port 9090 --port 9091")
    try:
        with _interruptible(), ExitStack() as stack:
            kept = tempfile.TemporaryDirectory(prefix="entraide-demo-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(kept))
            return _run(settings, folder, stack, open_browser and not fast, fast)
    except KeyboardInterrupt:
        _say("Stopped. Nothing is kept.")
        return 0
    except (ToolError, PageError, httpx.HTTPError, OSError) as problem:
        return _fail(str(problem) or type(problem).__name__)


def _run(settings: LmsSettings, folder: Path, stack: ExitStack, open_browser: bool, fast: bool) -> int:
    tool = ToolProcess(folder, _environment(settings, folder))
    _say("Preparing the tool ...")
    tool.command("db", "upgrade")
    tool.command("platform", "add", "--name", "Campus", *_registration(settings))
    stack.enter_context(_serving(settings))
    stack.enter_context(tool.serving("--host", "localhost", "--port", settings.tool_url.rpartition(":")[2]))
    _wait(settings, tool)
    _say("People come into the course, share and review:")

    def tell(line: str) -> None:
        tool.check()
        _say(line)

    try:
        counts = seed_through_the_door(settings.url, load_story(), tell)
    except (PageError, httpx.HTTPError) as problem:
        tool.check()
        raise ToolError(f"{problem}\n{tool.last_lines()}") from problem
    if fast:
        return deliver_and_check(settings, counts, tool.check, _say)
    _say(f"{counts.contributions} contributions and {counts.reviews} reviews are in.\n")
    _say(f"  LMS     {settings.url}         sign in as one of nine people")
    _say(f"  Tool    {settings.tool_url}         opens inside the LMS")
    _say(f"  Store   {settings.tool_url}/xapi    {' / '.join(STORE_LOGIN)}")
    _say("\nCtrl-C ends it.")
    if open_browser:
        webbrowser.open(settings.url)
    while True:
        tool.check()
        time.sleep(0.5)


def _environment(settings: LmsSettings, folder: Path) -> dict[str, str]:
    """The tool's settings, and none of those that this machine may have for another Entraide."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")}
    username, password = STORE_LOGIN
    return kept | {
        "ENTRAIDE_BASE_URL": settings.tool_url,
        "ENTRAIDE_DATA_DIR": str(folder),
        "ENTRAIDE_ALLOW_PRIVATE_NETWORKS": "true",
        "ENTRAIDE_SECRET_KEY": secrets.token_urlsafe(48),
        "ENTRAIDE_STORE_USERNAME": username,
        "ENTRAIDE_STORE_PASSWORD": password,
    }


def _registration(settings: LmsSettings) -> list[str]:
    """The LMS, as an administrator of the tool types it in."""
    return [
        *("--issuer", settings.url),
        *("--client-id", settings.client_id),
        *("--auth-url", settings.auth_url),
        *("--token-url", settings.token_url),
        *("--jwks-url", settings.jwks_url),
        *("--deployment-id", settings.deployment_id),
    ]


class _Quiet(WSGIRequestHandler):
    """A server that does not write a line for every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def _serving(settings: LmsSettings) -> Iterator[None]:
    """The LMS, answering in threads of this process."""
    port = int(settings.url.rpartition(":")[2])
    server = make_server("127.0.0.1", port, create_lms(settings), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _wait(settings: LmsSettings, tool: ToolProcess) -> None:
    """Return when LMS and tool answer. Raises ToolError when they do not in time."""
    end = time.monotonic() + START_SECONDS
    for address in (settings.url, settings.tool_url):
        while not _answers(f"{address}/healthz"):
            tool.check()
            if time.monotonic() > end:
                raise ToolError(f"{address} does not answer.\n{tool.last_lines()}")
            time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _busy(port: int) -> bool:
    try:
        with socket.create_connection(("localhost", port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end the demo as Ctrl-C does; what is cleaned up then is not interrupted again."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(*_: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        _say("\nStopping ...")
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    print(line, flush=True)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1
