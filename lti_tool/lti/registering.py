"""Dynamic Registration 1.0: asking a platform what it is, registering with it, keeping what it answers."""

from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel import audit, clock, outgoing
from ..people.models import Platform
from . import invitations
from .addresses import web_address
from .fetching import read_shortly
from .platformconfiguration import PlatformConfiguration, read_configuration
from .refusals import LaunchRefusedError, RegistrationRefusedError
from .registrations import Registrations
from .shapes import LONGEST, parse_strictly, texts
from .toolconfiguration import SCOPES, TOOL, tool_metadata

WITHIN = 8.0  # seconds for one exchange as a whole: somebody waits for the page
_WORDS = 300  # bytes kept of what a platform says


@dataclass(frozen=True, slots=True)
class Registered:
    """A platform's answer to a registration: what it calls us, and what it grants of what we asked for."""

    client_id: str
    deployment_id: str
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Registrar:
    """Speaks with a platform that registers us.

    Args:
        base_url: the tool's own address.
        private: whether http and private networks are allowed.
        token: the platform's registration token; empty where it gives none (D2L).

    """

    base_url: str
    private: bool
    token: str

    def ask(self, address: str) -> PlatformConfiguration:
        """Fetch the configuration of a platform (Dynamic Registration 1.0, section 3.4).

        Raises:
            RegistrationRefusedError: configuration-address, -unavailable, -faulty or -foreign.

        """
        url = web_address(address)
        if url is None or url.userinfo or not (self.private or url.scheme == "https"):
            raise RegistrationRefusedError("configuration-address", address)
        status, body = self._exchange("configuration-unavailable", "GET", str(url))
        document = _document(status, body)
        if document is None:
            raise RegistrationRefusedError("configuration-unavailable", _words(status, body))
        return read_configuration(document, str(url), private=self.private)

    def register(self, configuration: PlatformConfiguration) -> Registered:
        """Send our metadata to a platform (section 3.6). Once it answers, the platform may know us.

        Raises:
            RegistrationRefusedError: configuration-address, -unavailable or registration-declined when it
                does not know us; registration-unclear when nobody can tell.

        """
        metadata = tool_metadata(configuration, self.base_url)
        url = configuration.registration_url
        status, body = self._exchange("registration-unclear", "POST", url, metadata)
        if 300 <= status < 500:
            raise RegistrationRefusedError("registration-declined", _words(status, body), answer=status)
        answer = _document(status, body) or {}
        tool = answer.get(TOOL)
        registered = Registered(
            client_id=_id(answer.get("client_id")),
            deployment_id=_id(tool.get("deployment_id")) if isinstance(tool, dict) else "",
            scopes=[scope for scope in texts(answer, "scope") if scope in SCOPES],
        )
        if not registered.client_id:
            raise RegistrationRefusedError("registration-unclear", _words(status, body))
        return registered

    def _exchange(self, code: str, method: str, address: str, document: Any = None) -> tuple[int, bytes]:
        """One request, and the status and body of its answer, which leads nowhere else; or `code`."""
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with (
                outgoing.client(self.base_url, private=self.private, within=WITHIN) as http,
                http.stream(method, address, headers=headers, json=document) as answer,
            ):
                return answer.status_code, read_shortly(answer)
        except outgoing.ForbiddenAddressError as error:
            raise RegistrationRefusedError("configuration-address", str(error)) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RegistrationRefusedError("configuration-unavailable", repr(error)) from error
        except (httpx.HTTPError, ValueError) as error:
            raise RegistrationRefusedError(code, repr(error)) from error


def keep(
    session: Session, configuration: PlatformConfiguration, registered: Registered, invitation: str
) -> Platform:
    """Keep a registration, waiting for an administrator, and use its invitation up.

    Raises:
        RegistrationRefusedError: registration-known, or registration-lost when the invitation is gone.

    """
    known = select(Platform.id).where(
        Platform.issuer == configuration.issuer, Platform.client_id == registered.client_id
    )
    if session.scalar(known):
        raise RegistrationRefusedError("registration-known", f"{configuration.issuer} {registered.client_id}")
    invited = invitations.use(session, invitation)
    platform = Platform(
        name=free_name(session, invited.name or configuration.host),
        issuer=configuration.issuer,
        client_id=registered.client_id,
        auth_url=configuration.auth_url,
        token_url=configuration.token_url,
        jwks_url=configuration.jwks_url,
        audience=configuration.audience,
        product=configuration.product,
        confirmed=False,
        created_at=clock.now(),
    )
    session.add(platform)
    session.flush()
    invited.platform_id = platform.id
    if registered.deployment_id:
        Registrations(session).remember(platform, registered.deployment_id, configuration.account)
    audit.note(
        session,
        "invitation",
        "platform.registered",
        platform.name,
        issuer=platform.issuer,
        client_id=platform.client_id,
        scopes=registered.scopes,
    )
    return platform


def free_name(session: Session, wanted: str) -> str:
    """A platform's name that is not taken: the one wanted, or the first numbered one."""
    alike = select(Platform.name).where(Platform.name.startswith(wanted, autoescape=True))
    taken = set(session.scalars(alike))
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def _document(status: int, body: bytes) -> dict[str, Any] | None:
    """The JSON object of an answer that is a yes."""
    try:
        return parse_strictly(body) if 200 <= status < 300 else None
    except LaunchRefusedError:
        return None


def _id(value: Any) -> str:
    """An id, which some platforms write as a number; empty for what is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.strip() and text.isprintable() and len(text) <= LONGEST else ""


def _words(status: int, body: bytes) -> str:
    return f"{status} {body[:_WORDS].decode(errors='replace')}"
