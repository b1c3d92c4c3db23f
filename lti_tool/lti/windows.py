"""From a frame into a window of its own, where browsers keep cookies: a link that works once."""

from urllib.parse import quote

from flask import Blueprint, current_app, g, redirect, render_template, request, session
from werkzeug.wrappers import Response

from ..kernel.web import PREFIX, database, visit
from . import handovers
from .refusals import LaunchRefusedError
from .sessions import launch_path
from .views import blueprint as door

blueprint = Blueprint("windows", __name__, url_prefix=PREFIX)


@blueprint.get("/window")
def offer() -> str:
    """The link to the same place in a window of its own."""
    with database().write() as writing:
        code = handovers.offer(writing, visit())
    return render_template(
        "lti/window.html", code=code, at=request.args.get("at", ""), minutes=handovers.LIFETIME.seconds // 60
    )


@door.route("/enter", methods=["GET", "POST"])
def enter() -> Response | str:
    """The other end of the link.

    It lets in at once who comes from our own page. Anybody else is asked first, by name: or somebody could
    send a link of theirs, and have others work under their name (login CSRF).
    """
    settings = current_app.config["ENTRAIDE"]
    code = request.values.get("code", "")
    g.frame_ancestors = "'none'"
    if not _is_from_here(settings.base_url):
        with database().read() as reading:
            name = handovers.name_behind(reading, code)
        return render_template("lti/enter.html", name=name, code=code, at=request.args.get("at", ""))
    with database().write() as writing:
        g.visit, secret = handovers.enter(writing, code, settings.session_hours)
    session["key"] = secret
    return redirect(launch_path(g.visit.launch_id) + _place(), 303)


def _is_from_here(base_url: str) -> bool:
    if request.method == "POST":  # every browser says with a form from where it comes
        if request.headers.get("Origin") != base_url:
            raise LaunchRefusedError("window-over", "a form from elsewhere", status=403)
        return True
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _place() -> str:
    """The page of the visit to open, below its prefix, with what its address asks for."""
    at = request.values.get("at", "")
    return quote(at, safe="/?&=%") if at.startswith("/") else "/"
