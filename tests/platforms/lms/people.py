"""What an LMS keeps: people, courses with members, links and groups, line items and grades."""

from dataclasses import dataclass, field
from typing import Any

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

ROLES = {  # the names that tests use -> what a platform sends
    "Learner": (f"{MEMBERSHIP}#Learner",),
    "Instructor": (f"{MEMBERSHIP}#Instructor",),
    "TeachingAssistant": (f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}/Instructor#TeachingAssistant"),
    "ContentDeveloper": (f"{MEMBERSHIP}#ContentDeveloper",),
    "Mentor": (f"{MEMBERSHIP}#Mentor",),
    "Administrator": (f"{INSTITUTION}#Administrator", f"{SYSTEM}#Administrator"),
    "TestUser": (f"{MEMBERSHIP}#Learner", TEST_USER),
}


@dataclass(frozen=True)
class Person:
    """A user of the LMS; `role` is a key of `ROLES`, for courses that do not say another."""

    sub: str
    name: str
    role: str = "Learner"
    email: str = ""

    @property
    def given_name(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def family_name(self) -> str:
        return self.name.partition(" ")[2]


@dataclass
class Member:
    """A person in a course. `status`: Active, Inactive or Deleted; `changed`: at which of its changes."""

    person: Person
    role: str
    status: str = "Active"
    changed: int = 0


@dataclass(frozen=True)
class GroupSet:
    """A set of groups of a course."""

    id: str
    name: str


@dataclass
class Group:
    """A group of a course: its members by `sub`."""

    id: str
    name: str
    group_set: GroupSet | None = None
    tag: str = ""
    members: set[str] = field(default_factory=set)


@dataclass
class Course:
    """A context. `history` has the ids of the courses it was copied from, newest first."""

    id: str
    title: str
    label: str = ""
    history: tuple[str, ...] = ()
    members: dict[str, Member] = field(default_factory=dict)
    links: dict[str, "Link"] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    group_sets: dict[str, GroupSet] = field(default_factory=dict)
    changes: int = 0


@dataclass
class LineItem:
    """A column of a course's gradebook; `fields` is its JSON without the id (AGS 2.0, section 3.2)."""

    id: str  # its address
    course: Course
    fields: dict[str, Any]
    own: bool = False  # made by the platform for a link, not by the tool

    @property
    def resource_link_id(self) -> str:
        return str(self.fields.get("resourceLinkId") or "")

    @property
    def maximum(self) -> float:
        return float(self.fields["scoreMaximum"])


@dataclass
class Link:
    """A resource link of a course, with the line item the platform made for it, if any."""

    id: str
    course: Course
    title: str
    url: str = ""  # where it opens; empty: the tool's launch address
    text: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()  # of resource link ids, newest first
    dates: dict[str, str] = field(default_factory=dict)  # available.startDateTime ... -> ISO 8601
    item: dict[str, Any] = field(default_factory=dict)  # the content item it came from
    line_item: LineItem | None = None


@dataclass
class Grade:
    """What the gradebook holds for one learner in one column; `score` is in the column's points, or None."""

    score: float | None
    comment: str
    timestamp: str
    activity_progress: str
    grading_progress: str
    body: dict[str, Any]  # the latest score as it came
    count: int = 1  # scores taken so far
    in_gradebook: bool = True  # False: kept, but shown to nobody (Open edX, a column without a link)
