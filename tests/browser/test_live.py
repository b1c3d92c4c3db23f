"""What a peer posts appears for who looks: no reload, nothing moves, nothing typed is lost."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from lti_tool.exchanges import actions
from lti_tool.exchanges.models import Comment

from .stage import Stage

pytestmark = pytest.mark.browser
SOON = 8000  # ms on a busy machine; a page without a stream asks after 10 s
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true }); }"""


def listening(page: Page, open_it) -> Page:
    with page.expect_response(lambda answer: "/live?" in answer.url and answer.status == 200):
        open_it()
    page.evaluate(SHIFTS)
    page.evaluate("window.same = true")
    return page


def test_a_comment_and_a_reply_appear_and_what_is_typed_stays(stage: Stage, person) -> None:
    stage.open()
    author, me, peer = stage.shared(3)
    work = stage.work_of(author).id
    narrow = {"width": 360, "height": 640}

    def say(text: str, thread=None):
        with stage.database.write() as rows:
            return actions.say(rows, peer, stage.activity, work, text, uuid4(), thread)

    first = say("The first comment.")
    place = stage.enter(person(viewport=narrow), me)
    page = listening(place.page, lambda: place.go(f"/c/{work}"))
    page.get_by_label("Your comment").click()
    page.keyboard.type("I was about")
    say("It works on nights too.")
    expect(page.locator(".said").get_by_text("It works on nights too.")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
    page.keyboard.type(" to say")
    assert page.evaluate("document.activeElement.value") == "I was about to say"
    expect(page.get_by_role("status")).to_have_text("1 new comment")

    say("A reply to it.", first.id)
    show = page.get_by_role("button", name="1 new reply. Show it")
    expect(show).to_be_visible(timeout=SOON)
    assert page.evaluate("document.activeElement.value") == "I was about to say"
    assert page.evaluate("[window.same, window.shifted]") == [True, 0]
    show.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".replies").get_by_text("A reply to it.")).to_be_visible()
    assert "A reply to it." in page.evaluate("document.activeElement.textContent")
    page.get_by_role("button", name="Send my comment").click()
    expect(page.get_by_role("heading", name="3 comments")).to_be_visible()
    assert len(stage.rows(Comment, Comment.contribution_id == work)) == 4


def test_the_gallery_says_how_many_are_new(stage: Stage, person) -> None:
    stage.open()
    stage.change(presence=True)
    me, *_ = stage.shared(2)
    place = stage.enter(person(), me)
    page = listening(place.page, lambda: place.go("/gallery"))
    expect(page.get_by_text("1 person is here now")).to_be_visible()
    stage.shared(1)
    expect(page.get_by_role("link", name="1 new contribution. Show it")).to_be_visible(timeout=SOON)
    stage.shared(1)
    more = page.get_by_role("link", name="2 new contributions. Show them")
    expect(more).to_be_visible(timeout=SOON)
    assert page.evaluate("[window.same, window.shifted]") == [True, 0]
    more.click()
    expect(page.locator(".gallery-card")).to_have_count(4)
