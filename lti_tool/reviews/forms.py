"""What may come in when somebody reviews: a level and a comment on each criterion, and one on the whole."""

from collections.abc import Mapping
from math import nan

from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields import SelectChoice

from ..activities.models import Activity, Criterion
from ..kernel.i18n import N_
from . import rubric
from .models import Review
from .rubric import Answer, Draft, Fault
from .writing import FaultyReviewError

SENTENCES: Mapping[Fault, str] = {
    Fault.NOT_ASKED: N_("This does not belong to the activity."),
    Fault.NOT_A_LEVEL: N_("Choose one of the levels."),
    Fault.MISSING: N_("Choose a level."),
}


class ReviewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every review has; `review_form` adds the fields of the criteria, then the overall comment."""

    version = IntegerField(default=0)

    def refuse(self, name: str, sentence: str) -> None:
        """Show a sentence at a field, or above the form where there is no such field."""
        if name in self:
            self[name].errors = [*self[name].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def refuse_faults(self, faulty: FaultyReviewError, minimum: int) -> None:
        """Show what is wrong at the fields it concerns."""
        for criterion, fault in faulty.answers.items():
            if fault is Fault.TOO_LONG:
                self.refuse(f"comment-{criterion}", _too_long(rubric.MAX_COMMENT))
            else:
                self.refuse(f"mark-{criterion}", gettext(SENTENCES[fault]))
        if faulty.overall is Fault.TOO_LONG:
            self.refuse("overall", _too_long(rubric.MAX_OVERALL))
        elif faulty.overall is Fault.TOO_SHORT:
            words = ngettext("Write at least %(num)d word.", "Write at least %(num)d words.", minimum)
            self.refuse("overall", words)


def review_form(activity: Activity, review: Review | None = None) -> ReviewForm:
    """The form of an activity's criteria, filled from `review`, or with what was posted when that is None."""
    fields: dict[str, object] = {}
    for criterion in activity.criteria:
        fields[f"mark-{criterion.id}"] = RadioField(
            criterion.name, description=criterion.description, choices=_choices(criterion)
        )
        fields[f"comment-{criterion.id}"] = TextAreaField(
            gettext(N_("Why?")), render_kw={"maxlength": rubric.MAX_COMMENT}
        )
    fields["overall"] = TextAreaField(
        gettext(N_("Your message to the author")), render_kw={"maxlength": rubric.MAX_OVERALL}
    )
    bound = type("BoundReviewForm", (ReviewForm,), fields)
    form = bound() if review is None else bound(formdata=None, data=_stored(review))
    for name in ["overall", *(f"mark-{criterion.id}" for criterion in activity.criteria)]:
        form[name].flags.required = True
    return form  # type: ignore[no-any-return]  # made from ReviewForm just above


def written(form: ReviewForm, activity: Activity) -> tuple[int, Draft]:
    """What the form brings: the version it was written over, and the draft."""
    answers = {
        each.id: Answer(_points(form[f"mark-{each.id}"].data), form[f"comment-{each.id}"].data or "")
        for each in activity.criteria
    }
    version = form.version.data
    return -1 if version is None else version, Draft(form.overall.data or "", answers)


def sentences(criterion: Criterion) -> dict[str, str]:
    """What each choice of a criterion means, by its value in the form."""
    return {_value(level["points"]): level["sentence"] for level in criterion.levels}


def _value(points: float) -> str:
    return f"{points:g}"


def _choices(criterion: Criterion) -> list[SelectChoice]:
    return [SelectChoice(_value(level["points"]), level["label"]) for level in criterion.levels]


def _stored(review: Review) -> dict[str, object]:
    data: dict[str, object] = {"version": review.version, "overall": review.overall}
    for mark in review.marks:
        data[f"mark-{mark.criterion_id}"] = None if mark.points is None else _value(mark.points)
        data[f"comment-{mark.criterion_id}"] = mark.comment
    return data


def _points(value: str | None) -> float | None:
    """The points of a radio; what is no number is no level either."""
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        return nan


def _too_long(most: int) -> str:
    return str(gettext(N_("Shorten this to %(most)d characters."), most=most))
