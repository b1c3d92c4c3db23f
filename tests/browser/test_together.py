"""Two people write one page at the same time, on a phone and on a large screen; nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from lti_tool.activities.models import Kind

from .stage import Stage

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}


def test_two_write_at_once_and_settle(stage: Stage, person) -> None:
    stage.open(kind=Kind.SYNTHESIS)
    anna, bo = stage.person("Anna"), stage.person("Bo")
    hers = stage.at(person(viewport=PHONE), anna, "/page")
    hers.get_by_role("link", name="Begin the page").click()
    hers.get_by_label("Our page").fill("## Coffee\n\nBring it hot.\n\n## Tea\n\nWait.")
    hers.get_by_role("button", name="Save for everybody").click()
    expect(hers.get_by_text("Saved for everybody.")).to_be_visible()

    his = stage.at(person(java_script_enabled=False), bo, "/page/course/edit")
    hers.get_by_role("link", name="Write in “Coffee”").click()
    hers.get_by_label("Our page").fill("## Coffee\n\nBring it cold.")
    hers.get_by_role("button", name="Save for everybody").click()
    his.get_by_label("Our page").fill("## Coffee\n\nBring it warm.\n\n## Tea\n\nWait three minutes.")
    his.get_by_role("button", name="Save for everybody").click()
    expect(his.get_by_text("Your text and theirs are both there")).to_be_visible()
    expect(his.get_by_role("heading", name="2 versions of this passage")).to_be_visible()
    for text in ("Bring it cold.", "Bring it warm.", "Wait three minutes."):
        expect(his.locator("#work").get_by_text(text)).to_be_visible()
    his.get_by_role("button", name="Keep this one").nth(1).click()
    expect(his.locator("#work").get_by_text("Bring it cold.")).to_have_count(0)
    his.get_by_role("link", name="All versions (4)").click()
    his.get_by_role("button", name="Compare").click()
    expect(his.locator("del").first).to_contain_text("cold")


def test_what_is_typed_stays_on_the_device_with_its_version(stage: Stage, person) -> None:
    stage.open(kind=Kind.SYNTHESIS)
    anna, bo = stage.person("Anna"), stage.person("Bo")
    context = person()
    place = stage.enter(context, anna)
    page = place.go("/page/course/edit")
    page.get_by_label("Our page").fill("What Anna wrote.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Kept on this device")
    page.goto("about:blank")

    his = stage.at(person(), bo, "/page/course/edit")
    his.get_by_label("Our page").fill("What Bo wrote.")
    his.get_by_role("button", name="Save for everybody").click()
    expect(his.get_by_text("Saved for everybody.")).to_be_visible()

    place.go("/page/course/edit")
    expect(page.locator("#kept-notice")).to_be_visible()
    expect(page.get_by_label("Our page")).to_have_value("What Anna wrote.")
    page.get_by_role("button", name="Save for everybody").click()
    for text in ("What Anna wrote.", "What Bo wrote."):
        expect(page.locator("#work").get_by_text(text)).to_be_visible()
    place.go("/page/course/edit")
    expect(page.get_by_label("Our page")).to_be_visible()
    expect(page.locator("#kept-notice")).to_have_count(0)
