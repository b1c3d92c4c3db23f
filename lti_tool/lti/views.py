"""The door's addresses: login, launch, and the tool's public keys."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from ..kernel.limits import limiter
from ..kernel.permissions import Visit
from ..kernel.web import database
from . import arrivals, logins, storage
from .keys import public_keys
from .keysets import KeySets
from .messages import ProofNeededError, StrictLaunch
from .refusals import STEPS, LaunchRefusedError
from .registrations import DeploymentPendingError, Registrations
from .sessions import launch_path

log = structlog.get_logger(__name__)
blueprint = Blueprint("lti", __name__, url_prefix="/lti")

HOURS_BY_ADDRESS = 2  # an address is seen by more than a cookie is
PROBE = "entraide-probe"
LaunchHook = Callable[[Session, Visit], None]


def on_launch(app: Flask, hook: LaunchHook) -> None:
    """Have `hook` called in the transaction of every launch that is let in."""
    app.extensions.setdefault("entraide.on_launch", []).append(hook)


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("100 per second; 3000 per minute")
def login() -> BaseResponse:
    """OIDC login initiation (Security Framework 1.0, section 5.1.1.1), by GET or POST.

    In a frame, or where the platform offers its storage, a page looks first whether the browser keeps
    cookies: what the platform gave works once, and must not be spent on a launch that cannot end well.
    """
    parameters = {name: value for name, value in request.values.items() if isinstance(value, str)}
    with database().write() as writing:
        begun = logins.begin(writing, parameters, _settings().base_url)
    if begun.storage.frame or request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}:
        again = f"{url_for('lti.login')}?{urlencode(begun.again)}"
        response: BaseResponse = _door("lti/login.html", "login", login=begun, again=again)
        # What the page's script may see, so that it knows whether the other one was kept.
        _set_cookie(response, PROBE, begun.key, 60, path="/lti/login", httponly=False)
    else:
        response = redirect(begun.address, 302)
    _set_cookie(response, begun.key, begun.secret, int(logins.LIFETIME.total_seconds()), path="/lti/launch")
    return response


@blueprint.post("/launch")
def launch() -> BaseResponse:
    """The authentication response (section 5.1.1.3): validated whole, then a visit of its own."""
    form = _single_values()
    if form.get("error"):
        log.warning("platform_error", error=form["error"][:200], text=form.get("error_description", "")[:500])
        raise LaunchRefusedError("platform-error", form["error"][:200])
    try:
        visit, secret = _let_in(form, request.cookies)
    except ProofNeededError as needed:
        with database().write() as writing:
            storage.keep(writing, form["state"], form["id_token"])
        key = logins.cookie_name(form["state"])
        return _door("lti/proof.html", "browser", needed=needed, key=key, state=form["state"])
    g.visit = visit
    session["key"] = secret
    response = redirect(f"{launch_path(visit.launch_id)}/", 303)
    _set_cookie(response, logins.cookie_name(form["state"]), "", 0, path="/lti/launch")
    return response


@blueprint.post("/launch/proof")
def proof() -> BaseResponse:
    """What the platform's storage gave back, for a launch that waits. The visit's address has its secret."""
    state, given = (request.form.get(name, "") for name in ("state", "proof"))
    with database().read() as reading:
        token = storage.waiting(reading, state, given)
    as_cookie = {logins.cookie_name(state): given}
    visit, secret = _let_in({"id_token": token, "state": state}, as_cookie, by_address=True)
    return redirect(f"{launch_path(visit.launch_id, secret)}/", 303)


@blueprint.get("/jwks")
def jwks() -> Response:
    """The tool's public keys."""
    with database().read() as reading:
        response = jsonify(public_keys(reading))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _let_in(
    form: dict[str, str], cookies: Mapping[str, str], *, by_address: bool = False
) -> tuple[Visit, str]:
    try:
        return _arrive(form, cookies, by_address)
    except IntegrityError:  # two first launches at once made the same row: the second finds it
        return _arrive(form, cookies, by_address)


def _arrive(form: dict[str, str], cookies: Mapping[str, str], by_address: bool) -> tuple[Visit, str]:
    # Validating may fetch the platform's keys: never while holding the write lock.
    with database().read() as reading:
        message = StrictLaunch(reading, _keysets(), form, cookies, _settings().base_url)
        try:
            message.validate()
        except DeploymentPendingError as pending:
            _remember(message, pending)
            pending.return_url = message.claims.return_url
            raise
    hours = min(HOURS_BY_ADDRESS, _settings().session_hours) if by_address else _settings().session_hours
    with database().write() as writing:
        logins.use(writing, form["state"])
        mail = _settings().sends_mail
        visit, secret = arrivals.arrive(writing, message, hours, by_address=by_address, keep_email=mail)
        for hook in current_app.extensions.get("entraide.on_launch", []):
            hook(writing, visit)
    return visit, secret


def _remember(message: StrictLaunch, pending: DeploymentPendingError) -> None:
    """Keep the deployment for an administrator to approve. Only a signed launch gets here."""
    with suppress(IntegrityError), database().write() as writing:  # two at once: one of them did it
        Registrations(writing).remember(
            pending.platform, pending.deployment_id, message.claims.platform_label
        )


def _door(template: str, step: str, **values: Any) -> Response:
    """A page on the way in. Only the browser knows what goes wrong there: the log has its code beforehand."""
    support = secrets.token_hex(4)
    log.info("browser_asked", step=step, support=support)
    return make_response(render_template(template, step=STEPS[step], support=support, **values))


def _set_cookie(
    response: BaseResponse, name: str, value: str, seconds: int, *, path: str, httponly: bool = True
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=True,
        httponly=httponly,
        samesite="None",
        partitioned=_settings().partitioned_cookies,
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
