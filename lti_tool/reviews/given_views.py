"""The reviews that one gave, and the one of one's own work: what was sent, what may still be changed."""

from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..activities.phases import lets_in
from ..activities.queries import id_in, opened_activity
from ..kernel import clock
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import actions, annotations, editing, given_reviews, queries, received, rescoring, self_reviews
from .allocation import WHY
from .appraisals import appraisals_of
from .models import ReviewKind, ReviewState
from .web import Answer, blueprint, page


@blueprint.get("/review/<uuid:review_id>/sent")
def sent(review_id: UUID) -> Answer:
    """What happens next, and what one wrote: to be changed until its author can read it."""
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        mine = queries.own_review(session, visit(), activity, review_id)
        if mine.state is not ReviewState.SENT:
            return redirect(url_for(".review", review_id=review_id), 303)
        progress = queries.progress(session, activity, visit().person_id)
        work = queries.work_under_review(session, mine)
        notes = annotations.annotations_of(session, [mine.id]).get(mine.id, ())
        own = self_reviews.own_review(session, activity, visit().person_id) if activity.self_review else None
        heard = appraisals_of(session, [mine.id], current_app.config["ENTRAIDE"].zone)
        improved = rescoring.improved(session, activity, visit().person_id)
    return page(
        "sent",
        activity,
        review=mine,
        progress=progress,
        because=WHY[progress.because] if progress.because else None,
        open=editing.may_change(mine, activity, clock.now()),
        until=editing.changeable_until(mine, activity),
        marks=received.by_criterion(mine),
        work_of=work,
        notes=notes,
        labels=annotations.labels(activity, work),
        of_own_work=mine.kind is ReviewKind.SELF,
        heard=heard.get(mine.id),
        improved=improved,
        self_waits=activity.self_review and (own is None or own.sent_at is None),
    )


@blueprint.get("/reviews/given")
def given() -> str:
    """The reviews that one gave, is giving or gave back, the latest first."""
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit())
        found, after = given_reviews.given(
            session, activity, visit().person_id, id_in(request.args.get("after", ""))
        )
        heard = appraisals_of(
            session, [each.review.id for each in found], current_app.config["ENTRAIDE"].zone
        )
        improved = rescoring.improved(session, activity, visit().person_id)
    now = clock.now()
    return page(
        "given",
        activity,
        found=found,
        heard=heard,
        improved=improved,
        open=lambda review: editing.may_change(review, activity, now),
        until=lambda review: editing.changeable_until(review, activity),
        next_url=url_for(".given", after=after) if after else None,
    )


@blueprint.route("/review/mine", methods=["GET", "POST"])
def self_review() -> Response | str:
    """One's own work by the criteria of the activity: the review of it, which is begun when there is none."""
    visit().require(May.TAKE_PART)
    if request.method == "POST":
        with database().write() as session:
            mine = self_reviews.begin(session, visit(), opened_activity(session, visit()))
        return redirect(url_for(".review", review_id=mine.id), 303)
    with database().read() as session:
        activity = opened_activity(session, visit())
        self_reviews.refuse_unasked(activity)
        begun = self_reviews.own_review(session, activity, visit().person_id)
        progress = queries.progress(session, activity, visit().person_id)
        door = actions.reviewing(session, visit(), activity, clock.now())
    if begun:
        return redirect(url_for(".review", review_id=begun.id), 303)
    return render_template(
        "reviews/self.html",
        activity=activity,
        activity_name=activity.title,
        taken=lets_in(door),
        because=WHY[progress.because] if progress.because else None,
    )
