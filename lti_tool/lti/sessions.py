"""One launch, one cookie: Flask's signed session, scoped to the launch's own path.

Two courses, or a teacher and a test student, can so be open in two tabs. Outside a launch nothing is kept.
"""

from flask import Flask, Request, Response, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from ..kernel.web import PREFIX


def launch_path(launch_id: str) -> str:
    """The address prefix of a launch."""
    return PREFIX.replace("<launch>", launch_id)


class LaunchSessions(SecureCookieSessionInterface):
    """Opens the session of the launch in the address; saves it for that path only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The launch's session; for an address outside any launch an empty one, which is not kept."""
        return super().open_session(app, request) if request.path.startswith("/l/") else self.session_class()

    def get_cookie_path(self, app: Flask) -> str:
        """The launch's prefix."""
        return launch_path(g.visit.launch_id)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie only for a visitor who was let in: a page that refuses leaves none behind."""
        if g.get("visit"):
            super().save_session(app, session, response)
