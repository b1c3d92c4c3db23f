"""OIDC login initiation: one row for each attempt, bound to one browser, used once.

Security Framework 1.0, section 5.1.1. State, nonce and the browser's secret are random; the database keeps
only their digests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.secrets import digest, random_token
from ..people.models import Platform
from .addresses import is_ours, origin
from .models import LoginAttempt
from .refusals import LaunchRefusedError
from .registrations import Registrations

LIFETIME = timedelta(minutes=10)
# A login's own parameters, to begin it once more; others are never passed on (Moodle's `repost` would loop).
PARAMETERS = ("iss", "login_hint", "lti_message_hint", "target_link_uri", "client_id", "lti_deployment_id")
_FRAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the name of a platform's storage frame


@dataclass(frozen=True, slots=True)
class Storage:
    """A platform's storage: the frame that keeps it (`_parent`: the page around us), and its only origin.

    LTI OIDC Login with Client Side postMessages 0.1: the origin is the authorisation address's.
    """

    frame: str
    origin: str


@dataclass(frozen=True, slots=True)
class Login:
    """Where to send the browser, and the secret that binds it: what a cookie or a storage keeps as `key`."""

    address: str
    key: str
    secret: str
    storage: Storage
    again: dict[str, str]  # the parameters that begin the same login once more


def cookie_name(state: str) -> str:
    """The name of an attempt's cookie: each has its own, so that two tabs do not disturb each other."""
    return f"entraide-login-{digest(state)[:16]}"


def begin(session: Session, parameters: dict[str, str], base_url: str) -> Login:
    """Take a login initiation request and prepare the authentication request.

    Args:
        session: a transaction.
        parameters: what the platform sent, by GET or POST.
        base_url: the tool's own address; the redirect URI is constant below it.

    Raises:
        LaunchRefusedError: login-incomplete, target-foreign, platform-unknown or platform-ambiguous.

    """
    given = {name: parameters.get(name, "") for name in ("iss", "login_hint", "target_link_uri")}
    if missing := [name for name, value in given.items() if not value]:
        raise LaunchRefusedError("login-incomplete", ", ".join(missing))
    if not is_ours(given["target_link_uri"], base_url):
        raise LaunchRefusedError("target-foreign", given["target_link_uri"])
    platform = Registrations(session).platform(given["iss"], parameters.get("client_id"))

    target = parameters.get("lti_storage_target", "")
    storage = Storage(target if _FRAME.fullmatch(target) else "", origin(platform.auth_url))
    state, nonce, browser = random_token(), random_token(), random_token()
    session.execute(delete(LoginAttempt).where(LoginAttempt.created_at < clock.now() - LIFETIME))
    session.add(
        LoginAttempt(
            state=digest(state),
            nonce=digest(nonce),
            browser=digest(browser),
            platform_id=platform.id,
            target_link_uri=given["target_link_uri"],
            storage_target=storage.frame,
            created_at=clock.now(),
            used_at=None,
        )
    )
    request = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": f"{base_url}/lti/launch",
        "login_hint": given["login_hint"],
        "state": state,
        "nonce": nonce,
    }
    if hint := parameters.get("lti_message_hint"):
        request["lti_message_hint"] = hint
    joint = "&" if urlsplit(platform.auth_url).query else "?"
    return Login(
        address=f"{platform.auth_url}{joint}{urlencode(request)}",
        key=cookie_name(state),
        secret=browser,
        storage=storage,
        again={name: parameters[name] for name in PARAMETERS if parameters.get(name)},
    )


def find(session: Session, state: str) -> tuple[LoginAttempt, Platform]:
    """The attempt a launch answers, and its platform.

    Raises:
        LaunchRefusedError: state-unknown, state-used or state-expired.

    """
    found = session.execute(
        select(LoginAttempt, Platform)
        .join(Platform, Platform.id == LoginAttempt.platform_id)
        .where(LoginAttempt.state == digest(state))
    ).first()
    if found is None:
        raise LaunchRefusedError("state-unknown")
    attempt, platform = found
    if attempt.used_at is not None:
        raise LaunchRefusedError("state-used")
    if attempt.created_at < clock.now() - LIFETIME:
        raise LaunchRefusedError("state-expired")
    return attempt, platform


def is_bound(attempt: LoginAttempt, cookies: Mapping[str, str], state: str) -> bool:
    """Whether this browser began the attempt. False: its storage has to say so.

    Raises:
        LaunchRefusedError: cookie-missing, and no storage was offered; or the cookie is another's.

    """
    secret = cookies.get(cookie_name(state))
    if secret and digest(secret) == attempt.browser:
        return True
    if secret is None and attempt.storage_target:
        return False
    raise LaunchRefusedError("cookie-missing")


def use(session: Session, state: str) -> None:
    """Use an attempt up; of two launches that try at once, one succeeds.

    Raises:
        LaunchRefusedError: state-used.

    """
    used = session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.state == digest(state), LoginAttempt.used_at.is_(None))
        .values(used_at=clock.now(), token="")
        .returning(LoginAttempt.state)
    ).first()
    if used is None:
        raise LaunchRefusedError("state-used")
