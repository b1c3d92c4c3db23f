"""Screen L4 over HTTP: the reviews of one's own work, and what one answers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from flask import current_app, redirect, request, url_for
from flask_babel import format_decimal
from sqlalchemy.orm import Session

from ..activities.models import Activity, Grading, ReviewType
from ..activities.phases import lets_in
from ..activities.queries import opened_activity
from ..contributions.authors import written_by
from ..kernel import clock
from ..kernel.errors import InvalidError
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import annotations, appraisals, comparing_queries, queries, rescoring
from .allocation import WHY
from .appraisal_forms import REASONS, WordsForm, words_form
from .appraisals import USEFUL, Part
from .comparing_queries import Heard
from .flag_forms import OUTCOMES
from .received import Received, ReceivedReview, received_by, works_of
from .releasing import released
from .web import Answer, blueprint, page

PARTS = ",".join(Part)


class Refused(NamedTuple):
    """What was said of a review and not taken."""

    review_id: UUID
    part: Part
    form: WordsForm


@blueprint.get("/received")
def received() -> str:
    """The reviews of one's own work, once one has given one's own."""
    return _page()


@blueprint.post(f"/received/<uuid:review_id>/<any({PARTS}):part>")
def appraise(review_id: UUID, part: str) -> Answer:
    """Thank for a review, rate it, answer it; say it otherwise, or take that back."""
    visit().require(May.TAKE_PART)
    form = WordsForm()
    typed = request.form.get("reason") or form.words.data or ""
    words = None if request.form.get("do") == "take-back" else typed
    try:
        with database().write() as session:
            activity = opened_activity(session, visit())
            appraisals.appraise(session, visit(), activity, review_id, Part(part), words)
    except InvalidError as refusal:
        form.refuse(refusal)
        return _page(Refused(review_id, Part(part), form)), refusal.status
    return redirect(url_for(".received", _anchor=f"review-{review_id.hex}"), 303)


def _page(refused: Refused | None = None) -> str:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        progress = queries.progress(session, activity, visit().person_id)
        found = _found(session, activity) if progress.unlocked else Received()
        mine = written_by(visit().person_id, activity.id)
        uplift = rescoring.uplift(session, activity, mine) if activity.revising and found.reviews else None
        notes = annotations.annotations_of(session, [each.id for each in found.reviews])
        heard = _heard(session, activity) if progress.unlocked else ()
        works = works_of(session, {each.contribution_id for each in found.reviews if each.id in notes})
    graded = activity.grading is not Grading.NONE
    shows_score = graded and released(activity.scores_held, activity.scores_from, clock.now())
    return page(
        "received",
        activity,
        progress=progress,
        because=WHY[progress.because] if progress.because else None,
        read=released(activity.feedback_held, activity.feedback_from, clock.now()),
        received=found,
        heard=heard,
        improves=lets_in(progress.dates.revising(clock.now())) and bool(found.reviews),
        score_waits=graded and not shows_score,
        uplift=uplift,
        notes=notes,
        labels={work.id: annotations.labels(activity, work) for work in works},
        outcomes=OUTCOMES,
        useful=USEFUL,
        reasons=REASONS,
        forms=_forms(found.reviews, refused),
        decimal=format_decimal,
    )


def _found(session: Session, activity: Activity) -> Received:
    return received_by(session, activity, visit().person_id, current_app.config["ENTRAIDE"].zone)


def _heard(session: Session, activity: Activity) -> Sequence[Heard]:
    """What was said of one's work where works are compared."""
    if activity.review_type is not ReviewType.COMPARISON:
        return ()
    return comparing_queries.heard(session, activity, visit().person_id, current_app.config["ENTRAIDE"].zone)


def _forms(
    reviews: Sequence[ReceivedReview], refused: Refused | None
) -> Mapping[UUID, Mapping[Part, WordsForm]]:
    """The forms of thanks and of the reply to each review, one of them perhaps as it was refused."""

    def came_in(review: ReceivedReview, part: Part) -> WordsForm | None:
        return refused.form if refused and (refused.review_id, refused.part) == (review.id, part) else None

    return {
        review.id: {
            part: words_form(review, part, came_in(review, part)) for part in (Part.THANKS, Part.REPLY)
        }
        for review in reviews
    }
