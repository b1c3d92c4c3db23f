"""An LMS with a personality in front of the tool, and a browser that fills in forms."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from itertools import count
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from door import TOOL, make_settings
from flask.testing import FlaskClient
from lxml import html
from platforms import lms as platforms
from platforms.lms.messages import LTI
from platforms.lms.personalities import DEEP_LINKING, LAUNCH
from services import sqlite
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.activities.models import Activity, Placement
from lti_tool.app import create_app
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.secrets import Sealer
from lti_tool.lti.keys import ensure_key
from lti_tool.lti.models import ResourceLink
from lti_tool.migrations import upgrade
from lti_tool.people.models import Deployment, Platform

SECRET = "a secret of the tests"  # as `make_settings` has it
_NUMBERS = count(1)
ACTIVITY = {"kind": "practice", "when": "always", "grading": "two-columns", "wanted": "3", "given": "4",
            "minimum_words": "30", "open": "now"}  # fmt: skip


class Page:
    """A page that a browser has come to."""

    def __init__(self, client: FlaskClient, answer: TestResponse) -> None:
        self.client, self.answer = client, answer
        self.status, self.path = answer.status_code, answer.request.path
        self.html = html.fromstring(answer.text) if answer.text else None

    @property
    def text(self) -> str:
        """What is to be read on it."""
        return " ".join(self.html.text_content().split())

    @property
    def title(self) -> str:
        return str(self.html.findtext(".//h1")).strip()

    def form(self, name: str) -> Any:
        return self.html.get_element_by_id(name)

    def links(self) -> dict[str, str]:
        """The links of the page's own part: text -> address."""
        found = self.html.xpath("//main//a[@href]")
        return {" ".join(each.text_content().split()): each.get("href") for each in found}

    def follow(self, text: str) -> "Page":
        """Click the link that has this text in it."""
        [address] = {address for words, address in self.links().items() if text in words}
        return self.open(address)

    def open(self, address: str) -> "Page":
        return Page(self.client, self.client.get(address, base_url=TOOL, follow_redirects=True))

    def submit(self, name: str, values: dict[str, Any] | None = None) -> "Page":
        """Send a form with these values, the others as they stand on the page."""
        form = self.form(name)
        given: dict[str, Any] = {}
        for field, value in form.form_values():
            given.setdefault(field, []).append(value)
        answer = self.client.post(
            form.get("action") or self.answer.request.full_path,
            data=given | (values or {}),
            base_url=TOOL,
            headers={"Referer": f"{TOOL}{self.path}"},
            follow_redirects=True,
        )
        return Page(self.client, answer)


