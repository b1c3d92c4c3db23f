"""From an empty link to the gradebook and the statements, as an instructor and three learners walk it."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Frame, FrameLocator, Page, expect
from services.entraide import STORE_LOGIN

from lti_tool.demo.course import COURSE, PEOPLE

from .campus import Campus
from .keys import press_on, tab_to, type_in
from .pictures import AUTHOR, photo, traces

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]
LINK = "12"
INSTRUCTOR = "3"
LEARNERS = ("9", "10", "11")
WORDS = "The steps are clear, and I can use them tomorrow on my own ward. One thing to try is a picture. " * 2
SECONDS = 60


class Someone:
    """A person of the demo's course in a browser of their own."""

    def __init__(self, person: Callable[..., Any], campus: Campus, who: str, **options: Any) -> None:
        self.name = PEOPLE[who].name
        self.page: Page = person(**options).new_page()
        self.lms = campus.lms.url
        self.pictures: list[bytes] = []
        self.page.goto(self.lms)
        self.page.locator(f"button[value='{who}']").click()

    def open(self, link: str = LINK) -> FrameLocator:
        """Open an activity as the course page offers it."""
        self.page.goto(f"{self.lms}/course")
        self.page.locator(f"a[href$='/activities/{link}']").click()
        self.tool.locator("#content h1").wait_for()
        return self.tool

    @property
    def tool(self) -> FrameLocator:
        return self.page.frame_locator("#tool")

    @property
    def frame(self) -> Frame:
        return self.page.frames[-1]

    def share(self, files: list[Any] | None = None) -> None:
        tool = self.open()
        tool.locator("#share-link").click()
        tool.locator("#share-form").wait_for()
        tool.get_by_label("Title").fill(f"How {self.name} does it")
        for area in tool.locator("textarea").all():
            area.fill(WORDS)
        if files:
            tool.locator("input[name=file][multiple]").set_input_files(files)
            expect(tool.locator("#attachments > li")).to_have_count(len(files))
            tool.get_by_label("What does it show?").fill("Two hands on a rail")
        tool.get_by_role("button", name="Preview").click()
        tool.get_by_role("button", name="Share with my peers").click()
        expect(tool.get_by_text("Your contribution is shared.")).to_be_visible()

    def review(self) -> None:
        """Review the next one, by pointing."""
        tool = self.open()
        tool.locator("#review-next button").click()
        tool.locator("#review-form").wait_for()
        for picture in tool.locator("article img").all():
            with self.page.expect_response("**/media/**") as shown:
                picture.scroll_into_view_if_needed()
            self.pictures.append(shown.value.body())
        for criterion in tool.locator("fieldset").all():
            criterion.locator("label.choice").nth(2).click()
        tool.locator("#overall").fill(WORDS)
        tool.get_by_role("button", name="Send my review").click()
        expect(tool.get_by_role("heading", name="Your review is sent")).to_be_visible()

    def review_by_keyboard(self) -> int:
        """The same without a pointer; the number of Tab stops from the top of the workspace to Send."""
        tool = self.open()
        press_on(self.page, self.frame, "#review-next button")
        expect(tool.locator("#review-form")).to_be_visible()
        self.frame.locator("h1").focus()
        stops = 0
        for name in dict.fromkeys(
            radio.get_attribute("name") for radio in tool.locator("input[type=radio]").all()
        ):
            stops += tab_to(self.page, self.frame, f"input[name='{name}']")
            self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("ArrowDown")
        stops += type_in(self.page, self.frame, "#overall", WORDS)
        stops += press_on(self.page, self.frame, "button[value=send]")
        expect(tool.get_by_role("heading", name="Your review is sent")).to_be_visible()
        return stops


