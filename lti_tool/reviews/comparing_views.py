"""Screen L3b over HTTP: take a pair, say which work is better and why, change it, or skip it."""

from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..activities.phases import lets_in
from ..activities.queries import opened_activity, schedule_for
from ..contributions import media
from ..kernel import clock
from ..kernel.errors import NotFoundError, RefusedError
from ..kernel.i18n import N_
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import actions, comparing, comparing_queries, queries
from .actions import NothingToReviewError
from .allocation import WHY, Because
from .comparing import FaultyVerdictError, Side
from .comparing_forms import ComparisonForm, comparison_form, spoken
from .steering_models import Comparison, ComparisonState
from .web import ON_THE_PAGE, Answer, blueprint, page


@blueprint.post("/compare/next")
def compare_next() -> Answer:
    """Take the pair in hand or the next one, and open it; or say why there is none."""
    try:
        with database().write() as session:
            mine = comparing.pull(session, visit(), opened_activity(session, visit()))
    except NothingToReviewError as nothing:
        return _nothing(nothing.because)
    return redirect(url_for(".compare", comparison_id=mine.id), 303)


@blueprint.get("/compare/<uuid:comparison_id>")
def compare(comparison_id: UUID) -> Answer:
    """A and B side by side, and the choice; what is decided is told on a page of its own."""
    activity, mine = _mine(comparison_id)
    skipped = mine.state is ComparisonState.SKIPPED
    if skipped or not comparing.may_change(mine, activity, clock.now()):
        return redirect(url_for(".compared", comparison_id=comparison_id), 303)
    return _pair(activity, mine, comparison_form(activity, comparing.said(mine), mine.version))


@blueprint.post("/compare/<uuid:comparison_id>")
def choose(comparison_id: UUID) -> Answer:
    """Send the choice, skip the pair, or keep all as it is."""
    activity = _activity()
    form = comparison_form(activity)
    do = request.form.get("do", "save")
    try:
        with database().write() as session:
            here = session, visit(), activity, comparison_id
            if do == "skip":
                mine = comparing.skip(*here, form.skip.data or "")
            elif do == "send":
                mine = comparing.judge(*here, *spoken(form, activity))
            else:
                mine = comparing.save_draft(*here, *spoken(form, activity))
    except ON_THE_PAGE as refusal:
        return _refused(activity, comparison_id, form, refusal)
    if do in {"skip", "send"}:
        return redirect(url_for(".compared", comparison_id=comparison_id), 303)
    flash(gettext("Your choice is saved. It is not sent yet."), "success")
    return redirect(url_for(".compare", comparison_id=mine.id), 303)


@blueprint.post("/compare/<uuid:comparison_id>/save")
def autosave_choice(comparison_id: UUID) -> Response:
    """Keep the choice while it is made. A refusal is a sentence in JSON; the text stays in the page."""
    activity = _activity()
    with database().write() as session:
        here = session, visit(), activity, comparison_id
        mine = comparing.save_draft(*here, *spoken(comparison_form(activity), activity))
    return jsonify(saved_at=clock.now().isoformat(), version=mine.version)


@blueprint.post("/compare/<uuid:comparison_id>/keep")
def keep_pair(comparison_id: UUID) -> Answer:
    """Renew the lease; what comes along is kept."""
    activity = _activity()
    form = comparison_form(activity)
    try:
        with database().write() as session:
            here = session, visit(), activity, comparison_id
            comparing.save_draft(*here, *spoken(form, activity))
            comparing.keep_longer(*here)
    except ON_THE_PAGE as refusal:
        return _refused(activity, comparison_id, form, refusal)
    return redirect(url_for(".compare", comparison_id=comparison_id), 303)


@blueprint.get("/compare/<uuid:comparison_id>/done")
def compared(comparison_id: UUID) -> Answer:
    """What became of the pair, and what comes next."""
    activity, mine = _mine(comparison_id)
    if mine.state is ComparisonState.ASSIGNED:
        return redirect(url_for(".compare", comparison_id=comparison_id), 303)
    with database().read() as session:
        progress = queries.progress(session, activity, visit().person_id)
    return page(
        "compared",
        activity,
        comparison=mine,
        said=comparing.said(mine),
        progress=progress,
        because=WHY[progress.because] if progress.because else None,
        open=mine.judged_at is not None and comparing.may_change(mine, activity, clock.now()),
        until=comparing.changeable_until(mine, activity),
    )


@blueprint.get("/compare/<uuid:comparison_id>/media/<uuid:attachment_id>")
def compared_file(comparison_id: UUID, attachment_id: UUID) -> Response:
    """A file of one of the works, for as long as they are the visitor's to compare, and once they have."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        mine = comparing_queries.own_comparison(session, visit(), activity, comparison_id)
        shown = (each for work in comparing_queries.works(session, mine) for each in work.attachments)
        found = next((each for each in shown if each.id == attachment_id), None)
    if found is None:
        raise NotFoundError(N_("This file does not exist."))
    return media.send(found)


def _activity() -> Activity:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        return opened_activity(session, visit(), criteria=True)


def _mine(comparison_id: UUID) -> tuple[Activity, Comparison]:
    visit().require(May.TAKE_PART)
    with database().read() as session:
        activity = opened_activity(session, visit(), criteria=True)
        return activity, comparing_queries.own_comparison(session, visit(), activity, comparison_id)


def _refused(activity: Activity, comparison_id: UUID, form: ComparisonForm, refusal: RefusedError) -> Answer:
    """The form with what was chosen, which is saved too where it can be, and why it was not taken."""
    if refusal.code in {"sent-already", "skipped"}:
        return redirect(url_for(".compared", comparison_id=comparison_id), 303)
    if refusal.code != "two-tabs":
        try:
            with database().write() as session:
                here = session, visit(), activity, comparison_id
                comparing.save_draft(*here, *spoken(form, activity))
        except ON_THE_PAGE:
            pass  # it stays in the page
    if isinstance(refusal, FaultyVerdictError):
        form.refuse_faults(refusal, activity.minimum_words)
    else:
        form.refuse(gettext(refusal.sentence, **refusal.values))
    activity, mine = _mine(comparison_id)
    form.version.data, form.version.raw_data = mine.version, None
    return _pair(activity, mine, form), refusal.status


def _pair(activity: Activity, mine: Comparison, form: ComparisonForm) -> str:
    with database().read() as session:
        works = comparing_queries.works(session, mine)
        door = actions.reviewing(session, visit(), activity, clock.now())
        progress = queries.progress(session, activity, visit().person_id)
    return page(
        "compare",
        activity,
        comparison=mine,
        sent=mine.judged_at is not None,
        works=list(zip((each.value for each in Side), works, strict=True)),
        gone=not all(map(comparing_queries.there, works)),
        media_url=lambda attachment: url_for(
            ".compared_file", comparison_id=mine.id, attachment_id=attachment.id
        ),
        form=form,
        taken=lets_in(door) or mine.judged_at is not None,
        lapsed=mine.state is ComparisonState.LAPSED,
        until=comparing.changeable_until(mine, activity),
        progress=progress,
    )


def _nothing(because: Because) -> str:
    with database().read() as session:
        activity = opened_activity(session, visit())
        dates = schedule_for(session, activity, visit().person_id)
        progress = queries.progress(session, activity, visit().person_id)
    return page(
        "nothing",
        activity,
        because=because.value,
        why=WHY[because],
        progress=progress,
        chance=None,
        until=dates.share_by,
    )
