"""Who is here, and what that role may do. Permission sets are data."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from .errors import NotAllowedError
from .i18n import N_


class Role(StrEnum):
    """A person's role in one course, as the door read it from the launch."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    DESIGNER = "designer"
    LEARNER = "learner"
    OBSERVER = "observer"
    SUPPORT = "support"


class Purpose(StrEnum):
    """What somebody came for: the launch's message type."""

    TAKE_PART = "take-part"  # LtiResourceLinkRequest
    PICK = "pick"  # LtiDeepLinkingRequest
    SEE_WORK = "see-work"  # LtiSubmissionReviewRequest
    OWN_DATA = "own-data"  # DataPrivacyLaunchRequest


class May(StrEnum):
    """What a role may do."""

    SET_UP = "set-up"
    SEE_PEOPLE = "see-people"
    SEE_ALL_WORK = "see-all-work"
    SHARE = "share"  # staff too: what they share is read, and neither reviewed nor scored
    TAKE_PART = "take-part"


PERMISSIONS: dict[Role, frozenset[May]] = {
    Role.INSTRUCTOR: frozenset({May.SET_UP, May.SEE_PEOPLE, May.SEE_ALL_WORK, May.SHARE}),
    Role.ASSISTANT: frozenset({May.SEE_PEOPLE, May.SEE_ALL_WORK, May.SHARE}),
    Role.DESIGNER: frozenset({May.SET_UP}),
    Role.LEARNER: frozenset({May.SHARE, May.TAKE_PART}),
    Role.OBSERVER: frozenset(),
    Role.SUPPORT: frozenset({May.SEE_PEOPLE}),
}


def staff_rights(role: Role) -> frozenset[May]:
    """What a role may do beyond taking part."""
    return PERMISSIONS[role] - {May.SHARE, May.TAKE_PART}


@dataclass(frozen=True, slots=True)
class Visit:
    """One launch, as every view sees it: who is here, in which course, as what.

    The ids are our own rows' ids, never the platform's. Who came for their own data is in no course, and who
    picks an activity for a new link comes from none yet.
    """

    launch_id: str
    tenant_id: UUID
    course_id: UUID | None
    resource_link_id: UUID | None
    person_id: UUID
    role: Role
    locale: str
    test_user: bool = False
    active: bool = True
    person_name: str = ""
    embedder: str = ""  # the origins that may frame this launch's pages
    lms_origin: str = ""  # the origin that messages to the LMS's window are for
    purpose: Purpose = Purpose.TAKE_PART
    about_person_id: UUID | None = None  # whose work is asked for: a wish, not a right
    return_url: str = ""  # where the LMS wants people back

    def course(self) -> UUID:
        """The course. Raises NotAllowedError for who came from outside any."""
        if self.course_id is None:
            raise NotAllowedError(N_("This page needs a course. Open the activity from your course."))
        return self.course_id

    def may(self, what: May) -> bool:
        """Whether this visitor's role includes `what`, and the enrolment is active."""
        return self.active and what in PERMISSIONS[self.role]

    def require(self, what: May) -> None:
        """Raise NotAllowedError unless the visitor may do `what`."""
        if not self.active:
            raise NotAllowedError(N_("You are no longer enrolled in this course."), code="not-enrolled")
        if not self.may(what):
            raise NotAllowedError(N_("Your role in this course does not include this."))
