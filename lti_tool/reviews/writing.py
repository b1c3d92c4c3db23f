"""What a review says: checked, written into its rows, and told in the journal."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ..kernel import clock
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import count_words, plain
from . import rubric
from .models import Mark, Review
from .rubric import Answer, Draft, Fault, Scale


class FaultyReviewError(InvalidError):
    """The review does not hold. `answers`: faults by criterion; `overall`: that of the overall comment."""

    code = "faulty-review"

    def __init__(self, answers: Mapping[UUID, Fault], overall: Fault | None) -> None:
        super().__init__(N_("Some answers are missing or do not fit."))
        self.answers = answers
        self.overall = overall


def write(
    review: Review, version: int, draft: Draft, scales: list[Scale], minimum: int, *, complete: bool
) -> None:
    """Put a draft into its review, which takes the next version; the same text again changes nothing.

    Args:
        review: with its marks.
        version: the review's version that the page showed.
        draft: what is in the page, as it was typed.
        scales: the activity's criteria.
        minimum: words that the overall comment needs.
        complete: whether it is to be sent: then nothing may be missing.

    Raises:
        ConflictError: another tab has saved something else since.
        FaultyReviewError: it does not hold.

    """
    overall = plain(draft.overall)
    answers = {key: Answer(each.points, plain(each.comment)) for key, each in draft.answers.items()}
    faults = rubric.answer_faults(scales, answers, complete=complete)
    overall_fault = rubric.overall_fault(overall, count_words(overall), minimum, complete=complete)
    if faults or overall_fault:
        raise FaultyReviewError(faults, overall_fault)
    answers = {scale.criterion: answers.get(scale.criterion, Answer()) for scale in scales}
    if complete:  # what was asked before is asked no more
        review.marks[:] = [mark for mark in review.marks if mark.criterion_id in answers]
    marks = {mark.criterion_id: mark for mark in review.marks}
    stored = {key: Answer(mark.points, mark.comment) for key, mark in marks.items() if key in answers}
    if (overall, answers) == (review.overall, stored):
        return
    if version != review.version:
        raise ConflictError(
            N_("Another tab or device saved another text here. Save again to keep this one."), code="two-tabs"
        )
    for criterion, answer in answers.items():
        if criterion not in marks:
            marks[criterion] = Mark(criterion_id=criterion)
            review.marks.append(marks[criterion])
        marks[criterion].points, marks[criterion].comment = answer.points, answer.comment
    review.overall, review.saved_at, review.version = overall, clock.now(), review.version + 1


def facts(
    review: Review, scales: list[Scale], points: Mapping[UUID, float], now: datetime
) -> dict[str, object]:
    """What must stay true of a sent review. `score` is in sums of points; `words` counts all its texts."""
    texts = [review.overall, *(mark.comment for mark in review.marks)]
    marks = [
        {
            "criterion": str(scale.criterion),
            "name": scale.name,
            "points": points[scale.criterion],
            "min": min(scale.points),
            "max": max(scale.points),
        }
        for scale in scales
        if scale.criterion in points
    ]
    return {
        "author": str(review.author_id),
        "score": rubric.tally(scales, points),
        "marks": marks,
        "seconds": max(0, int((now - review.assigned_at).total_seconds())),
        "words": sum(map(count_words, texts)),
    }
