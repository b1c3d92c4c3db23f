"""One launch, one cookie: Flask's signed session, scoped to the launch's own path.

Two courses, or a teacher and a test student, can so be open in two tabs. Outside a launch there is no session.
"""

from flask import Flask, Request, Response, g
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionMixin

from ..kernel.web import PREFIX


def launch_path(launch_id: str) -> str:
    """The address prefix of a launch."""
    return PREFIX.replace("<launch>", launch_id)


class LaunchSessions(SecureCookieSessionInterface):
    """Opens the session of the launch in the address; saves it for that path only."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        """The launch's session; none for an address outside any launch."""
        in_a_launch = request.path.startswith("/l/") or request.path == "/lti/launch"
        return super().open_session(app, request) if in_a_launch else NullSession()

    def get_cookie_path(self, app: Flask) -> str:
        """The launch's prefix."""
        return launch_path(g.launch_id)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # type: ignore[override]
        """Write the cookie only when a launch stands behind it."""
        if getattr(g, "launch_id", None) and not isinstance(session, NullSession) and session.modified:
            super().save_session(app, session, response)
