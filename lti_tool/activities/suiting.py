"""What an instructor chooses for an activity, and which choices go together."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from ..kernel.permissions import Visit
from ..people.models import Group
from .dates import Dates, zones
from .kinds import KINDS
from .models import (
    Activity,
    Allocation,
    Calibration,
    Feedback,
    Grading,
    Kind,
    Matching,
    ReviewType,
    Scoring,
    Writing,
)

LONGEST_TITLE, LONGEST_INSTRUCTIONS = 200, 5000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an instructor may choose, and choose anew: columns of an activity. None is the kind's default.

    `target_words`: None is no target. `quota_mb`: megabytes of 2**20 bytes. `tolerance`, `late_penalty`,
    `late_penalty_most` and `work_share` are shares, 0 to 1.
    """

    title: str = ""
    instructions: str = ""
    share_by: datetime | None = None
    review_from: datetime | None = None
    review_by: datetime | None = None
    revising: bool = False
    revise_by: datetime | None = None
    closes_at: datetime | None = None
    zone: str = ""
    late_allowed: bool = True
    wanted: int = 3
    given: int = 4
    minimum_words: int = 30
    feedback: Feedback | None = None
    review_type: ReviewType = ReviewType.CRITERIA
    self_review: bool = False
    calibration: Calibration = Calibration.NONE
    tolerance: float = 0.15
    allocation: Allocation = Allocation.PULL
    matching: Matching = Matching.ANYONE
    as_group: bool = False
    writing: Writing | None = None
    named: bool | None = None
    reviews_named: bool = False
    names_at_end: bool = False
    presence: bool = False
    target_words: int | None = None
    quota_mb: int = 2000
    scoring: Scoring = Scoring.MEAN
    late_penalty: float = 0.0
    late_penalty_most: float = 1.0
    work_share: float = 0.8
    feedback_held: bool = False
    feedback_from: datetime | None = None
    scores_held: bool = False
    scores_from: datetime | None = None
    reminders: bool = True

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """As they are in an activity."""
        return cls(**{field.name: getattr(activity, field.name) for field in fields(Settings)})

    @property
    def dates(self) -> Dates:
        """All dates among them."""
        return Dates(*(getattr(self, name) for name in Dates._fields))

    @property
    def columns(self) -> dict[str, Any]:
        """The values by the names of the activity's columns."""
        return {name: value for name, value in asdict(self).items() if name in _COLUMNS}


_COLUMNS = frozenset(field.name for field in fields(Settings))


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
    feedback = chosen.feedback or KINDS[kind].feedback
    writing = chosen.writing or KINDS[kind].writing
    reviewed = feedback is Feedback.REVIEWS
    by_groups = [
        name
        for name, grouped in (
            ("writing", writing is Writing.GROUPS),
            ("matching", reviewed and chosen.matching is not Matching.ANYONE),
            ("as_group", reviewed and chosen.as_group),
        )
        if grouped
    ]
    revises_after = chosen.revising and chosen.review_from and not chosen.review_by
    comparing = reviewed and chosen.review_type is ReviewType.COMPARISON
    refusals = (
        ("title", len(plain(chosen.title)) > LONGEST_TITLE,
         N_("The title is too long. Keep it under 200 characters.")),
        ("instructions", len(plain(chosen.instructions)) > LONGEST_INSTRUCTIONS,
         N_("The instructions are too long. Keep them under 5,000 characters.")),
        ("zone", bool(chosen.zone) and chosen.zone not in zones(), N_("Choose a time zone from the list.")),
        ("writing", kind is Kind.QUESTION and writing is not Writing.ALONE,
         N_("Each person asks their own questions.")),
        ("feedback", kind is Kind.QUESTION and reviewed, N_("Questions are answered, not reviewed.")),
        ("feedback", writing is Writing.COURSE and reviewed,
         N_("Everybody writes this page, so nobody is left to review it.")),
        ("review_by", revises_after, N_("Revising begins when reviewing ends. Choose that date.")),
        ("revise_by", chosen.revise_by and not chosen.revising,
         N_("Let people revise their work, or leave this date empty.")),
        ("matching", reviewed and writing is Writing.GROUPS and chosen.matching is Matching.WITHIN_GROUP,
         N_("Each group writes one work, so nothing is left to review inside it.")),
        ("as_group", reviewed and chosen.as_group and chosen.matching is Matching.WITHIN_GROUP,
         N_("A group that reviews as one needs the work of other groups.")),
        ("self_review", comparing and chosen.self_review,
         N_("Who compares two works cannot also review their own. Choose one.")),
        ("allocation", comparing and chosen.allocation is Allocation.PUSH,
         N_("Pairs to compare are taken one by one. Choose “Each person takes the next one”.")),
        ("as_group", comparing and chosen.as_group, N_("Each person compares alone.")),
        ("calibration", comparing and chosen.calibration is not Calibration.NONE,
         N_("Examples are scored by criteria. Who compares needs none.")),
        ("late_penalty_most", chosen.late_penalty_most < chosen.late_penalty,
         N_("The most lost cannot be less than one day costs.")),
    )  # fmt: skip
    for field, refused, sentence in refusals:
        if refused:
            raise InvalidError(sentence, field=field)
    check_dates(chosen.dates)
    if by_groups and not has_groups(session, visit):
        sentence = N_("This course has no groups yet. Make them under “People and groups” first.")
        raise InvalidError(sentence, field=by_groups[0])


# By the date that comes too early; where it follows another one than usual, by both.
ORDER = {
    "review_from": N_("Reviews begin on the sharing date, or after it."),
    "review_by": N_("The review date must come after the sharing date."),
    ("review_by", "review_from"): N_("The review date must come after reviews begin."),
    "revise_by": N_("People revise after the reviews. Choose a later date."),
    "closes_at": N_("The activity closes after its other dates. Choose a later one."),
}


def check_dates(dates: Dates, opened_at: datetime | None = None) -> None:
    """See whether dates are in order and, where it is told when it opened, after that.

    Raises:
        InvalidError: they are not.

    """
    for field, earlier in dates.out_of_order():
        raise InvalidError(ORDER.get((field, earlier)) or ORDER[field], field=field)
    first = next(((name, date) for name, date in zip(dates._fields, dates, strict=True) if date), None)
    if opened_at and first and first[1] <= opened_at:
        raise InvalidError(N_("Choose a date after the activity opened."), field=first[0])


def has_groups(session: Session, visit: Visit) -> bool:
    """Whether the visit's course has groups."""
    return bool(session.scalar(select(exists().where(Group.course_id == visit.course()))))
