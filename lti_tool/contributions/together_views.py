"""Screen L8 over HTTP: a page that many write, its versions, and who wrote what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..activities.phases import Door, lets_in
from ..activities.prompts import prompts_of
from ..activities.queries import opened_activity, schedule_of
from ..kernel import clock
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May
from ..kernel.web import PREFIX, database, visit, whole
from . import merging, sections, together, together_queries
from .differences import differences
from .merging import Passage
from .models import Contribution
from .queries import settled
from .sections import Section
from .teams import Team, is_page, team, teams_of
from .together import TEXT, Edit, Saved
from .together_forms import PageForm, page_form
from .together_words import readable

blueprint = Blueprint("together", __name__, url_prefix=f"{PREFIX}/page")
Answer = Response | str | tuple[str, int]
ON_THE_PAGE = (InvalidError, ConflictError)  # refusals that are told beside the text
# Where nobody has written yet and the instructor asks for nothing in particular.
SUGGESTED = (N_("What we agree on"), N_("How we do it"), N_("What is still open"))


@dataclass(frozen=True, slots=True)
class Here:
    """The page as a visitor has it before them; `page` is None until the first save."""

    activity: Activity
    team: Team
    page: Contribution | None
    door: Door

    @property
    def text(self) -> str:
        """The text as it is now."""
        return str(self.page.answers.get(TEXT, "")) if self.page else ""

    @property
    def version(self) -> int:
        """The number of the newest version; 0 before the first."""
        return self.page.revision if self.page else 0

    @property
    def open(self) -> bool:
        """Whether one may write now."""
        hidden = self.page is not None and self.page.hidden_at is not None
        return lets_in(self.door) and not settled(self.page) and not hidden

    def kept(self, section: int | None) -> str:
        """The name under which a device keeps this visitor's text: another person's is another."""
        who = uuid5(self.activity.id, visit().person_id.hex).hex
        return f"page.{self.team.key}.{who}.{'all' if section is None else section}"


@blueprint.get("")
def index() -> Answer:
    """The visitor's page; where they have several or none, the list of them."""
    with database().read() as session:
        activity = _activity(session)
        found = teams_of(session, visit(), activity, request.args.get("after", type=UUID))
    if len(found.teams) == 1 and "after" not in request.args:
        return redirect(url_for(".page", key=found.teams[0][0].key), 303)
    return render_template(
        "contributions/together_teams.html",
        activity_name=activity.title,
        found=found,
        staff=visit().may(May.SEE_ALL_WORK),
        next_url=url_for(".index", after=found.after) if found.after else None,
    )


@blueprint.get("/<key>")
def page(key: str) -> str:
    """The page, to be read."""
    with database().read() as session:
        here = _here(session, key)
        last = (
            together_queries.history(session, visit(), here.activity, here.page, most=1)
            if here.page
            else None
        )
    return _page(
        "together",
        here,
        last=last.versions[0] if last else None,
        saved=request.args.get("saved", ""),
        kept=here.kept(request.args.get("section", type=int)),
    )


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
def edit(key: str) -> Answer:
    """The whole page or one section: write, and save for everybody."""
    if request.method == "POST":
        form = PageForm()
        try:
            return _saved(key, form.edit())
        except ON_THE_PAGE as refusal:
            form.refuse(refusal)
            return _form_page(key, form), refusal.status
    with database().read() as session:
        here = _here(session, key)
    number = request.args.get("section", type=int)
    text = here.text if number is None else sections.section(here.text, number).text.strip("\n")
    if here.page is None:
        text = _suggestion(here.activity)
    return _form_page(key, page_form(text, here.version, number))


@blueprint.post("/<key>/settle")
def settle(key: str) -> Response:
    """Keep one version of a passage, or all of them."""
    form = PageForm()
    place, choice = request.form.get("place", -1, type=int), request.form.get("choice", type=int)
    if place < 0 or (choice is not None and choice < 0):
        raise NotFoundError(N_("This passage does not exist."))
    with database().write() as session:
        here = session, visit(), *_team(session, key)
        saved = together.settle(*here, place, choice, form.edit())
    return _back(key, saved)


@blueprint.get("/<key>/history")
def history(key: str) -> str:
    """Every version, the newest first."""
    with database().read() as session:
        here, written = _written(session, key)
        before = request.args.get("before", type=whole)
        found = together_queries.history(session, visit(), here.activity, written, before)
    next_url = url_for(".history", key=key, before=found.before) if found.before else None
    return _page("together_history", here, history=found, next_url=next_url)


