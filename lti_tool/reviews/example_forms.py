"""What may come in about examples: their text and scores from the instructor, points from who tries them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from ..activities.criteria import SCORED
from ..activities.criterion_fields import fields_of, points_in, require, sentences, value
from ..activities.models import Activity
from ..activities.prompts import prompts_of
from ..contributions.texts import TITLE_MOST, field_of
from ..kernel.i18n import N_
from .examples import LONGEST_WHY, Written, comments_of, points_of
from .rubric import Answer
from .steering_models import Example, Trial
from .writing import FaultyReviewError

__all__ = ["ExampleForm", "TrialForm", "example_form", "points", "sentences", "trial_form", "written"]


class TrialForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Points on each criterion; `trial_form` adds the fields."""

    def refuse(self, name: str, sentence: str) -> None:
        """Show a sentence at a field, or above the form where there is no such field."""
        if name in self:
            self[name].errors = [*self[name].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def refuse_faults(self, faulty: FaultyReviewError) -> None:
        """Show which criteria have no points that fit."""
        for criterion in faulty.answers:
            self.refuse(f"mark-{criterion}", gettext(N_("Choose or write what you give.")))


class ExampleForm(TrialForm):
    """An example as its instructor writes it; `example_form` adds the prompts and the criteria."""

    title = StringField(_l("Title"), render_kw={"maxlength": TITLE_MOST})
    why = TextAreaField(
        _l("What should reviewers learn from it?"),
        description=_l("They read it after they have given their own scores."),
        render_kw={"maxlength": LONGEST_WHY},
    )


def trial_form(activity: Activity, trial: Trial | None = None, *, posted: bool = False) -> TrialForm:
    """The criteria, filled with what one gave last, or with what was posted."""
    fields = {name: field for name, field in _criteria(activity).items() if name.startswith("mark-")}
    data = {} if trial is None else _marks(trial.marks)
    bound: TrialForm = _bound(activity, TrialForm, fields, None if posted else data)
    return bound


def example_form(
    activity: Activity, example: Example | None = None, *, text: bool, posted: bool = False
) -> ExampleForm:
    """The form of an example; with a text of its own, or without where it shows a contribution."""
    prompts = prompts_of(activity, gettext) if text else ()
    fields: dict[str, Any] = {
        field_of(prompt.key): TextAreaField(prompt.label, description=prompt.hint) for prompt in prompts
    }
    if not text:
        fields["title"] = None
    data: dict[str, Any] = {}
    if example:
        answers = {field_of(key): answer for key, answer in example.answers.items()}
        comments = {f"comment-{key}": said for key, said in comments_of(example.marks).items()}
        data = {"title": example.title, "why": example.why, **answers, **comments, **_marks(example.marks)}
    bound: ExampleForm = _bound(activity, ExampleForm, fields | _criteria(activity), None if posted else data)
    return bound


def points(form: TrialForm, activity: Activity) -> Mapping[UUID, float | None]:
    """What the form gives on each criterion that gives points."""
    return {each.id: points_in(form, each, each.id) for each in activity.criteria if each.type in SCORED}


def written(form: ExampleForm, activity: Activity) -> Written:
    """What the form brings."""
    given = points(form, activity)
    return Written(
        title=form.title.data or "" if "title" in form else "",
        answers={
            name.removeprefix(field_of("")): field.data or ""
            for name, field in form._fields.items()
            if name.startswith(field_of(""))
        },
        marks={
            each.id: Answer(given.get(each.id), form[f"comment-{each.id}"].data or "")
            for each in activity.criteria
        },
        why=form.why.data or "",
    )


def _criteria(activity: Activity) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for criterion in activity.criteria:
        fields |= fields_of(criterion, criterion.id)
    return fields


def _bound(activity: Activity, form: type[Any], fields: dict[str, Any], data: dict[str, Any] | None) -> Any:
    bound = type(f"Bound{form.__name__}", (form,), fields)
    made = bound() if data is None else bound(formdata=None, data=data)
    for criterion in activity.criteria:
        if f"comment-{criterion.id}" in made:
            require(made, criterion, criterion.id)
            made[f"comment-{criterion.id}"].flags.required = False
        elif f"mark-{criterion.id}" in made:
            made[f"mark-{criterion.id}"].flags.required = True
    return made


def _marks(marks: list[Any]) -> dict[str, str]:
    return {f"mark-{key}": value(number) for key, number in points_of(marks).items()}
