"""The activity behind a resource link, and the criteria its reviews use."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.database import Base


class Kind(StrEnum):
    """What people share in an activity."""

    PRACTICE = "practice"
    GESTURE = "gesture"
    EXPERIENCE = "experience"
    QUESTION = "question"
    SYNTHESIS = "synthesis"


class Grading(StrEnum):
    """What goes to the LMS's gradebook."""

    NONE = "none"
    TWO_COLUMNS = "two-columns"
    ONE_COLUMN = "one-column"


class Feedback(StrEnum):
    """What peers give to a contribution: reviews with criteria, comments alone, or nothing."""

    REVIEWS = "reviews"
    COMMENTS = "comments"
    NONE = "none"


class Writing(StrEnum):
    """Who writes a contribution: each person one, each group one, or the whole course a single one."""

    ALONE = "alone"
    GROUPS = "groups"
    COURSE = "course"


class ReviewType(StrEnum):
    """How peers review: by criteria, or by saying which of two contributions is better."""

    CRITERIA = "criteria"
    COMPARISON = "comparison"


class Allocation(StrEnum):
    """Whether people take their next review themselves, or all reviews are drawn at one moment."""

    PULL = "pull"
    PUSH = "push"


class Matching(StrEnum):
    """Whose work one reviews."""

    ANYONE = "anyone"
    WITHIN_GROUP = "within-group"
    ACROSS_GROUPS = "across-groups"


class Calibration(StrEnum):
    """Whether one scores the instructor's examples before reviewing, and how well."""

    NONE = "none"
    VOLUNTARY = "voluntary"
    REQUIRED = "required"
    WITHIN = "within"  # until one's scores come within the tolerance


