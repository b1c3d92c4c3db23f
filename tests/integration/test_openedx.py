"""Against an independent platform: Open edX's own consumer launches us, and our scores reach its grades."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from services.entraide import Tool, installation
from services.openedx import Platform
from services.visitor import Visitor, forms

pytestmark = pytest.mark.openedx

WORDS = "The steps are clear and I can use them tomorrow. " * 5
SECONDS = 60


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

    def __init__(self, browser: Visitor, platform: Platform, name: str) -> None:
        self.browser = browser
        self.page = browser.visit(platform.start_url(name))
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


def eventually(tool: Tool, found: Callable[[], dict[str, float]], expected: dict[str, float]) -> None:
    deadline = time.monotonic() + SECONDS
    while (last := found()) != pytest.approx(expected):
        late = time.monotonic() > deadline
        assert not late, f"{last} instead of {expected}\n{tool.log.read_text()[-4000:]}"
        time.sleep(0.2)


def published(platform: Platform) -> dict[str, float]:
    users = platform.users()
    return {users.get(grade["user"], grade["user"]): grade["score"] for grade in platform.grades()}


def reviewing_column(platform: Platform) -> dict[str, float]:
    items = [item for item in platform.line_items() if item["tag"] == "reviewing"]
    return {score["user_id"]: score["score_given"] for item in items for score in item["scores"]}


@pytest.fixture
def arrive() -> Iterator[Callable[[Platform, str], Person]]:
    """Opens a browser for somebody and launches the tool."""
    with ExitStack() as browsers:
        yield lambda platform, name: Person(browsers.enter_context(Visitor()), platform, name)


def test_from_a_launch_in_open_edx_to_its_gradebook(
    tool: Tool, platform: Platform, arrive: Callable[[Platform, str], Person]
) -> None:
    instructor = arrive(platform, "instructor")
    assert str(instructor.page.url).endswith("/activity/new")
    instructor.fill("create-activity", {"kind": "practice", "open": "now"})

    ann, ben = arrive(platform, "student-1"), arrive(platform, "student-2")
    ann.share()
    ben.share()
    ann.review(level=4)
    ben.review(level=2)

    users = platform.users()
    eventually(tool, lambda: published(platform), {users["student-1"]: 1 / 3, users["student-2"]: 1.0})
    eventually(tool, lambda: reviewing_column(platform), {users["student-1"]: 25.0, users["student-2"]: 25.0})


def test_a_course_without_grades_is_no_obstacle(
    tool: Tool, start_openedx: Callable[..., Platform], arrive: Callable[[Platform, str], Person]
) -> None:
    platform = start_openedx(**tool.addresses, ags="disabled")
    tool.add_platform(platform)
    with tool.serving():
        arrive(platform, "instructor").fill("create-activity", {"kind": "experience", "open": "now"})
        ann, ben = arrive(platform, "student-1"), arrive(platform, "student-2")
        ann.share()
        ben.share()
        ann.review(level=3)
        assert "1 of 4 done" in ann.go().text
        ben.review(level=3)
        assert WORDS.strip() in ben.go("received").text
