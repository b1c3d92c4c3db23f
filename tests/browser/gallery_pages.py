"""The gallery in every state it knows: each function leaves its page in the state that it names."""

from playwright.sync_api import BrowserContext, Page

from lti_tool.activities.models import Grading
from lti_tool.contributions.models import Contribution
from lti_tool.exchanges import curating, moderation
from lti_tool.exchanges.models import Bookmark, Reading
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Visit

from .pictures import photo
from .stage import PRIMARY, WORDS, Stage


def _share_with_a_photo(stage: Stage, context: BrowserContext, author: Visit, title: str = "") -> None:
    """The author shares a contribution with a photo, through the pages."""
    stage.draft(author, title)
    page = stage.at(context, author, "/share")
    page.locator("input[name=file][multiple]").set_input_files(photo())
    page.locator("#attachments > li").wait_for()
    page.locator(PRIMARY).click()
    page.locator("#send-form .btn-primary").click()
    page.locator(".steps").wait_for()
    page.close()


def _busy(stage: Stage, count: int = 4) -> Visit:
    """Somebody who shared, read one contribution of their peers and kept another."""
    stage.open(grading=Grading.TWO_COLUMNS)
    me, read, kept, *_ = stage.shared(count)
    now, person = clock.now(), me.person_id
    with stage.database.write() as rows:
        rows.add(Reading(person_id=person, contribution_id=stage.work_of(read).id, read_at=now))
        rows.add(Bookmark(person_id=person, contribution_id=stage.work_of(kept).id, kept_at=now))
    stage.set(Contribution, Contribution.id == stage.work_of(kept).id, late=True)
    return me


def gallery(stage: Stage, context: BrowserContext) -> Page:
    stage.open(grading=Grading.TWO_COLUMNS)
    _share_with_a_photo(stage, context, stage.person("Karim Benali"))
    [me] = stage.shared(1)
    page = stage.at(context, me, "/gallery")
    page.locator(".gallery-card img").wait_for()
    return page


def gallery_locked(stage: Stage, context: BrowserContext) -> Page:
    stage.open(grading=Grading.TWO_COLUMNS)
    stage.shared(1)
    return stage.at(context, stage.person("Karim Benali"), "/gallery")


def gallery_found(stage: Stage, context: BrowserContext) -> Page:
    word = WORDS[stage.language].split()[-2]
    return stage.at(context, _busy(stage), f"/gallery?q={word}")


def gallery_nothing_found(stage: Stage, context: BrowserContext) -> Page:
    return stage.at(context, _busy(stage), "/gallery?q=" + "zebra" * 12)


def gallery_first(stage: Stage, context: BrowserContext) -> Page:
    stage.open(grading=Grading.NONE)
    return stage.at(context, stage.person("Karim Benali"), "/gallery")


def gallery_of_staff(stage: Stage, context: BrowserContext) -> Page:
    me = _busy(stage)
    return stage.at(context, stage.instructor, f"/gallery?person={me.person_id}")


def gallery_marked(stage: Stage, context: BrowserContext) -> Page:
    """Everything that an instructor marks, on cards that staff see with names."""
    _busy(stage, 5)
    here = stage.instructor, stage.activity
    first, second, third, *_ = (stage.work_of(each).id for each in stage.people)
    why = WORDS[stage.language][:190]
    with stage.database.write() as rows:
        curating.pin(rows, *here, first, pinned=True)
        curating.highlight(rows, *here, first, why)
        curating.highlight(rows, *here, second, why)
        moderation.hide(rows, *here, third, why)
    stage.set(Contribution, Contribution.id == second, by_staff=True)
    return stage.at(context, stage.instructor, "/gallery")