def test_the_whole_path(campus: Campus, person: Callable[..., Any], record_property: Any) -> None:
    learners = [Someone(person, campus, who) for who in LEARNERS]
    expect(learners[0].open().get_by_role("heading", name="Opens soon")).to_be_visible()

    instructor = Someone(person, campus, INSTRUCTOR)
    created(instructor)

    # Three share, one of them with a photo that says where it was taken.
    picture = photo()
    assert traces(picture["buffer"])
    learners[0].share([picture])
    learners[1].share()
    learners[2].share()

    # They review each other; the second one has no mouse.
    record_property("tab_stops", learners[1].review_by_keyboard())
    learners[1].review()
    learners[0].review()
    learners[0].review()
    learners[2].review()
    learners[2].review()
    pictures = [picture for learner in learners for picture in learner.pictures]
    assert pictures
    for body in pictures:
        assert not traces(body)
        assert AUTHOR.encode() not in body

    # Everybody has read all there is: what they received opens.
    tool = learners[0].open()
    tool.get_by_role("link", name="Read what I received").click()
    expect(tool.get_by_role("heading", name="Review 2")).to_be_visible()
    expect(tool.get_by_text(WORDS[:60]).first).to_be_visible()
    for other in learners[1:]:
        expect(tool.get_by_text(other.name)).to_have_count(0)

    watched(instructor, learners)
    in_the_gradebook(instructor)
    in_the_store(campus)


def created(instructor: Someone) -> None:
    """Two clicks, nothing typed, at most six decisions and 120 words."""
    tool = instructor.open()
    form = tool.locator("#create-activity")
    expect(form).to_be_visible()
    words = tool.locator("main").inner_text().split()
    assert len(words) <= 120, f"{len(words)} words to read"
    decisions = form.locator(
        "fieldset:visible, .field:visible > input:not([type=radio]), .field:visible > textarea"
    )
    assert decisions.count() <= 6
    tool.locator("label", has_text="gesture").click()
    tool.get_by_role("button", name="Create and open").click()
    expect(tool.get_by_text("The activity is open.")).to_be_visible()


def watched(instructor: Someone, learners: list[Someone]) -> None:
    """Who has not given all their reviews, and whether the scores have arrived."""
    deadline = time.monotonic() + SECONDS
    tool = instructor.open()
    while tool.get_by_text("in the gradebook").count() < 2 * len(learners):
        assert time.monotonic() < deadline, tool.locator("main").inner_text()
        time.sleep(0.5)
        tool = instructor.open()
        tool.locator("table.people").wait_for()
    tool.get_by_role("link", name="reviews are given").click()
    expect(tool.locator(".filters [aria-current]")).to_have_text("Reviews missing")
    for learner in learners:
        row = tool.get_by_role("row").filter(has_text=learner.name)
        expect(row.get_by_text("2/4")).to_be_visible()


def in_the_gradebook(instructor: Someone) -> None:
    """The LMS shows both columns, with a score for each learner."""
    instructor.page.goto(f"{instructor.lms}/course/grades")
    title = COURSE.links[LINK].title
    heads = [head for head in instructor.page.locator("thead th").all_inner_texts() if title in head]
    assert len(heads) == 2, heads
    for who in LEARNERS:
        row = instructor.page.get_by_role("row").filter(has_text=PEOPLE[who].name)
        expect(row.locator("strong")).to_have_count(2)


def in_the_store(campus: Campus) -> None:
    """Every review, contribution and score is a statement."""
    wanted = {"submit": 3, "reviewed": 6, "scored": 3}
    deadline = time.monotonic() + SECONDS
    while True:
        answer = httpx.get(
            f"{campus.tool.url}/xapi/statements", params={"limit": "200"}, auth=STORE_LOGIN,
            headers={"X-Experience-API-Version": "1.0.3"}, timeout=10,
        )  # fmt: skip
        ours = {f"{campus.lms.url}"}
        found = [
            statement["verb"]["id"].rpartition("/")[2]
            for statement in answer.json()["statements"]
            if statement["actor"].get("account", {}).get("homePage", "").rstrip("/") in ours
        ]
        if all(found.count(verb) >= least for verb, least in wanted.items()):
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
