"""A gesture is written step by step, kept whatever happens, and read one step at a time or on paper."""

import pytest
from playwright.sync_api import Page, expect

from lti_tool.activities.models import Kind
from lti_tool.contributions.models import Contribution

from .gesture_pages import gesture
from .stage import Stage

pytestmark = pytest.mark.browser


def texts(page: Page) -> list[str]:
    """What stands in the steps, in order."""
    return [area.input_value() for area in page.locator(".step-field textarea").all()]


def test_steps_are_written_and_ordered_by_keyboard_and_come_back(
    stage: Stage, person, complaints: list[str]
) -> None:
    stage.open(kind=Kind.GESTURE, target_words=20)
    place = stage.enter(person(), stage.person("Karim Benali"))
    page = place.go("/share")
    page.locator(".step-field textarea").fill("Sit.")
    for text in ("Roll.", "Push."):
        page.get_by_role("button", name="Add a step").press("Enter")
        expect(page.locator(".step-field textarea").last).to_be_focused()
        page.keyboard.type(text)
    expect(page.locator("[data-target-words]")).to_have_text("3 words. About 20 is good.")
    page.get_by_role("button", name="Move step 1 down").press("Enter")
    expect(page.get_by_role("button", name="Move step 2 down")).to_be_focused()
    page.keyboard.press("Enter")
    assert texts(page) == ["Roll.", "Push.", "Sit."]
    page.get_by_role("button", name="Remove step 2").click()
    assert texts(page) == ["Roll.", "Sit."]
    page.get_by_role("button", name="Put it back").click()
    assert texts(page) == ["Roll.", "Push.", "Sit."]
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    [work] = stage.rows(Contribution, Contribution.activity_id == stage.activity.id)
    assert [step["text"] for step in work.answers["steps"]] == ["Roll.", "Push.", "Sit."]

    page.context.set_offline(True)
    page.get_by_role("button", name="Add a step").click()
    page.keyboard.type("Wait.")
    page.get_by_role("button", name="Move step 4 up").click()
    expect(page.locator("[data-autosave-status]")).to_contain_text("Kept on this device")
    page.close(run_before_unload=False)
    place.page.context.set_offline(False)
    page = place.page.context.new_page()
    page.goto(f"{place.url}/share")
    expect(page.locator(".step-field textarea")).to_have_count(4)
    assert texts(page) == ["Roll.", "Push.", "Wait.", "Sit."]
    complaints[:] = [each for each in complaints if "ERR_INTERNET_DISCONNECTED" not in each]


def test_a_gesture_is_read_step_by_step_and_printed_alone(stage: Stage, person) -> None:
    page = gesture(stage, person(viewport={"width": 360, "height": 640}))
    page.get_by_role("link", name="Read step by step").click()
    expect(page.get_by_role("heading", name="Step 1 of 3")).to_be_in_viewport()
    page.get_by_role("link", name="Next step").click()
    expect(page.get_by_role("heading", name="Step 2 of 3")).to_be_in_viewport()
    expect(page.get_by_text("Dizziness comes within ten seconds.")).to_be_visible()
    page.get_by_role("link", name="Show all steps").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("Raise the bed")).to_be_visible()
    expect(page.get_by_text("Your comment")).to_be_hidden()
    expect(page.get_by_role("link", name="Read step by step")).to_be_hidden()
