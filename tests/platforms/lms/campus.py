"""Setting an LMS up: people, courses, links, line items, groups."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from platforms.lms.people import Course, Grade, Group, GroupSet, LineItem, Link, Member, Person
from platforms.lms.personalities import Personality


class Campus:
    """What an LMS keeps, and how tests change it."""

    def __init__(self, personality: Personality, url: str) -> None:
        self.personality = personality
        self.url = url
        self.people: dict[str, Person] = {}
        self.courses: dict[str, Course] = {}
        self.line_items: dict[str, LineItem] = {}  # by address
        self.grades: dict[tuple[str, str], Grade] = {}  # by (line item's address, sub)
        self.attempts: dict[tuple[str, str], int] = {}  # of submission, by the same
        self._numbers = count(1)

    def number(self) -> str:
        """A new id."""
        return str(next(self._numbers))

    # People

    def add_person(
        self, sub: str, name: str = "", role: str = "Learner", *, email: str = "", status: str = "Active",
        courses: Sequence[Course] = (),
    ) -> Person:  # fmt: skip
        """A person, enrolled in `courses`; `role` is a key of `people.ROLES`."""
        person = Person(sub, name, role, email or f"{sub}@example.com")
        self.people[sub] = person
        for course in courses:
            self.enrol(person, course, status=status)
        return person

    def enrol(self, person: Person, course: Course, role: str = "", status: str = "Active") -> Member:
        """Put a person into a course, or change their role or status there."""
        course.changes += 1
        member = Member(person, role or person.role, status, course.changes)
        course.members[person.sub] = member
        return member

    def suspend(self, person: Person, course: Course) -> None:
        """The person stays in the course, inactive."""
        self.enrol(person, course, course.members[person.sub].role, "Inactive")

    def drop(self, person: Person, course: Course) -> None:
        """The person leaves the course."""
        self.enrol(person, course, course.members[person.sub].role, "Deleted")

    # Courses

    def course(self, context_id: str = "", title: str = "", *, history: Sequence[str] = ()) -> Course:
        """A new course; `history` has the ids of the courses it was copied from, newest first."""
        context_id = context_id or self.number()
        named = title or f"Course {context_id}"
        self.courses[context_id] = Course(context_id, named, f"C{context_id}", tuple(history))
        return self.courses[context_id]

    def link(
        self, course: Course, title: str = "", *, link_id: str = "", score_maximum: float | None = None,
        **more: Any,
    ) -> Link:  # fmt: skip
        """A new resource link, with `score_maximum` a graded one; `more` are fields of `Link`."""
        link = Link(link_id or self.number(), course, title or "Toy activity", **more)
        course.links[link.id] = link
        if score_maximum is not None and self.personality.own_line_item:
            link.line_item = self.line_item(
                course, own=True, label=link.title, scoreMaximum=score_maximum, resourceLinkId=link.id
            )
        return link

    def copy(self, course: Course, context_id: str = "", title: str = "") -> Course:
        """A copied course: its links under new ids with what the tool gave them; no people, no notice."""
        history = (course.id, *course.history)
        copied = self.course(context_id, title or f"{course.title} copy 1", history=history)
        for link in course.links.values():
            item = link.line_item
            self.link(
                copied, link.title, url=link.url, text=link.text, custom=dict(link.custom),
                history=(link.id, *link.history), dates=dict(link.dates), item=dict(link.item),
                score_maximum=item.maximum if item else None,
            )  # fmt: skip
        return copied

    # Gradebook and groups

    def line_item(self, course: Course, *, own: bool = False, **fields: Any) -> LineItem:
        """A new line item; `own`: the platform's, for a link. `fields` as in its JSON."""
        query = self.personality.item_query
        address = f"{self.url}/contexts/{course.id}/lineitems/{self.number()}/lineitem"
        item = LineItem(f"{address}?{query}" if query else address, course, fields, own)
        self.line_items[item.id] = item
        return item

    def items_of(self, course: Course, link: Link | None = None) -> list[LineItem]:
        """The line items of a course, or those of one of its links."""
        return [
            item
            for item in self.line_items.values()
            if item.course is course and link in (None, course.links.get(item.resource_link_id))
        ]

    def group_set(self, course: Course, name: str, groups: Mapping[str, Sequence[Person]]) -> GroupSet:
        """A set of groups with their members, by name."""
        made = GroupSet(self.number(), name)
        course.group_sets[made.id] = made
        for each, people in groups.items():
            self.group(course, each, people, made)
        return made

    def group(
        self, course: Course, name: str, people: Sequence[Person] = (), within: GroupSet | None = None
    ) -> Group:
        """A group with its members."""
        group = Group(self.number(), name, within, members={person.sub for person in people})
        course.groups[group.id] = group
        return group
