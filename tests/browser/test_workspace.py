"""Comments in the work under review: with a mouse, by keyboard, without scripts, and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from .stage import WORDS, Stage
from .states import STATES
from .workspace_pages import _picture

pytestmark = pytest.mark.browser
SELECT = """([part, from, to]) => {
  const shown = { acceptNode: (text) => (text.parentNode.matches(".annotation-number") ? 2 : 1) };
  const walker = document.createTreeWalker(document.querySelector(part), NodeFilter.SHOW_TEXT, shown);
  const range = document.createRange();
  for (let at = 0, text; (text = walker.nextNode()); at += text.length) {
    if (at <= from && from < at + text.length) range.setStart(text, from - at);
    if (at < to && to <= at + text.length) range.setEnd(text, to - at);
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_comments_in_the_work_on_a_phone(stage: Stage, person, complaints: list[str]) -> None:
    stage.open(minimum_words=1)
    author, me = stage.shared(2)
    context = person(viewport={"width": 360, "height": 640}, has_touch=True)
    _picture(stage, context, author)
    page = stage.at(context, me, f"/review/{stage.pulled(me)}")
    part, words = f"[data-part={stage.prompts[0]}]", WORDS["en"]
    dialog, said = page.get_by_role("dialog"), page.get_by_role("dialog").get_by_label("Your comment")

    def select(start: int, end: int) -> None:
        page.locator(part).scroll_into_view_if_needed()
        page.evaluate(SELECT, [part, start, end])
        page.get_by_role("button", name="Comment on this passage").click()

    def keep(text: str, button: str = "Keep my comment") -> None:
        said.fill(text)
        dialog.get_by_role("button", name=button).click()
        expect(dialog).to_be_hidden()

    select(7, 29)
    dialog.get_by_role("button", name="Keep my comment").click()
    expect(dialog.get_by_role("alert")).to_have_text("Write your comment.")
    assert "422" in complaints.pop()
    keep("Why the whole of it?")
    expect(page.locator("mark.annotated")).to_have_text(words[7:29])
    select(20, 60)
    keep("These overlap.")
    expect(page.locator("mark mark")).to_have_text(words[20:29])
    at = page.evaluate("scrollY")
    page.get_by_role("link", name="Comment 2").click()
    expect(page.locator("#notes")).to_be_visible()
    page.locator("#notes").get_by_role("button", name="Change").last.click()
    expect(said).to_have_value("These overlap.")
    dialog.get_by_role("button", name="Take it away").click()
    expect(page.locator("[data-annotation]")).to_have_count(1)
    page.get_by_role("link", name="The work").click()
    expect(page.locator("mark.annotated")).to_have_text(words[7:29])
    assert page.evaluate("scrollY") == at, "the work is where it was left"
    page.locator(".spots img").click(position={"x": 30, "y": 20})
    keep("What is this?")
    expect(page.locator(".spots .spot")).to_have_text("2")
    page.reload()
    expect(page.locator("mark.annotated")).to_have_text(words[7:29])
    expect(page.locator(".spots .spot")).to_have_text("2")
    page.get_by_role("link", name="My review").click()
    expect(page.locator("#notes")).to_contain_text("A door – top left")


def test_a_comment_by_keyboard_and_without_scripts(stage: Stage, person) -> None:
    stage.open()
    _, me = stage.shared(2)
    for scripts in (True, False):
        context = person(java_script_enabled=scripts)
        page: Page = stage.at(context, stage.again(me), f"/review/{stage.pulled(me)}")
        page.get_by_label("Your message to the author").fill(f"Half a text {scripts}")
        page.get_by_role("button", name="Comment on a passage").focus()
        page.keyboard.press("Enter")
        page.get_by_label("The words that you comment on").fill("whole building")
        page.get_by_label("Which part of the work?").select_option(stage.prompts[0])
        page.get_by_label("Your comment").fill(f"Which one? {scripts}")
        page.get_by_role("button", name="Keep my comment").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#notes")).to_contain_text(f"Which one? {scripts}")
        expect(page.get_by_label("Your message to the author")).to_have_value(f"Half a text {scripts}")
    expect(page.locator("#notes li")).to_have_count(2)


def test_a_change_of_a_sent_review_is_kept_on_the_device_until_it_is_sent(stage: Stage, person) -> None:
    page = STATES["review_changing"](stage, person())
    message = page.get_by_label("Your message to the author")
    other = f"{WORDS['en']} And one thing more, which I forgot to say at first."
    message.fill(other)
    expect(page.locator("[data-autosave-status]")).to_contain_text("kept on this device")
    page.reload()
    expect(message).to_have_value(other)
    assert stage.review_of(stage.people[0]).overall != other
    page.get_by_role("button", name="Send the change").click()
    expect(page.get_by_role("heading", name="Your review is sent")).to_be_visible()
    kept = stage.review_of(stage.people[0])
    assert (kept.overall, kept.sends) == (other, 2)
