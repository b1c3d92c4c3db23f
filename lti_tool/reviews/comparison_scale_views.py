"""The scale of the comparisons over HTTP, for those who may see all work."""

from flask import request, url_for
from flask_babel import format_decimal

from ..activities.queries import id_in, opened_activity
from ..kernel.web import database, visit
from . import comparison_scale
from .judging import WHY, Doubt
from .web import blueprint, page


@blueprint.get("/comparisons")
def comparisons() -> str:
    """The works best first, and how far their order can be trusted."""
    after = id_in(request.args.get("after", ""))
    with database().read() as session:
        activity = opened_activity(session, visit())
        fit = comparison_scale.fit_of(session, visit(), activity)
        works = comparison_scale.scaled_works(session, activity, after)
        misfits = comparison_scale.misfits(session, fit)
    return page(
        "comparisons",
        activity,
        fit=fit,
        doubts=[WHY[Doubt(each)] for each in (fit.doubts if fit else ())],
        works=works.rows,
        misfits=misfits,
        first=after is None,
        next_url=url_for(".comparisons", after=works.after) if works.after else None,
        decimal=format_decimal,
    )


@blueprint.get("/comparisons/judges")
def comparison_judges() -> str:
    """Who judged how many pairs, by name."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        fit = comparison_scale.fit_of(session, visit(), activity)
        found = comparison_scale.judges(session, activity, id_in(request.args.get("after", "")))
        misfits = comparison_scale.misfits(session, fit)
        skipped = comparison_scale.skipped(session, activity)
    return page(
        "comparison_judges",
        activity,
        judges=found.rows,
        misfits=misfits,
        skipped=skipped,
        next_url=url_for(".comparison_judges", after=found.after) if found.after else None,
        decimal=format_decimal,
    )
