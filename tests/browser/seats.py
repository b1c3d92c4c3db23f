"""Learners in front of an LMS, in browsers that keep more or less, on platforms that offer more or less.

Third-party cookies are blocked. A tool whose cookies are not partitioned so has none at all inside a frame.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

from platforms.lms import BLACKBOARD, CANVAS, MOODLE, Link, Lms, Personality, running
from platforms.lms import Person as LmsPerson
from playwright.sync_api import BrowserContext, Frame, FrameLocator, Page, expect
from services import free_port, sqlite
from sqlalchemy import delete
from werkzeug.serving import make_server

from lti_tool.app import create_app
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.lti.models import ResourceLink
from lti_tool.migrations import upgrade
from lti_tool.people.models import Course, Deployment, Platform
from lti_tool.settings import Settings

from .campus import Quiet
from .stage import Stage

VISIT = re.compile(r"/l/[0-9a-f]{32}")
BY_ADDRESS = re.compile(r"/l/[0-9a-f]{32}-[0-9a-f]{48}/")
WORDS = "The steps are clear, and I can use them tomorrow on my own ward. One thing to try is a picture. " * 2
IN_PAGE = replace(CANVAS, client_id="another", storage_frame="_parent")


@dataclass
class Tool:
    """The tool on `localhost`, in this process."""

    url: str
    database: Database

    @contextmanager
    def platform(self, personality: Personality) -> Iterator[tuple[Lms, Link]]:
        """An LMS on 127.0.0.1 that is registered here, and a link to an activity where somebody shared."""
        with running(personality, tool=self.url) as lms:
            link = lms.link(lms.course("c1", "Induction"), "How I welcome")
            stage = Prepared(self, lms, link)
            stage.open()
            stage.shared(1)
            yield lms, link
            with self.database.write() as rows:
                rows.execute(delete(Platform).where(Platform.id == stage.platform))


class Prepared(Stage):
    """The stage behind a link of an LMS."""

    def __init__(self, tool: Tool, lms: Lms, link: Link) -> None:
        self.platform, self.lms, self.lms_link = uuid4(), lms, link
        super().__init__(tool)  # it asks a campus for its database only

    def _add_rows(self) -> None:
        known = Platform(id=self.platform, name="LMS", created_at=clock.now(), **self.lms.registration)
        with self.database.write() as rows:
            for row in (
                known,
                Deployment(id=self.tenant, platform_id=known.id, deployment_id=self.lms.deployment_id),
                Course(id=self.course, tenant_id=self.tenant, context_id=self.lms_link.course.id),
                ResourceLink(id=self.link, course_id=self.course, resource_link_id=self.lms_link.id),
            ):
                rows.add(row)
                rows.flush()


@contextmanager
def serving(folder: Path, *, partitioned: bool) -> Iterator[Tool]:
    """The tool with an empty database, its cookies partitioned or not."""
    with sqlite.Files().fresh() as database_url:
        url = f"http://localhost:{free_port()}"
        settings = Settings(
            _env_file=None, base_url=url, database_url=database_url, data_dir=folder, secret_key="0" * 48,
            allow_private_networks=True, partitioned_cookies=partitioned,
        )  # fmt: skip
        app = create_app(settings)
        database = app.extensions["entraide.database"]
        upgrade(database)
        with served(app, int(url.rpartition(":")[2])):
            yield Tool(url, database)
        database.dispose()


@contextmanager
def served(application: Any, port: int = 0) -> Iterator[str]:
    """The address of a WSGI application on 127.0.0.1."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Seat:
    """A learner at a browser of their own, in one of the `WAYS`."""

    context: BrowserContext
    lms: Lms
    link: Link
    person: LmsPerson
    arrival: str

    def arrive(self) -> FrameLocator:
        """Open the activity from the course; whatever the frame shows then."""
        page = self.page
        page.goto(self.lms.page(self.person, self.link))
        return page.frame_locator("iframe[name=tool]")

    def open(self) -> Frame:
        """Open the activity and get to its first page, by the way that is expected."""
        tool = self.arrive()
        if self.arrival == "window":
            with self.context.expect_page() as opened:
                tool.get_by_role("link", name="Open in a window of its own").click()
            frame = opened.value.main_frame
        else:
            tool.locator("html[data-frame-origins] h1").wait_for()
            frame = self.frame
        frame.wait_for_url(VISIT)
        frame.locator("#content h1").wait_for()
        assert bool(BY_ADDRESS.search(frame.url)) == (self.arrival == "storage"), frame.url
        return frame

    @property
    def page(self) -> Page:
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    @property
    def frame(self) -> Frame:
        frame = self.page.frame(name="tool")
        assert frame
        return frame

    def share(self) -> None:
        tool = self.open()
        tool.locator("#share-link").click()
        tool.get_by_label("Title").fill(f"How {self.person.name} does it")
        for area in tool.locator("#share-form textarea").all():
            area.fill(WORDS)
        tool.get_by_role("button", name="Preview").click()
        tool.get_by_role("button", name="Share with my peers").click()
        expect(tool.get_by_text("Your contribution is shared.")).to_be_visible()

    def review(self) -> None:
        tool = self.open()
        tool.locator("#review-next button").click()
        tool.locator("#review-form").wait_for()
        for criterion in tool.locator("fieldset").all():
            criterion.locator("label.choice").nth(2).click()
        tool.locator("#overall").fill(WORDS)
        tool.get_by_role("button", name="Send my review").click()
        expect(tool.get_by_role("heading", name="Your review is sent")).to_be_visible()


WAYS = {
    "partitioned cookies, no storage": (MOODLE, True, True, "cookie"),
    "partitioned cookies, storage": (CANVAS, True, True, "cookie"),
    "no cookies, a storage frame": (CANVAS, False, True, "storage"),
    "no cookies, storage in the page": (IN_PAGE, False, True, "storage"),
    "no cookies, no storage": (MOODLE, False, True, "window"),
    "no cookies, a storage that never answers": (BLACKBOARD, False, False, "window"),
}
COOKIE, STORAGE, NOTHING = list(WAYS)[1], list(WAYS)[2], list(WAYS)[4]
