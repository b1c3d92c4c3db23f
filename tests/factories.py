"""Visits to the tool's pages without an LMS: a person's browser, as the door leaves it after a launch."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from lti_tool.app import create_app
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Visit
from lti_tool.kernel.secrets import digest
from lti_tool.lti.models import Launch
from lti_tool.lti.sessions import launch_path
from lti_tool.settings import Settings


def tool(database: Database, folder: Path, **settings: Any) -> Flask:
    """The tool on a database of a test, its files in `folder`."""
    url = database.engine.url.render_as_string(hide_password=False)
    chosen = Settings(_env_file=None, database_url=url, data_dir=folder, secret_key="0" * 48, **settings)
    return create_app(chosen)


def browser_of(app: Flask, database: Database, visit: Visit) -> FlaskClient:
    """The browser of somebody whom the door let in. It adds the launch's prefix and the forms' token."""
    now = clock.now()
    with database.write() as rows:
        rows.add(
            Launch(
                id=visit.launch_id, cookie=digest("key"), tenant_id=visit.tenant_id, purpose=visit.purpose,
                resource_link_id=visit.resource_link_id, about_person_id=visit.about_person_id,
                course_id=visit.course_id, person_id=visit.person_id, role=visit.role, locale=visit.locale,
                created_at=now, expires_at=now + timedelta(hours=8),
            )
        )  # fmt: skip
    prefix = launch_path(visit.launch_id)
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("token")

    class Browser(FlaskClient):
        def open(self, address: str, *args: Any, **kwargs: Any) -> Any:
            """Open an address of the launch, as "/share"."""
            kwargs["headers"] = {"X-CSRFToken": token} | dict(kwargs.get("headers") or {})
            kwargs.setdefault("buffered", True)
            answer = super().open(prefix + address.removeprefix(prefix), *args, **kwargs)
            answer.request.environ["wsgi.input"].close()  # a large upload is a temporary file
            return answer

    client = Browser(app, app.response_class, use_cookies=True)
    signer = app.session_interface.get_signing_serializer(app)
    client.set_cookie(
        app.config["SESSION_COOKIE_NAME"], signer.dumps({"key": "key", "csrf_token": "token"}), path=prefix
    )
    return client
