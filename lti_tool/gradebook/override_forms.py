"""What may come in when an instructor sets a score, weighs a reviewer, or releases on a date."""

from contextlib import suppress
from typing import Any, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from ..activities.fields import Moment
from ..activities.models import Activity, Grading
from ..kernel.errors import ConflictError, InvalidError
from .models import Column

NAMES = {Column.WORK: _l("Work"), Column.REVIEWING: _l("Reviewing"), Column.TOTAL: _l("Total")}


class Number(DecimalField):  # type: ignore[misc]  # WTForms has no types
    """A number, with a point or a comma; whatever else was written is refused with one sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Leave what is no number to the limits."""
        with suppress(ValueError):
            super().process_formdata([each.strip().replace(",", ".") for each in valuelist])


class RefusingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that shows a refusal at its field, or at its first one."""

    def refuse(self, refusal: InvalidError | ConflictError) -> None:
        """Show a refusal."""
        name = getattr(refusal, "field", None)
        field = self[name] if name in self else next(iter(self))
        field.errors = [*field.errors, gettext(refusal.sentence, **refusal.values)]


class OverrideForm(RefusingForm):
    """A score set by hand, and why."""

    points = Number(
        _l("Score, of 100"),
        places=None,
        validators=[
            InputRequired(_l("Write a number from 0 to 100.")),
            NumberRange(0, 100, _l("Write a number from 0 to 100.")),
        ],
    )
    column = RadioField(_l("Which score"), validators=[InputRequired(_l("Choose one."))])
    because = TextAreaField(_l("Why"), description=_l("The person reads it beside the score."))

    @classmethod
    def of(cls, activity: Activity, **given: Any) -> Self:
        """The form with the scores that an activity has."""
        form = cls(**given)
        columns = [
            each for each in Column if activity.grading is Grading.ONE_COLUMN or each is not Column.TOTAL
        ]
        form.column.choices = [SelectChoice(each.value, NAMES[each]) for each in columns]
        if not form.column.data:
            form.column.data = Column.WORK.value
        return form

    @property
    def chosen(self) -> Column:
        """Which score is meant."""
        return Column(self.column.data) if self.column.data in set(Column) else Column.WORK


class WeightForm(RefusingForm):
    """What a reviewer's scores count."""

    weight = Number(
        _l("Weight"),
        places=None,
        description=_l("From 0 to 10. Everybody else weighs 1; with 0 the reviews do not count."),
        validators=[
            InputRequired(_l("Write a number from 0 to 10.")),
            NumberRange(0, 10, _l("Write a number from 0 to 10.")),
        ],
    )


class ReleaseForm(RefusingForm):
    """From which moment people may read."""

    moment = Moment(_l("From"))
