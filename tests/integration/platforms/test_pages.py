"""The pages of the platform for tests, in Chromium, with a tool on another site that does what it must."""

import html
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from platforms.lms import CANVAS, D2L, MOODLE, Lms, Personality, running
from platforms.lms.linking import DL
from platforms.lms.messages import LTI
from platforms.lms.toytool import Tool
from platforms.strict import key
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page

pytestmark = pytest.mark.browser
Opener = Callable[..., "BrowserContext"]
Start = Callable[[Personality], Lms]
PATIENCE = 10_000  # ms: the machine may be busy


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


class ToyTool:
    """Logs in by a redirect or, as with platform storage, from a page of its own; shows what was posted."""

    url = auth_url = ""
    by_page = False

    @Request.application
    def __call__(self, request: Request) -> Response:
        if request.path == "/lti/login":
            return self.login(request.values.to_dict())
        posted = "".join(
            f"<p id={html.escape(name)}>{html.escape(value)}</p>" for name, value in request.values.items()
        )
        body = f"<!doctype html><title>Tool</title><h1>Tool</h1>{posted}"
        return Response(body, content_type="text/html; charset=utf-8")

    def login(self, asked: dict[str, str]) -> Response:
        query = {
            "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
            "client_id": asked["client_id"], "redirect_uri": f"{self.url}/lti/launch",
            "login_hint": asked["login_hint"], "lti_message_hint": asked["lti_message_hint"],
            "state": "s" * 32, "nonce": f"{id(asked):032}",
        }  # fmt: skip
        location = f"{self.auth_url}?{urlencode(query)}"
        if self.by_page:
            form = "".join(
                f'<input name="{name}" value="{html.escape(value)}">' for name, value in query.items()
            )
            body = f'<form method="post" action="{self.auth_url}">{form}</form>'
            script = "<script>document.forms[0].submit()</script>"
            return Response(f"<!doctype html>{body}{script}", content_type="text/html")
        return Response(status=302, headers={"Location": location})


@pytest.fixture(scope="module")
def tool() -> Iterator[ToyTool]:
    tool = ToyTool()
    server = make_server("127.0.0.1", 0, tool, threaded=True, request_handler=Quiet)
    tool.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield tool
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start_lms(tool: ToyTool) -> Iterator[Start]:
    """Starts an LMS with a course, a link, a learner and an instructor."""
    with ExitStack() as stack:

        def start(personality: Personality) -> Lms:
            keys = {"keys": [key("tool").jwk()]}
            lms = stack.enter_context(running(personality, tool.url, tool_keys=lambda: keys))
            tool.auth_url, tool.by_page = f"{lms.url}/auth", False
            course = lms.course("c1", "Course One")
            lms.add_person("4", "Ann Ames", courses=[course])
            lms.add_person("3", "Tina Teacher", "Instructor", courses=[course])
            lms.link(course, "Toy activity", link_id="l1", score_maximum=100)
            return lms

        yield start


def shown(page: "Page", field: str) -> "Frame":
    """The tool's frame, once it shows what was posted to it."""
    page.frame_locator("iframe[name=tool]").locator(f"#{field}").wait_for(state="attached", timeout=PATIENCE)
    frame = page.frame("tool")
    assert frame
    return frame


def opened(lms: Lms, page: "Page") -> "Frame":
    """The tool's frame after a launch by the learner."""
    page.goto(lms.page(lms.people["4"], lms.courses["c1"].links["l1"]))
    return shown(page, "id_token")


def say(frame: "Frame", message: dict[str, Any], target: str = "window.parent") -> Any:
    """What comes back within two seconds, as the machine may be busy, or None."""
    return frame.evaluate(
        """([message, target]) => new Promise((resolve) => {
            addEventListener("message", (event) => resolve(event.data), { once: true });
            eval(target).postMessage(message, "*");
            setTimeout(() => resolve(null), 2000);
        })""",
        [message, target],
    )


def close(frame: "Frame", subject: str) -> None:
    """Ask to be closed; the frame may be gone before the call is over."""
    frame.evaluate("subject => void setTimeout(() => parent.postMessage({ subject }, '*'))", subject)


