import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from lti_tool.demo.lms import create_lms
from lti_tool.demo.platform import LmsSettings, Platform

from .minitool import MiniTool


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def settings() -> LmsSettings:
    return LmsSettings(url=f"http://127.0.0.1:{free_port()}", tool_url=f"http://localhost:{free_port()}")


@pytest.fixture(scope="module")
def lms_app(settings: LmsSettings) -> Iterator[Flask]:
    app = create_lms(settings)
    with serving(app, int(settings.url.rpartition(":")[2])):
        yield app


@pytest.fixture
def lms(lms_app: Flask) -> Platform:
    """A fresh platform behind the running server."""
    used: Platform = lms_app.extensions["lms"]
    lms_app.extensions["lms"] = fresh = Platform(used.settings, used.key)
    return fresh


@pytest.fixture(scope="module")
def tool_server(settings: LmsSettings, lms_app: Flask) -> Iterator[MiniTool]:
    tool = MiniTool(settings)
    with serving(tool.app(), int(settings.tool_url.rpartition(":")[2])):
        yield tool


@pytest.fixture
def tool(tool_server: MiniTool, lms: Platform) -> MiniTool:
    """The mini-tool, with nothing in it yet."""
    for kept in ("launches", "errors", "kinds", "works", "drafts", "reviews", "open_reviews"):
        getattr(tool_server, kept).clear()
    tool_server.self_posting_login = False
    return tool_server