class School:
    """The tool, and an LMS that knows it: a course with an instructor and a learner."""

    def __init__(self, app: Any, lms: platforms.Lms) -> None:
        self.app, self.lms = app, lms
        self.database = app.extensions["entraide.database"]
        with self.database.write() as rows:
            ensure_key(rows, Sealer(SECRET))
        self.tenant = self.register(lms)
        self.course = lms.course("c1", "Course One")
        self.tina = lms.add_person("3", "Tina Teacher", "Instructor", courses=[self.course])
        self.ann = lms.add_person("4", "Ann Ames", courses=[self.course])

    def register(self, lms: platforms.Lms) -> UUID:
        """Have the tool know an LMS; return its tenant."""
        with self.database.write() as rows:
            platform = Platform(name=f"{lms.url} {lms.client_id}", created_at=clock.now(), **lms.registration)
            rows.add(platform)
            rows.flush()
            deployment = Deployment(platform_id=platform.id, deployment_id=lms.deployment_id)
            rows.add(deployment)
            rows.flush()
            return deployment.id

    def launch(self, person: Any, at: Any, message_type: str = LAUNCH, lms: Any = None) -> Page:
        """Where a person comes who opens a link, or the dialog of a course, in a browser of their own."""
        lms, client = lms or self.lms, self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = str(ip_address("10.0.0.0") + next(_NUMBERS))  # no flood
        initiation = lms.initiation(person, at, message_type)
        initiation.pop("lti_storage_target", None)  # this browser keeps cookies
        asked = client.get("/lti/login", query_string=initiation, base_url=TOOL)
        form = lms.authorize(asked.headers["Location"])
        return Page(client, client.post("/lti/launch", data=form, base_url=TOOL, follow_redirects=True))

    def replay(self, recorded: dict[str, Any], custom: dict[str, str]) -> Page:
        """Where a recorded launch leads, signed by this LMS for this tool, with `custom` in it."""
        client = self.app.test_client()
        asked = client.get("/lti/login", query_string=self.lms.initiation(self.tina, None), base_url=TOOL)
        [nonce] = parse_qs(asked.headers["Location"])["nonce"]
        form = self.lms.authorize(asked.headers["Location"])
        now = int(time.time())
        claims = recorded | {
            "iss": self.lms.issuer, "aud": self.lms.client_id, "nonce": nonce, "iat": now, "exp": now + 60,
            f"{LTI}target_link_uri": f"{TOOL}/lti/launch", f"{LTI}custom": recorded[f"{LTI}custom"] | custom,
        }  # fmt: skip
        form["id_token"] = self.lms.token(claims)
        return Page(client, client.post("/lti/launch", data=form, base_url=TOOL, follow_redirects=True))

    def choose(self, person: Any = None, course: Any = None) -> Page:
        """The platform's dialog."""
        return self.launch(person or self.tina, course or self.course, DEEP_LINKING)

    def take(self, page: Page) -> list[platforms.Link]:
        """The platform takes the answer that a page holds; return the links that it makes."""
        form = page.form("answer")
        action = form.get("action")
        number = action.partition("?")[0].rpartition("/")[2]
        assert action.startswith(f"{self.lms.url}/"), action
        return platforms.linking.take(self.lms, number, form.fields["JWT"])["links"]

    def picked(self, course: Any = None, **activity: Any) -> platforms.Link:
        """A link to a new activity, made in the dialog."""
        [link] = self.take(self.choose(course=course).submit("create-activity", ACTIVITY | activity))
        return link

    def activity_of(self, link: platforms.Link) -> Activity:
        """The activity that a link was made for."""
        return self.rows(Activity, Activity.id == UUID(link.custom["activity"]))[0]

    def rows(self, table: type, *where: Any) -> list[Any]:
        with self.database.read() as reading:
            return list(reading.scalars(select(table).where(*where)))

    def activity(self, link: platforms.Link) -> Activity | None:
        """The activity that a link leads to."""
        with self.database.read() as reading:
            found = select(Activity).join(Placement).join(ResourceLink)
            return reading.scalar(found.where(ResourceLink.resource_link_id == link.id))


@pytest.fixture(scope="session")
def sqlite_template(sqlite_files: sqlite.Files) -> Iterator[str]:
    """The URL of an SQLite database with the tool's tables and its key, to be copied."""
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        with database.write() as rows:
            ensure_key(rows, Sealer(SECRET))
        database.dispose()
        yield url


@pytest.fixture
def open_school(tmp_path: Any) -> Iterator[Callable[..., School]]:
    """Opens the tool, on the database at a URL, with an LMS of some personality."""
    with ExitStack() as stack:

        def open_one(url: str, personality: Any = platforms.MOODLE) -> School:
            app = create_app(make_settings(url, tmp_path))
            stack.callback(app.extensions["entraide.database"].dispose)
            keys = app.test_client()
            running = platforms.running(
                personality, TOOL, tool_keys=lambda: keys.get("/lti/jwks", base_url=TOOL).json
            )
            return School(app, stack.enter_context(running))

        yield open_one


@pytest.fixture
def school(
    open_school: Callable[..., School],
    sqlite_files: sqlite.Files,
    sqlite_template: str,
    request: pytest.FixtureRequest,
) -> Iterator[School]:
    """The tool on SQLite with a Moodle, or with the LMS that a test is parametrised with."""
    with sqlite_files.fresh(sqlite_template) as url:
        yield open_school(url, getattr(request, "param", platforms.MOODLE))


@pytest.fixture
def school_anywhere(open_school: Callable[..., School], database: Database) -> School:
    """The tool with a Moodle, on each kind of database."""
    return open_school(database.engine.url.render_as_string(hide_password=False))
