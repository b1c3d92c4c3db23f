"""What may come in when somebody reviews: a level and a comment on each criterion, and one on the whole."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField

from ..activities.criterion_fields import fields_of, points_in, require, sentences, value
from ..activities.models import Activity, CriterionType
from ..kernel.i18n import N_
from . import rubric
from .models import Mark, Review
from .rubric import Answer, Draft, Fault, Scale
from .writing import FaultyReviewError

__all__ = ["ReviewForm", "review_form", "sentences", "written"]

SENTENCES: Mapping[Fault, str] = {
    Fault.NOT_ASKED: N_("This does not belong to the activity."),
    Fault.NOT_A_LEVEL: N_("Choose one of the levels."),
    Fault.MISSING: N_("Choose a level."),
    Fault.NO_COMMENT: N_("Say it in a few words."),
}
NO_NUMBER = N_("Write a whole number from %(min)s to %(max)s.")
ON_COMMENT = frozenset({Fault.TOO_LONG, Fault.NO_COMMENT})


class ReviewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every review has; `review_form` adds the fields of the criteria, then the overall comment."""

    version = IntegerField(default=0)
    scales: Mapping[UUID, Scale] = {}

    def refuse(self, name: str, sentence: str) -> None:
        """Show a sentence at a field, or above the form where there is no such field."""
        if name in self:
            self[name].errors = [*self[name].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def refuse_faults(self, faulty: FaultyReviewError, minimum: int) -> None:
        """Show what is wrong at the fields it concerns."""
        for criterion, fault in faulty.answers.items():
            part = "comment" if fault in ON_COMMENT else "mark"
            self.refuse(f"{part}-{criterion}", self._sentence(criterion, fault))
        if faulty.overall is Fault.TOO_LONG:
            self.refuse("overall", _too_long(rubric.MAX_OVERALL))
        elif faulty.overall is Fault.TOO_SHORT:
            words = ngettext("Write at least %(num)d word.", "Write at least %(num)d words.", minimum)
            self.refuse("overall", words)

    def _sentence(self, criterion: UUID, fault: Fault) -> str:
        if fault is Fault.TOO_LONG:
            return _too_long(rubric.MAX_COMMENT)
        scale = self.scales.get(criterion)
        asks_number = scale and scale.type in {CriterionType.SCALE, CriterionType.ERRORS}
        if scale and asks_number and fault in {Fault.NOT_A_LEVEL, Fault.MISSING}:
            if "Radio" in self[f"mark-{criterion}"].type:
                return str(gettext(N_("Choose a number.")))
            low, high = (value(points) for points in (scale.points[0], scale.points[-1]))
            return str(gettext(NO_NUMBER, min=low, max=high))
        return str(gettext(SENTENCES[fault]))


def review_form(activity: Activity, review: Review | None = None) -> ReviewForm:
    """The form of an activity's criteria, filled from `review`, or with what was posted when that is None."""
    scales = {criterion.id: Scale.of(criterion) for criterion in activity.criteria}
    fields: dict[str, object] = {"scales": scales}
    for criterion in activity.criteria:
        fields |= fields_of(criterion, criterion.id)
    fields["overall"] = TextAreaField(
        gettext(N_("Your message to the author")), render_kw={"maxlength": rubric.MAX_OVERALL}
    )
    bound = type("BoundReviewForm", (ReviewForm,), fields)
    form = bound() if review is None else bound(formdata=None, data=_stored(activity, review))
    form["overall"].flags.required = True
    for criterion in activity.criteria:
        require(form, criterion, criterion.id)
    return form  # type: ignore[no-any-return]  # made from ReviewForm just above


def written(form: ReviewForm, activity: Activity) -> tuple[int, Draft]:
    """What the form brings: the version it was written over, and the draft."""
    answers = {
        each.id: Answer(points_in(form, each, each.id), form[f"comment-{each.id}"].data or "")
        for each in activity.criteria
    }
    version = form.version.data
    return -1 if version is None else version, Draft(form.overall.data or "", answers)


def _stored(activity: Activity, review: Review) -> dict[str, object]:
    """A review as it is kept; a criterion that took another's place begins with what was said to that one."""
    data: dict[str, object] = {"version": review.version, "overall": review.overall}
    marks: dict[UUID | None, Mark] = {mark.criterion_id: mark for mark in review.marks}
    for criterion in activity.criteria:
        mark = marks.get(criterion.id) or marks.get(criterion.replaces_id)
        if mark is None:
            continue
        data[f"comment-{criterion.id}"] = mark.comment
        if mark.points is not None and Scale.of(criterion).takes(mark.points):
            data[f"mark-{criterion.id}"] = value(mark.points)
    return data


def _too_long(most: int) -> str:
    return str(gettext(N_("Shorten this to %(most)d characters."), most=most))
