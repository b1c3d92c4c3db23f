"""Our own strict policy on a launch: what a token must say, and what we take from it. Pure.

LTI 1.3 core, sections 5.3 and 5.4; Security Framework 1.0, section 5.1.3. PyLTI1p3 checks less (no `exp`,
`azp`, one audience, no leeway) and raises anything on odd shapes, so it is not asked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..kernel.markup import plain
from .addresses import is_ours, web_address
from .refusals import LaunchRefusedError

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
LEEWAY = 60  # seconds, both ways: Moodle's tokens live for 60 s, and clocks differ
OLDEST = 3600  # seconds since a token was issued; it answers a login of the last minutes
_END = 1e12  # seconds since 1970 that no honest clock says; what a float cannot hold is beyond it
LONGEST = 255  # characters of an id (LTI 1.3 core, section 5.3: at most 255 ASCII characters)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the platform offers for a link: its line items and its roster."""

    lineitem_url: str = ""
    lineitems_url: str = ""
    ags_scopes: tuple[str, ...] = ()
    memberships_url: str = ""


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """A launch that holds, with what we use of it."""

    sub: str
    nonce: str
    deployment_id: str
    message_type: str
    roles: tuple[str, ...]
    context_id: str
    context_title: str
    resource_link_id: str
    resource_link_title: str
    name: str = ""
    locale: str = ""
    return_url: str = ""
    product: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    offer: Offer = Offer()


def parse_strictly(segment: bytes) -> dict[str, Any]:
    """A JSON object without doubled names, NaN or lone surrogates.

    Raises:
        LaunchRefusedError: it is not (token-malformed).

    """
    try:
        value = json.loads(segment.decode(), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise LaunchRefusedError("token-malformed", f"payload: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise LaunchRefusedError("token-malformed", "payload is not an object")
    return value


def read_claims(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, base_url: str, now: datetime
) -> LaunchClaims:
    """Check a token's claims for one registration and take what we use.

    Args:
        claims: the payload, its signature checked already.
        issuer: the registration's issuer.
        client_id: the registration's client.
        base_url: the tool's own address; a launch must aim below it.
        now: the moment to judge its times by.

    Raises:
        LaunchRefusedError: token-claims, token-expired, message-unsupported, target-foreign or no-course.

    """
    if _text(claims, "iss") != issuer:
        raise _bad("iss")
    _check_audience(claims, client_id)
    _check_times(claims, now.timestamp())
    if _text(claims, CLAIM + "version") != "1.3.0":
        raise _bad("version")
    message_type = _text(claims, CLAIM + "message_type")
    if message_type != "LtiResourceLinkRequest":
        raise LaunchRefusedError("message-unsupported", message_type, message=message_type[:60])
    link = _object(claims, CLAIM + "resource_link")
    link_id = _text(link, "id", "resource_link")
    roles = claims.get(CLAIM + "roles")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise _bad("roles")
    target = _text(claims, CLAIM + "target_link_uri", longest=4000)
    if not is_ours(target, base_url):
        raise LaunchRefusedError("target-foreign", target)
    context = _optional(claims, CLAIM + "context")
    if not context:
        raise LaunchRefusedError("no-course")
    presentation = _optional(claims, CLAIM + "launch_presentation")
    custom = _optional(claims, CLAIM + "custom")
    return LaunchClaims(
        sub=_text(claims, "sub"),
        nonce=_text(claims, "nonce"),
        deployment_id=_text(claims, CLAIM + "deployment_id"),
        message_type=message_type,
        roles=tuple(roles),
        context_id=_text(context, "id", "context"),
        context_title=_loose(context, "title") or _loose(context, "label"),
        resource_link_id=link_id,
        resource_link_title=_loose(link, "title"),
        name=_loose(claims, "name")
        or f"{_loose(claims, 'given_name')} {_loose(claims, 'family_name')}".strip(),
        locale=_loose(presentation, "locale"),
        return_url=_web_address(presentation, "return_url"),
        product=_loose(_optional(claims, CLAIM + "tool_platform"), "product_family_code"),
        custom=_substituted(custom),
        offer=_offer(claims),
    )


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not audiences or not all(isinstance(each, str) for each in audiences) or client_id not in audiences:
        raise _bad("aud")
    azp = claims.get("azp")
    if azp is None and len(audiences) > 1:
        raise _bad("azp")
    if azp is not None and azp != client_id:
        raise _bad("azp")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    if now - LEEWAY >= _number(claims, "exp"):
        raise LaunchRefusedError("token-expired", "exp is past")
    if not now - OLDEST < _number(claims, "iat") <= now + LEEWAY:
        raise LaunchRefusedError("token-expired", "iat is in the future, or too long ago")
    if claims.get("nbf") is not None and _number(claims, "nbf") > now + LEEWAY:
        raise LaunchRefusedError("token-expired", "nbf is in the future")


def _offer(claims: Mapping[str, Any]) -> Offer:
    endpoint = _optional(claims, AGS)
    scopes = endpoint.get("scope")
    scopes = scopes.split() if isinstance(scopes, str) else scopes if isinstance(scopes, list) else []
    return Offer(
        lineitem_url=_web_address(endpoint, "lineitem"),
        lineitems_url=_web_address(endpoint, "lineitems"),
        ags_scopes=tuple(scope for scope in scopes if isinstance(scope, str) and web_address(scope)),
        memberships_url=_web_address(_optional(claims, NRPS), "context_memberships_url"),
    )


def _substituted(custom: Mapping[str, Any]) -> dict[str, str]:
    """Custom variables that the platform filled: a literal `$Name` counts as absent."""
    return {
        key: str(value)
        for key, value in custom.items()
        if isinstance(value, str | int | float) and not str(value).startswith("$")
    }


def _bad(claim: str) -> LaunchRefusedError:
    return LaunchRefusedError("token-claims", claim, claim=claim)


def _text(claims: Mapping[str, Any], name: str, inside: str = "", *, longest: int = LONGEST) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest or "\x00" in value:
        raise _bad(inside or name.removeprefix(CLAIM))
    return value


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_END < value < _END:
        raise _bad(name)
    return float(value)


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    if not isinstance(value, dict):
        raise _bad(name.removeprefix(CLAIM))
    return value


def _optional(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An optional object; absent, null or of another shape is all the same: not there."""
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _loose(claims: Mapping[str, Any], name: str) -> str:
    """An optional text on one line; of another shape is the same as not there."""
    value = claims.get(name)
    return " ".join(plain(value).split())[:500] if isinstance(value, str) else ""


def _web_address(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return str(value) if web_address(value) else ""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
