"""Two visits in one browser stay two: whoever, wherever, in whatever order."""

import pytest
from playwright.sync_api import Page, expect

from lti_tool.demo.course import COURSE

from .campus import Campus

pytestmark = pytest.mark.browser
FIRST, SECOND = "11", "13"
INSTRUCTOR, LEARNER = "3", "8"


def sign_in(page: Page, campus: Campus, who: str) -> None:
    page.goto(campus.lms.url)
    page.locator(f"button[value='{who}']").click()
    page.wait_for_url("**/course")


def open_link(page: Page, campus: Campus, link: str) -> str:
    """Open an activity; the address of the tool's page in the frame."""
    page.goto(f"{campus.lms.url}/course/activities/{link}")
    page.frame_locator("#tool").locator("#content h1").wait_for()
    return page.frames[-1].url


def test_two_activities_and_two_people_in_one_browser(campus: Campus, person) -> None:
    browser = person(locale="en")
    one, two, three = browser.new_page(), browser.new_page(), browser.new_page()
    sign_in(one, campus, INSTRUCTOR)
    addresses = [open_link(one, campus, FIRST), open_link(two, campus, SECOND)]
    paths = {cookie["path"] for cookie in browser.cookies() if cookie["name"] == "entraide"}
    assert len(paths) == 2
    assert all(path.startswith("/l/") for path in paths)

    # The first tab, opened first, makes the first link's activity; the second tab the second's.
    for page, link, kind in ((one, FIRST, "A practice"), (two, SECOND, "An experience")):
        page.bring_to_front()
        tool = page.frame_locator("#tool")
        tool.get_by_text(kind, exact=True).click()
        tool.get_by_role("button", name="Create and open").click()
        expect(tool.get_by_role("heading", level=1, name=COURSE.links[link].title)).to_be_visible()

    # In the same browser somebody else signs in to the LMS, as on a shared computer.
    sign_in(three, campus, LEARNER)
    addresses.append(open_link(three, campus, FIRST))
    learner = three.frame_locator("#tool")
    expect(learner.get_by_role("link", name="Share mine")).to_be_visible()
    assert len(set(addresses)) == 3

    # The instructor's tabs go on, each on its own activity; so does the learner's.
    for page, link in ((one, FIRST), (two, SECOND)):
        page.bring_to_front()
        tool = page.frame_locator("#tool")
        tool.locator(".tile").first.click()
        expect(tool.get_by_role("heading", level=1, name=COURSE.links[link].title)).to_be_visible()
        expect(tool.get_by_role("button", name="Close the activity")).to_be_visible()
    three.bring_to_front()
    learner.get_by_role("link", name="Share mine").click()
    learner.get_by_label("Title").fill("Mine")
    expect(learner.get_by_text("Saved")).to_be_visible()
    expect(one.frame_locator("#tool").get_by_role("cell", name="Mine")).to_have_count(0)


def test_a_visit_is_worth_nothing_in_another_browser(campus: Campus, person) -> None:
    mine, theirs = person().new_page(), person().new_page()
    sign_in(mine, campus, LEARNER)
    address = open_link(mine, campus, FIRST)
    theirs.goto(address)
    expect(theirs.get_by_text("Your browser shows no sign of this visit.")).to_be_visible()
