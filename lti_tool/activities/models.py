"""The activity behind a resource link, and the criteria its reviews use."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
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


class Activity(Base):
    """An activity of a course. Resource links lead to it by a `Placement`, of which it has none at first.

    `opened_at` is empty while it is a draft; `share_by` and `review_by` are empty in an activity that is
    always open; `closed_at` is set when an instructor closes it. `wanted` reviews make a contribution served,
    `given` reviews are what each person is asked for (best one more than wanted: nobody is left short);
    both count where `feedback` is reviews. `named`: peers see each other's names. `presence`: they see who is
    here now. `prompts` are an instructor's own ([{"key", "label", "hint", "required"}]); empty: the kind's.
    `quota_mb` bounds each person's files here, in megabytes of 2**20 bytes.
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
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity.id", ondelete="SET NULL"))

    @property
    def asked(self) -> int:
        """How many reviews each person is asked for."""
        return self.given if self.feedback is Feedback.REVIEWS else 0

    criteria: Mapped[list["Criterion"]] = relationship(order_by="Criterion.position", lazy="raise")

    __table_args__ = (
        CheckConstraint("wanted >= 1 AND given >= wanted", name="reviews"),
        CheckConstraint("lease_hours BETWEEN 1 AND 720", name="lease"),
        CheckConstraint("minimum_words BETWEEN 0 AND 500", name="minimum_words"),
        CheckConstraint("target_words BETWEEN 1 AND 10000", name="target_words"),
        CheckConstraint("quota_mb BETWEEN 1 AND 100000", name="quota_mb"),
        CheckConstraint("share_by IS NULL OR review_by IS NULL OR share_by <= review_by", name="dates"),
    )


class Placement(Base):
    """Which activity a resource link leads to. Its scores go to the gradebook of the link placed first."""

    __tablename__ = "placement"

    resource_link_id: Mapped[UUID] = mapped_column(
        ForeignKey("resource_link.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    placed_at: Mapped[datetime]


class Criterion(Base):
    """One question a reviewer answers with a level. `levels`: [{"points", "label", "sentence"}], rising."""

    __tablename__ = "criterion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    description: Mapped[str]
    levels: Mapped[list[Any]]

    __table_args__ = (UniqueConstraint("activity_id", "position"),)


class Extension(Base):
    """Dates of one person's own, later than everybody's. Each counts where it is set."""

    __tablename__ = "extension"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    share_by: Mapped[datetime | None]
    review_by: Mapped[datetime | None]
    given_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]
