"""With the keyboard alone: make an activity, share with a file, review, read."""

import pytest
from playwright.sync_api import Page, expect

from .keys import press_on, tab_to, type_in
from .pictures import photo
from .stage import WORDS, Stage

pytestmark = pytest.mark.browser
MOST_STOPS = 60


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_keyboard_alone(stage: Stage, person, key: str) -> None:
    page: Page = stage.enter(person(), stage.instructor).go()
    tab_to(page, page, "input[name=kind]")
    page.keyboard.press("Space")
    tab_to(page, page, "summary")
    page.keyboard.press("Enter")
    for name in ("wanted", "given"):
        tab_to(page, page, f"#{name}")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("1")
    press_on(page, page, "button[value=now]")
    expect(page.get_by_text("The activity is open.")).to_be_visible()
    stage.reload()
    [other] = stage.shared(1)

    page = stage.enter(person(), stage.person("Karim Benali")).go()
    page.on("filechooser", lambda chooser: chooser.set_files(photo()))
    press_on(page, page, "#share-link")
    page.locator("#share-form").wait_for()
    type_in(page, page, "#title", "How I do it")
    for area in ("situation", "what_i_do", "why_it_works"):
        type_in(page, page, f"#answer-{area}", WORDS["en"])
    tab_to(page, page, "input[name=file][multiple]")
    page.keyboard.press(key)
    expect(page.locator("#attachments > li")).to_have_count(1)
    page.locator("h1").focus()
    type_in(page, page, "[name^=shows-]", "Two hands")
    press_on(page, page, "button[value=preview]")
    page.locator("#send-form").wait_for()
    press_on(page, page, "#send-form .btn-primary")
    expect(page.get_by_text("Your contribution is shared.")).to_be_visible()
    stage.reviewed(other)

    press_on(page, page, "#review-next button")
    page.locator("#review-form").wait_for()
    stops = 0
    for criterion in stage.reload().criteria:
        stops += tab_to(page, page, f"[name='mark-{criterion.id}']")
        page.keyboard.press("ArrowDown")
        stops += type_in(page, page, f"[name='comment-{criterion.id}']", "It is clear.")
    stops += type_in(page, page, "#overall", WORDS["en"] * 2)
    stops += press_on(page, page, "button[value=send]")
    print(f"{stops} Tab stops to send a review of {len(stage.reload().criteria)} criteria with comments")
    assert stops <= MOST_STOPS
    expect(page.get_by_role("heading", name="Your review is sent")).to_be_visible()
    press_on(page, page, "a[href$='/received']")
    expect(page.get_by_role("heading", name="Review 1")).to_be_visible()
