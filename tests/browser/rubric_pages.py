"""The builder of a rubric and its library; each function leaves its page in the state that it names."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities import rubrics
from lti_tool.activities.models import Criterion, CriterionType

from .stage import PRIMARY, Stage

RUBRIC = "/activity/rubric"


def rubric_builder(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    page = stage.at(context, stage.instructor, f"{RUBRIC}?from=template:safe-gesture")
    page.locator("#preview > summary").click()
    page.locator(".rubric-card details summary").first.click()
    return page


def rubric_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = rubric_builder(stage, context)
    page.locator("input[name^=name-]").first.fill("")
    page.locator("input[name^=weight-]").first.fill("much")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def rubric_in_use(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    stage.reviewed(me)
    page = stage.at(context, stage.instructor, RUBRIC)
    page.locator("select").first.select_option("scale")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def rubric_library(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    with stage.database.write() as rows:
        kept = rubrics.keep(rows, stage.instructor, "What the night shift of the north building looks at")
        rubrics.share(rows, stage.instructor, kept.id, shared=True)
    return stage.at(context, stage.instructor, f"{RUBRIC}/library")


def rubric_library_empty(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor, f"{RUBRIC}/library")


def rubric_import_refused(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    page = stage.at(context, stage.instructor, f"{RUBRIC}/import")
    page.locator("#text").fill("criterion,type,points\nClear,levels,much")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def review_by_all_types(stage: Stage, context: BrowserContext) -> Page:
    """A number, a long scale, a count of errors and a question, each left out."""
    stage.open()
    useful, clear, safe = stage.reload().criteria
    ends = [{"points": n, "label": "", "sentence": ""} for n in (0, 5)]
    for criterion, kind, levels in (
        (useful, CriterionType.SCALE, ends),
        (clear, CriterionType.ERRORS, ends),
        (safe, CriterionType.QUESTION, []),
    ):
        stage.set(Criterion, Criterion.id == criterion.id, type=kind, levels=levels, comment_required=True)
    stage.reload()
    me, _ = stage.shared(2)
    page = stage.at(context, me, f"/review/{stage.pulled(me)}")
    page.locator("button[value=send]").click()
    page.locator("[data-error-summary]").wait_for()
    return page
