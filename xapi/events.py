"""What happened, in plain words: the events that become statements.

Word counts always travel; learners' own words (a title, a `response`, files) only where the platform's
administrator lets them.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from xapi import vocabulary
from xapi.identity import Actor, require_iri
from xapi.times import duration, require_zone
from xapi.vocabulary import Verb


@dataclass(frozen=True)
class Thing:
    """Something with an IRI. Raises ValueError when that is not an absolute IRI."""

    iri: str

    def __post_init__(self) -> None:
        require_iri(self.iri)


@dataclass(frozen=True)
class Course(Thing):
    """A course of the LMS; `context_id` is the LMS's own id of it, which is no IRI."""

    title: str
    context_id: str | None = None


@dataclass(frozen=True)
class Activity(Thing):
    """The peer activity; `kind` is what it asks for (practice, gesture, experience...)."""

    title: str
    kind: str


@dataclass(frozen=True)
class Contribution(Thing):
    """What a peer shared, and who did, where that is to be told; `title` is the learner's own words."""

    title: str
    kind: str
    author: Actor | None = None


@dataclass(frozen=True)
class Review(Thing):
    """The review as an artefact that its reader may judge in turn."""

    author: Actor | None = None


@dataclass(frozen=True)
class Comment(Thing):
    """A comment, a reply, a question or an answer, and who said it."""

    author: Actor | None = None


@dataclass(frozen=True)
class Attachment:
    """A file that a contribution holds (xAPI 1.0.3, Part Two, 2.4.11). Raises ValueError unless `url` is one.

    `length` is in bytes; `sha2` is the lower-case hex of the content's SHA-256.
    """

    display: str
    content_type: str
    length: int
    sha2: str
    url: str

    def __post_init__(self) -> None:
        require_iri(self.url)


@dataclass(frozen=True)
class Score:
    """A mark on its scale. Raises ValueError unless min < max, min <= raw <= max, and all are finite."""

    raw: float
    min: float
    max: float

    def __post_init__(self) -> None:
        finite = math.isfinite(self.max - self.min)
        if not (finite and self.min < self.max and self.min <= self.raw <= self.max):
            raise ValueError(f"not a score: {self.raw} on a scale from {self.min} to {self.max}")

    @property
    def scaled(self) -> float:
        """The share of the scale, 0 to 1, four decimals."""
        return round((self.raw - self.min) / (self.max - self.min), 4)


@dataclass(frozen=True)
class CriterionMark:
    """What a review gave on one criterion of the rubric, by its IRI. Raises ValueError like Score."""

    criterion: str
    label: str
    raw: float
    min: float
    max: float

    def __post_init__(self) -> None:
        require_iri(self.criterion)
        _ = self.score

    @property
    def score(self) -> Score:
        """The mark without its criterion."""
        return Score(self.raw, self.min, self.max)


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where it happened. `synthetic` marks a course that a demo or a load test invented."""

    registration: UUID
    course: Course
    activity: Activity
    platform: str
    language: str | None = None
    instructor: Actor | None = None
    team: Actor | None = None
    synthetic: bool = False


@dataclass(frozen=True, kw_only=True)
class Event:
    """One act of one person, with what they wrote. Raises ValueError when `occurred_at` has no time zone."""

    verb: ClassVar[Verb]

    id: UUID
    occurred_at: datetime
    actor: Actor
    context: Context
    response: str = ""
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        require_zone(self.occurred_at)


@dataclass(frozen=True, kw_only=True)
class ContributionEvent(Event):
    """An act upon a contribution."""

    contribution: Contribution


@dataclass(frozen=True, kw_only=True)
class Launched(Event):
    """Somebody came from the LMS into the activity."""

    verb = vocabulary.LAUNCHED


@dataclass(frozen=True, kw_only=True)
class Viewed(ContributionEvent):
    """Somebody opened a contribution."""

    verb = vocabulary.VIEWED


@dataclass(frozen=True, kw_only=True)
class Submitted(ContributionEvent):
    """An author handed in a contribution of `word_count` words."""

    verb = vocabulary.SUBMITTED

    word_count: int


@dataclass(frozen=True, kw_only=True)
class AssignedReview(ContributionEvent):
    """A contribution was given to a peer to review."""

    verb = vocabulary.ASSIGNED_REVIEW


@dataclass(frozen=True, kw_only=True)
class Reviewed(ContributionEvent):
    """Somebody reviewed a contribution: the reviewee is its author. Raises ValueError for a negative time.

    `kind` is empty for a peer's review; else "self", "staff" (an instructor's) or "second-look" (a peer's, at
    a later version).
    """

    verb = vocabulary.REVIEWED

    review: Review
    score: Score
    marks: tuple[CriterionMark, ...] = ()
    duration: timedelta | None = None
    kind: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.duration is not None:
            duration(self.duration)


@dataclass(frozen=True, kw_only=True)
class Returned(ContributionEvent):
    """Somebody gave a contribution back without reviewing it."""

    verb = vocabulary.RETURNED


@dataclass(frozen=True, kw_only=True)
class Appraised(ContributionEvent):
    """An author said what a review of the contribution was worth to them, in `word_count` words."""

    review: Review
    word_count: int


@dataclass(frozen=True, kw_only=True)
class ReviewRated(Appraised):
    """They said how useful the review was."""

    verb = vocabulary.RATED

    score: Score


@dataclass(frozen=True, kw_only=True)
class ReviewThanked(Appraised):
    """They thanked for the review, and did not rate it."""

    verb = vocabulary.LIKED


@dataclass(frozen=True, kw_only=True)
class ReviewAnswered(Appraised):
    """They answered the review, and neither thanked nor rated."""

    verb = vocabulary.REPLIED


@dataclass(frozen=True)
class Comparison(Thing):
    """Two contributions side by side."""


@dataclass(frozen=True, kw_only=True)
class Compared(ContributionEvent):
    """Somebody found the contribution better than the `loser`. Raises ValueError for a negative time."""

    verb = vocabulary.RANKED

    comparison: Comparison
    loser: Contribution
    word_count: int
    duration: timedelta | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.duration is not None:
            duration(self.duration)


@dataclass(frozen=True)
class Example(Thing):
    """A work that an instructor scored beforehand, for reviewers to try their eyes on."""


@dataclass(frozen=True, kw_only=True)
class Calibrated(Event):
    """A reviewer scored an example; `closeness` to the instructor's score is 1 where they agree."""

    verb = vocabulary.ATTEMPTED

    example: Example
    closeness: Score


