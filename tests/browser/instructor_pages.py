"""An instructor's pages in every state they know, and errors; each function is named by its state."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Grading
from lti_tool.gradebook.models import Column, Score, SyncState
from lti_tool.kernel import clock

from .stage import PRIMARY, Stage

# The instructor makes it


def create(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, stage.instructor)


def create_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = create(stage, context)
    page.locator("input[name=when][value=dates]").check()
    page.locator("details.more summary").click()
    page.locator("#given").fill("1")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def instructor_draft(stage: Stage, context: BrowserContext) -> Page:
    stage.open(now=False)
    return stage.at(context, stage.instructor)


# The instructor watches


def instructor_nobody(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor)


def _busy(stage: Stage) -> None:
    stage.open(grading=Grading.TWO_COLUMNS)
    for name in ("Émilie Vandenberghe-Schoonmaker", "James Whitaker", ""):
        stage.person(name)
    me, other, third = stage.shared(3)
    stage.reviewed(me, 2)
    stage.reviewed(other)
    now = clock.now()
    of = {"activity_id": stage.reload().id, "value": 2 / 3, "basis": 1, "changed_at": now, "next_try_at": now}
    states = ((me, SyncState.SENT), (other, SyncState.REFUSED), (third, SyncState.WAITING))
    why = "Your learning platform did not take this score.\n403 Forbidden: the line item is locked"
    with stage.database.write() as rows:
        for who, state in states:
            for column in Column:
                problem = why if state is SyncState.REFUSED else ""
                rows.merge(
                    Score(
                        person_id=who.person_id,
                        column=column,
                        state=state,
                        problem=problem,
                        **of,
                    )
                )


def instructor_people(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return stage.at(context, stage.instructor)


def instructor_not_reviewed(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return stage.at(context, stage.instructor, "/?show=not-reviewed")


def instructor_refused_scores(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return stage.at(context, stage.instructor, "/?show=refused")


def instructor_empty_filter(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    return stage.at(context, stage.instructor, "/?show=not-shared")


def instructor_closed(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    stage.change(closed_at=clock.now())
    return stage.at(context, stage.instructor)


def instructor_reads_work(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other, third = stage.shared(3)
    stage.reviewed(other, 2)
    stage.reviewed(third, 2)
    return stage.at(context, stage.instructor, f"/work/{stage.work_of(me).id}")


def instructor_reads_unread_work(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    [author] = stage.shared(1)
    return stage.at(context, stage.instructor, f"/work/{stage.work_of(author).id}")


# What did not work


def error_no_session(stage: Stage, context: BrowserContext) -> Page:
    return stage.enter(context, stage.instructor, session=False).go()


def error_bad_launch(stage: Stage, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{stage.campus.tool.url}/lti/login?iss=https://nobody.example")
    return page


def error_not_allowed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor, "/share")


def error_not_found(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.person("Karim Benali"), "/nothing-here")
