"""Access tokens: how a tool gets one, and what a service lets it do (LTI security 1.0, section 4)."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import httpx
import jwt
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lti_tool.demo.gradebook import RefusalError
from lti_tool.demo.platform import ASSERTION_SECONDS, TOKEN_SECONDS, Platform, Run, platform

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
AGS_SCOPES = frozenset(AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score"))
SCOPES = AGS_SCOPES | {ROSTER_SCOPE}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

P = ParamSpec("P")
blueprint = Blueprint("tokens", __name__)


@blueprint.post("/mod/lti/token")
def token() -> ResponseReturnValue:
    """An access token for a signed assertion (OAuth 2.0 client credentials, RFC 7523)."""
    lms, asked = platform(), request.form
    if asked.get("grant_type") != "client_credentials":
        return jsonify(error="unsupported_grant_type"), 400
    if asked.get("client_assertion_type") != ASSERTION_TYPE or not asked.get("client_assertion"):
        return jsonify(error="invalid_request"), 400
    try:
        _check_assertion(lms, asked["client_assertion"])
    except (jwt.PyJWTError, httpx.HTTPError, ValueError) as problem:
        return jsonify(error="invalid_client", error_description=str(problem)), 400
    scopes = frozenset(asked.get("scope", "").split()) & SCOPES
    if not scopes:
        return jsonify(error="invalid_scope"), 400
    return jsonify(
        access_token=lms.tokens.issue(scopes),
        token_type="Bearer",  # noqa: S106 - the kind of token, not one
        expires_in=TOKEN_SECONDS,
        scope=" ".join(sorted(scopes)),
    )


def _check_assertion(lms: Platform, assertion: str) -> None:
    """Raise unless the registered tool signed this assertion, for us, now, and for the first time."""
    claims = signed_by_the_tool(lms, assertion, lms.settings.token_url, "jti")
    if claims.get("sub") != lms.settings.client_id:
        raise ValueError("sub is not the client")


def signed_by_the_tool(lms: Platform, token: str, audience: str, once: str) -> dict[str, Any]:
    """What the registered tool signed for us, now, and for the first time by the claim `once`.

    Raises jwt.PyJWTError, httpx.HTTPError or ValueError.
    """
    key_id = jwt.get_unverified_header(token).get("kid")
    fetched = httpx.get(lms.settings.tool_jwks_url, timeout=5, trust_env=False).raise_for_status()
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(fetched.json()).keys}
    if key_id not in keys:
        raise ValueError("the tool publishes no key with this kid")
    claims: dict[str, Any] = jwt.decode(
        token,
        keys[key_id],
        algorithms=["RS256"],
        audience=audience,
        issuer=lms.settings.client_id,
        options={"require": ["iss", "aud", "iat", "exp", once]},
    )
    if claims["exp"] - claims["iat"] > ASSERTION_SECONDS:
        raise ValueError("exp is too far away")
    if not lms.assertions.keep(f"{once} {claims[once]}", True):
        raise ValueError(f"{once} was used before")
    return claims


def needs(*scopes: str) -> Callable[[Callable[Concatenate[Platform, Run, P], Any]], Callable[P, Any]]:
    """Let a course's view be called only with a token of one of these scopes: 401 without one, else 403."""

    def guard(view: Callable[Concatenate[Platform, Run, P], Any]) -> Callable[P, Any]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            lms, sent = platform(), request.authorization
            granted = lms.tokens.look(sent.token or "") if sent and sent.type == "bearer" else None
            if granted is None:
                raise RefusalError(401, "Unauthorized")
            if not granted & set(scopes):
                raise RefusalError(403, f"The token lacks the scope {scopes[0]}")
            run = lms.runs.get(str(kwargs.pop("course_id", "")))
            if run is None:
                raise RefusalError(404, "There is no such course")
            return view(lms, run, *args, **kwargs)

        return guarded

    return guard
