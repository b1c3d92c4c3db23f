"""What an instructor chooses for an activity, and which choices go together."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from ..kernel.permissions import Visit
from ..people.models import Group
from .kinds import KINDS
from .models import Feedback, Grading, Kind, Writing
from .phases import Dates

LONGEST_TITLE, LONGEST_INSTRUCTIONS = 200, 5000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an instructor may choose, and choose anew. What is None is the kind's default.

    `target_words`: None is no target. `quota_mb`: megabytes of 2**20 bytes.
    """

    title: str = ""
    instructions: str = ""
    share_by: datetime | None = None
    review_by: datetime | None = None
    wanted: int = 3
    given: int = 4
    minimum_words: int = 30
    late_allowed: bool = True
    feedback: Feedback | None = None
    writing: Writing | None = None
    named: bool | None = None
    presence: bool = False
    target_words: int | None = None
    quota_mb: int = 2000


@dataclass(frozen=True, slots=True)
class Plan(Settings):
    """An activity as an instructor wants it; what is left out is the kind's default."""

    kind: Kind
    grading: Grading = Grading.TWO_COLUMNS


def suits(session: Session, visit: Visit, kind: Kind, chosen: Settings) -> None:
    """See whether the choices hold for a kind in the visit's course.

    Raises:
        InvalidError: they do not; its field is the form's.

    """
    if len(plain(chosen.title)) > LONGEST_TITLE:
        raise InvalidError(N_("The title is too long. Keep it under 200 characters."), field="title")
    if len(plain(chosen.instructions)) > LONGEST_INSTRUCTIONS:
        raise InvalidError(
            N_("The instructions are too long. Keep them under 5,000 characters."), field="instructions"
        )
    check_dates(Dates(chosen.share_by, chosen.review_by))
    feedback = chosen.feedback or KINDS[kind].feedback
    writing = chosen.writing or KINDS[kind].writing
    if kind is Kind.QUESTION and writing is not Writing.ALONE:
        raise InvalidError(N_("Each person asks their own questions."), field="writing")
    if kind is Kind.QUESTION and feedback is Feedback.REVIEWS:
        raise InvalidError(N_("Questions are answered, not reviewed."), field="feedback")
    if writing is Writing.COURSE and feedback is Feedback.REVIEWS:
        sentence = N_("Everybody writes this page, so nobody is left to review it.")
        raise InvalidError(sentence, field="feedback")
    if writing is Writing.GROUPS and not has_groups(session, visit):
        sentence = N_("This course has no groups yet. Make them under “People and groups” first.")
        raise InvalidError(sentence, field="writing")


def check_dates(dates: Dates) -> None:
    """Raise InvalidError when the dates are out of order."""
    if dates.share_by and dates.review_by and dates.share_by > dates.review_by:
        raise InvalidError(N_("The review date must come after the sharing date."), field="review_by")


def has_groups(session: Session, visit: Visit) -> bool:
    """Whether the visit's course has groups."""
    return bool(session.scalar(select(exists().where(Group.course_id == visit.course()))))
