"""An administrator's browser on the tool, without a server: signs in, fills in forms, presses buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import tool
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.admin.signing import make_link
from lti_tool.kernel import clock
from lti_tool.kernel.audit import COMMAND_LINE, AuditEntry
from lti_tool.kernel.database import Database

REGISTRATION = {
    "name": "Moodle",
    "issuer": "https://moodle.example",
    "client_id": "abc",
    "deployment_id": "1",
    "auth_url": "https://moodle.example/auth",
    "token_url": "https://moodle.example/token",
    "jwks_url": "https://moodle.example/jwks",
}


@dataclass
class Desk:
    """The tool, its database, and one administrator's browser."""

    app: Flask
    database: Database
    client: FlaskClient

    def link(self, name: str = "Ana") -> str:
        """The code of a fresh one-time link."""
        with self.database.write() as rows:
            return make_link(rows, name, COMMAND_LINE)

    def sign_in(self, name: str = "Ana") -> "Desk":
        """Use a fresh link."""
        answer = self.press(f"/admin/enter?code={self.link(name)}", "/admin/enter")
        assert answer.status_code == 303
        return self

    def get(self, address: str) -> TestResponse:
        """A page."""
        return self.client.get(address)

    def press(self, page: str, action: str, **typed: str) -> TestResponse:
        """Send the form of a page that leads to `action` (a part of its address), as a browser would."""
        return self.send(self.get(page), action, page, **typed)

    def send(self, answer: TestResponse, action: str, page: str, **typed: str) -> TestResponse:
        """Send a form of an answer that came already."""
        forms = html.fromstring(answer.text).forms
        # A form without an action leads to its own page.
        [form] = [each for each in forms if re.search(action + "$", each.action or page.partition("?")[0])][
            :1
        ]
        address = form.action or page
        return self.client.post(address, data=dict(form.form_values()) | typed)

    def acts(self) -> list[tuple[str, str, str]]:
        """What the log says: who, what, on what."""
        with self.database.read() as rows:
            entries = rows.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [(each.actor, each.act, each.subject) for each in entries]


def open_desk(database: Database, folder: Path, **settings: Any) -> Desk:
    """A desk on the tool, nobody signed in yet."""
    app = tool(database, folder, **settings)
    return Desk(app, database, app.test_client())


class Clock:
    """The tool's clock, which a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time: datetime = clock.now().replace(microsecond=0)
        monkeypatch.setattr(clock, "now", lambda: self.time)

    def pass_by(self, **how_long: float) -> None:
        """Let time pass, as `hours=2`."""
        self.time += timedelta(**how_long)


def rows(desk: Desk, table: type) -> Sequence[Any]:
    """All rows of a table."""
    with desk.database.read() as reading:
        return reading.scalars(select(table)).all()


def text(answer: TestResponse) -> str:
    """What a page says, its white space as one."""
    assert answer.status_code in (200, 422), answer.status_code
    return " ".join(" ".join(html.fromstring(answer.text).xpath("//main")[0].itertext()).split())
