"""Registration by invitation with each kind of platform, from the command to the first launch."""

import html
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from door import TOOL, assert_refused, make_settings
from flask import Flask
from flask.testing import FlaskClient
from platforms.lms import CANVAS, D2L, MOODLE, SAKAI, Lms, Personality, running
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.kernel import clock
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.database import Database
from lti_tool.lti import approvals
from lti_tool.lti.invitations import invite
from lti_tool.lti.models import Invitation
from lti_tool.people.models import Deployment, Platform


class Tool:
    """The tool on a database, and the browser of somebody in an LMS."""

    def __init__(self, database: Database, folder: Path) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        self.app: Flask = create_app(make_settings(url, folder))
        self.database: Database = self.app.extensions["entraide.database"]
        self.client: FlaskClient = self.app.test_client()

    def invite(self, name: str = "") -> str:
        with self.database.write() as rows:
            return invite(rows, name, base_url=TOOL)

    def open(self, address: str, **options: Any) -> TestResponse:
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}", base_url=TOOL, **options)

    def confirm(self, page: TestResponse, client: FlaskClient | None = None) -> TestResponse:
        """Press the button of the page."""
        assert page.status_code == 200, page.text[-2000:]
        [form] = re.findall(r'name="form" value="([^"]+)"', page.text)
        client = client or self.client
        return client.post("/lti/register", data={"form": html.unescape(form)}, base_url=TOOL)

    def register(self, lms: Lms, name: str = "") -> Platform:
        """All of it, as an LMS's administrator does it; returns what is stored."""
        answer = self.confirm(self.open(lms.invite(self.invite(name))))
        assert answer.status_code == 303, answer.text[-2000:]
        done = self.open(answer.headers["Location"])
        assert done.status_code == 200
        assert "data-registered" in done.text
        return self.platforms()[-1]

    def platforms(self) -> list[Platform]:
        with self.database.read() as reading:
            found = list(reading.scalars(select(Platform).order_by(Platform.created_at)))
            for each in found:
                assert each.deployments is not None  # loaded, to be looked at later
            return found

    def launch(self, lms: Lms) -> TestResponse:
        """A learner opens an activity."""
        course = lms.course("c1", "Course One")
        ann = lms.add_person("4", "Ann Ames", courses=[course])
        asked = lms.initiation(ann, lms.link(course, "Toy"))
        asked.pop("lti_storage_target", None)  # this browser keeps cookies
        begun = self.client.get("/lti/login", query_string=asked, base_url=TOOL)
        if begun.status_code != 302:
            return begun
        return self.client.post("/lti/launch", data=lms.authorize(begun.headers["Location"]), base_url=TOOL)


@pytest.fixture
def tool(database: Database, tmp_path: Path) -> Iterator[Tool]:
    tool = Tool(database, tmp_path)
    yield tool
    tool.database.dispose()


def keys(tool: Tool) -> Any:
    return lambda: tool.client.get("/lti/jwks", base_url=TOOL).json


@pytest.fixture
def moodle(tool: Tool) -> Iterator[Lms]:
    with running(MOODLE, tool=TOOL, tool_keys=keys(tool)) as lms:
        yield lms


def count(tool: Tool, table: type) -> int:
    with tool.database.read() as reading:
        return reading.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.every_database
@pytest.mark.parametrize("personality", [MOODLE, CANVAS, D2L, SAKAI], ids=lambda each: each.name)
def test_from_the_invitation_to_the_first_launch(tool: Tool, personality: Personality) -> None:
    with running(personality, tool=TOOL, tool_keys=keys(tool)) as lms:
        stored = tool.register(lms, name="School")
        assert lms.refusals == []
        [metadata] = lms.tools
        known = {
            name: getattr(stored, name)
            for name in ("issuer", "client_id", "auth_url", "token_url", "jwks_url", "audience")
        }
        assert known == lms.registration
        assert (stored.name, stored.product, stored.confirmed) == ("School", personality.family, False)
        waiting = [(each.deployment_id, each.approved) for each in stored.deployments]
        assert waiting == ([(lms.deployment_id, False)] if personality.says_deployment else [])
        offered = dict(personality.messages)
        messages = metadata["https://purl.imsglobal.org/spec/lti-tool-configuration"]["messages"]
        assert {each["type"] for each in messages} == set(offered)
        assert all(set(each.get("placements", ())) <= set(offered[each["type"]]) for each in messages)
        assert set(metadata["scope"].split()) == set(personality.scopes)

        assert_refused(tool.launch(lms), "platform-pending", 403)
        with tool.database.write() as rows:
            approvals.confirm(rows, rows.get_one(Platform, stored.id))
        if not personality.says_deployment:
            assert_refused(tool.launch(lms), "deployment-unknown", 403)
            with tool.database.write() as rows:
                approvals.approve_deployment(rows, rows.scalars(select(Deployment)).one())
        assert tool.launch(lms).status_code == 303
    with tool.database.read() as reading:
        acts = reading.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts[:3] == ["platform.invited", "platform.registered", "platform.confirmed"]
    assert acts[3:] == ([] if personality.says_deployment else ["deployment.approved"])


