"""A peer's contribution over HTTP: read it, say what it did for one, comment on it, keep it for later."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from flask import current_app, flash, redirect, render_template, request
from flask_babel import format_date, format_timedelta, gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..contributions import media
from ..contributions.index import tags
from ..contributions.queries import attachment_of
from ..kernel import clock
from ..kernel.errors import NotAllowedError
from ..kernel.i18n import N_
from ..kernel.web import database, visit, whole
from . import (
    actions,
    answer_views,
    forms,
    mentions,
    moderation,
    moderation_views,
    queries,
    question_views,
    threads,
)
from .forms import CommentForm, ReactionForm
from .gallery import place_of
from .models import CommentRole, ReactionKind
from .queries import Opened
from .reading import may_speak, sees_counts
from .web import ON_THE_PAGE, SAID, WORK, Answer, Here, about, at, blueprint, find, moderates, to

__all__ = ("answer_views", "blueprint", "moderation_views", "question_views")  # their routes are its
AGAIN = timedelta(minutes=10)  # a page opened again within this is read once


class Refused(NamedTuple):
    """A form that was not taken: a comment in `thread` (none: a new one), or a reaction of a `kind`."""

    form: CommentForm | ReactionForm
    thread: UUID | None = None
    kind: ReactionKind | None = None


@blueprint.get(WORK)
def contribution(contribution: UUID) -> str:
    """The contribution, what it did for others, and what is said about it."""
    return _page(contribution, request.args.get("thread", type=_id))


@blueprint.get(f"{WORK}/reactions")
def reactions(contribution: UUID) -> str:
    """All that others say it did for them."""
    page = max(1, request.args.get("page", 1, type=whole))
    with database().read() as session:
        activity, here = find(session, contribution)
        if not sees_counts(here.reader):
            raise NotAllowedError(N_("You can read this once you have shared yours."))
        start = (page - 1) * queries.REACTIONS
        found = queries.reactions(session, visit(), here, queries.REACTIONS, start=start)
    more = start + len(found.told) < found.total
    return render_template(
        "exchanges/reactions.html",
        activity_name=activity.title,
        here=here,
        reactions=found,
        words=forms.WORDS,
        date_of=_day,
        previous_url=at(contribution, "exchanges.reactions", page=page - 1) if page > 1 else None,
        next_url=at(contribution, "exchanges.reactions", page=page + 1) if more else None,
    )


@blueprint.get(f"{WORK}/media/<uuid:attachment>")
def file(contribution: UUID, attachment: UUID) -> Response:
    """A file of the contribution, for those who may read it."""
    with database().read() as session:
        _, here = find(session, contribution)
        found = attachment_of(session, here.id, attachment)
    return media.send(found)


@blueprint.post(f"{WORK}/comments")
def say(contribution: UUID) -> Answer:
    """Comment, or reply in a thread."""
    form = CommentForm()
    thread = request.form.get("thread", type=_id)
    asks = request.form.get("role") == CommentRole.QUESTION
    try:
        with database().write() as session:
            activity = place_of(session, visit(), contribution)
            comment = actions.say(
                session,
                visit(),
                activity,
                contribution,
                form.text.data or "",
                form.number(),
                thread,
                asks=asks,
                mentions=form.mentioned(),
            )
            strangers = mentions.strangers(session, visit(), comment)
    except ON_THE_PAGE as refusal:
        form.refuse(refusal)
        if refusal.code == "comment-gone":
            thread = None  # what was to be a reply may still be a comment
        return _page(contribution, thread, Refused(form, thread)), refusal.status
    _tell(strangers)
    return to(comment, new=True)


@blueprint.route(SAID, methods=["GET", "POST"])
def edit(contribution: UUID, comment: UUID) -> Answer:
    """One's own comment: write it anew, or take it back."""
    if request.method == "GET":
        with database().read() as session:
            activity, here = find(session, contribution)
            mine = actions.own(session, visit(), here, comment)
        return about("edit", Here(activity, here), comment=mine, form=forms.edit_form(mine))
    form = CommentForm()
    act: Any = actions.take_back if request.form.get("do") == "take-back" else actions.edit
    try:
        with database().write() as session:
            activity = place_of(session, visit(), contribution)
            written = () if act is actions.take_back else (form.text.data or "", form.mentioned())
            mine = act(session, visit(), activity, contribution, comment, *written)
            strangers = mentions.strangers(session, visit(), mine)
    except ON_THE_PAGE as refusal:
        form.refuse(refusal)
        with database().read() as session:
            activity, here = find(session, contribution)
            mine = actions.own(session, visit(), here, comment)
        return about("edit", Here(activity, here), comment=mine, form=form), refusal.status
    if act is actions.take_back:
        flash(gettext("Your comment is taken back."), "success")
    _tell(strangers)
    return to(mine)