@blueprint.get("/<key>/versions/<int:number>")
def version(key: str, number: int) -> str:
    """A version as it was."""
    with database().read() as session:
        here, written = _written(session, key)
        found = together_queries.texts_of(session, visit(), here.activity, written, {number})
    of, text = found[number]
    return _page("together_version", here, version=of, passages=merging.passages(text))


@blueprint.post("/<key>/versions/<int:number>/restore")
def restore(key: str, number: int) -> Response:
    """Bring a version back, as a new one."""
    why = gettext(N_("Back to version %(number)d"), number=number)
    with database().write() as session:
        here = session, visit(), *_team(session, key)
        form = PageForm().edit()
        saved = together.restore(*here, number, Edit("", form.base, form.form, why))
    return _back(key, saved)


@blueprint.get("/<key>/compare")
def compare(key: str) -> str:
    """What changed between two versions."""
    old, new = (request.args.get(name, 0, type=whole) for name in ("from", "to"))
    with database().read() as session:
        here, written = _written(session, key)
        found = together_queries.texts_of(session, visit(), here.activity, written, {old, new} - {0})
    before, after = (found[each][1] if each else "" for each in (old, new))
    return _page(
        "together_compare",
        here,
        versions=[found[each][0] if each else None for each in (old, new)],
        difference=differences(readable(before), readable(after)),
    )


@blueprint.get("/<key>/who")
def who(key: str) -> str:
    """Who wrote what."""
    with database().read() as session:
        here, written = _written(session, key)
        found = together_queries.who_wrote_what(session, visit(), here.activity, written)
    return _page("together_who", here, paragraphs=found, readable=readable)


def _activity(session: Session) -> Activity:
    visit().require(May.SHARE)
    activity = opened_activity(session, visit())
    if not is_page(activity):
        raise NotFoundError(N_("This page does not exist."))
    return activity


def _team(session: Session, key: str) -> tuple[Activity, Team]:
    activity = _activity(session)
    return activity, team(session, visit(), activity, key)


def _here(session: Session, key: str) -> Here:
    activity, of = _team(session, key)
    found = session.scalar(
        select(Contribution).where(Contribution.activity_id == activity.id, Contribution.team == of.key)
    )
    return Here(activity, of, found, schedule_of(session, visit(), activity).sharing(clock.now()))


def _written(session: Session, key: str) -> tuple[Here, Contribution]:
    here = _here(session, key)
    if here.page is None:
        raise NotFoundError(N_("Nobody has written this page yet."))
    return here, here.page


def _saved(key: str, edit: Edit) -> Response:
    with database().write() as session:
        saved = together.save(session, visit(), *_team(session, key), edit)
    return _back(key, saved, edit)


def _back(key: str, saved: Saved, edit: Edit | None = None) -> Response:
    """The page after a save, with what became of it."""
    open_passages = merging.unsettled(saved.text)
    if saved.merged:
        flash(gettext("Others saved meanwhile. Your text and theirs are both there."), "success")
    elif saved.new:
        flash(gettext("Saved for everybody."), "success")
    anchor = "passage-0" if saved.merged and open_passages else None
    saved_from = edit and edit.form.hex
    return redirect(
        url_for(".page", key=key, saved=saved_from, section=edit and edit.section, _anchor=anchor), 303
    )


def _form_page(key: str, form: PageForm) -> str:
    with database().read() as session:
        here = _here(session, key)
    return _page(
        "together_edit",
        here,
        form=form,
        kept=here.kept(form.section.data),
        unsettled=merging.unsettled(merging.tidy(form.text.data or "")),
    )


def _suggestion(activity: Activity) -> str:
    """Headings to begin with: what the instructor asks for, or what suits most pages."""
    asked = [prompt.label for prompt in prompts_of(activity, gettext)]
    headings = asked if activity.prompts and len(asked) > 1 else [gettext(each) for each in SUGGESTED]
    return "\n\n".join(f"## {heading}" for heading in headings)


def _sections(text: str) -> Iterator[tuple[Section, list[Passage]]]:
    """Each section with its passages, which are numbered through."""
    first = 0
    for each in sections.sections(text):
        yield each, merging.passages(each.text, first)
        first += merging.unsettled(each.text)


def _page(name: str, here: Here, **more: Any) -> str:
    return render_template(
        f"contributions/{name}.html",
        here=here,
        sections=list(_sections(here.text)),
        staff=visit().may(May.SEE_ALL_WORK),
        new_form=lambda: uuid4().hex,
        activity_name=here.activity.title,
        **more,
    )
