"""The bell: what is new for the visitor, and what of it comes by mail."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice

from ..activities.queries import activity_of
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_, choose_language
from ..kernel.journal import EventType
from ..kernel.limits import limiter
from ..kernel.permissions import May
from ..kernel.web import LARGEST_ROW, PREFIX, database, row_number, visit
from . import news_actions, news_queries
from .mailtimes import USUAL
from .models import Frequency, NewsKind

blueprint = Blueprint("news", __name__, url_prefix=PREFIX)
mail = Blueprint("mail", __name__)
Answer = Response | str | tuple[str, int]

KINDS = {
    NewsKind.COMMENT: _l("Comments on what I wrote"),
    NewsKind.REPLY: _l("Replies where I spoke"),
    NewsKind.ANSWER: _l("Answers to my questions"),
    NewsKind.ACCEPTED: _l("My answers that helped"),
    NewsKind.MENTION: _l("My name in a comment"),
    NewsKind.REACTION: _l("Thanks, and what was applied"),
    NewsKind.REVIEW: _l("Reviews of what I wrote"),
    NewsKind.VERSION: _l("Changes of what we write together"),
    NewsKind.APPRAISAL: _l("Answers to my reviews"),
    NewsKind.FLAG: _l("What I asked the teacher"),
    NewsKind.RELEASED: _l("Reviews and scores to read"),
    NewsKind.REMINDER: _l("Reminders of what is left to do"),
}


@blueprint.app_context_processor
def bell() -> dict[str, object]:
    """What every page's bell asks: how much is new. One statement, where there is a bell."""

    def unread() -> int:
        if not visit().may(May.SHARE):
            return 0
        with database().read() as session:
            return news_queries.unread(session, visit())

    return {"unread": unread}


class MailForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How often mail comes, and about what."""

    frequency = RadioField(
        _l("Mail me"),
        choices=[
            SelectChoice(Frequency.AT_ONCE.value, _l("At once")),
            SelectChoice(Frequency.DAILY.value, _l("Once a day, in the morning")),
            SelectChoice(Frequency.WEEKLY.value, _l("Once a week, on Monday")),
            SelectChoice(Frequency.OFF.value, _l("Never")),
        ],
    )
    about = SelectMultipleField(_l("About"), choices=[SelectChoice(k.value, v) for k, v in KINDS.items()])


@blueprint.get("/news")
def index() -> Answer:
    """What is new, the newest first."""
    visit().require(May.SHARE)
    with database().read() as session:
        items, before = news_queries.page(session, visit(), request.args.get("before", type=row_number))
        choice = news_queries.mail_choice(session, visit().person_id)
    form = MailForm(
        formdata=None,
        data={
            "frequency": choice.frequency.value if choice else USUAL.value,
            "about": [kind.value for kind in KINDS if not choice or kind.value not in choice.without],
        },
    )
    return _page(form, items, before)


@blueprint.get(f"/news/<int(max={LARGEST_ROW}):number>")
def go(number: int) -> Response:
    """Where one piece of news leads; it is read then."""
    with database().write() as session:
        item = news_queries.one(session, visit(), number)
        if item is None:
            raise NotFoundError(N_("This is not there any more."))
        news_actions.read(session, visit(), news=number)
        activity = activity_of(session, visit())
    return redirect(_target(item, here=activity is not None and activity.id == item.activity_id), 303)


@blueprint.post("/news/read")
def read() -> Response:
    """All of it is read."""
    with database().write() as session:
        news_actions.read(session, visit())
    return redirect(url_for(".index"), 303)


@blueprint.post("/news/mail")
def choose() -> Answer:
    """What comes by mail from now on."""
    form = MailForm()
    if not form.validate():
        with database().read() as session:
            items, before = news_queries.page(session, visit())
        return _page(form, items, before), 422
    without = [kind for kind in KINDS if kind.value not in (form.about.data or [])]
    with database().write() as session:
        news_actions.choose(session, visit().person_id, Frequency(form.frequency.data), without)
    flash(gettext("Your choice is kept."), "success")
    return redirect(url_for(".index"), 303)


@mail.get("/mail/stop")
def ask_to_stop() -> str:
    """The link in a mail: a page with one button, for a program that only looks stops nothing."""
    return render_template("exchanges/mail_stop.html", key=request.args.get("key", ""), stopped=False)


@mail.post("/mail/stop")
@limiter.limit("30 per minute")
def stop() -> str:
    """Stop somebody's mail: from that page, or from a mail program by one click (RFC 8058)."""
    try:
        key = UUID(request.values.get("key", ""))
    except ValueError:
        raise NotFoundError(news_actions.NO_KEY) from None
    with database().write() as session:
        language = news_actions.stop(session, key)
    with force_locale(choose_language([language])):
        return render_template("exchanges/mail_stop.html", stopped=True)


def _page(form: MailForm, items: list[news_queries.Item], before: int | None) -> str:
    return render_template(
        "exchanges/news.html",
        form=form,
        items=items,
        new=any(item.new for item in items),
        next_url=url_for(".index", before=before) if before else None,
        mails=current_app.config["ENTRAIDE"].sends_mail,
    )


def _target(item: news_queries.Item, *, here: bool) -> str:
    """Where it is to be read; what is of one activity only, in the visit's own alone."""
    if item.kind in {NewsKind.REVIEW, NewsKind.RELEASED} and here:
        return url_for("reviews.received")
    if item.kind is NewsKind.APPRAISAL and here:
        return url_for("reviews.given")
    if item.kind is NewsKind.FLAG and here:
        asked = item.event is EventType.FLAGGED and visit().may(May.SEE_ALL_WORK)
        return url_for("flags.index" if asked else "reviews.received" if item.of_review else "reviews.given")
    if item.kind is NewsKind.MODERATION and here and visit().may(May.SEE_ALL_WORK):
        return url_for("exchanges.reports")
    if item.contribution_id is None:
        return url_for("home.index")
    if item.comment_id is None:
        return url_for("exchanges.contribution", contribution=item.contribution_id)
    return url_for(
        "exchanges.contribution",
        contribution=item.contribution_id,
        thread=item.thread_id,
        at=None if item.thread_id else item.comment_id,
        _anchor=f"comment-{item.comment_id.hex}",
    )
