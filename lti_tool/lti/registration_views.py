"""The addresses of registration: the page that a platform opens, and Canvas's configuration."""

import re
import shlex
from dataclasses import asdict
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from ..kernel.limits import limiter
from ..kernel.secrets import digest
from ..kernel.web import database
from ..people.models import Platform
from . import canvas, invitations, registering, toolconfiguration
from .models import Invitation
from .platformconfiguration import PlatformConfiguration
from .refusals import RegistrationRefusedError
from .registering import Registered, Registrar

blueprint = Blueprint("registration", __name__, url_prefix="/lti")
_TOKEN = re.compile(r"[!-~]{0,8192}")  # what a header can hold
LIFETIME = 1800  # seconds between looking at the page and registering


@blueprint.get("/register")
@limiter.limit("30 per minute")
def register() -> str:
    """Ask before registering with the platform that opened this page (Dynamic Registration 1.0, 3.3)."""
    given = {
        name: request.args.get(name, "")
        for name in ("invitation", "openid_configuration", "registration_token")
    }
    if not given["invitation"] or not given["openid_configuration"]:
        raise RegistrationRefusedError("registration-incomplete")
    if not _TOKEN.fullmatch(given["registration_token"]):
        raise RegistrationRefusedError("registration-incomplete", "the registration token is none")
    with database().read() as reading:
        invited = invitations.find(reading, given["invitation"])
    configuration = _registrar(given["registration_token"]).ask(given["openid_configuration"])
    with database().read() as reading:
        name = registering.free_name(reading, invited.name or configuration.host)
    metadata = toolconfiguration.tool_metadata(configuration, _settings().base_url)
    return render_template(
        "lti/register.html",
        platform=configuration,
        name=name,
        asks=toolconfiguration.asks(metadata),
        form=_forms().dumps({**given, "configuration": asdict(configuration)}),
    )


@blueprint.post("/register")
@limiter.limit("30 per minute")
def confirm() -> BaseResponse:
    """Register. There is no session in the platform's frame: a signed field says what was looked at."""
    try:
        seen = _forms().loads(request.form.get("form", ""), max_age=LIFETIME)
    except BadData:
        raise RegistrationRefusedError("registration-stale") from None
    invitation, configuration = seen["invitation"], PlatformConfiguration(**seen["configuration"])
    with database().read() as reading:
        invitations.find(reading, invitation)
    registered = _registrar(seen["registration_token"]).register(configuration)
    try:
        _keep(configuration, registered, invitation)
    except SQLAlchemyError as error:
        raise RegistrationRefusedError("registration-lost", repr(error)) from error
    return redirect(url_for(".registered", invitation=invitation), 303)


@blueprint.get("/registered")
def registered() -> str:
    """Tell that it is done, and what comes next."""
    query = (
        select(Platform)
        .join(Invitation, Invitation.platform_id == Platform.id)
        .where(Invitation.token == digest(request.args.get("invitation", "")))
    )
    with database().read() as reading:
        platform = reading.scalar(query)
    if platform is None:
        raise RegistrationRefusedError("invitation-unknown")
    return render_template(
        "lti/registered.html", platform=platform, name_in_a_shell=shlex.quote(platform.name)
    )


@blueprint.get("/canvas.json")
def canvas_key() -> Response:
    """What a Canvas developer key is made from."""
    return jsonify(canvas.developer_key(_settings().base_url))


def _keep(configuration: PlatformConfiguration, registered: Registered, invitation: str) -> None:
    try:
        with database().write() as writing:
            registering.keep(writing, configuration, registered, invitation)
    except IntegrityError:  # two at once took the same name, or were the same: the second sees the first
        with database().write() as writing:
            registering.keep(writing, configuration, registered, invitation)


def _registrar(token: str) -> Registrar:
    settings = _settings()
    return Registrar(settings.base_url, settings.allow_private_networks, token)


def _forms() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cast(str, current_app.secret_key), salt="registration")


def _settings() -> Any:
    return current_app.config["ENTRAIDE"]
