"""Against an independent platform: Open edX's own consumer launches us, and our scores reach its gradebook."""

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
SECONDS = 30


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

    def __init__(self, platform: Platform, name: str) -> None:
        self.browser = Visitor()
        self.page = self.browser.visit(platform.start_url(name))
        self.home = str(self.page.url)

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


def test_from_a_launch_in_open_edx_to_its_gradebook(platform: Platform) -> None:
    instructor = Person(platform, "instructor")
    assert "/activity/new" in str(instructor.page.url)
    instructor.home = instructor.home.removesuffix("activity/new")
    instructor.fill("create-activity", {"kind": "practice", "open": "now"})

    ann, ben = Person(platform, "student-1"), Person(platform, "student-2")
    ann.share()
    ben.share()
    ann.review(level=4)
    ben.review(level=2)

    users = platform.users()
    expected = {users["student-1"]: 1 / 3, users["student-2"]: 1.0}
    grades: dict[str, float] = {}
    deadline = time.monotonic() + SECONDS
    while grades != pytest.approx(expected) and time.monotonic() < deadline:
        time.sleep(0.2)
        grades = {grade["user"]: grade["score"] for grade in platform.grades()}
        grades = {users.get(user, user): score for user, score in grades.items()}
    assert grades == pytest.approx(expected)

    columns = {item["tag"]: item for item in platform.line_items()}
    assert set(columns) >= {"reviewing"}


def test_a_course_without_grades_is_no_obstacle(tool: Tool, start_openedx: Callable[..., Platform]) -> None:
    with ExitStack():
        platform = start_openedx(**tool.addresses, ags="disabled")
        tool.add_platform(platform)
        with tool.serving():
            instructor = Person(platform, "instructor")
            instructor.home = instructor.home.removesuffix("activity/new")
            instructor.fill("create-activity", {"kind": "experience", "open": "now"})
            ann, ben = Person(platform, "student-1"), Person(platform, "student-2")
            ann.share()
            ben.share()
            ann.review(level=3)
            ben.go("received")
            assert "The steps are clear" not in ben.page.text or ben.page.status_code == 200
