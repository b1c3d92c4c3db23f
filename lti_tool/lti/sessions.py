"""One launch, one cookie: Flask's signed session, scoped to the launch's own path.

Two courses, or a teacher and a test student, can so be open in two tabs. Outside a launch nothing is kept.

Where the browser keeps no cookie, the launch's secret stands in its address, `/l/<id>-<secret>/`, and the
session is made from it: the token of its forms is derived, and a notice for the next page goes with the
redirect.
"""

import hashlib
import hmac
from contextlib import suppress
from urllib.parse import urlencode

from flask import Flask, Request, Response, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadData, URLSafeSerializer

from ..kernel.web import PREFIX

_LATER = "later"  # the parameter that carries notices to the next page
_FLASHES = "_flashes"  # where Flask keeps them


def launch_path(launch_id: str, secret: str = "") -> str:
    """The address prefix of a launch; with the secret, of one whose browser keeps no cookie."""
    return PREFIX.replace("<launch>", f"{launch_id}-{secret}" if secret else launch_id)


def split_launch(value: str) -> tuple[str, str]:
    """A launch's id and, if it stands there, its secret, from the prefix's own part of an address."""
    launch_id, _, secret = value.partition("-")
    return launch_id, secret


class AddressSession(SecureCookieSession):
    """The session of a launch whose secret is in its address."""

    def __init__(self, app: Flask, request: Request, secret: str) -> None:
        key = str(app.secret_key)
        token = hmac.new(key.encode(), b"csrf/" + secret.encode(), hashlib.sha256).hexdigest()
        self._signer = URLSafeSerializer(key, salt=f"entraide-later/{secret}")
        super().__init__({"key": secret, "csrf_token": token})
        with suppress(KeyError, BadData):
            self[_FLASHES] = self._signer.loads(request.args[_LATER])

    def send_along(self, response: Response) -> None:
        """Give notices that no page has shown to the page that comes next."""
        if response.location and self.get(_FLASHES):
            later = urlencode({_LATER: self._signer.dumps(self[_FLASHES])})
            response.location += f"{'&' if '?' in response.location else '?'}{later}"


class LaunchSessions(SecureCookieSessionInterface):
    """Opens the session of the launch in the address; saves it for that path only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The launch's session; for an address outside any launch an empty one, which is not kept."""
        if not request.path.startswith("/l/"):
            return self.session_class()
        _, secret = split_launch(request.path.split("/")[2])
        return AddressSession(app, request, secret) if secret else super().open_session(app, request)

    def get_cookie_path(self, app: Flask) -> str:
        """The launch's prefix."""
        return launch_path(g.visit.launch_id)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie only for a visitor who was let in: a page that refuses leaves none behind."""
        if not g.get("visit"):
            return
        if isinstance(session, AddressSession):
            session.send_along(response)
        else:
            super().save_session(app, session, response)