def test_the_page_asks_before_anything_happens(tool: Tool, moodle: Lms) -> None:
    page = tool.open(moodle.invite(tool.invite()), headers={"Accept-Language": "fr"})
    assert page.status_code == 200
    assert 'lang="fr"' in page.text
    assert moodle.url.removeprefix("http://") in page.text
    assert moodle.asked("POST") == []
    assert "Set-Cookie" not in page.headers
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert count(tool, Platform) == 0
    assert tool.open(moodle.invite(tool.invite())).status_code == 200  # and again: nothing was used up


@pytest.mark.every_database
def test_the_policy_lets_new_deployments_in(tool: Tool, moodle: Lms) -> None:
    stored = tool.register(moodle)
    with tool.database.write() as rows:
        platform = rows.get_one(Platform, stored.id)
        approvals.confirm(rows, platform)
        approvals.confirm(rows, platform)  # twice is once
        approvals.set_policy(rows, platform, trusts_deployments=True)
        approvals.set_policy(rows, platform, trusts_deployments=True)
    moodle.deployment_id = "another"
    assert tool.launch(moodle).status_code == 303
    assert count(tool, AuditEntry) == 4


def test_an_invitation_registers_once(tool: Tool, moodle: Lms) -> None:
    address = tool.invite()
    page = tool.open(moodle.invite(address))
    later = tool.open(moodle.invite(address))
    assert tool.confirm(page).status_code == 303
    asked = len(moodle.requests)
    assert_refused(tool.confirm(page), "invitation-used")
    assert_refused(tool.confirm(later), "invitation-used")
    assert_refused(tool.open(moodle.invite(address)), "invitation-used")
    assert len(moodle.requests) == asked  # nobody was asked again
    assert count(tool, Platform) == 1


@pytest.mark.every_database
def test_two_at_once_with_one_invitation(tool: Tool, moodle: Lms) -> None:
    """Both reach the LMS; one is kept, the other is told what to do there."""
    address = tool.invite()
    pages = [tool.open(moodle.invite(address)) for _ in range(2)]
    together = Barrier(2)
    moodle.fail("/register$", lambda asked: together.wait(10) and None, after=False)
    with ThreadPoolExecutor(2) as at_once:
        answers = list(at_once.map(lambda page: tool.confirm(page, tool.app.test_client()), pages))
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    [refused] = [answer for answer in answers if answer.status_code == 400]
    assert_refused(refused, "registration-lost")
    assert len(moodle.tools) == 2
    assert count(tool, Platform) == 1


@pytest.mark.every_database
def test_two_at_once_with_one_name(tool: Tool) -> None:
    with running(MOODLE, tool=TOOL) as one, running(MOODLE, tool=TOOL) as other:
        pages = [tool.open(lms.invite(tool.invite("Moodle"))) for lms in (one, other)]
        with ThreadPoolExecutor(2) as at_once:
            answers = list(at_once.map(lambda page: tool.confirm(page, tool.app.test_client()), pages))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert {each.name for each in tool.platforms()} == {"Moodle", "Moodle 2"}


@pytest.mark.every_database
def test_a_client_that_is_known_is_not_taken_again(tool: Tool) -> None:
    with running(CANVAS, tool=TOOL) as canvas:  # its client id stays the same
        tool.register(canvas)
        address = tool.invite()
        assert_refused(tool.confirm(tool.open(canvas.invite(address))), "registration-known")
    assert count(tool, Platform) == 1
    with tool.database.read() as reading:
        left = reading.scalars(select(Invitation).where(Invitation.used_at.is_(None))).all()
    assert len(left) == 1  # the second invitation is as good as before


@pytest.mark.every_database
def test_old_and_made_up_invitations(tool: Tool, moodle: Lms) -> None:
    address = tool.invite()
    with tool.database.write() as rows:
        rows.execute(update(Invitation).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert_refused(tool.open(moodle.invite(address)), "invitation-expired")
    for made_up in ("x", "0" * 48, "%00", "' OR 1=1", "x" * 5000):
        assert_refused(
            tool.open(moodle.invite(f"{TOOL}/lti/register?invitation={made_up}")), "invitation-unknown"
        )
        assert_refused(tool.open(f"{TOOL}/lti/registered?invitation={made_up}"), "invitation-unknown")
    assert_refused(tool.open(tool.invite()), "registration-incomplete")
    assert_refused(tool.open(moodle.invite(f"{TOOL}/lti/register")), "registration-incomplete")
    assert moodle.requests == []


def test_canvas_reads_its_configuration(tool: Tool) -> None:
    answer = tool.open(f"{TOOL}/lti/canvas.json")
    assert answer.mimetype == "application/json"
    assert json.loads(answer.text)["public_jwk_url"] == f"{TOOL}/lti/jwks"