def test_launches_in_moodle(start_lms: Start, open_browser: Opener, tool: ToyTool) -> None:
    lms, page = start_lms(MOODLE), open_browser().new_page()
    for tool.by_page in (False, True):
        frame = opened(lms, page)
        assert frame.url == f"{tool.url}/lti/launch"
        reposts = [asked for asked in lms.asked("POST", "/auth") if b"repost=1" in asked.body]
        assert len(reposts) == tool.by_page
    assert lms.denials == []
    assert say(frame, {"subject": "lti.capabilities", "message_id": "1"}) is None
    assert page.evaluate("messages")[0]["subject"] == "lti.capabilities"
    others = lms.initiation(lms.people["3"], lms.courses["c1"].links["l1"])
    page.goto(f"{tool.url}/lti/login?{urlencode(others)}")
    page.wait_for_url(f"{tool.url}/lti/launch")
    assert page.text_content("#error") == "login_required"


def test_platform_storage_of_canvas(start_lms: Start, open_browser: Opener) -> None:
    lms, page = start_lms(CANVAS), open_browser().new_page()
    frame = opened(lms, page)
    assert frame.text_content("#lti_storage_target") == "post_message_forwarding"
    told = say(frame, {"subject": "lti.capabilities", "message_id": "1"})
    assert told["subject"] == "lti.capabilities.response"
    store = {"subject": "lti.put_data", "frame": "post_message_forwarding"}
    assert store in told["supported_messages"]
    target = "window.parent.frames.post_message_forwarding"
    put = {"subject": "lti.put_data", "message_id": "2", "key": "state_1", "value": "one"}
    assert say(frame, put, target) == put | {"subject": "lti.put_data.response"}
    get = {"subject": "lti.get_data", "message_id": "3", "key": "state_1"}
    assert say(frame, get, target)["value"] == "one"
    assert say(frame, get)["error"]["code"] == "unsupported_subject"
    assert say(frame, get | {"key": ""}, target)["error"]["code"] == "bad_request"
    assert say(frame, put | {"value": "x" * 5000}, target)["error"]["code"] == "storage_exhaustion"
    say(frame, {"subject": "lti.frameResize", "height": 1234})
    assert page.locator("iframe[name=tool]").evaluate("each => each.style.height") == "1234px"
    assert say(frame, {"subject": "lti.fetchWindowSize"})["height"] > 100
    assert {each["role"] for each in page.evaluate("messages")} == {"page", "storage"}
    close(frame, "lti.close")
    page.get_by_role("heading", name="The tool is closed").wait_for(timeout=PATIENCE)
    lms.answers_messages = False
    frame = opened(lms, page)
    assert say(frame, {"subject": "lti.capabilities", "message_id": "1"}) is None
    assert say(frame, get, target) is None
    assert len(page.evaluate("messages")) == 2


def test_storage_in_the_page_is_for_the_tools_origin(start_lms: Start, open_browser: Opener) -> None:
    lms, page = start_lms(D2L), open_browser().new_page()
    frame = opened(lms, page)
    put = {"subject": "lti.put_data", "message_id": "2", "key": "state_1", "value": "one"}
    assert say(frame, put)["value"] == "one"
    page.evaluate("settings.tool = 'http://other.example'")
    assert say(frame, put)["error"]["code"] == "wrong_origin"


def test_dialogs(start_lms: Start, open_browser: Opener, tool: ToyTool) -> None:
    lms, page = start_lms(MOODLE), open_browser().new_page()
    page.goto(lms.linking_page(lms.people["3"], lms.courses["c1"]))
    frame = shown(page, "id_token")
    [(_, _, settings)] = lms.pending.values()
    now = int(lms.clock())
    jwt = Tool(lms).sign({
        "iss": lms.client_id, "aud": lms.issuer, "iat": now, "exp": now + 60, "nonce": "n1",
        LTI + "deployment_id": lms.deployment_id, LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": "1.3.0", DL + "content_items": [{"type": "ltiResourceLink", "title": "Picked"}],
    })  # fmt: skip
    form = f'<form method="post" action="{settings["deep_link_return_url"]}"><input name="JWT" value="{jwt}">'
    frame.evaluate("form => { document.body.innerHTML = form; document.forms[0].submit(); }", form)
    page.frame_locator("iframe[name=tool]").get_by_text("Picked").wait_for(timeout=PATIENCE)
    assert [each.title for each in lms.returned[0]["links"]] == ["Picked"]
    page.goto(lms.registration_page(lms.people["3"], f"{tool.url}/lti/register"))
    close(shown(page, "registration_token"), "org.imsglobal.lti.close")
    page.get_by_role("heading", name="The tool is closed").wait_for(timeout=PATIENCE)
