"""The people of a course whose activities are to be looked at from all sides, and how they come in."""

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from classroom import Classroom
from factories import browser_of, tool
from flask import Flask
from flask.testing import FlaskClient
from services import sqlite
from sqlalchemy import select

from lti_tool.activities.models import Activity, Placement
from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Role, Visit
from lti_tool.lti.models import ResourceLink

GESTURE, QUESTION, PAGE = "gesture", "question", "page"
PEOPLE = ("author", "peer", "reader", "mate", "critic")
HOUR = timedelta(hours=1)  # longer than a change is a correction
Words = Callable[[str], str]  # what is written in a place, by the name of the place


@dataclass
class Village:
    """The course, its people by their parts, and the ids of what is there by the names that addresses use."""

    room: Classroom
    app: Flask
    people: dict[str, UUID] = field(default_factory=dict)
    links: dict[str, UUID] = field(default_factory=dict)
    activities: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    named: bool = False

    def visit(self, who: str, where: str = GESTURE) -> Visit:
        """A launch from one of the activities by somebody; "staff" is the instructor."""
        staff = who == "staff"
        person = self.room.instructor if staff else self.people[who]
        visit = self.room.visit(person, role=Role.INSTRUCTOR if staff else Role.LEARNER)
        return replace(visit, resource_link_id=self.links[where])

    def browser(self, who: str, where: str = GESTURE) -> FlaskClient:
        """The browser of such a launch."""
        return browser_of(self.app, self.room.database, self.visit(who, where))

    def read(self, query: Any) -> Any:
        """The only value that a query finds."""
        with self.room.database.read() as rows:
            return rows.scalars(query).one()

    def work(self, who: str, where: str) -> Contribution:
        """Somebody's work in an activity, as it is now."""
        own = Contribution.author_id == self.people[who], Contribution.activity_id == self.activities[where]
        found: Contribution = self.read(select(Contribution).where(*own))
        return found

    def activity(self, where: str, **settings: Any) -> None:
        """One more link of the course with an open activity."""
        link = self.links[where] = uuid4()
        now, room = clock.now(), self.room
        activity = {
            "id": uuid4(), "course_id": room.course, "creator_id": room.instructor, "language": "en",
            "title": where, "instructions": "", "created_at": now, "opened_at": now,
        }  # fmt: skip
        with room.database.write() as rows:
            rows.add(ResourceLink(id=link, course_id=room.course, resource_link_id=where))
            rows.flush()
            rows.add(Activity(**activity | settings))
            self.activities[where] = activity["id"]
            rows.flush()
            rows.add(Placement(resource_link_id=link, activity_id=activity["id"], placed_at=now))


@contextmanager
def copied(village: Village, files: sqlite.Files, folder: Path) -> Iterator[Village]:
    """The same village once more, with a database and files of its own."""
    made = village.room.database
    with files.fresh(made.engine.url.render_as_string()) as url:
        database, room = Database(url), copy.copy(village.room)
        shutil.copytree(village.app.config["ENTRAIDE"].data_dir, folder, dirs_exist_ok=True)
        app = tool(database, folder, smtp_url="smtp://127.0.0.1:1", mail_from="e@tool.example")
        room.database = database
        yield replace(village, room=room, app=app)
        app.extensions["entraide.database"].dispose()
        database.dispose()


def post(browser: FlaskClient, address: str, status: int = 303, **form: Any) -> Any:
    """Send a form that is taken."""
    answer = browser.post(address, data={name.replace("__", "-"): value for name, value in form.items()})
    assert answer.status_code == status, (address, answer.status_code, answer.text[:3000])
    return answer