class Scoring(StrEnum):
    """How the score of a work is made from its reviews."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"
    WEIGHTED = "weighted"  # by the weights an instructor gives reviewers
    MODEL = "model"  # corrected for severity and reliability


class Activity(Base):
    """An activity of a course. Resource links lead to it by a `Placement`, of which it has none at first.

    `opened_at` is empty while it is a draft; `share_by` and `review_by` are empty in an activity that is
    always open; `closed_at` is set when an instructor closes it. `wanted` reviews make a contribution served,
    `given` reviews are what each person is asked for (best one more than wanted: nobody is left short);
    both count where `feedback` is reviews. `named`: peers see each other's names. `presence`: they see who is
    here now. `prompts` are an instructor's own ([{"key", "label", "hint", "required"}]); empty: the kind's.
    `quota_mb` bounds each person's files here, in megabytes of 2**20 bytes.

    Phases: with `review_from`, reviewing starts on that date; else as soon as one has shared. `revising`:
    authors improve their work after the reviews, until `revise_by`. `closes_at` closes all. `zone` is the
    IANA name of the course's time zone, empty for the installation's.

    Names: `named` and `reviews_named` (authors see who reviewed them) make the modes double (neither), single
    (`named`) and open (both); `names_at_end` sets both once the activity has closed.

    Reviews: `pushed_at` is when they were drawn, where `allocation` is by push; since `push_asked_at` the
    worker is to draw them, as many as possible if it is `push_anyway`; `push_obstacle` is why not all could
    be. `as_group`: a group gives one review together. `tolerance`: of a trial on the instructor's examples,
    as a share of the scale. Reviews and scores that are `..._held` wait for an instructor; those with a
    `..._from` for that moment.

    Reviews sent before `asked_again_at` are to be changed: the criteria are others since.

    Scores: `late_penalty` is the share lost for each day begun, `late_penalty_most` the most lost.
    `work_share` is the work's part where one column holds both. `reviewing_weights`: of the terms of the
    grade for reviewing, by name; empty: our own. Since `rescore_at` all scores wait to be made anew.
    """

    __tablename__ = "activity"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[Kind]
    language: Mapped[str]
    title: Mapped[str]
    instructions: Mapped[str]
    grading: Mapped[Grading] = mapped_column(default=Grading.TWO_COLUMNS)
    wanted: Mapped[int] = mapped_column(default=3)
    given: Mapped[int] = mapped_column(default=4)
    lease_hours: Mapped[int] = mapped_column(default=24)
    minimum_words: Mapped[int] = mapped_column(default=30)
    late_allowed: Mapped[bool] = mapped_column(default=True)
    feedback: Mapped[Feedback] = mapped_column(default=Feedback.REVIEWS)
    writing: Mapped[Writing] = mapped_column(default=Writing.ALONE)
    named: Mapped[bool] = mapped_column(default=False)
    presence: Mapped[bool] = mapped_column(default=False)
    prompts: Mapped[list[Any] | None]
    target_words: Mapped[int | None]
    quota_mb: Mapped[int] = mapped_column(default=2000)
    share_by: Mapped[datetime | None]
    review_by: Mapped[datetime | None]
    review_from: Mapped[datetime | None]
    revising: Mapped[bool] = mapped_column(default=False)
    revise_by: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(default="")
    reviews_named: Mapped[bool] = mapped_column(default=False)
    names_at_end: Mapped[bool] = mapped_column(default=False)
    review_type: Mapped[ReviewType] = mapped_column(default=ReviewType.CRITERIA)
    allocation: Mapped[Allocation] = mapped_column(default=Allocation.PULL)
    pushed_at: Mapped[datetime | None]
    push_asked_at: Mapped[datetime | None]
    push_anyway: Mapped[bool] = mapped_column(default=False)
    push_obstacle: Mapped[dict[str, Any] | None]
    matching: Mapped[Matching] = mapped_column(default=Matching.ANYONE)
    as_group: Mapped[bool] = mapped_column(default=False)
    self_review: Mapped[bool] = mapped_column(default=False)
    calibration: Mapped[Calibration] = mapped_column(default=Calibration.NONE)
    tolerance: Mapped[float] = mapped_column(default=0.15)
    feedback_held: Mapped[bool] = mapped_column(default=False)
    feedback_from: Mapped[datetime | None]
    scores_held: Mapped[bool] = mapped_column(default=False)
    scores_from: Mapped[datetime | None]
    scoring: Mapped[Scoring] = mapped_column(default=Scoring.MEAN)
    late_penalty: Mapped[float] = mapped_column(default=0.0)
    late_penalty_most: Mapped[float] = mapped_column(default=1.0)
    work_share: Mapped[float] = mapped_column(default=0.8)
    reviewing_weights: Mapped[dict[str, Any] | None]
    asked_again_at: Mapped[datetime | None]
    rescore_at: Mapped[datetime | None]
    reminders: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity.id", ondelete="SET NULL"))

    @property
    def asked(self) -> int:
        """How many reviews each person is asked for."""
        return self.given if self.feedback is Feedback.REVIEWS else 0

    criteria: Mapped[list["Criterion"]] = relationship(
        primaryjoin="and_(Criterion.activity_id == Activity.id, Criterion.retired_at.is_(None))",
        order_by="Criterion.position",
        lazy="raise",
    )

    __table_args__ = (
        CheckConstraint("wanted >= 1 AND given >= wanted", name="reviews"),
        CheckConstraint("lease_hours BETWEEN 1 AND 720", name="lease"),
        CheckConstraint("minimum_words BETWEEN 0 AND 500", name="minimum_words"),
        CheckConstraint("target_words BETWEEN 1 AND 10000", name="target_words"),
        CheckConstraint("quota_mb BETWEEN 1 AND 100000", name="quota_mb"),
        CheckConstraint("share_by IS NULL OR review_by IS NULL OR share_by <= review_by", name="dates"),
        CheckConstraint("tolerance BETWEEN 0 AND 1", name="tolerance"),
        CheckConstraint("late_penalty BETWEEN 0 AND 1", name="late_penalty"),
        CheckConstraint("late_penalty_most BETWEEN 0 AND 1", name="late_penalty_most"),
        CheckConstraint("work_share BETWEEN 0 AND 1", name="work_share"),
        Index(
            "ix_activity_push",
            "push_asked_at",
            "review_from",
            sqlite_where=text("allocation = 'push' AND (pushed_at IS NULL OR push_asked_at IS NOT NULL)"),
            postgresql_where=text("allocation = 'push' AND (pushed_at IS NULL OR push_asked_at IS NOT NULL)"),
        ),
    )


class Placement(Base):
    """Which activity a resource link leads to. Its scores go to the gradebook of the link placed first."""

    __tablename__ = "placement"

    resource_link_id: Mapped[UUID] = mapped_column(
        ForeignKey("resource_link.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    placed_at: Mapped[datetime]


class CriterionType(StrEnum):
    """How a reviewer answers: a described level, a number on a scale, words alone, or a count of errors."""

    LEVELS = "levels"
    SCALE = "scale"
    QUESTION = "question"
    ERRORS = "errors"


class Criterion(Base):
    """One question a reviewer answers.

    `levels`: [{"points", "label", "sentence"}], rising; of a SCALE and of ERRORS the lowest and the highest
    number, of a QUESTION none. `weight` is its part of the score, beside the other criteria's. One that is
    `retired_at` stays with the reviews that used it; `replaces_id` is the one it took the place of. Since
    `reweighed_at` the reviews that were sent wait for their new scores.
    """

    __tablename__ = "criterion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    description: Mapped[str]
    levels: Mapped[list[Any]]
    type: Mapped[CriterionType] = mapped_column(default=CriterionType.LEVELS)
    weight: Mapped[float] = mapped_column(default=1.0)
    comment_required: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("criterion.id", ondelete="SET NULL"))
    reweighed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("weight >= 0", name="weight"),
        Index(
            "ix_criterion_reweighed",
            "reweighed_at",
            sqlite_where=text("reweighed_at IS NOT NULL"),
            postgresql_where=text("reweighed_at IS NOT NULL"),
        ),
        Index(
            "uq_criterion_position",
            "activity_id",
            "position",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )


class Rubric(Base):
    """A set of criteria kept for other activities: its owner's own, or `shared` with all of the deployment.

    `criteria`: [{"name", "description", "type", "weight", "comment_required", "levels"}].
    """

    __tablename__ = "rubric"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    shared: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str]
    language: Mapped[str]
    criteria: Mapped[list[Any]]
    saved_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        Index("ix_rubric_library", "tenant_id", "shared", "name"),
    )


class Extension(Base):
    """Dates of one person's own, later than everybody's. Each counts where it is set."""

    __tablename__ = "extension"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    share_by: Mapped[datetime | None]
    review_by: Mapped[datetime | None]
    revise_by: Mapped[datetime | None]
    given_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]
