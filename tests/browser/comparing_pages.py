"""Two works to compare, what comes of it, and the scale; each function leaves its page as its name says."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import ReviewType
from lti_tool.kernel.permissions import Visit
from lti_tool.reviews import comparing, comparing_fit
from lti_tool.reviews.comparing import Side, Verdict
from lti_tool.reviews.releasing import GRACE

from .stage import PRIMARY, WORDS, Stage


def compare(stage: Stage, context: BrowserContext) -> Page:
    me = _people(stage)[0]
    return stage.at(context, me, f"/compare/{_pulled(stage, me)}")


def compare_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = compare(stage, context)
    page.locator("details.more summary").last.click()
    page.locator("button[value=skip]").click()
    page.locator("[data-error-summary]").wait_for()
    page.locator(PRIMARY).click()
    page.locator("#because-error").wait_for()
    return page


def compared(stage: Stage, context: BrowserContext) -> Page:
    """It can be changed for some minutes still."""
    me = _people(stage)[0]
    return stage.at(context, me, f"/compare/{_judged(stage, me, old=False)}/done")


def nothing_to_compare(stage: Stage, context: BrowserContext) -> Page:
    me = _people(stage, 2)[0]
    page = stage.at(context, me)
    assert not page.locator("#review-next").count()
    return page


def received_from_comparisons(stage: Stage, context: BrowserContext) -> Page:
    people = _people(stage)
    for each in people:
        _judged(stage, each)
    author = next(each for each in people if stage.work_of(each).served > 1)
    return stage.at(context, author, "/received")


def comparisons(stage: Stage, context: BrowserContext) -> Page:
    """The scale of a few judgements, with its doubts."""
    people = _people(stage, 6, asked=2)
    for each in people:
        _judged(stage, each)
        _judged(stage, each)
    with stage.database.write() as rows:
        comparing_fit.keep(rows, stage.activity, comparing_fit.fit(rows, stage.activity))
    return stage.at(context, stage.instructor, "/comparisons")


def comparisons_not_counted(stage: Stage, context: BrowserContext) -> Page:
    _people(stage)
    return stage.at(context, stage.instructor, "/comparisons")


def comparison_judges(stage: Stage, context: BrowserContext) -> Page:
    people = _people(stage)
    _judged(stage, people[0])
    with stage.database.write() as rows:
        held = comparing.pull(rows, people[1], stage.activity)
        comparing.skip(rows, people[1], stage.activity, held.id, WORDS[stage.language][:90])
    return stage.at(context, stage.instructor, "/comparisons/judges")


def _people(stage: Stage, count: int = 4, asked: int = 1) -> list[Visit]:
    stage.open(review_type=ReviewType.COMPARISON, wanted=asked, given=asked)
    return stage.shared(count)


def _pulled(stage: Stage, judge: Visit) -> object:
    with stage.database.write() as rows:
        return comparing.pull(rows, judge, stage.activity).id


def _judged(stage: Stage, judge: Visit, *, old: bool = True) -> object:
    """The judge compares two works, by default so long ago that their authors may read why."""
    with stage.database.write() as rows:
        mine = comparing.pull(rows, judge, stage.activity)
        verdict = Verdict(Side.A, WORDS[stage.language])
        mine = comparing.judge(rows, judge, stage.activity, mine.id, mine.version, verdict)
        if old:
            mine.judged_at -= GRACE
    return mine.id
