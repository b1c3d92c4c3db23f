"""News over HTTP: a stream where the web server can keep one open, and the same asked for again and again."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, request

from ..activities.queries import id_in, opened_activity
from ..kernel.database import Database
from ..kernel.errors import RefusedError
from ..kernel.listeners import HandedOverError, Listener
from ..kernel.secrets import Sealer
from ..kernel.streams import Hub
from ..kernel.web import PREFIX, database, visit
from . import gallery, live, live_presence, queries

blueprint = Blueprint("live", __name__, url_prefix=PREFIX)
OFFER = "entraide.hands-over"  # in the environment, where our web server lets go of a socket
LIVE_PAGES = frozenset({"home.index", "gallery.index", "exchanges.contribution", "together.page"})
MOST_TOPICS = 8
CURSOR_LENGTH = 300


class Stream(Response):
    """An answer without an end: its socket goes to the hub, and the web server is rid of it."""

    def __init__(
        self, hub: Hub, topics: Iterable[str], place: UUID | None, cursor: live.Cursor | None
    ) -> None:
        super().__init__(mimetype="text/event-stream")
        self._hub, self._who = hub, (frozenset(topics), visit().person_id, visit().launch_id, place, cursor)
        self.headers["Connection"] = "close"  # when it ends, it ends
        self.headers["Cache-Control"] = "no-store, no-transform"  # a proxy must not gather it to compress it
        self.headers["X-Accel-Buffering"] = "no"  # nor nginx to send it whole

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Hand the socket over. Raises HandedOverError, always."""
        headers = self.get_wsgi_headers(environ)
        headers.remove("Content-Length")  # werkzeug has counted: nothing, so far
        lines = [f"{name}: {value}" for name, value in headers]
        head = "\r\n".join([f"HTTP/1.1 {self.status}", *lines, "", ""]).encode("latin-1")
        self._hub.join(Listener(*self._who, socket=environ["gunicorn.socket"].dup()), head)
        raise HandedOverError


@blueprint.record_once
def _prepare(state: Any) -> None:
    app: Flask = state.app
    source = live.Live(_database(app), _sealer(app))
    app.extensions["entraide.hub"] = Hub(source, app.config["ENTRAIDE"].live_readers)


@blueprint.before_app_request
def _take_cursor() -> None:
    """Before such a page reads anything: what comes after this is news to it."""
    if request.endpoint in LIVE_PAGES and g.get("visit"):
        _now()


@blueprint.app_context_processor
def _for_pages() -> dict[str, Any]:
    return {"live_since": lambda: live.sealed(_sealer(current_app), _now()[0]), "here_now": _here_now}


@blueprint.get("/live")
def stream() -> Response:
    """News as they come. 204 where this is not to be had: the page asks instead, now and then."""
    topics, place = _asked()
    hub: Hub = current_app.extensions["entraide.hub"]
    can = OFFER in request.environ and request.method == "GET" and hub.has_room(visit().person_id)
    if not can or (not topics and place is None):
        return Response(status=204)
    return Stream(hub, topics, place, _since())


@blueprint.get("/live/news")
def news() -> Response:
    """Where something is new since a cursor; 204 when nothing is. Without a cursor, the present one."""
    topics, _ = _asked()
    since = _since()
    with database().read() as session:
        now, *_ = live.now(session)
        found = live.changed(session, since, topics) if since else set()
    if since and not found:
        return Response(status=204)
    return make_response(jsonify(at=sorted(found), since=live.sealed(_sealer(current_app), now), within=0))


def _asked() -> tuple[set[str], UUID | None]:
    """The topics that are asked for and that the visitor may know of, and the activity they are at."""
    here = visit()
    topics: set[str] = set()
    place = None
    for name in request.args.getlist("on")[:MOST_TOPICS]:
        try:
            if name == "me":
                topics.add(live.bell_topic(here.person_id))
                continue
            with database().read() as session:
                if name == "here":
                    place = opened_activity(session, here).id
                elif name == "gallery":
                    places = gallery.places(session, here, opened_activity(session, here))
                    course = request.args.get("scope") == "course"
                    within = places if course else places[:1]
                    topics |= {live.gallery_topic(each.activity.id) for each in within if each.open}
                elif contribution := id_in(name.removeprefix("c-")):
                    activity = gallery.place_of(session, here, contribution)
                    topics.add(
                        live.contribution_topic(queries.opened(session, here, activity, contribution).id)
                    )
        except RefusedError:
            continue  # nothing to hear there, and no reason given
    return topics, place


def _since() -> live.Cursor | None:
    text = request.headers.get("Last-Event-ID") or request.args.get("since", "")
    return live.unsealed(_sealer(current_app), text[:CURSOR_LENGTH]) if text else None


def _now() -> tuple[live.Cursor, UUID | None, bool]:
    """Where this page begins to listen, and the activity if it shows who is here. One statement, once."""
    if "live_now" not in g:
        with database().read() as session:
            g.live_now = live.now(session, *live_presence.shown(visit()))
    return cast("tuple[live.Cursor, UUID | None, bool]", g.live_now)


def _here_now() -> live_presence.Here | None:
    _, activity, named = _now()
    if activity is None:
        return None
    with database().read() as session:
        return live_presence.here_now(session, visit(), activity, named=named)


def _database(app: Flask) -> Database:
    return cast(Database, app.extensions["entraide.database"])


def _sealer(app: Flask) -> Sealer:
    return cast(Sealer, app.extensions["entraide.sealer"])
