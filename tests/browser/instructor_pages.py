"""An instructor's pages in every state they know, and errors; each function is named by its state."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Grading
from lti_tool.gradebook.models import Column, Score, SyncState, WorkScore
from lti_tool.home.models import Reminder, ReminderKind
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Purpose, Role
from lti_tool.lti.models import DeepLinkRequest, Launch, ResourceLink
from lti_tool.people.models import Course, Enrolment, Group, GroupMember, GroupSource

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


# The instructor chooses in the LMS's dialog, or copies


def _at_another_place(stage: Stage, context: BrowserContext, path: str, **launch: Any) -> Page:
    """A page of a launch that is not of the stage's own link."""
    visit = stage.again(stage.instructor)
    place = stage.enter(context, visit)
    stage.set(Launch, Launch.id == visit.launch_id, **launch)
    if launch.get("purpose") is Purpose.PICK:
        with stage.database.write() as rows:
            rows.add(
                DeepLinkRequest(
                    launch_id=visit.launch_id, return_url=f"{stage.campus.lms.url}/nowhere", data=None,
                    accept_multiple=True, accept_lineitem=True, answered_at=None,
                )
            )  # fmt: skip
    return place.go(path)


def _dialog(stage: Stage, context: BrowserContext, path: str = "/pick") -> Page:
    return _at_another_place(stage, context, path, purpose=Purpose.PICK, resource_link_id=None)


def _other_course(stage: Stage, chosen: str = "") -> dict[str, UUID]:
    """A course that the instructor teaches too, with a link."""
    course, link = uuid4(), uuid4()
    with stage.database.write() as rows:
        rows.add(Course(id=course, tenant_id=stage.tenant, context_id=course.hex, title="Induction (copy)"))
        rows.flush()
        rows.add(Enrolment(course_id=course, person_id=stage.instructor.person_id, role=Role.INSTRUCTOR))
        rows.add(ResourceLink(id=link, course_id=course, resource_link_id="1", chosen=chosen))
    return {"course_id": course, "resource_link_id": link}


def pick(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _dialog(stage, context)


def pick_existing(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _dialog(stage, context, "/pick/existing")


def pick_existing_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = pick_existing(stage, context)
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def pick_answered(stage: Stage, context: BrowserContext) -> Page:
    context.route(f"{stage.campus.lms.url}/nowhere", lambda route: route.fulfill(status=204))
    page = pick_existing(stage, context)
    page.locator("input[type=checkbox]").check()
    page.locator(PRIMARY).click()
    page.locator("#answer").wait_for()
    return page


def copies(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return _at_another_place(stage, context, "/activity/copy", **_other_course(stage))


def copies_none(stage: Stage, context: BrowserContext) -> Page:
    return _dialog(stage, context, "/activity/copy")


def copied_course(stage: Stage, context: BrowserContext) -> Page:
    now = clock.now()
    stage.open(share_by=now + timedelta(days=7), review_by=now + timedelta(days=14))
    place = _other_course(stage, chosen=str(stage.reload().id))
    page = _at_another_place(stage, context, "/", **place)
    page.locator("details.more summary").click()
    return page


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


def instructor_looks_first(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    stage.change(share_by=clock.now() + timedelta(days=2), review_by=clock.now() + timedelta(days=9))
    work = stage.work_of(stage.people[-3])
    other = stage.work_of(stage.people[-2])
    with stage.database.write() as rows:
        for each, wide in ((work, 0.4), (other, 0.25)):
            rows.merge(
                WorkScore(
                    contribution_id=each.id, activity_id=stage.activity.id, value=0.5, low=0.5 - wide,
                    high=0.5 + wide, spread=wide, reviews=2, made_at=clock.now(),
                )
            )  # fmt: skip
        rows.add(
            Reminder(
                activity_id=stage.activity.id, kind=ReminderKind.SHARE, asked_at=clock.now(),
                sent_at=clock.now(), told=14,
            )
        )  # fmt: skip
    page = stage.at(context, stage.instructor, "/?show=not-shared")
    page.locator("details.more summary").click()
    page.locator(".row-acts summary").first.click()
    return page


def reminder(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return stage.at(context, stage.instructor, "/remind?what=share")


def reminder_nobody(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor, "/remind?what=review")


def export(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    page = stage.at(context, stage.instructor, "/export")
    page.locator("details.more summary").first.click()
    return page


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
    page = stage.page(context)
    page.goto(f"{stage.campus.tool.url}/lti/login?iss=https://nobody.example")
    return page


def error_not_allowed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor, "/share")


def error_not_found(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.person("Karim Benali"), "/nothing-here")


def instructor_one_person(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    someone = stage.people[-3]
    return stage.at(context, stage.instructor, f"/people/{someone.person_id}")


def dates_for_one_person(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    now = clock.now()
    stage.change(share_by=now + timedelta(days=3), review_by=now + timedelta(days=10))
    someone = stage.people[-3]
    page = stage.at(context, stage.instructor, f"/people/{someone.person_id}/dates")
    page.locator("#share_by").fill("2040-01-02T10:00")
    page.locator("#review_by").fill("2040-01-01T10:00")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def instructor_columns(stage: Stage, context: BrowserContext) -> Page:
    _busy(stage)
    return stage.at(context, stage.instructor, "/gradebook/columns")


def _grouped(stage: Stage) -> UUID:
    _busy(stage)
    group = uuid4()
    with stage.database.write() as rows:
        rows.add(
            Group(
                id=group, course_id=stage.course, source=GroupSource.LMS, external_id="1",
                name="The night shift of the north building, all floors", set_name="Shifts",
            )
        )  # fmt: skip
        rows.flush()
        rows.add_all(GroupMember(group_id=group, person_id=each.person_id) for each in stage.people)
    return group


def groups_none(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor, "/groups")


def groups(stage: Stage, context: BrowserContext) -> Page:
    _grouped(stage)
    return stage.at(context, stage.instructor, "/groups")


def group(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, stage.instructor, f"/groups/{_grouped(stage)}")


def groups_with_errors(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    page = stage.at(context, stage.instructor, "/groups")
    page.locator("textarea").first.fill("Nobody At All,Group 1\nonly one column\n")
    page.locator("main form button[type=submit]").last.click()
    page.locator("h1").wait_for()
    return page
