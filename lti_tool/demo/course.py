"""The demo's course: its people, its sections, and the activities placed in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Language = Literal["en", "fr"]
Role = Literal["Instructor", "Learner"]


@dataclass(frozen=True)
class Person:
    """Somebody enrolled in the course; `id` is what the tool knows as `sub`."""

    id: str
    username: str
    given_name: str
    family_name: str
    language: Language
    role: Role
    job: str

    @property
    def name(self) -> str:
        """The full name, as people read it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        """An address that leads nowhere (RFC 2606)."""
        return f"{self.username}@example.com"

    @property
    def staff_number(self) -> str:
        """The organisation's own number of this person, LTI's `person_sourcedid`."""
        return f"EMP-{1000 + int(self.id)}"


@dataclass(frozen=True)
class Link:
    """An activity placed in the course: an LTI resource link.

    `custom` are the parameters that the tool gave it, `history` the links that it was copied from.
    """

    id: str
    title: str
    description: str
    language: Language
    custom: Mapping[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()

    def copied(self, link_id: str) -> "Link":
        """The same in a copy of its course."""
        return replace(self, id=link_id, history=(self.id, *self.history))


@dataclass(frozen=True)
class Section:
    """A part of the course page."""

    title: str
    text: str
    language: Language
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Course:
    """A course. `added` are the activities since its beginning, `history` the courses it was copied from."""

    id: str
    label: str
    title: str
    sections: tuple[Section, ...]
    added: tuple[Link, ...] = ()
    history: tuple[str, ...] = ()

    @property
    def links(self) -> dict[str, Link]:
        """Every activity of the course by its id, in the page's order."""
        placed = (link for section in self.sections for link in section.links)
        return {link.id: link for link in (*placed, *self.added)}

    def plus(self, link: Link) -> "Course":
        """The course with one more activity."""
        return replace(self, added=(*self.added, link))

    def copied(self, course_id: str, link_ids: Iterator[str]) -> "Course":
        """A copy for other people, its activities under ids of their own."""

        def copies(links: tuple[Link, ...]) -> tuple[Link, ...]:
            return tuple(link.copied(next(link_ids)) for link in links)

        return replace(
            self,
            id=course_id,
            sections=tuple(replace(section, links=copies(section.links)) for section in self.sections),
            added=copies(self.added),
            history=(self.id, *self.history),
        )


PEOPLE: dict[str, Person] = {
    person.id: person
    for person in (
        Person("3", "margaret", "Margaret", "O’Neill", "en", "Instructor", "Training lead"),
        Person("4", "amelie", "Amélie", "Rousseau", "fr", "Learner", "Aide-soignante"),
        Person("5", "karim", "Karim", "Benali", "fr", "Learner", "Chef d’équipe logistique"),
        Person("6", "sophie", "Sophie", "Lefèvre", "fr", "Learner", "Infirmière"),
        Person("7", "thomas", "Thomas", "Girard", "fr", "Learner", "Préparateur de commandes"),
        Person("8", "daniel", "Daniel", "Okafor", "en", "Learner", "Account manager"),
        Person("9", "emily", "Emily", "Hughes", "en", "Learner", "Ward nurse"),
        Person("10", "james", "James", "Whitaker", "en", "Learner", "Maintenance fitter"),
        Person("11", "priya", "Priya", "Nair", "en", "Learner", "Sales adviser"),
    )
}
"""Everybody by id: one instructor, then eight learners."""

COURSE = Course(
    id="2",
    label="LAW-26",
    title="Learning at work – Apprendre au travail",
    sections=(
        Section(
            "Sécurité au travail",
            "Ce que les procédures ne disent pas : les habitudes qui, chaque jour, évitent l’accident.",
            "fr",
            (
                Link(
                    "11",
                    "Une pratique qui évite l’accident",
                    "Partagez une habitude de travail qui protège, puis lisez celles de vos collègues.",
                    "fr",
                ),
            ),
        ),
        Section(
            "Care at the bedside",
            "Small gestures make the difference between a task done and a person cared for.",
            "en",
            (
                Link(
                    "12",
                    "Show a gesture of care",
                    "Show, step by step, one gesture that you do well, so that a newcomer could repeat it.",
                    "en",
                ),
            ),
        ),
        Section(
            "Sales calls",
            "Nobody learns to listen from a slide. Bring a call that went well, or one that did not.",
            "en",
            (
                Link(
                    "13",
                    "A call that taught me something",
                    "Tell one conversation with a customer, and what you took away from it.",
                    "en",
                ),
            ),
        ),
        Section(
            "Accueillir un collègue",
            "La première semaine décide souvent de la première année.",
            "fr",
            (
                Link(
                    "14",
                    "Ma façon d’accueillir un nouveau collègue",
                    "Cette activité attend d’être préparée par la formatrice.",
                    "fr",
                ),
            ),
        ),
    ),
)
"""The course of the beginning; its last activity is left for the instructor to set up in the tool."""
