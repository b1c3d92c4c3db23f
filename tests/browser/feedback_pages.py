"""What one answers to the reviews one received, and what becomes of it, each page as its name says."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.contributions import actions
from lti_tool.contributions.models import Contribution
from lti_tool.contributions.revisions import GRACE
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit
from lti_tool.reviews import appraisals, flags, improving, rescoring
from lti_tool.reviews.appraisals import Part
from lti_tool.reviews.models import FlagOutcome, FlagReason, Review

from .stage import WORDS, Stage


def received_answered(stage: Stage, context: BrowserContext) -> Page:
    """Rated, thanked and answered; one does not count, after the teacher was asked; one looked again."""
    author, reviewer = _reviewed(stage)
    _improved(stage, author, reviewer)
    review = stage.review_of(reviewer)
    points = {each.id: 4.0 for each in stage.reload().criteria}
    with stage.database.write() as rows:
        rescoring.rescore(rows, reviewer, stage.activity, review.id, 2, points, WORDS[stage.language])
    other = next(each for each in _of(stage, author) if each.id != review.id)
    with stage.database.write() as rows:
        asked = flags.flag(rows, author, stage.activity, other.id, FlagReason.UNFAIR, WORDS[stage.language])
        answer = WORDS[stage.language]
        flags.settle(rows, stage.instructor, stage.activity, asked.id, FlagOutcome.DISCOUNTED, answer)
    return stage.at(context, author, "/received")


def received_with_errors(stage: Stage, context: BrowserContext) -> Page:
    author, _ = _reviewed(stage)
    page = stage.at(context, author, "/received")
    page.locator("details.reaction summary").first.click()
    page.locator("details[open] button.btn-secondary").last.click()
    page.locator("[data-error-summary]").wait_for()
    return page


def my_new_version(stage: Stage, context: BrowserContext) -> Page:
    author, _ = _reviewed(stage)
    _change(stage, author)
    return stage.at(context, author, "/improve")


def look_again(stage: Stage, context: BrowserContext) -> Page:
    author, reviewer = _reviewed(stage)
    _improved(stage, author, reviewer)
    return stage.at(context, reviewer, f"/review/{stage.review_of(reviewer).id}/again")


def given_and_heard(stage: Stage, context: BrowserContext) -> Page:
    author, reviewer = _reviewed(stage)
    _improved(stage, author, reviewer)
    return stage.at(context, reviewer, "/reviews/given")


def _reviewed(stage: Stage) -> tuple[Visit, Visit]:
    """An author with two reviews, in a round of revising, and one of the reviewers."""
    stage.open(wanted=2, given=2)
    stage.change(revising=True)
    author, reviewer, other = stage.shared(3)
    stage.set(Contribution, Contribution.author_id != author.person_id, served=9)
    for each in (reviewer, other):
        stage.reviewed(each)
    stage.set(Contribution, Contribution.author_id != author.person_id, served=0)
    stage.reviewed(author, 2)
    return author, reviewer


def _of(stage: Stage, author: Visit) -> list[Review]:
    return stage.rows(Review, Review.author_id == author.person_id)


def _change(stage: Stage, author: Visit) -> None:
    """The author writes something else, later."""
    stage.set(Contribution, Contribution.author_id == author.person_id, revised_at=clock.now() - GRACE)
    mine = stage.work_of(author)
    answers = {key: text.replace("an hour", "half an hour") + " Ok." for key, text in mine.answers.items()}
    with stage.database.write() as rows:
        written = actions.Written(mine.title, answers, {}, mine.version, why=WORDS[stage.language][:120])
        actions.save_draft(rows, author, stage.activity, written)


def _improved(stage: Stage, author: Visit, reviewer: Visit) -> None:
    """The author answers the reviewer in a new version, and otherwise."""
    review = stage.review_of(reviewer)
    _change(stage, author)
    with stage.database.write() as rows:
        why = WORDS[stage.language][:120]
        improving.improve(rows, author, stage.activity, why, [review.id])
        for part, words in (
            (Part.USEFUL, "5"),
            (Part.THANKS, WORDS[stage.language][:60]),
            (Part.REPLY, WORDS[stage.language]),
        ):
            appraisals.appraise(rows, author, stage.activity, review.id, part, words)