@blueprint.post(f"{WORK}/reactions/<any(thanks,applied,disagree):kind>")
def react(contribution: UUID, kind: str) -> Answer:
    """Say what it did for one, say it otherwise, or take that back."""
    form, felt = ReactionForm(), ReactionKind(kind)
    try:
        with database().write() as session:
            here = session, visit(), place_of(session, visit(), contribution), contribution, felt
            if request.form.get("do") == "take-back":
                actions.stop_reacting(*here)
            else:
                actions.react(*here, form.because.data or "", form.applied_on.data, _today())
    except ON_THE_PAGE as refusal:
        form.refuse(refusal)
        return _page(contribution, None, Refused(form, kind=felt)), refusal.status
    return redirect(at(contribution, _anchor="reactions"), 303)


@blueprint.post(f"{WORK}/bookmark")
def bookmark(contribution: UUID) -> Response:
    """Keep it for later, or no longer."""
    keep = request.form.get("keep") == "1"
    try:
        with database().write() as session:
            activity = place_of(session, visit(), contribution)
            actions.bookmark(session, visit(), activity, contribution, keep=keep)
    except IntegrityError:
        pass  # two tabs at once: the other one kept it
    return redirect(at(contribution), 303)


def _page(contribution_id: UUID, thread: UUID | None = None, refused: Refused | None = None) -> str:
    """The contribution with a page of its threads, or with one thread; `refused` is in it as it was typed."""
    place = {name: request.args.get(name, type=_id) for name in ("before", "at")}
    with database().read() as session:
        activity, here = find(session, contribution_id, attachments=True)
        if thread:
            talk = threads.one_thread(session, visit(), here, thread, **place)
        else:
            talk = threads.conversation(session, visit(), here, **place)
        felt = queries.reactions(session, visit(), here)
    if here.read_at is None or clock.now() - here.read_at >= AGAIN:
        _note_reading(activity, here)
    today = _today()
    kinds = list(ReactionKind) if may_speak(here.work) and not here.reader.is_author else []
    if refused and refused.kind and refused.kind not in kinds:
        kinds = [refused.kind]  # too late; what was typed stays in the page
    return render_template(
        "exchanges/contribution.html",
        activity_name=activity.title,
        here=here,
        activity=activity,
        media_url=lambda attachment: at(contribution_id, "exchanges.file", attachment=attachment.id),
        talk=talk,
        thread=thread,
        reactions=felt,
        words=forms.WORDS,
        date_of=_day,
        counted=sees_counts(here.reader),
        reaction_forms={kind: _reaction_form(kind, felt, today, refused) for kind in kinds},
        refused=refused,
        comment_form=forms.comment_form(_typed(refused, None), on_question=here.is_question),
        reply_form=lambda root: forms.reply_form(root, _typed(refused, root.id)),
        tags=tags(moderation.words_of(here.contribution)),
        kept_as=uuid5(contribution_id, visit().person_id.hex).hex,
        first_answer=_first_answer(here, talk),
        speaks=may_speak(here.work),
        moderates=moderates(),
        earlier_url=at(contribution_id, thread=thread, before=talk.earlier) if talk.earlier else None,
        later_url=at(contribution_id, thread=thread, at=talk.later) if talk.later else None,
    )


def _typed(refused: Refused | None, thread: UUID | None) -> Any:
    """The comment that was not taken, if it was meant to stand here."""
    return refused.form if refused and not refused.kind and refused.thread == thread else None


def _reaction_form(
    kind: ReactionKind, found: queries.Reactions, today: date, refused: Refused | None
) -> ReactionForm:
    came_in = refused.form if refused and refused.kind is kind else None
    return forms.reaction_form(kind, today, found.mine.get(kind), came_in)


def _note_reading(activity: Activity, here: Opened) -> None:
    try:
        with database().write() as session:
            actions.note_reading(session, visit(), activity, here)
    except IntegrityError:
        pass  # two tabs at once: the other one noted it


def _tell(strangers: list[str]) -> None:
    for name in strangers:
        sentence = gettext("%(name)s is not in this course: the name stays as plain text.", name=name)
        flash(sentence, "message")


def _first_answer(here: Opened, talk: threads.Conversation) -> str:
    """How long a question waited for its first answer, in words; empty while it waits."""
    shared = here.contribution.shared_at
    if not (here.is_question and talk.first and shared):
        return ""
    return str(format_timedelta(max(talk.first - shared, timedelta(minutes=1)), granularity="minute"))


def _today() -> date:
    return clock.now().astimezone(current_app.config["ENTRAIDE"].zone).date()


def _day(on: date) -> str:
    return str(format_date(on, "EEE d MMM y"))


def _id(text: str) -> UUID:
    return UUID(text)
