"""Screen L6 over HTTP: the gallery of an activity and of its course, with filters and search."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from ..activities.kinds import KINDS
from ..activities.models import Activity, Kind
from ..activities.phases import lets_in
from ..activities.queries import id_in, opened_activity, schedule
from ..contributions.index import tags
from ..contributions.texts import Text
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.markup import plain, unmarked
from ..kernel.permissions import May, Visit
from ..kernel.web import PREFIX, database, storage, visit
from . import gallery
from .filters import Asked, Order, Place, Show, names_somebody
from .gallery import Card
from .search import MOST_TYPED, Search, excerpt, marked
from .thumbnails import thumbnail

blueprint = Blueprint("gallery", __name__, url_prefix=PREFIX)
COURSE = "course"  # the scope, when it is not the activity alone
BEGINNING = 1_000  # characters in which a card's lines are found
PARTS = ("scope", "show", "order", "kind", "person", "q")  # of an address
Choice = TypeVar("Choice", bound=StrEnum)
Default = TypeVar("Default")


@blueprint.get("/gallery")
def index() -> str:
    """The cards; or what opens the gallery, to who has not shared yet."""
    here = _visitor()
    asked = _asked(request.args)
    with database().read() as reading:
        activity = opened_activity(reading, here)
        places = gallery.places(reading, here, activity)
        whole_course = request.args.get("scope") == COURSE and len(places) > 1
        within = places if whole_course else places[:1]
        if not any(place.open for place in within):
            return _locked(activity, places)
        names = names_somebody(here, within)
        asked = asked if names else replace(asked, person=None)
        name = gallery.name_of(reading, here, asked.person) if asked.person else None
        found = gallery.gallery(reading, here, within, asked)
    return render_template(
        "exchanges/gallery.html",
        activity_name=activity.title,
        asked=asked,
        typed=_typed(),
        person_name=name,
        found=found,
        several=len(places) > 1,
        whole_course=whole_course,
        kinds=_kinds(within),
        KINDS=KINDS,
        Show=Show,
        Order=Order,
        sees_all=here.may(May.SEE_ALL_WORK),
        has_questions=any(place.activity.kind is Kind.QUESTION for place in within),
        tags_of=lambda card: tags(f"{card.contribution.title}\n{_text(card, asked)}"),
        takes_part=here.may(May.TAKE_PART),
        address=address,
        title_of=lambda card: marked(asked.search, card.contribution.title, card.contribution.language),
        lines_of=lambda card: excerpt(asked.search, _text(card, asked), card.contribution.language),
    )


@blueprint.get("/gallery/picture/<uuid:attachment_id>")
def picture(attachment_id: UUID) -> Response:
    """The small picture of a card."""
    here = _visitor()
    with database().read() as reading:
        places = gallery.places(reading, here, opened_activity(reading, here))
        found = gallery.picture(reading, here, places, attachment_id)
    try:
        with storage().open(found.storage_key) as file:
            content = thumbnail(file)
    except FileNotFoundError:
        raise NotFoundError(N_("This file does not exist.")) from None
    response = send_file(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def address(**changes: object) -> str:
    """The gallery as it is asked for, with some of it changed, from its first page on; empty leaves out."""
    asked: dict[str, Any] = {name: request.args.get(name) for name in PARTS} | {"q": _typed()} | changes
    return url_for(".index", **{name: value for name, value in asked.items() if value})


def _typed() -> str:
    return plain(request.args.get("q", "")[:MOST_TYPED])


def _visitor() -> Visit:
    """Who is here. Raises NotAllowedError for who neither takes part nor sees all work."""
    here = visit()
    if not here.may(May.SEE_ALL_WORK):
        here.require(May.TAKE_PART)
    return here


def _asked(args: Mapping[str, str]) -> Asked:
    """What an address asks for; what is spoilt in it does not count."""
    return Asked(
        show=_choice(Show, args.get("show"), Show.ALL),
        order=_choice(Order, args.get("order"), Order.NEWEST),
        kind=_choice(Kind, args.get("kind"), None),
        person=id_in(args.get("person", "")),
        search=Search.of(args["q"]) if args.get("q", "").strip() else None,
        after=id_in(args.get("after", "")),
    )


def _choice(choices: type[Choice], wanted: str | None, default: Default) -> Choice | Default:
    return choices(wanted) if wanted in set(choices) else default


def _kinds(within: Sequence[Place]) -> list[Kind]:
    return [kind for kind in Kind if any(place.activity.kind is kind for place in within)]


def _text(card: Card, asked: Asked) -> str:
    """What the author wrote, or as much of it as can be seen, without its marks."""
    text = "\n\n".join(Text.read("", card.contribution.answers).passages)
    return unmarked(text if asked.search else text[:BEGINNING])


def _locked(activity: Activity, places: Sequence[Place]) -> str:
    return render_template(
        "exchanges/gallery_locked.html",
        activity_name=activity.title,
        can_share=lets_in(schedule(activity).sharing(clock.now())),
        course=address(scope=COURSE) if any(place.open for place in places) else None,
    )
