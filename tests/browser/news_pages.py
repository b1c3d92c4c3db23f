"""The bell's page, and the forms for what should not stand, in every state they know."""

from datetime import UTC
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Feedback, Kind
from lti_tool.contributions import actions as contributions
from lti_tool.exchanges import actions, moderation
from lti_tool.exchanges.news import spread
from lti_tool.kernel.permissions import Visit

from .stage import NAMES, TITLES, WORDS, Stage


def news_none(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    return stage.at(context, stage.person("Karim Benali"), "/news")


def news_many(stage: Stage, context: BrowserContext) -> Page:
    stage.open(feedback=Feedback.COMMENTS)
    me = stage.person(NAMES[0])
    stage.draft(me, f"{TITLES[stage.language]} – {WORDS[stage.language]}"[:190])
    (peer,) = stage.shared(1)
    with stage.database.write() as rows:
        work = contributions.share(rows, me, stage.activity).id
        for n in range(21):
            words = f"{n} {WORDS[stage.language]} {'a' * 70}"
            actions.say(rows, peer, stage.activity, work, words, uuid4())
    spread(stage.database, UTC, mail=False)
    return stage.at(context, me, "/news")


def mail_stop(stage: Stage, context: BrowserContext) -> Page:
    page = stage.page(context)
    page.goto(f"{stage.campus.tool.url}/mail/stop?key={uuid4()}")
    return page


def report_a_comment(stage: Stage, context: BrowserContext) -> Page:
    reader, _, said = _said(stage)
    return stage.at(context, reader, f"{said}/report")


def hide_a_comment(stage: Stage, context: BrowserContext) -> Page:
    _, _, said = _said(stage)
    return stage.at(context, stage.instructor, f"{said}/hide")


def show_a_contribution_again(stage: Stage, context: BrowserContext) -> Page:
    _, work, _ = _said(stage)
    with stage.database.write() as rows:
        moderation.hide(rows, stage.instructor, stage.activity, work, WORDS[stage.language][:190])
    return stage.at(context, stage.instructor, f"/c/{work}/hide")


def contribution_hidden(stage: Stage, context: BrowserContext) -> Page:
    reader, work, _ = _said(stage)
    with stage.database.write() as rows:
        moderation.hide(rows, stage.instructor, stage.activity, work, WORDS[stage.language][:190])
    author = next(each for each in stage.people if each is not reader)
    return stage.at(context, author, f"/c/{work}")


def highlight_a_contribution(stage: Stage, context: BrowserContext) -> Page:
    _, work, _ = _said(stage)
    return stage.at(context, stage.instructor, f"/c/{work}/highlight")


def reports_none(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION)
    return stage.at(context, stage.instructor, "/reports")


def _said(stage: Stage) -> tuple[Visit, UUID, str]:
    """A reader, a contribution, and the path of its author's comment on it."""
    stage.open()
    author, reader = stage.shared(2)
    work = stage.work_of(author).id
    with stage.database.write() as rows:
        said = actions.say(rows, author, stage.activity, work, WORDS[stage.language], uuid4())
    return reader, work, f"/c/{work}/comments/{said.id}"
