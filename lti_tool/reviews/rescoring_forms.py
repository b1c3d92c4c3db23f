"""What may come in at a second look: points on each criterion that gives some, and a few words."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField

from ..activities.criteria import SCORED
from ..activities.criterion_fields import fields_of, points_in, sentences, value
from ..activities.models import Activity
from ..kernel.i18n import N_
from .rescoring import TEXT_MOST, SecondLook
from .writing import FaultyReviewError

__all__ = ["RescoreForm", "points", "rescore_form", "sentences"]


class RescoreForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every second look has; `rescore_form` adds the fields of the criteria, then the text."""

    revision = IntegerField(default=0)

    def refuse(self, name: str, sentence: str) -> None:
        """Show a sentence at a field, or above the form where there is no such field."""
        if name in self:
            self[name].errors = [*self[name].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def refuse_faults(self, faulty: FaultyReviewError) -> None:
        """Show which criteria have no points that fit."""
        for criterion in faulty.answers:
            self.refuse(_field(criterion), gettext(N_("Choose or write what you give.")))


def rescore_form(activity: Activity, here: SecondLook | None = None) -> RescoreForm:
    """The form of an activity's criteria, filled with what one gave before, or with what was posted."""
    asked = [each for each in activity.criteria if each.type in SCORED]
    fields = {name: field for each in asked for name, field in fields_of(each, each.id).items()}
    fields = {name: field for name, field in fields.items() if name.startswith(_field(""))}
    fields["text"] = TextAreaField(
        gettext(N_("What do you say to the changes?")), render_kw={"maxlength": TEXT_MOST}
    )
    bound = type("BoundRescoreForm", (RescoreForm,), fields)
    form = bound() if here is None else bound(formdata=None, data=_stored(here))
    for each in asked:
        form[_field(each.id)].flags.required = True
    return form  # type: ignore[no-any-return]  # made from RescoreForm just above


def points(form: RescoreForm, activity: Activity) -> Mapping[UUID, float | None]:
    """What the form gives on each criterion."""
    return {each.id: points_in(form, each, each.id) for each in activity.criteria if each.type in SCORED}


def _stored(here: SecondLook) -> dict[str, object]:
    given = {mark.criterion_id: mark.points for mark in here.review.marks if mark.points is not None}
    if here.again:
        given |= {UUID(mark["criterion"]): mark["points"] for mark in here.again.marks}
    marks = {_field(criterion): value(number) for criterion, number in given.items()}
    return {"revision": here.work.revision, "text": here.again.text if here.again else "", **marks}


def _field(criterion: object) -> str:
    return f"mark-{criterion}"
