"""Our own strict policy on a launch: what a token must say, and what we take from it. Pure.

LTI 1.3 core, sections 5.3 and 5.4; Security Framework 1.0, section 5.1.3. PyLTI1p3 checks less (no `exp`,
`azp`, one audience, no leeway) and raises anything on odd shapes, so it is not asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..kernel.permissions import Purpose
from .addresses import is_ours
from .names import CLAIM, CONTEXT_HISTORY, LINK_HISTORY
from .offers import DeepLinking, Offer, read_deep_linking, read_offer
from .refusals import LaunchRefusedError
from .shapes import Claims, address, faulty, history, line, number, optional, required, text

LEEWAY = 60  # seconds, both ways: Moodle's tokens live for 60 s, and clocks differ
OLDEST = 3600  # seconds since a token was issued; it answers a login of the last minutes
PURPOSES = {
    "LtiResourceLinkRequest": Purpose.TAKE_PART,
    "LtiDeepLinkingRequest": Purpose.PICK,
    "LtiSubmissionReviewRequest": Purpose.SEE_WORK,
    "DataPrivacyLaunchRequest": Purpose.OWN_DATA,
}


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """A launch that holds, with what we use of it: without a link or a course where it comes from none."""

    sub: str
    nonce: str
    deployment_id: str
    purpose: Purpose
    roles: tuple[str, ...]
    context_id: str = ""
    context_title: str = ""
    resource_link_id: str = ""
    resource_link_title: str = ""
    name: str = ""
    email: str = ""
    locale: str = ""
    return_url: str = ""
    product: str = ""
    platform_label: str = ""
    platform_url: str = ""
    platform_guid: str = ""
    sourcedid: str = ""
    about_sub: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    offer: Offer = field(default_factory=Offer)
    deep_linking: DeepLinking | None = None

    @property
    def context_history(self) -> tuple[str, ...]:
        """The contexts this one was copied from, the newest first."""
        return history(self.custom.get(CONTEXT_HISTORY, ""))

    @property
    def link_history(self) -> tuple[str, ...]:
        """The links this one was copied from, the newest first."""
        return history(self.custom.get(LINK_HISTORY, ""))


def read_claims(claims: Claims, *, issuer: str, client_id: str, base_url: str, now: datetime) -> LaunchClaims:
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
    check_envelope(claims, issuer=issuer, client_id=client_id, now=now)
    message_type = text(claims, CLAIM + "message_type")
    purpose = PURPOSES.get(message_type)
    if purpose is None:
        raise LaunchRefusedError("message-unsupported", message_type, message=message_type[:60])
    has_link = purpose in {Purpose.TAKE_PART, Purpose.SEE_WORK}
    link = required(claims, CLAIM + "resource_link") if has_link else {}
    link_id = text(link, "id", "resource_link") if has_link else ""
    target = text(claims, CLAIM + "target_link_uri", longest=4000)
    if not is_ours(target, base_url):
        raise LaunchRefusedError("target-foreign", target)
    context = {} if purpose is Purpose.OWN_DATA else optional(claims, CLAIM + "context")
    if not context and purpose is not Purpose.OWN_DATA:
        raise LaunchRefusedError("no-course")
    presentation = optional(claims, CLAIM + "launch_presentation")
    platform = optional(claims, CLAIM + "tool_platform")
    custom = optional(claims, CLAIM + "custom")
    return LaunchClaims(
        sub=text(claims, "sub"),
        nonce=text(claims, "nonce"),
        deployment_id=text(claims, CLAIM + "deployment_id"),
        purpose=purpose,
        roles=_roles(claims, purpose),
        context_id=text(context, "id", "context") if context else "",
        context_title=line(context, "title") or line(context, "label"),
        resource_link_id=link_id,
        resource_link_title=line(link, "title"),
        name=line(claims, "name") or f"{line(claims, 'given_name')} {line(claims, 'family_name')}".strip(),
        email=line(claims, "email"),
        locale=line(presentation, "locale"),
        return_url=address(presentation, "return_url"),
        product=line(platform, "product_family_code"),
        platform_label=line(platform, "name") or line(platform, "url") or line(platform, "guid"),
        platform_url=address(platform, "url"),
        platform_guid=line(platform, "guid"),
        sourcedid=line(optional(claims, CLAIM + "lis"), "person_sourcedid"),
        about_sub=_about(claims) if purpose is Purpose.SEE_WORK else "",
        custom=_substituted(custom),
        offer=read_offer(claims),
        deep_linking=read_deep_linking(claims) if purpose is Purpose.PICK else None,
    )


def check_envelope(claims: Claims, *, issuer: str, client_id: str, now: datetime) -> None:
    """Check what any message of a platform must say: from whom, for whom, when, in which version.

    Raises:
        LaunchRefusedError: token-claims or token-expired.

    """
    if text(claims, "iss") != issuer:
        raise faulty("iss")
    _check_audience(claims, client_id)
    _check_times(claims, now.timestamp())
    if text(claims, CLAIM + "version") != "1.3.0":
        raise faulty("version")


def _check_audience(claims: Claims, client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not audiences or not all(isinstance(each, str) for each in audiences) or client_id not in audiences:
        raise faulty("aud")
    azp = claims.get("azp")
    if azp is None and len(audiences) > 1:
        raise faulty("azp")
    if azp is not None and azp != client_id:
        raise faulty("azp")


def _check_times(claims: Claims, now: float) -> None:
    if now - LEEWAY >= number(claims, "exp"):
        raise LaunchRefusedError("token-expired", "exp is past")
    if not now - OLDEST < number(claims, "iat") <= now + LEEWAY:
        raise LaunchRefusedError("token-expired", "iat is in the future, or too long ago")
    if claims.get("nbf") is not None and number(claims, "nbf") > now + LEEWAY:
        raise LaunchRefusedError("token-expired", "nbf is in the future")


def _roles(claims: Claims, purpose: Purpose) -> tuple[str, ...]:
    roles = claims.get(CLAIM + "roles")
    if roles is None and purpose is Purpose.OWN_DATA:
        return ()
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise faulty("roles")
    return tuple(roles)


def _about(claims: Claims) -> str:
    return text(required(claims, CLAIM + "for_user"), "user_id", "for_user")


def _substituted(custom: Mapping[str, Any]) -> dict[str, str]:
    """Custom variables that the platform filled: a literal `$Name` counts as absent."""
    return {
        key: str(value)
        for key, value in custom.items()
        if isinstance(value, str | int | float)
        and not str(value).startswith("$")
        and "\x00" not in str(value)
    }
