"""What a criterion is in a reviewer's form; the builder shows the same to the instructor."""

from collections.abc import Mapping
from math import nan
from typing import Any

from flask_babel import gettext
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from ..kernel.i18n import N_
from .criteria import LONGEST_COMMENT, MOST_CHOICES, SCORED, Asks
from .models import CriterionType


def fields_of(criterion: Asks, key: object) -> dict[str, Any]:
    """The fields of a criterion, unbound: "mark-<key>", but for a question, and "comment-<key>"."""
    fields: dict[str, Any] = {}
    label, help_text, limit = gettext(N_("Why?")), "", {"maxlength": LONGEST_COMMENT}
    if criterion.type is CriterionType.QUESTION:
        label, help_text = criterion.name, criterion.description
    elif choices := _choices(criterion):
        fields[f"mark-{key}"] = RadioField(
            criterion.name, description=criterion.description, choices=choices, validate_choice=False
        )
    else:
        low, high = (value(level["points"]) for level in (criterion.levels[0], criterion.levels[-1]))
        fields[f"mark-{key}"] = StringField(
            criterion.name, description=_asked_for(criterion, low, high), render_kw={"inputmode": "numeric"}
        )
    fields[f"comment-{key}"] = TextAreaField(label, description=help_text, render_kw=limit)
    return fields


def require(form: Any, criterion: Asks, key: object) -> None:
    """Show what must be answered."""
    if f"mark-{key}" in form:
        form[f"mark-{key}"].flags.required = True
    form[f"comment-{key}"].flags.required = criterion.comment_required


def sentences(criterion: Asks) -> Mapping[str, str]:
    """What each choice of a criterion means, by its value in the form."""
    if criterion.type is not CriterionType.LEVELS:
        return {}
    return {value(level["points"]): level["sentence"] for level in criterion.levels}


def value(points: float) -> str:
    """Points as a form holds them."""
    return f"{points:g}"


def points_in(form: Any, criterion: Asks, key: object) -> float | None:
    """The points that a form gives on a criterion; none for a question. What is no number is no level."""
    written = form[f"mark-{key}"].data if criterion.type in SCORED else None
    if not written:
        return None
    try:
        return float(written)
    except ValueError:
        return nan


def _choices(criterion: Asks) -> list[SelectChoice]:
    """What there is to choose from; nothing where a number is written."""
    if criterion.type is CriterionType.LEVELS:
        return [SelectChoice(value(level["points"]), level["label"]) for level in criterion.levels]
    if criterion.type is CriterionType.ERRORS:
        return []
    low, high = criterion.levels[0], criterion.levels[-1]
    steps = range(int(low["points"]), int(high["points"]) + 1)
    if len(steps) > MOST_CHOICES:
        return []
    labels = {steps[0]: low["label"], steps[-1]: high["label"]}
    ends = {step: f"{step} – {label}" for step, label in labels.items() if label}
    return [SelectChoice(str(step), ends.get(step, str(step))) for step in steps]


def _asked_for(criterion: Asks, low: str, high: str) -> str:
    if criterion.type is CriterionType.ERRORS:
        asked = gettext(N_("How many errors? Write %(high)s for %(high)s or more."), high=high)
    else:
        asked = gettext(N_("A whole number from %(low)s to %(high)s."), low=low, high=high)
    return f"{criterion.description} {asked}".strip()
