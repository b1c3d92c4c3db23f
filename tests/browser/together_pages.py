"""The pages of those who write together: each function leaves its page in the state that it names."""

from uuid import uuid4

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Kind
from lti_tool.contributions import coauthors, together
from lti_tool.contributions.teams import WHOLE_COURSE
from lti_tool.contributions.together import Edit
from lti_tool.kernel.permissions import Visit

from .stage import WORDS, Stage

LONG = "Maximilienne-Antoinette de La Rochefoucauld-Montmorency"


def together_nobody_yet(stage: Stage, context: BrowserContext) -> Page:
    stage.open(kind=Kind.SYNTHESIS)
    return stage.at(context, stage.person("Karim Benali"), "/page")


def together_unsettled(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, _written(stage)[0], "/page")


def together_read(stage: Stage, context: BrowserContext) -> Page:
    one, _ = _written(stage)
    with stage.database.write() as rows:
        together.settle(rows, one, stage.activity, WHOLE_COURSE, 0, 1, Edit("", 3, uuid4()))
    return stage.at(context, one, "/page/course")


def together_edit(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, _written(stage)[0], "/page/course/edit")


def together_history(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, _written(stage)[1], "/page/course/history")


def together_compared(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, _written(stage)[1], "/page/course/compare?from=1&to=3")


def together_who(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, _written(stage)[1], "/page/course/who")


def coauthors_chosen(stage: Stage, context: BrowserContext) -> Page:
    stage.open()
    me, peer, _ = (stage.person(name) for name in ("Karim Benali", LONG, "Emily Hughes"))
    stage.draft(me)
    with stage.database.write() as rows:
        coauthors.let_in(rows, me, stage.activity, peer.person_id)
    return stage.at(context, me, "/share/with")


def _written(stage: Stage) -> tuple[Visit, Visit]:
    """A page with three versions; the last two were written at once."""
    stage.open(kind=Kind.SYNTHESIS)
    one, other = stage.person("Karim Benali"), stage.person(LONG)
    lines = f"- Call once.\n- {WORDS[stage.language]}\n- {LONG.replace(' ', '') * 3}"
    text = f"# What we know\n\nWe meet at **nine**.\n\n## After the visit\n\n{lines}"
    _save(stage, one, text, 0)
    _save(stage, one, text.replace("nine", "ten"), 1, "The bus comes later.")
    _save(stage, other, text.replace("nine", "eight").replace("Call once", "Call twice"), 1)
    return one, other


def _save(stage: Stage, visit: Visit, text: str, base: int, why: str = "") -> None:
    with stage.database.write() as rows:
        together.save(rows, visit, stage.activity, WHOLE_COURSE, Edit(text, base, uuid4(), why))
