"""Against an independent platform, Open edX's own consumer: launches, deep linking, roster, grades."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from lxml import html
from services.entraide import Tool, installation
from services.openedx import Platform
from services.visitor import Visitor, forms

pytestmark = pytest.mark.openedx

WORDS = "The steps are clear and I can use them tomorrow. " * 5
SECONDS = 120


@pytest.fixture
def tool(sqlite_files: object) -> Iterator[Tool]:
    with sqlite_files.fresh() as url, installation(url) as tool:  # type: ignore[attr-defined]
        yield tool


@pytest.fixture
def platform(tool: Tool, start_openedx: Callable[..., Platform]) -> Iterator[Platform]:
    platform = start_openedx(**tool.addresses)
    tool.add_platform(platform)
    with tool.serving():
        yield platform


class Person:
    """Somebody who came from Open edX into the tool."""

    def __init__(self, browser: Visitor, address: str) -> None:
        self.browser = browser
        self.page = browser.visit(address)
        self.home = str(self.page.url).removesuffix("activity/new")

    def fill(self, form_id: str, values: dict[str, str]) -> httpx.Response:
        form = next(form for form in forms(self.page) if form.get("id") == form_id)
        self.page = self.browser.submit(self.page, form, values)
        assert self.page.status_code == 200, self.page.text[:2000]
        return self.page

    def go(self, path: str = "") -> httpx.Response:
        self.page = self.browser.get(self.home + path)
        assert self.page.status_code == 200, self.page.text[:2000]
        return self.page

    def share(self) -> None:
        self.go("share")
        form = next(form for form in forms(self.page) if form.get("id") == "share-form")
        answers = {name: WORDS for name in form.fields if name.startswith("answer-")}
        self.fill("share-form", {"title": "How I do it", **answers, "do": "submit"})

    def review(self, level: int) -> None:
        self.go()
        self.fill("review-next", {})
        form = next(form for form in forms(self.page) if form.get("id") == "review-form")
        marks = {name: str(float(level)) for name in form.fields if name.startswith("mark-")}
        offered = {name: form.inputs[name].value_options for name in marks}
        chosen = {name: sorted(values, key=float)[level - 1] for name, values in offered.items()}
        self.fill("review-form", {**chosen, "overall": WORDS, "do": "send"})


def eventually(tool: Tool, found: Callable[[], Any], expected: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while (last := found()) != expected:
        late = time.monotonic() > deadline
        assert not late, f"{last} instead of {expected}\n{tool.log.read_text()[-4000:]}"
        time.sleep(0.2)


def published(platform: Platform) -> dict[str, float]:
    users = platform.users()
    return {users.get(grade["user"], grade["user"]): grade["score"] for grade in platform.grades()}


def reviewing_column(platform: Platform) -> dict[str, float]:
    items = [item for item in platform.line_items() if item["tag"] == "reviewing"]
    return {score["user_id"]: score["score_given"] for item in items for score in item["scores"]}


def listed(instructor: Person, show: str) -> list[str]:
    """The names in the instructor's list of people."""
    rows = html.fromstring(instructor.go(f"?show={show}").text).xpath("//table//th[@scope='row']")
    return [row.text_content().strip() for row in rows]


@pytest.fixture
def arrive() -> Iterator[Callable[[str], Person]]:
    """Opens a browser for somebody, and an address in it that launches the tool."""
    with ExitStack() as browsers:
        yield lambda address: Person(browsers.enter_context(Visitor()), address)


def test_from_the_dialog_of_open_edx_to_its_gradebook(
    tool: Tool, platform: Platform, arrive: Callable[[str], Person]
) -> None:
    """Deep linking, launches of what was chosen, the roster, and grades: one course from its beginning."""
    author = arrive(platform.choose_url("instructor"))
    author.fill("create-activity", {"kind": "practice", "title": "A good habit", "open": "now"})
    assert "successfully saved" in author.fill("answer", {}).text

    (chosen,) = platform.content_items()
    assert (chosen["type"], chosen["title"]) == ("ltiResourceLink", "A good habit")
    assert chosen["lineItem"]["resourceId"] == chosen["custom"]["activity"]

    instructor = arrive(platform.start_url("instructor"))
    assert "A good habit" in instructor.page.text, "the link does not open what was chosen"
    eventually(tool, lambda: listed(instructor, "not-seen"), [f"Student {number}" for number in range(1, 6)])

    ann, ben = arrive(platform.start_url("student-1")), arrive(platform.start_url("student-2"))
    ann.share()
    ben.share()
    ann.review(level=4)
    ben.review(level=2)
    assert listed(instructor, "not-seen") == ["Student 3", "Student 4", "Student 5"]

    users = platform.users()
    work = {users["student-1"]: 1 / 3, users["student-2"]: 1.0}
    reviewing = {users["student-1"]: 25.0, users["student-2"]: 25.0}
    eventually(tool, lambda: published(platform), pytest.approx(work))
    eventually(tool, lambda: reviewing_column(platform), pytest.approx(reviewing))


@pytest.mark.long
def test_a_course_without_grades_is_no_obstacle(
    tool: Tool, start_openedx: Callable[..., Platform], arrive: Callable[[str], Person]
) -> None:
    platform = start_openedx(**tool.addresses, ags="disabled")
    tool.add_platform(platform)
    with tool.serving():
        instructor = arrive(platform.start_url("instructor"))
        assert str(instructor.page.url).endswith("/activity/new")
        instructor.fill("create-activity", {"kind": "experience", "open": "now"})
        ann, ben = arrive(platform.start_url("student-1")), arrive(platform.start_url("student-2"))
        ann.share()
        ben.share()
        ann.review(level=3)
        assert "1 of 4 done" in ann.go().text
        ben.review(level=3)
        assert WORDS.strip() in ben.go("received").text
