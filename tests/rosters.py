"""A classroom whose platform is an LMS that answers: its people launch, and its roster is read."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from classroom import Classroom
from platforms.lms import Course, Lms, Person
from platforms.strict import key
from sqlalchemy import select

from lti_tool.kernel import clock, outgoing
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Visit
from lti_tool.lti import rosters
from lti_tool.lti.arrivals import arrive
from lti_tool.lti.claims import read_claims
from lti_tool.lti.models import ResourceLink
from lti_tool.lti.services import ServiceConnector
from lti_tool.people import models
from lti_tool.people.models import Deployment, Enrolment, Platform, Roster

TOOL_KEYS = {"keys": [key("tool").jwk()]}


class Enrolled:
    """A course of an LMS and what the tool knows of it: an open activity, nobody in it yet but Ines."""

    def __init__(self, database: Database, lms: Lms, **settings: Any) -> None:
        self.room = Classroom(database, **settings)
        self.database, self.lms = database, lms
        self.course: Course = lms.course()
        self.link = lms.link(self.course)
        [deployment] = self.room.all(Deployment, Deployment.id == self.room.tenant)
        self.platform_id = deployment.platform_id
        self.room.set(Platform, Platform.id == self.platform_id, **lms.registration)
        self.room.set(Deployment, Deployment.id == self.room.tenant, deployment_id=lms.deployment_id)
        self.room.set(models.Course, models.Course.id == self.room.course, context_id=self.course.id)
        self.room.set(ResourceLink, ResourceLink.id == self.room.link, resource_link_id=self.link.id)
        self.http = outgoing.client("http://localhost", private=True, read=1.0)
        self.connector = ServiceConnector(self.http, lambda: (key("tool").kid, key("tool").private))

    def join(self, *subs: str, role: str = "Learner", **more: Any) -> None:
        """People of the LMS come into its course."""
        for sub in subs:
            self.lms.add_person(sub, sub.title(), role, courses=[self.course], **more)

    def person(self, sub: str) -> Person:
        return self.lms.people[sub]

    def launch(self, sub: str, **changes: Any) -> Visit:
        """Somebody of the LMS launches the link."""
        told = self.lms.claims(self.person(sub), self.course, self.link, nonce="n", **changes)
        with self.database.write() as rows:
            platform = rows.get_one(Platform, self.platform_id)
            claims = read_claims(
                told, issuer=platform.issuer, client_id=platform.client_id, base_url=self.lms.tool,
                now=clock.now(),
            )  # fmt: skip
            message: Any = SimpleNamespace(platform=platform, claims=claims)
            return arrive(rows, message, 8)[0]

    def offer(self, **values: Any) -> None:
        """What a launch would have left, without anybody who launched."""
        values = {"memberships_url": self.memberships, "next_try_at": clock.now()} | values
        with self.database.write() as rows:
            rows.add(Roster(course_id=self.room.course, **values))

    @property
    def memberships(self) -> str:
        return f"{self.lms.url}/contexts/{self.course.id}/memberships"

    def read(self) -> int:
        """Read the roster if it is due; how often it was."""
        times = 0
        while rosters.read_due(self.database, self.connector, self.platform_id):
            times += 1
        return times

    def later(self, **passed: float) -> None:
        """Some time passes for the roster."""
        gone = timedelta(**(passed or {"days": 1}))
        roster = self.roster
        moments = {
            name: getattr(roster, name) - gone
            for name in ("synced_at", "whole_at", "next_try_at", "claimed_until")
            if getattr(roster, name)
        }
        self.room.set(Roster, Roster.course_id == self.room.course, **moments)

    @property
    def roster(self) -> Roster:
        [roster] = self.room.all(Roster, Roster.course_id == self.room.course)
        return roster

    def known(self) -> dict[str, Enrolment]:
        """The enrolments by sub; Ines apart."""
        with self.database.read() as rows:
            found = rows.execute(
                select(models.Person.sub, Enrolment)
                .join(Enrolment, Enrolment.person_id == models.Person.id)
                .where(Enrolment.course_id == self.room.course, models.Person.sub != "ines")
            )
            return {row.sub: row.Enrolment for row in found}

    def active(self) -> set[str]:
        return {sub for sub, enrolment in self.known().items() if enrolment.active}

    def id_of(self, sub: str) -> UUID:
        return self.known()[sub].person_id