@dataclass(frozen=True, kw_only=True)
class Scored(ContributionEvent):
    """A grade was released; the actor is the learner who received it."""

    verb = vocabulary.SCORED

    score: Score


@dataclass(frozen=True, kw_only=True)
class Completed(Event):
    """A learner did all that the activity asks."""

    verb = vocabulary.COMPLETED

    score: Score | None = None
    success: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Commented(ContributionEvent):
    """Somebody said something about a contribution, in `word_count` words."""

    verb = vocabulary.COMMENTED

    comment: Comment
    word_count: int


@dataclass(frozen=True, kw_only=True)
class Replied(Commented):
    """Somebody answered the comment `to` on a contribution with another one."""

    verb = vocabulary.REPLIED

    to: Comment


@dataclass(frozen=True, kw_only=True)
class Reacted(ContributionEvent):
    """Somebody said what a contribution did for them, in `word_count` words of their own."""

    word_count: int


@dataclass(frozen=True, kw_only=True)
class Thanked(Reacted):
    """Somebody thanked for a contribution."""

    verb = vocabulary.LIKED


@dataclass(frozen=True, kw_only=True)
class Disagreed(Reacted):
    """Somebody does not agree with a contribution."""

    verb = vocabulary.DISAGREED


@dataclass(frozen=True, kw_only=True)
class Applied(Reacted):
    """Somebody did at work, on the day `on`, what a contribution shows."""

    verb = vocabulary.APPLIED

    on: date


@dataclass(frozen=True, kw_only=True)
class Revised(ContributionEvent):
    """An author shared a new version, the `revision`th, of what the statement `first` handed in."""

    verb = vocabulary.REVISED

    word_count: int
    revision: int
    first: UUID


@dataclass(frozen=True, kw_only=True)
class Shared(ContributionEvent):
    """Somebody put a contribution forward, in the gallery or a library, for others to learn from."""

    verb = vocabulary.SHARED


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Event):
    """What the statement `voided` tells is taken back, or its person erased (xAPI 1.0.3, Part Two, 2.3.2)."""

    verb = vocabulary.VOIDED

    voided: UUID


@dataclass(frozen=True, kw_only=True)
class Asked(ContributionEvent):
    """Somebody asked in `word_count` words: on a contribution, or with one that is itself the question."""

    verb = vocabulary.ASKED

    word_count: int
    question: Comment | None = None


@dataclass(frozen=True, kw_only=True)
class Answered(ContributionEvent):
    """Somebody answered a question, asked on a contribution or by it, in `word_count` words."""

    verb = vocabulary.ANSWERED

    answer: Comment
    word_count: int
    question: Comment | None = None


@dataclass(frozen=True, kw_only=True)
class Judged(ContributionEvent):
    """Somebody said what they think of an answer."""

    answer: Comment


@dataclass(frozen=True, kw_only=True)
class Voted(Judged):
    """Somebody finds an answer helpful."""

    verb = vocabulary.LIKED


@dataclass(frozen=True, kw_only=True)
class Accepted(Judged):
    """Who asked took an answer as theirs."""

    verb = vocabulary.ACCEPTED


@dataclass(frozen=True, kw_only=True)
class Endorsed(Judged):
    """An instructor stands by an answer."""

    verb = vocabulary.ENDORSED


@dataclass(frozen=True, kw_only=True)
class Mentioned(ContributionEvent):
    """Somebody named a `person` in a message about a contribution."""

    verb = vocabulary.MENTIONED

    comment: Comment
    person: Actor
