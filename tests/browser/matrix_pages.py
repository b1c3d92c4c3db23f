"""Who reviews whom, for the instructor; each function leaves its page in the state that it names."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Allocation
from lti_tool.reviews import steering
from lti_tool.reviews.steering import Rule

from .stage import PRIMARY, Stage

MATRIX = "/matrix"


def matrix(stage: Stage, context: BrowserContext) -> Page:
    stage.open(allocation=Allocation.PUSH)
    me, other, third = stage.shared(3)
    stage.reviewed(me)
    stage.pulled(other)
    work = stage.work_of(me).id
    with stage.database.write() as rows:
        steering.rule(rows, stage.instructor, stage.activity, third.person_id, work, Rule.MUST_NOT)
    return stage.at(context, stage.instructor, MATRIX)


def matrix_empty(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(1)
    return stage.at(context, stage.instructor, MATRIX)


def matrix_pair(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other = stage.shared(2)
    stage.pulled(me)
    pair = f"reviewer={me.person_id}&work={stage.work_of(other).id}"
    return stage.at(context, stage.instructor, f"{MATRIX}/cell?{pair}")


def matrix_list_refused(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.shared(2)
    page = stage.at(context, stage.instructor, f"{MATRIX}/list")
    page.locator("#text").fill("Ann,Bo\n,")
    page.locator(PRIMARY).click()
    page.locator(".notice").wait_for()
    return page
