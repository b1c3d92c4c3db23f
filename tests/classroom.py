"""A course with an open activity and people in it, made as rows: where tests of peer review begin."""

import random
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, event, insert, select, update
from sqlalchemy.orm import selectinload

from lti_tool.activities.models import Activity, Criterion, Kind, Placement
from lti_tool.contributions.models import Contribution, ContributionState
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Role, Visit
from lti_tool.lti.models import ResourceLink
from lti_tool.people.models import Course, Deployment, Enrolment, Group, GroupMember, Person, Platform
from lti_tool.reviews.models import Review
from lti_tool.reviews.rubric import Answer, Draft

LEVELS = [{"points": n, "label": f"Level {n}", "sentence": f"Sentence of level {n}."} for n in (1, 2, 3, 4)]
TEXT = "What works is the calm welcome. One thing to try is to say earlier where help can be found."


class Classroom:
    """One course, one link, one opened activity with two criteria, and an instructor."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database = database
        now = clock.now()
        self.tenant, self.course, self.link, self.instructor = (uuid4() for _ in range(4))
        platform = uuid4()
        with database.write() as rows:
            rows.add(
                Platform(
                    id=platform, name=platform.hex, issuer=f"https://lms.example/{platform.hex}",
                    client_id="c", auth_url="", token_url="", jwks_url="", created_at=now,
                )
            )  # fmt: skip
            rows.flush()
            rows.add(Deployment(id=self.tenant, platform_id=platform, deployment_id="1"))
            rows.flush()
            rows.add(Course(id=self.course, tenant_id=self.tenant, context_id="7", title="Welcoming"))
            rows.add(Person(id=self.instructor, tenant_id=self.tenant, sub="ines", name="Ines"))
            rows.flush()
            rows.add(ResourceLink(id=self.link, course_id=self.course, resource_link_id="1"))
            rows.add(
                Enrolment(
                    course_id=self.course, person_id=self.instructor, role=Role.INSTRUCTOR, last_seen_at=now
                )
            )
            rows.flush()
            activity = Activity(
                course_id=self.course, creator_id=self.instructor,
                language="en", title="How I welcome", instructions="Share one.", created_at=now,
                opened_at=now - timedelta(days=1), **{"kind": Kind.PRACTICE, "minimum_words": 5, **settings},
            )  # fmt: skip
            rows.add(activity)
            rows.flush()
            rows.add(Placement(resource_link_id=self.link, activity_id=activity.id, placed_at=now))
            for position, name in enumerate(("Useful", "Clear")):
                rows.add(
                    Criterion(
                        activity_id=activity.id, position=position, name=name, description="", levels=LEVELS
                    )
                )
        self.activity = self.reload()

    def reload(self) -> Activity:
        """The activity as it is now, with its criteria."""
        with self.database.read() as rows:
            query = select(Activity).join(Placement).where(Placement.resource_link_id == self.link)
            return rows.scalars(query.options(selectinload(Activity.criteria))).one()

    def people(self, count: int, *, test_user: bool = False, shared: bool = True) -> list[UUID]:
        """`count` more learners, each with a contribution unless they have not `shared`."""
        ids = [uuid4() for _ in range(count)]
        now = clock.now()
        with self.database.write() as rows:
            rows.execute(
                insert(Person),
                [{"id": i, "tenant_id": self.tenant, "sub": i.hex, "name": f"Learner {i.hex}"} for i in ids],
            )
            rows.execute(
                insert(Enrolment),
                [
                    {
                        "course_id": self.course, "person_id": i, "role": Role.LEARNER, "active": True,
                        "test_user": test_user, "last_seen_at": now,
                    }
                    for i in ids
                ],
            )  # fmt: skip
            if shared:
                rows.execute(insert(Contribution), [self._contribution(i, now) for i in ids])
        return ids

    def group(self, name: str, people: Sequence[UUID]) -> UUID:
        """A group of the course, as of an instructor's list."""
        key = uuid4()
        with self.database.write() as rows:
            rows.add(
                Group(id=key, course_id=self.course, source="own", external_id=name, name=name, set_name="")
            )
            rows.flush()
            rows.add_all(GroupMember(group_id=key, person_id=each) for each in people)
        return key

    def _contribution(self, author: UUID, now: datetime) -> dict[str, Any]:
        return {
            "id": uuid4(), "activity_id": self.activity.id, "author_id": author, "language": "en",
            "state": ContributionState.SHARED, "title": "A calm welcome", "answers": {"situation": "Monday."},
            "words": 1, "version": 1, "saved_at": now, "shared_at": now, "late": False, "served": 0,
            "draw": random.random(),
        }  # fmt: skip

    def visit(self, person: UUID, *, role: Role = Role.LEARNER, active: bool = True) -> Visit:
        """A launch by a person."""
        return Visit(
            launch_id=uuid4().hex, tenant_id=self.tenant, course_id=self.course, resource_link_id=self.link,
            person_id=person, role=role, locale="en", active=active,
        )  # fmt: skip

    def set(self, table: type, where: Any, **values: Any) -> None:
        """Change rows behind everybody's back."""
        with self.database.write() as rows:
            rows.execute(update(table).where(where).values(**values))

    def all(self, table: type, *where: Any) -> Sequence[Any]:
        """The rows of a table."""
        with self.database.read() as rows:
            return rows.scalars(select(table).where(*where)).all()

    def served(self) -> dict[UUID, int]:
        """How often each contribution is served."""
        with self.database.read() as rows:
            return {work.id: work.served for work in rows.scalars(select(Contribution))}

    def written(self, points: float = 3, overall: str = TEXT, comment: str = "Clear.") -> Draft:
        """A whole review, the same points on each criterion."""
        return Draft(overall, {c.id: Answer(points, comment) for c in self.activity.criteria})

    def counted(self) -> int:
        """How many reviews are assigned or sent, counted one by one."""
        return len(self.all(Review, Review.state.in_(("assigned", "sent"))))


@contextmanager
def statements(engine: Engine):
    """Collects the SQL statements sent meanwhile, transaction control left out."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
