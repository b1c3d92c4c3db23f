"""Long texts: plain on a phone and without scripts; where there is room, an editor that everybody can use."""

from contextlib import suppress

import pytest
from playwright.sync_api import Page, Route, expect
from playwright.sync_api import TimeoutError as TooLateError

from .conftest import PATIENCE
from .keys import tab_to
from .looks import violations
from .stage import Stage

pytestmark = pytest.mark.browser
AREA, EDITOR, TOOLS = "#answer-situation", "#answer-situation-editor", "[role=toolbar]"
EVERY_KIND = (
    "# One\n\n**two** *three* `four` [five](https://a.org)\n\n- six\n\n1. seven\n\n> 8\n\n```\n9\n```"
)
LARGE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 640}


def writing(stage: Stage, person, text: str = "", **options: object) -> Page:
    """The form in which somebody has begun to share."""
    stage.open()
    me = stage.person("Karim Benali")
    if text:
        stage.draft(me, **dict.fromkeys(stage.prompts, text))
    return stage.at(person(viewport=LARGE, **options), me, "/share")


def stored(page: Page) -> str:
    return page.locator(AREA).input_value()


def move(page: Page, key: str, position: str) -> None:
    """Press a key that moves the caret until the editor knows that it did.

    The browser tells it later; and what moves within 20 ms of its focus, ProseMirror puts back.
    """
    moved = f"""(editor) => {{
      const {{ doc, selection }} = document.querySelector(editor).editor.state;
      return selection.empty && selection.from === {position};
    }}"""
    for patience in (1000, 5000, PATIENCE):
        page.keyboard.press(key)
        with suppress(TooLateError):
            page.wait_for_function(moved, arg=EDITOR, timeout=patience)
            return
    raise AssertionError(f"{key} does not move the caret to {position}")


START, END = "1", "doc.content.size - 1"


def test_a_text_is_written_with_the_keyboard_alone(stage: Stage, person) -> None:
    page = writing(stage, person)
    page.locator("#title").fill("How I do it")
    held: list[Route] = []
    page.route("**/editor-*.js", lambda route: held.append(route))
    with page.expect_request("**/editor-*.js"):
        tab_to(page, page, AREA)
    page.keyboard.type("At ")  # before the editor is there
    held[0].continue_()
    page.keyboard.type("first")  # while it comes
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.press("Control+b")
    page.keyboard.type(" listen")
    page.keyboard.press("Control+b")
    page.keyboard.type(".\n")
    page.keyboard.press("Alt+F10")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"{TOOLS} :focus")).to_have_text("List")
    page.keyboard.press("Enter")
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type("2 * 3 snake_case\nsee ")
    page.keyboard.press("Control+k")
    page.keyboard.type("example")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-situation-address")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type(".org")
    page.keyboard.press("Enter")
    assert stored(page) == "At first **listen**.\n\n- 2 * 3 snake_case\n- see https://example.org/"
    page.keyboard.press("Shift+Tab")
    expect(page.locator(f"{TOOLS} :focus")).to_have_text("List")
    page.keyboard.press("Escape")
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(EDITOR)).not_to_be_focused()
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    page.get_by_role("button", name="Preview").click()
    answer = page.locator(".answer").first
    expect(answer.locator("strong")).to_have_text("listen")
    expect(answer.locator("li")).to_have_text(["2 * 3 snake_case", "see https://example.org/"])
    expect(answer.get_by_role("link")).to_have_attribute("href", "https://example.org/")


def test_a_text_that_is_there_is_formatted_with_the_tools(stage: Stage, person) -> None:
    page = writing(stage, person, "One *two* three\nfour\n\n<b>five</b>")
    page.locator(AREA).click()
    editor = page.get_by_role("textbox", name="The context").and_(page.locator(EDITOR))
    expect(editor).to_be_focused()
    assert stored(page) == "One *two* three\nfour\n\n<b>five</b>", "what is only read stays as it is"
    move(page, "Control+Home", START)
    tool = page.get_by_role("button", name="Heading")
    tool.click()
    expect(tool).to_have_attribute("aria-pressed", "true")
    expect(editor).to_be_focused()
    assert stored(page) == "# One *two* three four\n\n<b>five</b>"
    page.get_by_role("button", name="Undo").click()
    move(page, "Control+End", END)
    page.keyboard.press("Enter")
    paste(
        page,
        "<h1 style='color:red'>Seen <script>x</script><img src=x onerror=x></h1><a href='data:x'>no</a>",
    )
    assert stored(page) == "One *two* three\nfour\n\n<b>five</b>\n\n# Seen\n\nno"
    page.get_by_role("button", name="Plain text").click()
    expect(page.locator(AREA)).to_be_focused()
    expect(page.locator(EDITOR)).to_have_count(0)
    page.reload()
    page.locator(AREA).press_sequentially("!")
    expect(page.locator(EDITOR)).to_have_count(0)
    page.get_by_role("button", name="Show formatting").first.click()
    expect(editor).to_be_focused()


def paste(page: Page, html: str) -> None:
    page.locator(EDITOR).evaluate(
        """(editor, html) => {
          const options = { clipboardData: new DataTransfer(), bubbles: true, cancelable: true };
          options.clipboardData.setData("text/html", html);
          editor.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        html,
    )


def test_on_a_phone_a_text_is_plain(stage: Stage, person) -> None:
    page = writing(stage, person)
    page.set_viewport_size(PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(AREA).click()
    page.keyboard.type("**So**")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    assert stored(page) == "**So**"
    assert not [url for url in asked if "/editor-" in url]
    assert page.locator(EDITOR).count() == 0


@pytest.mark.parametrize("stage", ["en", "fr"], indirect=True)
def test_the_open_editor_is_accessible(stage: Stage, person) -> None:
    """Light in French, dark in English; every kind of text, a tool pressed, a link asked for."""
    page = writing(stage, person, EVERY_KIND, color_scheme="dark" if stage.language == "en" else "light")
    page.locator(AREA).click()
    expect(page.locator(EDITOR)).to_be_focused()
    page.locator("#answer-situation-editor strong").click()
    page.keyboard.press("Control+k")
    assert violations(page) == []
