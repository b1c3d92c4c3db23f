"""What is around a review: comments in the work, changes, flags, one's own work."""

from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.contributions.models import Attachment
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit
from lti_tool.reviews import annotations, flags, self_reviews
from lti_tool.reviews.models import FlagReason, Review
from lti_tool.reviews.places import Place
from lti_tool.reviews.releasing import GRACE

from .pictures import photo
from .stage import PRIMARY, WORDS, Stage


def review_with_comments(stage: Stage, context: BrowserContext) -> Page:
    """A passage, a spot of a picture, and something that stands nowhere any more."""
    stage.open()
    author, me = stage.shared(2)
    picture = _picture(stage, context, author)
    held = stage.pulled(me)
    prompt, said = stage.prompts[0], WORDS[stage.language]
    with stage.database.write() as rows:
        for place in (
            Place(prompt, 0, quote=said[8:60]),
            Place(prompt, 30, quote=said[30:90]),
            Place(prompt, 0, quote="runs"),
            Place(attachment_id=picture, x=0.3, y=0.6),
        ):
            annotations.annotate(rows, me, stage.activity, held, place, said)
    return stage.at(context, me, f"/review/{held}")


def review_changing(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    stage.reviewed(me)
    stage.set(Review, Review.reviewer_id == me.person_id, sent_at=clock.now())
    return stage.at(context, me, f"/review/{stage.review_of(me).id}")


def review_final(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    stage.reviewed(me)
    stage.set(Review, Review.reviewer_id == me.person_id, sent_at=clock.now() - GRACE)
    return stage.at(context, me, f"/review/{stage.review_of(me).id}")


def comment_by_name(stage: Stage, context: BrowserContext) -> Page:
    """The form for keyboards, refused."""
    stage.open()
    author, me = stage.shared(2)
    _picture(stage, context, author)
    page = stage.at(context, me, f"/review/{stage.pulled(me)}/comments")
    page.locator(PRIMARY).click()
    page.locator("[data-error-summary]").wait_for()
    return page


def review_flagging(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    return stage.at(context, me, f"/review/{stage.pulled(me)}/flag")


def reviews_given(stage: Stage, context: BrowserContext) -> Page:
    stage.open(wanted=1, given=2)
    me, *_ = stage.shared(3)
    stage.reviewed(me)
    stage.give_back(me, stage.pulled(me))
    return stage.at(context, me, "/reviews/given")


def self_review(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.change(self_review=True)
    [me] = stage.shared(1)
    return stage.at(context, me, "/review/mine")


def self_review_begun(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.change(self_review=True)
    [me] = stage.shared(1)
    with stage.database.write() as rows:
        mine = self_reviews.begin(rows, me, stage.activity).id
    return stage.at(context, me, f"/review/{mine}")


def flags_to_settle(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me = stage.shared(2)
    stage.reviewed(me)
    stage.set(Review, Review.reviewer_id == me.person_id, sent_at=clock.now() - GRACE)
    review, words = stage.review_of(me).id, WORDS[stage.language]
    with stage.database.write() as rows:
        flags.flag(rows, me, stage.activity, review, FlagReason.PLAGIARISED, words)
        flags.flag(rows, author, stage.activity, review, FlagReason.UNFAIR, words)
    return stage.at(context, stage.instructor, "/flags")


def flags_none(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.instructor, "/flags")


def _picture(stage: Stage, context: BrowserContext, author: Visit) -> UUID:
    """A photo in somebody's work; the browser has it from here."""
    picture = uuid4()
    with stage.database.write() as rows:
        rows.add(
            Attachment(
                id=picture, contribution_id=stage.work_of(author).id, position=0, media_type="image/jpeg",
                size=20_000, storage_key=picture.hex, digest="1", width=1200, height=800, shows="A door",
            )
        )  # fmt: skip
    content = photo()["buffer"]
    context.route(f"**/media/{picture}", lambda route: route.fulfill(body=content, content_type="image/jpeg"))
    return picture
