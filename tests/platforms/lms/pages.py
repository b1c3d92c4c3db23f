"""The browser's side: plain pages for people who are signed in by a cookie that is SameSite=Lax.

A frame that the tool's own page sends to /auth has no cookie with it; like Moodle, the LMS then posts the
request to itself once more, from its own page (the `repost`). The pages' script is window.js.
"""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from platforms.lms import linking
from platforms.lms.exchange import RefusedError, demand
from platforms.lms.login import DeniedError, answer
from platforms.lms.people import Course, Link, Person
from platforms.lms.personalities import DEEP_LINKING, LAUNCH, PRIVACY, REVIEW
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

SCRIPT = Path(__file__).with_name("window.js").read_text()


def _page(title: str, body: str, status: int = 200) -> Response:
    text = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>
<link rel="icon" href="data:,"><style>iframe[name=tool]{{width:100%;height:585px;border:0}}</style>
<h1>{escape(title)}</h1>{body}</html>"""
    return Response(text, status, content_type="text/html; charset=utf-8")


def _post(address: str, form: Mapping[str, str]) -> Response:
    """A page that posts a form at once."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form.items()
    )
    body = f'<form method="post" action="{escape(address)}">{fields}<button>Go on</button></form>'
    return _page("Going on", body + "<script>document.forms[0].submit()</script>")


def _settings(lms: "Lms", role: str, subjects: Sequence[str] = ()) -> str:
    said = {
        "role": role,
        "tool": "{}://{}".format(*urlsplit(lms.tool)[:2]),
        "storage": lms.personality.storage_frame,
        "subjects": subjects,
        "answers": lms.answers_messages and bool(subjects or role == "storage"),
    }
    return f'<script data-settings="{escape(json.dumps(said))}">{SCRIPT}</script>'


def _framed(lms: "Lms", title: str, address: str, *subjects: str) -> Response:
    """A page with the tool in a frame, and the storage frame where the LMS has one."""
    storage = lms.personality.storage_frame
    body = _settings(lms, "page", subjects or lms.personality.subjects)
    if storage and storage != "_parent":
        body += f'<iframe name="{storage}" src="/storage" title="Storage" hidden></iframe>'
    body += f'<iframe name="tool" title="Tool" src="{escape(address)}" allow="camera; microphone"></iframe>'
    return _page(title, body)


def _cookie(lms: "Lms") -> str:
    """The cookie's name: cookies know no ports, and a browser may be signed in to two."""
    return f"lms_{lms.url.rpartition(':')[2]}"


def _person(lms: "Lms", request: Request) -> Person:
    sub = request.cookies.get(_cookie(lms), "")
    demand(sub in lms.people, "Nobody is signed in", 403)
    return lms.people[sub]


def _course(lms: "Lms", course: str) -> Course:
    demand(course in lms.courses, "No such context", 404)
    return lms.courses[course]


def _link(lms: "Lms", course: str, link: str) -> Link:
    demand(link in _course(lms, course).links, "No such link", 404)
    return lms.courses[course].links[link]


def sign_in(lms: "Lms", request: Request, sub: str, where: str) -> Response:
    """Signs a person in, and goes where they want."""
    demand(sub in lms.people, "No such person", 404)
    query = f"?{urlencode(request.args)}" if request.args else ""
    response = Response(status=302, headers={"Location": f"/{where}{query}"})
    response.set_cookie(_cookie(lms), sub, samesite="Lax", httponly=True)
    return response


def storage(lms: "Lms", request: Request) -> Response:
    """The frame that keeps the tool's data."""
    return _page("Storage", _settings(lms, "storage"))


# Launches


def course_page(lms: "Lms", request: Request, course: str) -> Response:
    """The course, with its links."""
    found = _course(lms, course)
    _person(lms, request)
    links = "".join(
        f'<li><a href="/contexts/{course}/links/{each.id}">{escape(each.title)}</a>'
        for each in found.links.values()
    )
    return _page(found.title, f"<ul>{links}</ul>")


def link_page(lms: "Lms", request: Request, course: str, link: str) -> Response:
    """The link with the tool in a frame; with ?container=window, with a button to open it in a new one."""
    found = _link(lms, course, link)
    args = {name: value for name, value in request.args.items() if name != "container"}
    start = f"/contexts/{course}/links/{link}/start?{urlencode(args)}"
    if request.args.get("container") == "window":
        return _page(found.title, f'<a href="{escape(start)}" target="_blank">Open {escape(found.title)}</a>')
    return _framed(lms, found.title, start)


def start(lms: "Lms", request: Request, course: str, link: str) -> Response:
    """Begins a login for the link: a launch, or with ?review=SUB a submission review."""
    found = _link(lms, course, link)
    more: dict[str, Any] = {}
    reviewed = request.args.get("review")
    if reviewed:
        more = {"for_user": lms.people[reviewed], "line_item": found.line_item}
    return _begin(lms, _person(lms, request), found, REVIEW if reviewed else LAUNCH, **more)


