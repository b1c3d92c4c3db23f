"""A learner's pages in every state they know: each function leaves its page in the state that it names."""

from datetime import timedelta
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.exchanges import actions as exchanges
from lti_tool.exchanges.models import ReactionKind
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit

from .pictures import photo
from .stage import PRIMARY, WORDS, Stage


def opens_soon(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, stage.person("Karim Benali"))


# The learner's first screen


def learner_start(stage: Stage, context: BrowserContext) -> Page:
    stage.open(share_by=clock.now() + timedelta(days=3), review_by=clock.now() + timedelta(days=10))
    return stage.at(context, stage.person("Karim Benali"))


def learner_draft_waiting(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me = stage.person("Karim Benali")
    stage.draft(me)
    return stage.at(context, me)


def learner_shared_alone(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    [me] = stage.shared(1)
    return stage.at(context, me)


def learner_may_review(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    return stage.at(context, me)


def learner_in_a_review(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other, _ = stage.shared(3)
    stage.reviewed(other)
    stage.pulled(me)
    return stage.at(context, me)


def learner_gave_all(stage: Stage, context: BrowserContext) -> Page:
    stage.open(wanted=2, given=2)
    me, *others = stage.shared(3)
    stage.reviewed(me, 2)
    for other in others:
        stage.reviewed(other, 2)
    return stage.at(context, me)


def learner_late(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.pass_dates()
    return stage.at(context, stage.person("Karim Benali"))


def learner_closed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other = stage.shared(2)
    stage.reviewed(other)
    stage.change(closed_at=clock.now())
    return stage.at(context, me)


def learner_closed_before_sharing(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    stage.change(closed_at=clock.now())
    return stage.at(context, stage.person("Karim Benali"))


# Sharing


def share_empty(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.person("Karim Benali"), "/share")


def share_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = share_empty(stage, context)
    page.locator("button[value=submit]").click()
    page.locator("[data-error-summary]").wait_for()
    return page


def share_with_files(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me = stage.person("Karim Benali")
    stage.draft(me)
    page = stage.at(context, me, "/share")
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
    return stage.at(context, me, "/contribution")


def contribution_settled(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other = stage.shared(2)
    stage.pulled(other)
    return stage.at(context, me, "/contribution")


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
    return stage.at(context, me, f"/review/{held}")


def review_closed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    held = stage.pulled(me)
    stage.change(closed_at=clock.now())
    return stage.at(context, me, f"/review/{held}")


def review_sent(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _, _ = stage.shared(3)
    stage.reviewed(me)
    return stage.at(context, me, f"/review/{stage.review_of(me).id}/sent")


def nothing_to_review(stage: Stage, context: BrowserContext) -> Page:
    """Both tabs of the learner could take it; the other one did, and somebody else has it now."""
    stage.open(wanted=1, given=1)
    me, _ = stage.shared(2)
    page = stage.at(context, me)
    stage.reviewed(me)
    page.locator("#review-next button").click()
    page.wait_for_url("**/review/next")
    return page


# Reading what one received


def received_locked(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, other, _ = stage.shared(3)
    stage.reviewed(other, 2)
    return stage.at(context, me, "/received")


def received(stage: Stage, context: BrowserContext) -> Page:
    page = learner_gave_all(stage, context)
    page.goto(page.url + "received")
    return page


def received_nothing_yet(stage: Stage, context: BrowserContext) -> Page:
    stage.open(wanted=1, given=1)
    me, _ = stage.shared(2)
    stage.reviewed(me)
    return stage.at(context, me, "/received")


def help_and_privacy(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.person("Karim Benali"), "/help")


# What peers say to each other


def peers_contribution_discussed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me, other = stage.shared(3)
    _discuss(stage, author, me, other)
    return stage.at(context, me, f"/c/{stage.work_of(author).id}")


def peers_contribution_read_by_its_author(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me, other = stage.shared(3)
    _discuss(stage, author, me, other)
    return stage.at(context, author, f"/c/{stage.work_of(author).id}")


def peers_contribution_closed(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me, other = stage.shared(3)
    _discuss(stage, author, me, other)
    stage.change(closed_at=clock.now())
    return stage.at(context, me, f"/c/{stage.work_of(author).id}")


def comment_with_errors(stage: Stage, context: BrowserContext) -> Page:
    page = peers_contribution_discussed(stage, context)
    page.locator("main > section > form .btn-primary").click()
    page.locator("[data-error-summary]").wait_for()
    return page


def reaction_with_errors(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me = stage.shared(2)
    page = stage.at(context, me, f"/c/{stage.work_of(author).id}")
    page.locator("details.reaction summary").nth(1).click()
    page.locator("details[open] button").click()
    page.locator("[data-error-summary]").wait_for()
    return page


def thread_of_a_comment(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me, other = stage.shared(3)
    [root, *_] = _discuss(stage, author, me, other)
    return stage.at(context, me, f"/c/{stage.work_of(author).id}?thread={root}")


def change_a_comment(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me, other = stage.shared(3)
    [root, *_] = _discuss(stage, author, me, other)
    return stage.at(context, me, f"/c/{stage.work_of(author).id}/comments/{root}")


def reactions_of_all(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, me, other = stage.shared(3)
    _discuss(stage, author, me, other)
    return stage.at(context, author, f"/c/{stage.work_of(author).id}/reactions")


def _discuss(stage: Stage, author: Visit, me: Visit, other: Visit) -> list[UUID]:
    """Two comments of mine with a reply each, the second comment taken back, and reactions; all ids said."""
    today, words = clock.now().date(), WORDS[stage.language]
    work = stage.work_of(author).id
    said: list[UUID] = []
    with stage.database.write() as rows:
        for thread in range(2):
            here = rows, me, stage.activity, work
            root = exchanges.say(*here, words, uuid4())
            reply = exchanges.say(rows, author, stage.activity, work, words, uuid4(), root.id)
            said += [root.id, reply.id]
            if thread:
                exchanges.take_back(*here, root.id)
        for kind in ReactionKind:
            exchanges.react(rows, other, stage.activity, work, kind, words, today, today)
        exchanges.react(rows, me, stage.activity, work, ReactionKind.THANKS, words, None, today)
    return said


# About oneself, and a window of one's own


def my_data(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, _ = stage.shared(2)
    return stage.at(context, me, "/my-data")


def own_window(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    [me] = stage.shared(1)
    return stage.at(context, me, "/window")
