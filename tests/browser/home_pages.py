"""The first screen of each kind of activity; each function leaves its page in the state that it names."""

from uuid import uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Calibration, Feedback, Kind, ReviewType, Writing
from lti_tool.contributions import together
from lti_tool.contributions.teams import WHOLE_COURSE
from lti_tool.contributions.together import Edit
from lti_tool.exchanges import actions, moderation
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit
from lti_tool.reviews.steering_models import Example

from .instructor_pages import _grouped
from .stage import WORDS, Stage


def learner_asks(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION)
    stage.shared(1)
    return stage.at(context, stage.person("Karim Benali"))


def learner_has_asked(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION, named=True)
    me, peer = stage.shared(2)
    _say(stage, peer, me)
    return stage.at(context, me)


def learner_without_reviews(stage: Stage, context: BrowserContext) -> Page:
    stage.open(feedback=Feedback.COMMENTS)
    me, peer = stage.shared(2)
    _say(stage, peer, me)
    return stage.at(context, me)


def learner_begins_a_page(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.SYNTHESIS)
    return stage.at(context, stage.person("Karim Benali"))


def learner_writes_a_page(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.SYNTHESIS, named=True)
    me, peer = stage.person("Karim Benali"), stage.person("Maximilienne-Antoinette de La Rochefoucauld")
    for version, writer in enumerate((me, peer)):
        with stage.database.write() as rows:
            edit = Edit(f"{WORDS[stage.language]}\n{version}", version, uuid4(), "")
            together.save(rows, writer, stage.activity, WHOLE_COURSE, edit)
    return stage.at(context, me)


def learner_in_no_group(stage: Stage, context: BrowserContext) -> Page:
    _grouped(stage)
    stage.change(kind=Kind.SYNTHESIS, writing=Writing.GROUPS, feedback=Feedback.COMMENTS)
    return stage.at(context, stage.person("Karim Benali"))


def instructor_without_reviews(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION)
    asker, peer = stage.shared(2)
    _say(stage, peer, asker)
    work = stage.work_of(asker).id
    with stage.database.write() as rows:
        moderation.report(rows, peer, stage.activity, work, None, WORDS[stage.language][:190])
    return stage.at(context, stage.instructor)


def _say(stage: Stage, visit: Visit, author: Visit) -> None:
    work = stage.work_of(author).id
    with stage.database.write() as rows:
        actions.say(rows, visit, stage.activity, work, WORDS[stage.language], uuid4())


def learner_improves(stage: Stage, context: BrowserContext) -> Page:
    stage.open(revising=True, self_review=True)
    me, *_ = stage.shared(3)
    for reviewer in stage.people:
        stage.reviewed(reviewer, 2)
    return stage.at(context, me)


def learner_trains(stage: Stage, context: BrowserContext) -> Page:
    stage.open(calibration=Calibration.REQUIRED)
    me, _ = stage.shared(2)
    with stage.database.write() as rows:
        rows.add(
            Example(
                activity_id=stage.activity.id, position=0, title=WORDS[stage.language][:60], marks=[],
                score=0.5, made_at=clock.now(),
            )
        )  # fmt: skip
    return stage.at(context, me)


def learner_compares(stage: Stage, context: BrowserContext) -> Page:
    stage.open(review_type=ReviewType.COMPARISON)
    me, *_ = stage.shared(4)
    return stage.at(context, me)


def public_profile(stage: Stage, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{stage.campus.tool.url}/profile?language={stage.language}")
    for kind in page.locator("details").all()[:3]:
        kind.locator("summary").click()
    return page