def privacy_page(lms: "Lms", request: Request, course: str) -> Response:
    """The page from which people ask the tool about their data."""
    _course(lms, course)
    return _framed(lms, "Your data", f"/contexts/{course}/privacy/start")


def privacy_start(lms: "Lms", request: Request, course: str) -> Response:
    """Begins a login for a data privacy launch."""
    return _begin(lms, _person(lms, request), _course(lms, course), PRIVACY)


def _begin(lms: "Lms", person: Person, at: Link | Course, message_type: str, **more: Any) -> Response:
    asked = lms.initiation(person, at, message_type, **more)
    if lms.personality.login_method == "POST":
        return _post(f"{lms.tool}/lti/login", asked)
    return Response(status=302, headers={"Location": f"{lms.tool}/lti/login?{urlencode(asked)}"})


def authenticate(lms: "Lms", request: Request) -> Response:
    """The OIDC authorisation endpoint."""
    asked = request.values.to_dict()
    sub = request.cookies.get(_cookie(lms), "")
    if not sub and "repost" not in asked:
        return _post(f"{lms.url}/auth", asked | {"repost": "1"})
    asked.pop("repost", None)
    try:
        form = answer(lms, asked, sub)
    except DeniedError as error:
        lms.denials.append(str(error))
        form = error.form
    return _post(asked["redirect_uri"], form)


def return_page(lms: "Lms", request: Request, course: str) -> Response:
    """Where the tool sends people back to, with its messages."""
    said = "".join(
        f'<p class="{escape(name)}">{escape(value)}</p>'
        for name, value in request.args.items()
        if name.startswith("lti_")
    )
    return _page(f"Back in {_course(lms, course).title}", said)


# Deep linking


def linking_page(lms: "Lms", request: Request, course: str) -> Response:
    """The dialog in which the tool offers what to link to."""
    _course(lms, course)
    return _framed(lms, "Add an activity", f"/contexts/{course}/deep_linking/start")


def linking_start(lms: "Lms", request: Request, course: str) -> Response:
    """Begins a login for a deep-linking request."""
    return _begin(lms, _person(lms, request), _course(lms, course), DEEP_LINKING)


def linking_return(lms: "Lms", request: Request, course: str, number: str) -> Response:
    """Takes the tool's answer, and shows what was made of it."""
    demand(request.form.keys() <= {"JWT", "repost"} and request.form.get("JWT"), "One field: JWT")
    in_browser = "Sec-Fetch-Site" in request.headers
    if in_browser and _cookie(lms) not in request.cookies:
        demand("repost" not in request.form, "Nobody is signed in", 403)
        return _post(request.full_path, request.form.to_dict() | {"repost": "1"})
    pending = lms.pending.get(number)
    if pending and in_browser:
        demand(_person(lms, request) == pending[0], "Another person asked for this", 403)
    try:
        taken = linking.take(lms, number, request.form["JWT"])
    except RefusedError as error:
        error.body = f"<!doctype html><h1>Refused</h1><p>{escape(error.why)}</p>"
        error.media = "text/html; charset=utf-8"
        raise
    made = "".join(f'<li data-id="{each.id}">{escape(each.title)}</li>' for each in taken["links"])
    said = "".join(
        f'<p class="{name}">{escape(taken[linking.DL + name])}</p>'
        for name in ("msg", "errormsg")
        if linking.DL + name in taken
    )
    return _page("Added" if made else "Nothing added", f"<ul>{made}</ul>{said}")


def registering(lms: "Lms", request: Request) -> Response:
    """The administrator's page with the tool's registration in a frame."""
    _person(lms, request)
    address = lms.invite(request.args["address"])
    return _framed(lms, "Register a tool", address, "org.imsglobal.lti.close")


ROUTES = (
    ("GET", "/as/<sub>/<path:where>", sign_in),
    ("GET", "/storage", storage),
    ("GET", "/contexts/<course>", course_page),
    ("GET", "/contexts/<course>/links/<link>", link_page),
    ("GET", "/contexts/<course>/links/<link>/start", start),
    ("GET", "/contexts/<course>/privacy", privacy_page),
    ("GET", "/contexts/<course>/privacy/start", privacy_start),
    ("GET POST", "/auth", authenticate),
    ("GET", "/contexts/<course>/return", return_page),
    ("GET", "/contexts/<course>/deep_linking", linking_page),
    ("GET", "/contexts/<course>/deep_linking/start", linking_start),
    ("POST", "/contexts/<course>/deep_link/<number>", linking_return),
    ("GET", "/registering", registering),
)
