"""Asking for notices: from the launch that offers them to the notice of a copied course."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from door import Door, make_settings
from platforms.lms import CANVAS, Answer, Lms, running
from platforms.strict import key_server
from sqlalchemy import select, update

from lti_tool.app import create_app
from lti_tool.kernel import clock, outgoing
from lti_tool.kernel.database import Database
from lti_tool.kernel.secrets import Sealer
from lti_tool.lti.keys import ensure_key, public_keys, signing_key
from lti_tool.lti.models import Subscription
from lti_tool.lti.services import ServiceConnector
from lti_tool.lti.subscriptions import subscribe_due
from lti_tool.people.models import Course, Deployment, Platform

pytestmark = pytest.mark.every_database

BASE = "https://tool.example"
COPIED = "LtiContextCopyNotice"


class Scene:
    """The tool, its worker's connector, and a Canvas that offers notices."""

    def __init__(self, database: Database, door: Door, lms: Lms, connector: ServiceConnector) -> None:
        self.database, self.door, self.lms, self.connector = database, door, lms, connector
        with database.write() as rows:
            platform = Platform(name="Canvas", created_at=clock.now(), **lms.registration)
            rows.add(platform)
            rows.flush()
            rows.add(Deployment(platform_id=platform.id, deployment_id=lms.deployment_id))

    def launch(self) -> None:
        course = self.lms.course("c1", "Course One")
        person = self.lms.add_person("3", "Tina", "Instructor", courses=[course])
        link = self.lms.link(course, "Activity")
        client = self.door.browser()
        begin = self.lms.initiation(person, link) | {"lti_storage_target": ""}  # cookies will do
        begun = client.get("/lti/login", query_string=begin, base_url=BASE)
        posted = self.lms.authorize(begun.headers["Location"])
        answer = client.post("/lti/launch", data=posted, base_url=BASE)
        assert answer.status_code == 303, answer.text

    def ask(self) -> int:
        return subscribe_due(self.database, self.connector, BASE)

    def known(self) -> Subscription:
        with self.database.read() as rows:
            return rows.scalars(select(Subscription)).one()


@pytest.fixture
def scene(database: Database, tmp_path: Path) -> Iterator[Scene]:
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(make_settings(url, tmp_path))
    sealer = Sealer("a secret of the tests")
    with database.write() as rows:
        ensure_key(rows, sealer)

    def key() -> Any:
        with database.read() as rows:
            return signing_key(rows, sealer)

    def published() -> Any:
        with database.read() as rows:
            return public_keys(rows)

    with (
        key_server() as keys,
        running(CANVAS, tool=BASE, tool_keys=published) as lms,
        outgoing.client(BASE, private=True) as http,
    ):
        yield Scene(database, Door(app, database, keys), lms, ServiceConnector(http, key))
    app.extensions["entraide.database"].dispose()


def test_a_platform_that_offers_notices_is_asked_once(scene: Scene) -> None:
    scene.launch()
    assert scene.ask() == 1
    assert scene.lms.handlers == {COPIED: f"{BASE}/lti/notices"}
    assert scene.known().subscribed_at is not None
    scene.launch()
    assert scene.ask() == 0


def test_a_refusal_is_kept_in_its_words_and_tried_again_later(scene: Scene) -> None:
    scene.launch()
    scene.lms.fail(r"/notice-handlers", [Answer(403, {}, b"not for you")])
    assert scene.ask() == 1
    known = scene.known()
    assert known.subscribed_at is None
    assert "not for you" in known.problem
    assert known.next_try_at > clock.now()
    assert scene.ask() == 0
    with scene.database.write() as rows:
        rows.execute(update(Subscription).values(next_try_at=clock.now()))
    assert scene.ask() == 1
    assert (scene.known().problem, len(scene.lms.handlers)) == ("", 1)


def test_its_notice_of_a_copy_is_taken(scene: Scene) -> None:
    scene.launch()
    scene.ask()
    copy = scene.lms.course("c2", "The copy")
    token = scene.lms.notice(
        COPIED, copy, **{"https://purl.imsglobal.org/spec/lti/claim/origin_contexts": ["c1"]}
    )
    answer = scene.door.browser().post("/lti/notices", json={"notices": [{"jwt": token}]}, base_url=BASE)
    assert answer.json == {"taken": 1}
    with scene.database.read() as rows:
        assert rows.scalars(select(Course.history).where(Course.context_id == "c2")).one() == ["c1"]
