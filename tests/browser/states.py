"""Every page in every state it knows. Each function leaves its page in one state; its name says which."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Grading
from lti_tool.gradebook.models import Column, Score, SyncState
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit

from .pictures import photo
from .stage import Stage

State = Callable[[Stage, BrowserContext], Page]
PRIMARY = "main .btn-primary"


def _at(stage: Stage, context: BrowserContext, who: Visit, path: str = "/") -> Page:
    return stage.enter(context, who).go(path)


# The instructor makes it


def create(stage: Stage, context: BrowserContext) -> Page:
    return _at(stage, context, stage.instructor)


def create_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = create(stage, context)
    page.locator("input[name=when][value=dates]").check()
    page.locator("details.more summary").click()
    page.locator("#given").fill("1")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def opens_soon(stage: Stage, context: BrowserContext) -> Page:
    return _at(stage, context, stage.person("Karim Benali"))


def instructor_draft(stage: Stage, context: BrowserContext) -> Page:
    stage.open(now=False)
    return _at(stage, context, stage.instructor)


# The learner's first screen


def learner_start(stage: Stage, context: BrowserContext) -> Page:
    stage.open(share_by=clock.now() + timedelta(days=3), review_by=clock.now() + timedelta(days=10))
    return _at(stage, context, stage.person("Karim Benali"))


def learner_draft_waiting(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me = stage.person("Karim Benali")
    stage.draft(me)
    return _at(stage, context, me)


def learner_shared_alone(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    [me] = stage.shared(1)
    return _at(stage, context, me)


def learner_may_review(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    return _at(stage, context, me)


def learner_in_a_review(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other, _ = stage.shared(3)
    stage.reviewed(other)
    stage.pulled(me)
    return _at(stage, context, me)


def learner_gave_all(stage: Stage, context: BrowserContext) -> Page:
    stage.open(wanted=2, given=2)
    me, *others = stage.shared(3)
    stage.reviewed(me, 2)
    for other in others:
        stage.reviewed(other, 2)
    return _at(stage, context, me)


def learner_late(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.pass_dates()
    return _at(stage, context, stage.person("Karim Benali"))


def learner_closed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other = stage.shared(2)
    stage.reviewed(other)
    stage.change(closed_at=clock.now())
    return _at(stage, context, me)


def learner_closed_before_sharing(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.change(closed_at=clock.now())
    return _at(stage, context, stage.person("Karim Benali"))


# Sharing


def share_empty(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _at(stage, context, stage.person("Karim Benali"), "/share")


def share_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = share_empty(stage, context)
    page.locator("button[value=submit]").click()
    page.locator("[data-error-summary]").wait_for()
    return page


def share_with_files(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me = stage.person("Karim Benali")
    stage.draft(me)
    page = _at(stage, context, me, "/share")
    for n in range(2):
        page.locator("input[name=file][multiple]").set_input_files(photo(f"photo-{n}.jpg", n))
        page.locator("#attachments > li").nth(n).wait_for()
    return page


def share_upload_refused(stage: Stage, context: BrowserContext) -> Page:
    page = share_empty(stage, context)
    not_one = {"name": "a-very-long-name-of-a-file-from-the-camera-20261122.jpg", "mimeType": "image/jpeg"}
    page.locator("input[name=file][multiple]").set_input_files([{**not_one, "buffer": b"no picture"}])
    page.locator(".transfers button").first.wait_for()
    return page


def share_closed(stage: Stage, context: BrowserContext) -> Page:
    page = learner_closed_before_sharing(stage, context)
    page.goto(page.url + "share")
    return page


def preview(stage: Stage, context: BrowserContext) -> Page:
    page = share_with_files(stage, context)
    page.locator(PRIMARY).click()
    page.locator("#send-form").wait_for()
    return page


def preview_with_gaps(stage: Stage, context: BrowserContext) -> Page:
    page = share_empty(stage, context)
    page.locator(PRIMARY).click()
    page.locator("#send-form").wait_for()
    return page


def contribution(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    [me] = stage.shared(1)
    return _at(stage, context, me, "/contribution")


def contribution_settled(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other = stage.shared(2)
    stage.pulled(other)
    return _at(stage, context, me, "/contribution")


# Reviewing


def review(stage: Stage, context: BrowserContext) -> Page:
    page = learner_may_review(stage, context)
    page.locator(PRIMARY).click()
    page.locator("#review-form").wait_for()
    return page


def review_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = review(stage, context)
    page.locator("button[value=send]").click()
    page.locator("[data-error-summary]").wait_for()
    return page


def review_lease_lost(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    held = stage.pulled(me)
    stage.give_back(me, held)
    return _at(stage, context, me, f"/review/{held}")


def review_closed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    held = stage.pulled(me)
    stage.change(closed_at=clock.now())
    return _at(stage, context, me, f"/review/{held}")


def review_sent(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _, _ = stage.shared(3)
    stage.reviewed(me)
    return _at(stage, context, me, f"/review/{stage.review_of(me).id}/sent")


def nothing_to_review(stage: Stage, context: BrowserContext) -> Page:
    """Both tabs of the learner could take it; the other one did, and somebody else has it now."""
    stage.open(wanted=1, given=1)
    me, other = stage.shared(2)
    page = _at(stage, context, me)
    stage.reviewed(me)
    page.locator("#review-next button").click()
    page.wait_for_url("**/review/next")
    return page


# Reading what one received


def received_locked(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other, _ = stage.shared(3)
    stage.reviewed(other, 2)
    return _at(stage, context, me, "/received")


def received(stage: Stage, context: BrowserContext) -> Page:
    page = learner_gave_all(stage, context)
    page.goto(page.url + "received")
    return page


def received_nothing_yet(stage: Stage, context: BrowserContext) -> Page:
    stage.open(wanted=1, given=1)
    me, _ = stage.shared(2)
    stage.reviewed(me)
    return _at(stage, context, me, "/received")


# The instructor watches


def instructor_nobody(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _at(stage, context, stage.instructor)


def _busy(stage: Stage) -> None:
    stage.open(grading=Grading.TWO_COLUMNS)
    for name in ("Émilie Vandenberghe-Schoonmaker", "James Whitaker", ""):
        stage.person(name)
    me, other, third = stage.shared(3)
    stage.reviewed(me, 2)
    stage.reviewed(other)
    now = clock.now()
    of = {"activity_id": stage.reload().id, "basis": 1, "changed_at": now, "next_try_at": now}
    states = ((me, SyncState.SENT), (other, SyncState.REFUSED), (third, SyncState.WAITING))
    why = "Your learning platform did not take this score.\n403 Forbidden: the line item is locked"
    with stage.database.write() as rows:
        for who, state in states:
            for column in Column:
                problem = why if state is SyncState.REFUSED else ""
                rows.merge(
                    Score(person_id=who.person_id, column=column, value=2 / 3, state=state, problem=problem, **of)
                )


def instructor_people(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return _at(stage, context, stage.instructor)


def instructor_not_reviewed(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return _at(stage, context, stage.instructor, "/?show=not-reviewed")


def instructor_refused_scores(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return _at(stage, context, stage.instructor, "/?show=refused")


def instructor_empty_filter(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    return _at(stage, context, stage.instructor, "/?show=not-shared")


def instructor_closed(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    stage.change(closed_at=clock.now())
    return _at(stage, context, stage.instructor)


def instructor_reads_work(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other, third = stage.shared(3)
    stage.reviewed(other, 2)
    stage.reviewed(third, 2)
    return _at(stage, context, stage.instructor, f"/work/{stage.work_of(me).id}")


def instructor_reads_unread_work(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    [author] = stage.shared(1)
    return _at(stage, context, stage.instructor, f"/work/{stage.work_of(author).id}")


# Help, and what did not work


def help_and_privacy(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _at(stage, context, stage.person("Karim Benali"), "/help")


def error_no_session(stage: Stage, context: BrowserContext) -> Page:
    return stage.enter(context, stage.instructor, session=False).go()


def error_bad_launch(stage: Stage, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{stage.campus.tool.url}/lti/login?iss=https://nobody.example")
    return page


def error_not_allowed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _at(stage, context, stage.instructor, "/share")


def error_not_found(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _at(stage, context, stage.person("Karim Benali"), "/nothing-here")


STATES: dict[str, State] = {
    name: made
    for name, made in list(globals().items())
    if callable(made) and not name.startswith("_") and made.__module__ == __name__
}
