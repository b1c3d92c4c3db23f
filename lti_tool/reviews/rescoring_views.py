"""The second look over HTTP: what became of a work that one reviewed, and scoring it again."""

from uuid import UUID

from flask import current_app, flash, redirect, url_for
from flask_babel import format_decimal, gettext

from ..activities.models import Activity
from ..activities.queries import opened_activity
from ..contributions import differences
from ..contributions.texts import Text
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import received, rescoring
from .appraisals import appraisals_of
from .rescoring import SecondLook
from .rescoring_forms import RescoreForm, points, rescore_form, sentences
from .web import ON_THE_PAGE, Answer, blueprint, page
from .writing import FaultyReviewError


@blueprint.get("/review/<uuid:review_id>/again")
def again(review_id: UUID) -> Answer:
    """What changed since one's review, and what the author says."""
    activity, here = _find(review_id)
    return _page(activity, here, rescore_form(activity, here))


@blueprint.post("/review/<uuid:review_id>/again")
def score_again(review_id: UUID) -> Answer:
    """Score the newest version. A second time changes nothing."""
    activity, here = _find(review_id)
    form = rescore_form(activity)
    try:
        with database().write() as session:
            said = form.revision.data or 0, points(form, activity), form.text.data or ""
            rescoring.rescore(session, visit(), activity, review_id, *said)
    except ON_THE_PAGE as refusal:
        if isinstance(refusal, FaultyReviewError):
            form.refuse_faults(refusal)
        else:
            field = refusal.field if isinstance(refusal, InvalidError) else ""
            form.refuse(field, gettext(refusal.sentence, **refusal.values))
        activity, here = _find(review_id)
        form.revision.data, form.revision.raw_data = here.work.revision, None
        return _page(activity, here, form), refusal.status
    flash(gettext(N_("Your new scores are sent. Thank you!")), "success")
    return redirect(url_for(".again", review_id=review_id), 303)


def _find(review_id: UUID) -> tuple[Activity, SecondLook]:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        return activity, rescoring.second_look(session, visit(), activity, review_id)


def _page(activity: Activity, here: SecondLook, form: RescoreForm) -> str:
    with database().read() as session:
        said = appraisals_of(session, [here.review.id], current_app.config["ENTRAIDE"].zone)
    texts = [Text.read(each.title, each.answers) for each in (here.old, here.new) if each]
    return page(
        "rescore",
        activity,
        here=here,
        form=form,
        marks=received.by_criterion(here.review),
        heard=said.get(here.review.id),
        sentences=sentences,
        parts=differences.compare(activity, *texts) if len(texts) == 2 else None,
        media_url=lambda file: url_for(".file", review_id=here.review.id, attachment_id=file.id),
        decimal=format_decimal,
    )
