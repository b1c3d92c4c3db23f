"""In the dialog of an LMS, with third-party cookies blocked: choose, go back, open what was chosen; copy."""

from collections.abc import Callable, Iterator

import pytest
from platforms.lms import MOODLE, Lms, running
from playwright.sync_api import BrowserContext, FrameLocator, expect
from sqlalchemy import delete

from lti_tool.kernel import clock
from lti_tool.people.models import Deployment, Platform

from .campus import Campus

pytestmark = pytest.mark.browser
Opener = Callable[..., BrowserContext]
LOWEST = 450  # px: the dialogs of some LMSs
IN_WINDOW = """(element) => {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
}"""


@pytest.fixture
def lms(campus: Campus) -> Iterator[Lms]:
    """A Moodle with a course, registered in the tool."""
    with running(MOODLE, tool=campus.tool.url) as lms:
        course = lms.course("c1", "Induction")
        lms.add_person("3", "Tina Teacher", "Instructor", courses=[course])
        lms.add_person("4", "Ann Ames", courses=[course])
        with campus.database.write() as rows:
            platform = Platform(name=lms.url, created_at=clock.now(), **lms.registration)
            rows.add(platform)
            rows.flush()
            rows.add(Deployment(platform_id=platform.id, deployment_id=lms.deployment_id))
        yield lms
        assert lms.refusals == []
        with campus.database.write() as rows:
            rows.execute(delete(Platform).where(Platform.id == platform.id))


def dialog(lms: Lms, context: BrowserContext, width: int = 800) -> FrameLocator:
    """The dialog, in which the instructor is to choose."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": LOWEST})
    page.goto(lms.linking_page(lms.people["3"], lms.courses["c1"]))
    page.locator("iframe[name=tool]").evaluate(f"frame => frame.style.height = '{LOWEST}px'")
    return page.frame_locator("iframe[name=tool]")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_choosing(lms: Lms, open_browser: Opener, scripts: bool) -> None:
    """Two clicks make an activity; the next time it is chosen from the list; the link opens it."""
    context = open_browser()
    if not scripts:  # the LMS's own pages need theirs, and so does the door in a frame
        context.route(f"{lms.tool}/static/app-*.js", lambda route: route.abort())

    def back(tool: FrameLocator, heading: str) -> None:
        if not scripts:
            tool.get_by_role("button", name="Go on in my course").click()
        expect(tool.get_by_role("heading", level=1)).to_have_text(heading)

    tool = dialog(lms, context)
    tool.get_by_label("A practice").check()
    create = tool.get_by_role("button", name="Create and open")
    assert create.evaluate(IN_WINDOW)
    create.click()
    back(tool, "Added")
    expect(tool.get_by_role("listitem")).to_have_text(["A practice that works for me"])

    tool = dialog(lms, context)
    tool.get_by_role("link", name="Use one of this course").click()
    tool.get_by_label("A practice that works for me").check()
    tool.get_by_role("button", name="Add to the course").click()
    back(tool, "Added")

    tool = dialog(lms, context)
    tool.get_by_role("button", name="Cancel").click()
    back(tool, "Nothing added")

    first, second = lms.courses["c1"].links.values()
    assert first.custom == second.custom
    learner = open_browser().new_page()
    learner.goto(lms.page(lms.people["4"], second))
    expect(learner.frame_locator("iframe[name=tool]").get_by_role("link", name="Share mine")).to_be_visible()


def test_a_copied_course(lms: Lms, open_browser: Opener) -> None:
    """One click, on the first screen of the first launch."""
    context = open_browser()
    tool = dialog(lms, context, width=360)
    tool.get_by_label("An experience").check()
    tool.get_by_role("button", name="Create and open").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Added")
    course = lms.copy(lms.courses["c1"])
    lms.enrol(lms.people["3"], course)
    [link] = course.links.values()
    page = context.new_page()
    page.goto(lms.page(lms.people["3"], link))
    tool = page.frame_locator("iframe[name=tool]")
    expect(tool.get_by_text("This course was copied.")).to_be_visible()
    copy = tool.get_by_role("button", name="Copy and open")
    assert copy.evaluate(IN_WINDOW)
    copy.click()
    expect(tool.get_by_text("The activity is open.")).to_be_visible()
