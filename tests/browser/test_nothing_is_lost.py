"""What was typed is never lost: a killed tab, a stopped server, a mistake, a lost session, a closed door."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.reviews.models import Review, ReviewState

from .campus import Campus
from .stage import WORDS, Stage

pytestmark = pytest.mark.browser
TEXT = WORDS["en"] * 2
STATUS = "[data-autosave-status]"
OFFLINE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def writing(stage: Stage, person):
    """Somebody who has begun to share; their place, so that pages can be opened again."""
    stage.open()
    me = stage.person("Karim Benali")
    place = stage.enter(person(), me)
    place.go("/share")
    return place


@pytest.fixture
def reviewing(stage: Stage, person):
    """Somebody with a review in hand."""
    stage.open(wanted=1, given=1)
    me, _ = stage.shared(2)
    review = stage.pulled(me)
    place = stage.enter(person(), me)
    place.go(f"/review/{review}")
    return place


def saved(page: Page) -> None:
    expect(page.locator(STATUS)).to_contain_text("Saved")


def says(page: Page, sentence: str) -> None:
    """The page tells one of the sentences that its modules know."""
    expect(page.locator(STATUS)).to_have_text(
        page.evaluate("name => JSON.parse(document.getElementById('strings').textContent)[name]", sentence)
    )


def test_a_tab_is_killed_after_it_was_saved(writing) -> None:
    page = writing.page
    page.locator("#answer-situation").fill(TEXT)
    saved(page)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(f"{writing.url}/share")
    assert again.locator("#answer-situation").input_value() == TEXT


def test_a_tab_is_killed_before_it_was_saved(writing) -> None:
    """What was typed in the last two seconds leaves with the tab's last breath."""
    page = writing.page
    page.locator("#answer-situation").fill(TEXT)
    page.goto("about:blank")
    page.wait_for_timeout(500)
    page.goto(f"{writing.url}/share")
    assert page.locator("#answer-situation").input_value() == TEXT


def test_offline_with_the_tab_killed_and_back(writing, complaints: list[str]) -> None:
    """What was typed without a network is on the device, and goes to the server with the next visit."""
    page, address = writing.page, f"{writing.url}/share"
    page.context.set_offline(True)
    page.locator("#answer-situation").fill(TEXT)
    page.wait_for_timeout(400)  # long before it would be sent
    with suppress(Error):
        page.goto("chrome://crash")  # no last breath
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(address)
    assert again.locator("#answer-situation").input_value() == TEXT
    expect(again.locator("#autosave-restored")).to_contain_text("The text kept on this device is back.")
    saved(again)
    assert ".text." not in again.evaluate("JSON.stringify(localStorage)")
    complaints[:] = [each for each in complaints if OFFLINE not in each]


def test_somebody_else_on_this_device_finds_nothing(stage: Stage, writing, complaints: list[str]) -> None:
    page = writing.page
    page.context.set_offline(True)
    page.locator("#answer-situation").fill(TEXT)
    says(page, "keptUntilBack")
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    other = stage.enter(page.context, stage.person("Sophie Lefèvre"))
    other.go("/share")
    expect(other.page.locator("#answer-situation")).to_have_value("")
    assert TEXT[:40] not in other.page.evaluate("JSON.stringify(localStorage)")
    complaints[:] = [each for each in complaints if OFFLINE not in each]


def test_the_server_stops_while_one_types(campus: Campus, reviewing, complaints: list[str]) -> None:
    page = reviewing.page
    campus.stop()
    try:
        page.locator("#overall").fill(TEXT)
        says(page, "keptUntilBack")
    finally:
        campus.start()
    saved(page)
    complaints[:] = [each for each in complaints if "ERR_CONNECTION_REFUSED" not in each]
    page.reload()
    assert page.locator("#overall").input_value() == TEXT


def test_a_mistake_keeps_everything(reviewing) -> None:
    page = reviewing.page
    page.locator("#overall").fill(TEXT)
    page.locator("fieldset").first.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Send my review").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.locator("#overall").input_value() == TEXT
    assert page.locator("fieldset").first.get_by_role("radio").nth(1).is_checked()


def test_the_session_is_gone(stage: Stage, reviewing, complaints: list[str]) -> None:
    """The text stays on the device, and comes back with the next launch."""
    page = reviewing.page
    page.context.clear_cookies()
    page.locator("#overall").fill(TEXT)
    says(page, "keptHere")
    expect(page.locator("#autosave-notice")).to_contain_text("Open the activity again from your course")
    complaints[:] = [each for each in complaints if "/save: Failed" not in each]
    review = stage.rows(Review, Review.activity_id == stage.reload().id)[0]
    me = next(visit for visit in stage.people if visit.person_id == review.reviewer_id)
    again = stage.enter(page.context, stage.again(me))
    page.close()
    again.go(f"/review/{review.id}")
    expect(again.page.locator("#overall")).to_have_value(TEXT)
    saved(again.page)


def test_the_activity_is_closed_meanwhile(stage: Stage, writing) -> None:
    page = writing.page
    page.locator("#title").fill("How I do it")
    for area in page.locator("textarea").all():
        area.fill(TEXT)
    stage.change(closed_at=clock.now())
    page.get_by_role("button", name="Share now").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Sharing has closed.")
    assert page.locator("#answer-situation").input_value() == TEXT
    [mine] = stage.rows(Contribution, Contribution.activity_id == stage.reload().id)
    assert mine.answers["situation"] == TEXT.strip()


def test_a_double_click_sends_once(stage: Stage, reviewing) -> None:
    page = reviewing.page
    filled_in(page)
    page.get_by_role("button", name="Send my review").dblclick()
    expect(page.get_by_role("heading", name="Your review is sent")).to_be_visible()
    sent_once(stage)


def test_a_form_that_leaves_twice_is_sent_once(stage: Stage, reviewing) -> None:
    """As when a proxy tries again, or two tabs send the same."""
    page = reviewing.page
    filled_in(page)
    answers = page.evaluate("""() => {
      const form = document.getElementById("review-form");
      const body = new URLSearchParams(new FormData(form));
      body.set("do", "send");
      const send = () => fetch(form.action, { method: "POST", body }).then(({ status }) => status);
      return Promise.all([send(), send()]);
    }""")
    assert answers == [200, 200]
    sent_once(stage)


def filled_in(page: Page) -> None:
    page.locator("#overall").fill(TEXT)
    for criterion in page.locator("fieldset").all():
        criterion.get_by_role("radio").nth(2).check()


def sent_once(stage: Stage) -> None:
    """One review, and one event in the journal."""
    activity = stage.reload().id
    [review] = stage.rows(Review, Review.activity_id == activity)
    assert review.state is ReviewState.SENT
    events = stage.rows(Event, Event.activity_id == activity, Event.type == EventType.REVIEWED)
    assert len(events) == 1
