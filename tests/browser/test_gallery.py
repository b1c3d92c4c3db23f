"""Screen L6: find what peers shared with the keyboard alone, with and without scripts."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lti_tool.contributions import actions as contributions

from .gallery_pages import _share_with_a_photo
from .keys import press_on, tab_to, type_in
from .stage import Stage

pytestmark = pytest.mark.browser
LIGHT = 20_000  # bytes of a card's picture


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_find_what_a_peer_shared(stage: Stage, person, scripts: bool) -> None:
    stage.open()
    author, me = stage.person("Karim Benali"), stage.person("Emily Hughes")
    _share_with_a_photo(stage, person(), author, "Lifting with two")
    browser = person(java_script_enabled=scripts)
    page: Page = stage.enter(browser, me).go("/gallery")
    expect(page.get_by_role("heading", name="Share yours first")).to_be_visible()
    stage.draft(me, "My quiet morning")
    with stage.database.write() as rows:
        contributions.share(rows, me, stage.activity)

    page.reload()
    expect(page.locator(".gallery-card")).to_have_count(2)
    image = page.locator(".gallery-card img")
    small = page.request.get(image.evaluate("image => image.src")).body()
    assert len(small) <= LIGHT
    assert max(Image.open(io.BytesIO(small)).size) == 360

    type_in(page, page, "#q", "lift")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=lift**")
    expect(page.locator(".gallery-card")).to_have_count(1)
    expect(page.locator("mark").first).to_have_text("Lifting")
    expect(page.locator("#q")).to_have_value("lift")
    expect(page.locator("main")).not_to_contain_text("Karim")
    tab_to(page, page, ".gallery-card h2 a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lifting with two").first).to_be_visible()

    page = stage.enter(person(java_script_enabled=scripts), stage.again(me)).go("/gallery?q=zebra")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    press_on(page, page, ".empty a")
    expect(page.locator(".gallery-card")).to_have_count(2)
    page.get_by_role("link", name="Mine").click()
    expect(page.locator(".gallery-card")).to_have_count(1)
    page.locator(".gallery-card").click(position={"x": 5, "y": 5})  # the whole card is the link
    expect(page.get_by_role("heading", name="My quiet morning").first).to_be_visible()
