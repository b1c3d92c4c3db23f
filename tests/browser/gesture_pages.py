"""A gesture's pages, and what an instructor changes, each left in the state that its name says."""

from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Kind
from lti_tool.activities.prompts import LONGEST_LABEL, MOST, Asked
from lti_tool.contributions.models import Attachment
from lti_tool.kernel.permissions import Visit

from .stage import PRIMARY, STEPS, WORDS, Stage


def share_gesture(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.GESTURE, target_words=150)
    me = stage.person("Karim Benali")
    stage.draft(me)
    _attach(stage, me, "application/pdf", STEPS[1].id)
    _attach(stage, me, "video/mp4", STEPS[2].id)
    _attach(stage, me, "audio/mp4")
    return stage.at(context, me, "/share")


def captions(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.GESTURE)
    me = stage.person("Karim Benali")
    stage.draft(me)
    film = _attach(stage, me, "video/mp4", STEPS[0].id)
    return stage.at(context, me, f"/share/files/{film}/captions")


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
    _attach(stage, author, "application/pdf", STEPS[1].id)
    return me, stage.work_of(author).id


def _attach(stage: Stage, author: Visit, media_type: str, step: UUID | None = None) -> UUID:
    """A row without a file behind it."""
    attachment = uuid4()
    with stage.database.write() as rows:
        rows.add(
            Attachment(
                id=attachment, contribution_id=stage.work_of(author).id, media_type=media_type, size=20_000,
                position=attachment.int % 10**6, storage_key=attachment.hex, digest=attachment.hex,
                shows="Two hands", step=step,
            )
        )  # fmt: skip
    return attachment


def settings(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    page = stage.at(context, stage.instructor, "/activity/settings")
    for group in page.locator("details > summary").all():
        group.click()
    return page


def settings_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = settings(stage, context)
    page.locator("#quota_mb").fill("0")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def settings_with_consequences(stage: Stage, context: BrowserContext) -> Page:
    page = settings(stage, context)
    page.locator("#wanted").fill("4")
    page.locator("#given").fill("6")
    page.locator("#names").select_option("at-end")
    page.locator(PRIMARY).click()
    page.locator("#changes").wait_for()
    return page


def questions_with_errors(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    asked, words = Asked.of(stage.activity, stage.translate), WORDS[stage.language]
    for n in range(len(asked.prompts), MOST):
        asked = asked.with_one_more(f"{n} {words}"[:LONGEST_LABEL], words, required=True)
    stage.change(prompts=asked.stored)
    page = stage.at(context, stage.instructor, "/activity/questions")
    page.locator("#label-situation").fill(" ")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page
