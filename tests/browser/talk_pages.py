"""Questions, their answers, and what was reported, in every state they know; see `gallery_pages`."""

from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Kind
from lti_tool.exchanges import actions, answering, curating, moderation
from lti_tool.kernel.permissions import Visit
from lti_tool.people.models import Person

from .stage import WORDS, Stage


def _say(stage: Stage, visit: Visit, work: UUID, words: str = "", thread: UUID | None = None, **more) -> UUID:
    with stage.database.write() as rows:
        said = words or WORDS[stage.language]
        return actions.say(rows, visit, stage.activity, work, said, uuid4(), thread, **more).id


def _answered(stage: Stage, **plan: Any) -> tuple[Visit, Visit, UUID, UUID]:
    """Who asked, a peer, the question, and its accepted answer, which names the peer."""
    stage.open(kind=Kind.QUESTION, **plan)
    asker, peer, other = stage.shared(3)
    work = stage.work_of(asker).id
    _say(stage, peer, work)
    best = _say(stage, other, work, f"@{peer.person_name} {WORDS[stage.language]}")
    _say(stage, asker, work, thread=best)
    with stage.database.write() as rows:
        answering.vote(rows, peer, stage.activity, work, best, helps=True)
        answering.accept(rows, asker, stage.activity, work, best, good=True)
        answering.endorse(rows, stage.instructor, stage.activity, work, best, good=True)
    return asker, peer, work, best


def question_open(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION)
    asker, peer = stage.shared(2)
    return stage.at(context, peer, f"/c/{stage.work_of(asker).id}")


def question_answered(stage: Stage, context: BrowserContext) -> Page:
    asker, _, work, _ = _answered(stage)
    return stage.at(context, asker, f"/c/{work}")


def question_with_long_names(stage: Stage, context: BrowserContext) -> Page:
    asker, peer, work, _ = _answered(stage, named=True)
    for n, visit in enumerate((asker, peer, *stage.people[2:], stage.instructor)):
        name = f"{n} Maximilienne-Antoinette {'Vandenberghe' * 5} de La Rochefoucauld-Montmorency"
        stage.set(Person, Person.id == visit.person_id, name=name)
    return stage.at(context, stage.instructor, f"/c/{work}")


def questions_none(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.QUESTION)
    return stage.at(context, stage.person("Karim Benali"), "/questions")


def questions_of_the_course(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    author, asker = stage.shared(2)
    _say(stage, asker, stage.work_of(author).id, asks=True)
    return stage.at(context, author, "/questions")


def reports(stage: Stage, context: BrowserContext) -> Page:
    asker, peer, work, best = _answered(stage)
    with stage.database.write() as rows:
        moderation.report(rows, peer, stage.activity, work, best, WORDS[stage.language][:190])
        curating.highlight(rows, stage.instructor, stage.activity, work, WORDS[stage.language][:190])
    changed = WORDS[stage.language].replace(" ", "  ", 1).split(" ", 6)[-1]
    with stage.database.write() as rows:
        comment = moderation.comment_of(rows, moderation.opened(rows, asker, stage.activity, work), best)
        comment.text = changed
    return stage.at(context, stage.instructor, "/reports")
