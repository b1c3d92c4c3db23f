"""What was shared several times, taken back or written for somebody, each page as its name says."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Feedback, Kind
from lti_tool.contributions import actions
from lti_tool.contributions.models import Contribution
from lti_tool.contributions.revisions import GRACE
from lti_tool.contributions.steps import Step
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit

from .stage import STEPS, TITLES, WORDS, Stage


def all_versions(stage: Stage, context: BrowserContext) -> Page:
    me = _revised(stage)
    return stage.at(context, me, f"/c/{stage.work_of(me).id}/versions")


def what_changed(stage: Stage, context: BrowserContext) -> Page:
    me = _revised(stage)
    return stage.at(context, me, f"/c/{stage.work_of(me).id}/versions/difference?from=1&to=2")


def take_back(stage: Stage, context: BrowserContext) -> Page:
    me = _revised(stage)
    return stage.at(context, me, "/contribution/withdraw")


def write_for_somebody(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    learner = stage.person("Amélie Rousseau-Delacroix")
    return stage.at(context, stage.instructor, f"/share/for/{learner.person_id}")


def share_the_change(stage: Stage, context: BrowserContext) -> Page:
    """A preview outside the time in which one corrects: it asks what changed."""
    me = _revised(stage)
    stage.set(Contribution, Contribution.author_id == me.person_id, revised_at=clock.now() - GRACE)
    return stage.at(context, me, "/share/preview")


def ask_another_question(stage: Stage, context: BrowserContext) -> Page:
    page = my_questions(stage, context)
    page.goto(page.url.replace("/contribution", "/share?n=1"))
    return page


def my_questions(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION, feedback=Feedback.COMMENTS)
    (me,) = stage.shared(1)
    with stage.database.write() as rows:
        written = actions.Written(TITLES[stage.language], {}, {}, 0)
        actions.save_draft(rows, me, stage.activity, written, actions.Which(1))
    return stage.at(context, me, "/contribution")


def _revised(stage: Stage) -> Visit:
    """Somebody who has shared a gesture twice, the steps in another order."""
    stage.open(kind=Kind.GESTURE, feedback=Feedback.COMMENTS)
    (me,) = stage.shared(1)
    stage.set(Contribution, Contribution.author_id == me.person_id, revised_at=clock.now() - GRACE)
    mine = stage.work_of(me)
    answers = {
        key: text.replace("an hour", "half an hour") for key, text in mine.answers.items() if key != "steps"
    }
    steps = (STEPS[1], Step(STEPS[0].id, "Raise the bed to your hips."))
    with stage.database.write() as rows:
        written = actions.Written(
            mine.title, answers, {}, mine.version, steps, "Shorter – " + WORDS["en"][:60]
        )
        actions.save_draft(rows, me, stage.activity, written)
        actions.share(rows, me, stage.activity)
    return me
