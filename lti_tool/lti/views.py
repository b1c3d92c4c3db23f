"""The door's addresses: login, launch, and the tool's public keys."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import structlog
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, request, session
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from ..kernel.limits import limiter
from ..kernel.permissions import Visit
from ..kernel.web import database
from . import arrivals, logins
from .keys import public_keys
from .keysets import KeySets
from .messages import StrictLaunch
from .refusals import LaunchRefusedError
from .registrations import DeploymentPendingError, Registrations
from .sessions import launch_path

log = structlog.get_logger(__name__)
blueprint = Blueprint("lti", __name__, url_prefix="/lti")

LaunchHook = Callable[[Session, Visit], None]


def on_launch(app: Flask, hook: LaunchHook) -> None:
    """Have `hook` called in the transaction of every launch that is let in."""
    app.extensions.setdefault("entraide.on_launch", []).append(hook)


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("100 per second; 3000 per minute")
def login() -> BaseResponse:
    """OIDC login initiation (Security Framework 1.0, section 5.1.1.1), by GET or POST."""
    parameters = {name: value for name, value in request.values.items() if isinstance(value, str)}
    with database().write() as writing:
        begun = logins.begin(writing, parameters, _settings().base_url)
    response = redirect(begun.address, 302)
    response.set_cookie(
        begun.cookie_name,
        begun.cookie_value,
        max_age=int(logins.LIFETIME.total_seconds()),
        path="/lti/launch",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=_settings().partitioned_cookies,
    )
    return response


@blueprint.post("/launch")
def launch() -> BaseResponse:
    """The authentication response (section 5.1.1.3): validated whole, then a visit of its own."""
    form = _single_values()
    if form.get("error"):
        log.warning("platform_error", error=form["error"][:200], text=form.get("error_description", "")[:500])
        raise LaunchRefusedError("platform-error", form["error"][:200])
    try:
        visit, secret = _let_in(form)
    except IntegrityError:  # two first launches at once made the same row: the second finds it
        visit, secret = _let_in(form)
    g.visit = visit
    session["key"] = secret
    response = redirect(f"{launch_path(visit.launch_id)}/", 303)
    response.delete_cookie(
        logins.cookie_name(form["state"]),
        path="/lti/launch",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=_settings().partitioned_cookies,
    )
    return response


@blueprint.get("/jwks")
def jwks() -> Response:
    """The tool's public keys."""
    with database().read() as reading:
        response = jsonify(public_keys(reading))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _let_in(form: dict[str, str]) -> tuple[Visit, str]:
    # Validating may fetch the platform's keys: never while holding the write lock.
    with database().read() as reading:
        message = StrictLaunch(reading, _keysets(), form, request.cookies, _settings().base_url)
        try:
            message.validate()
        except DeploymentPendingError as pending:
            _remember(message, pending)
            raise
    with database().write() as writing:
        logins.use(writing, form["state"])
        visit, secret = arrivals.arrive(writing, message, _settings().session_hours)
        for hook in current_app.extensions.get("entraide.on_launch", []):
            hook(writing, visit)
    return visit, secret


def _remember(message: StrictLaunch, pending: DeploymentPendingError) -> None:
    """Keep the deployment for an administrator to approve. Only a signed launch gets here."""
    with suppress(IntegrityError), database().write() as writing:  # two at once: one of them did it
        Registrations(writing).remember(
            pending.platform, pending.deployment_id, message.claims.platform_label
        )


def _single_values() -> dict[str, str]:
    """The form's fields; one that came twice could mean either, so it is refused."""
    for name in ("id_token", "state"):
        if len(request.form.getlist(name)) > 1:
            raise LaunchRefusedError("launch-incomplete", f"{name} came twice")
    return request.form.to_dict()


def _settings() -> Any:
    return current_app.config["ENTRAIDE"]


def _keysets() -> KeySets:
    return cast(KeySets, current_app.extensions["entraide.keysets"])
