"""A classroom on an LMS for tests, and what a worker does with its scores."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from classroom import Classroom
from platforms.lms import Lms, Personality, running
from platforms.strict import key
from sqlalchemy import update

from lti_tool.gradebook import sync
from lti_tool.gradebook.models import Column, LineItem, Score, SyncState
from lti_tool.kernel import clock, outgoing
from lti_tool.kernel.database import Database
from lti_tool.lti.models import ResourceLink
from lti_tool.lti.services import ServiceConnector
from lti_tool.people.models import Person, Platform

ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
KEY = key("tool")
KEYS = {"keys": [KEY.jwk()]}


class Graded:
    """A classroom whose platform is an LMS that answers; its people are enrolled there."""

    def __init__(self, database: Database, lms: Lms, http: Any) -> None:
        self.database, self.lms = database, lms
        self.connector = ServiceConnector(http, lambda: (KEY.kid, KEY.private))
        self.room = Classroom(database)
        [platform] = self.room.all(Platform)
        self.platform_id = platform.id
        self.course = lms.course()
        self.link = lms.link(self.course, "How I welcome", score_maximum=100)
        teacher = lms.add_person("ines", "Ines", "Instructor", courses=[self.course])
        known = lms.registration
        self.set(Platform, **known, product=lms.personality.family)
        offer = lms.claims(teacher, self.course, self.link)[ENDPOINT]
        self.set(
            ResourceLink, resource_link_id=self.link.id, lineitem_url=offer.get("lineitem", ""),
            lineitems_url=offer["lineitems"], ags_scopes=offer["scope"],
        )  # fmt: skip

    def set(self, table: type, **values: Any) -> None:
        """Change all rows of a table."""
        with self.database.write() as rows:
            rows.execute(update(table).values(**values))

    def learners(self, count: int, *, enrolled: bool = True) -> list[UUID]:
        """More learners, in the LMS too if they are `enrolled`."""
        people = self.room.people(count)
        for person in people if enrolled else ():
            self.lms.add_person(person.hex, "Lea Learner", courses=[self.course])
        return people

    def score(self, person: UUID, value: float, column: Column = Column.WORK) -> None:
        """A new or changed score that waits."""
        now = clock.now()
        with self.database.write() as rows:
            found = rows.get(Score, (self.room.activity.id, person, column))
            if found is None:
                found = Score(
                    activity_id=self.room.activity.id, person_id=person, column=column, basis=2, revision=0
                )
                rows.add(found)
            found.value, found.changed_at, found.next_try_at = value, now, now
            found.state, found.revision = SyncState.WAITING, found.revision + 1

    def send(self) -> int:
        """Send all that is due; return in how many batches."""
        batches = 0
        while sync.send_due(self.database, self.connector, self.platform_id):
            batches += 1
        return batches

    def later(self) -> None:
        """Whatever rests is rested."""
        now = clock.now()
        self.set(Score, next_try_at=now)
        self.room.set(LineItem, LineItem.next_try_at.is_not(None), next_try_at=now)

    def state(self, person: UUID, column: Column = Column.WORK) -> Score:
        """How far a score got."""
        [score] = self.room.all(Score, Score.person_id == person, Score.column == column)
        return score

    def column(self, column: Column = Column.WORK) -> LineItem | None:
        """What we know of a column."""
        return next(iter(self.room.all(LineItem, LineItem.column == column)), None)

    def grade(self, person: UUID, column: Column = Column.WORK) -> float | None:
        """What the LMS shows for a person, in points."""
        known = self.column(column)
        sub = self.room.all(Person, Person.id == person)[0].sub
        found = self.lms.grades.get((known.url, sub)) if known else None
        return found.score if found else None


@contextmanager
def graded(
    database: Database, personality: Personality, *, read: float = 1.0, latency: float = 0
) -> Iterator[Graded]:
    """A classroom on an LMS of that personality; `read`: seconds that its answers are waited for."""
    with (
        running(personality, tool_keys=lambda: KEYS, latency=latency) as lms,
        outgoing.client("http://localhost", private=True, read=read) as http,
    ):
        yield Graded(database, lms, http)
