"""The browser tests run with third-party cookies blocked: else they would prove nothing about an LMS."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext

Opener = Callable[..., BrowserContext]
pytestmark = pytest.mark.browser


class Site(BaseHTTPRequestHandler):
    """/page embeds /set of `localhost`; /set sets two cookies and goes to /seen: what came back."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        if self.path == "/set":
            self.send_response(302)
            self.send_header("Location", "/seen")
            for cookie in ("plain=1; SameSite=None", "parted=1; SameSite=None; Partitioned"):
                self.send_header("Set-Cookie", f"{cookie}; Secure; HttpOnly; Path=/")
            body = ""
        else:
            self.send_response(200)
            embedding = f'<iframe src="http://localhost:{port}/set"></iframe>'
            body = embedding if self.path == "/page" else self.headers.get("Cookie", "none")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_an_embedded_site_gets_back_only_its_partitioned_cookie(open_browser: Opener, port: int) -> None:
    page = open_browser().new_page()
    page.goto(f"http://127.0.0.1:{port}/page")
    frame = page.frames[1]
    frame.wait_for_url("**/seen")
    assert frame.locator("body").inner_text() == "parted=1"


def test_the_same_site_visited_by_itself_gets_back_both(open_browser: Opener, port: int) -> None:
    page = open_browser().new_page()
    page.goto(f"http://localhost:{port}/set")
    assert page.locator("body").inner_text() == "plain=1; parted=1"
