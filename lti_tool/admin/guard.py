"""Before every page of an administrator: who is it? And the cookie that says so.

The cookie is first-party only: a page inside a frame of another site never gets it. Flask's own session keeps
nothing outside a launch, so the forms' token is derived from the cookie's secret.
"""

from typing import cast

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from ..kernel.secrets import digest
from ..kernel.web import database
from .models import AdminSession
from .signing import LONGEST, find_session

ROOM = "admin"
OPEN = frozenset({f"{ROOM}.enter", f"{ROOM}.use_link"})


def welcome(app: Flask) -> None:
    """Let nobody but administrators in. Call it before the forms' protection, which wants the token."""

    @app.before_request
    def load() -> None:
        if ROOM not in request.blueprints:
            return
        is_open = request.endpoint in OPEN
        secret = request.values.get("code", "") if is_open else request.cookies.get(_cookie_name(), "")
        session["csrf_token"] = digest(f"csrf/{secret}")
        if not is_open:
            g.admin = find_session(database(), secret)


def administrator() -> AdminSession:
    """Who is here."""
    return cast(AdminSession, g.admin)


def remember(response: Response, secret: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        _cookie_name(),
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=_is_https(),
        httponly=True,
        samesite="Strict",
    )


def forget(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(_cookie_name(), path="/", secure=_is_https(), httponly=True, samesite="Strict")


def _cookie_name() -> str:
    return "__Host-entraide-admin" if _is_https() else "entraide-admin"


def _is_https() -> bool:
    return bool(current_app.config["ENTRAIDE"].base_url.startswith("https:"))
