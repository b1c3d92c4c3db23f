"""What a platform says of itself before it registers us: read strictly, and believed only of itself. Pure.

Dynamic Registration 1.0, section 3.4: OpenID Connect Discovery's metadata and the platform's configuration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from .addresses import origin, web_address
from .refusals import RegistrationRefusedError
from .shapes import line, texts

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
ACCOUNT = "https://canvas.instructure.com/lti/account_name"
LAUNCH = "LtiResourceLinkRequest"
# Vendors whose clouds share issuers and endpoints between hosts: nobody else has names below these.
CLOUDS = {"instructure.com": "Canvas", "canvaslms.com": "Canvas", "brightspace.com": "Brightspace"}


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """A platform that can register us. `messages`: the types of message it has, each with its placements."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    audience: str | None
    product: str
    account: str
    messages: Mapping[str, Sequence[str]]
    scopes: Sequence[str]
    variables: Sequence[str]

    @property
    def host(self) -> str:
        """Where the platform is, as people know it: a shared issuer says nothing."""
        place = self.registration_url if _cloud(self.issuer) else self.issuer
        return httpx.URL(place).netloc.decode()


def read_configuration(document: Any, source: str, *, private: bool) -> PlatformConfiguration:
    """The configuration that a platform publishes.

    Args:
        document: the JSON of its answer.
        source: the address that answered.
        private: whether http is allowed, and a platform may go by the name of a vendor's cloud (tests).

    Raises:
        RegistrationRefusedError: configuration-faulty, or configuration-foreign when it speaks of others.

    """
    if not isinstance(document, dict):
        raise _faulty("JSON")
    platform = document.get(PLATFORM)
    if not isinstance(platform, dict):
        raise _faulty("lti-platform-configuration")
    issuer = _address(document, "issuer", private)
    if not _akin(issuer, source, private):
        raise _foreign("issuer", issuer)
    endpoints = {
        name: _endpoint(document, name, {origin(issuer), origin(source)}, private)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
    }
    return PlatformConfiguration(
        issuer=issuer,
        auth_url=endpoints["authorization_endpoint"],
        token_url=endpoints["token_endpoint"],
        jwks_url=endpoints["jwks_uri"],
        registration_url=endpoints["registration_endpoint"],
        audience=_audience(document, endpoints["token_endpoint"], private),
        product=line(platform, "product_family_code")[:60],
        account=line(platform, ACCOUNT)[:120],
        messages=_messages(platform),
        scopes=texts(document, "scopes_supported"),
        variables=[name.removeprefix("$") for name in texts(platform, "variables")],
    )


def _address(document: Mapping[str, Any], name: str, private: bool) -> str:
    value = document.get(name)
    url = web_address(value)
    if url is None or url.userinfo or url.fragment or not (private or url.scheme == "https"):
        raise _faulty(name)
    return str(value)


def _endpoint(document: Mapping[str, Any], name: str, own: set[str], private: bool) -> str:
    """An address of the platform's own, or of a vendor's cloud."""
    address = _address(document, name, private)
    if origin(address) not in own and not _cloud(address):
        raise _foreign(name, address)
    return address


def _audience(document: Mapping[str, Any], token_url: str, private: bool) -> str | None:
    """Whom service tokens' assertions are for, where it is not the token endpoint (section 3.4.2).

    Canvas names a bare host there, and wants the token endpoint all the same. Anybody else's would let a
    platform have us sign assertions that are good elsewhere.
    """
    audience = document.get("authorization_server")
    if audience is None or web_address(audience) is None:
        return None
    audience = _address(document, "authorization_server", private)
    if not _akin(audience, token_url, private):
        raise _foreign("authorization_server", audience)
    return audience


def _messages(platform: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    listed = platform.get("messages_supported")
    kinds = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    messages: dict[str, Sequence[str]] = {
        kind["type"]: texts(kind, "placements") for kind in kinds if isinstance(kind.get("type"), str)
    }
    if LAUNCH not in messages:
        raise _faulty("messages_supported")
    return messages


def _akin(one: str, other: str, private: bool) -> bool:
    """Whether two addresses are of one platform: of one origin, or in one vendor's cloud."""
    cloud = _cloud(one)
    return origin(one) == origin(other) or bool(cloud and (private or cloud == _cloud(other)))


def _cloud(address: str) -> str:
    """The vendor in whose cloud an address is; empty for any other."""
    host = httpx.URL(address).host
    return next((vendor for domain, vendor in CLOUDS.items() if f".{host}".endswith(f".{domain}")), "")


def _faulty(member: str) -> RegistrationRefusedError:
    return RegistrationRefusedError("configuration-faulty", member, member=member)


def _foreign(member: str, address: str) -> RegistrationRefusedError:
    return RegistrationRefusedError("configuration-foreign", f"{member}: {address}", member=member)
