"""The token endpoint: client credentials with a signed assertion (Security Framework 1.0, section 4.1)."""

import json
import secrets
import urllib.request
from typing import TYPE_CHECKING, Any

from platforms.lms.exchange import RefusedError
from platforms.lms.jose import BadTokenError, verified
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 300  # seconds an assertion may live
SKEW = 60  # seconds a clock may be off
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def issue(lms: "Lms", request: Request) -> Response:
    """A token for the scopes asked."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise _error(lms, "invalid_request")
    form = request.form
    if any(len(form.getlist(name)) > 1 for name in form):
        raise _error(lms, "invalid_request")
    if form.get("grant_type") != "client_credentials":
        raise _error(lms, "unsupported_grant_type")
    if form.get("client_assertion_type") != ASSERTION:
        raise _error(lms, "invalid_request")
    try:
        check_assertion(lms, signed_by_tool(lms, form.get("client_assertion", "")))
    except BadTokenError as error:
        raise _error(lms, "invalid_client", str(error)) from error
    scopes = form.get("scope", "").split()
    if not scopes or not set(scopes) <= set(lms.scopes):
        raise _error(lms, "invalid_scope", form.get("scope", ""))
    token = {
        "token": secrets.token_hex(32),
        "scope": " ".join(scopes),
        "expires": lms.clock() + lms.personality.token_life,
        "revoked": False,
    }
    lms.tokens_issued.append(token)
    body = {
        "access_token": token["token"],
        "token_type": "Bearer",
        "expires_in": lms.personality.token_life,
        "scope": token["scope"],
    }
    body = {name: value for name, value in (body | lms.token_answer).items() if value is not None}
    text = json.dumps(body, indent=2, separators=(",", " : "))
    return Response(text, content_type=lms.personality.token_type)


def _error(lms: "Lms", code: str, why: str = "") -> RefusedError:
    status = 401 if code == "invalid_client" and not lms.personality.reason_in_status_line else 400
    body = json.dumps({"error": code, "error_description": why} if why else {"error": code})
    return RefusedError(status, f"{code} {why}".strip(), body, lms.personality.token_type)


def check_assertion(lms: "Lms", claims: dict[str, Any]) -> None:
    """BadTokenError unless the client is ours and the assertion fresh, short-lived, for us, and new."""
    now = lms.clock()
    if not claims.get("iss") == claims.get("sub") == lms.client_id:
        raise BadTokenError("iss and sub must be the client id")
    audience = lms.personality.token_audience or f"{lms.url}/token"
    if claims.get("aud") not in (audience, [audience]):
        raise BadTokenError(f"aud must be {audience}")
    issued, expires, unique = claims.get("iat"), claims.get("exp"), claims.get("jti")
    if not isinstance(issued, int) or not isinstance(expires, int):
        raise BadTokenError("iat and exp must be whole seconds")
    if issued > now + SKEW:
        raise BadTokenError("Cannot handle token with iat prior to now")
    if expires <= now:
        raise BadTokenError("Expired token")
    if expires - issued > LONGEST:
        raise BadTokenError("The assertion lives for more than five minutes")
    if not isinstance(unique, str) or not unique:
        raise BadTokenError("jti is missing")
    if unique in lms.seen:
        raise BadTokenError("jti has been used")
    lms.seen.add(unique)


def signed_by_tool(lms: "Lms", token: str) -> dict[str, Any]:
    """The claims of a token that the tool signed; its key set is cached, and fetched again when it fails."""
    if lms.cached_keys is not None:
        try:
            return verified(token, lms.cached_keys)
        except BadTokenError:
            lms.cached_keys = None
    keys = fetch_keys(lms)
    claims = verified(token, keys)
    lms.cached_keys = keys
    return claims


def fetch_keys(lms: "Lms") -> Any:
    """The tool's key set as it is now."""
    source = lms.tool_keys or f"{lms.tool}/lti/jwks"
    if callable(source):
        return source()
    try:
        with _OPENER.open(source, timeout=5) as answered:
            return json.load(answered)
    except (OSError, ValueError) as error:
        raise BadTokenError(f"The tool's key set cannot be had: {error}") from error
