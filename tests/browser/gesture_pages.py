"""A gesture's pages, and what an instructor changes, each left in the state that its name says."""

from uuid import UUID

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Kind
from lti_tool.contributions.models import Attachment
from lti_tool.kernel.permissions import Visit

from .stage import PRIMARY, STEPS, Stage


def share_gesture(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.GESTURE, target_words=150)
    me = stage.person("Karim Benali")
    stage.draft(me)
    return stage.at(context, me, "/share")


def share_gesture_with_errors(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.GESTURE)
    page = stage.at(context, stage.person("Karim Benali"), "/share")
    page.locator("button[value=submit]").click()
    page.locator("[data-error-summary]").wait_for()
    return page


def gesture(stage: Stage, context: BrowserContext) -> Page:
    me, work = _shared(stage)
    return stage.at(context, me, f"/c/{work}")


def gesture_step_by_step(stage: Stage, context: BrowserContext) -> Page:
    me, work = _shared(stage)
    return stage.at(context, me, f"/c/{work}?step=2")


def _shared(stage: Stage) -> tuple[Visit, UUID]:
    """A peer's gesture, its second step with a file."""
    stage.open(kind=Kind.GESTURE)
    author, me = stage.shared(2)
    work = stage.work_of(author).id
    with stage.database.write() as rows:
        rows.add(
            Attachment(
                contribution_id=work, position=1, media_type="application/pdf", size=20_000,
                storage_key=work.hex, digest=work.hex, shows="Two hands", step=STEPS[1].id,
            )
        )  # fmt: skip
    return me, work


def settings(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    return stage.at(context, stage.instructor, "/activity/settings")


def settings_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = settings(stage, context)
    page.locator("#quota_mb").fill("0")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def questions_with_errors(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    page = stage.at(context, stage.instructor, "/activity/questions")
    page.locator("#label-situation").fill(" ")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page
