"""What may come in when an activity's columns are chosen, or one person gets dates of their own."""

from datetime import tzinfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from ..activities.dates import Dates, moment_of, wall_of
from ..activities.extending import EXTENDED
from ..activities.fields import Moment
from ..activities.models import Extension, Grading
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_

# What each choice means, beside the radio button; a total's shares are filled in.
MEANINGS = {
    Grading.TWO_COLUMNS: N_("The mean of the reviews received, and the part of the reviews given."),
    Grading.ONE_COLUMN: N_(
        "%(work)d%% for the work, %(reviewing)d%% for the reviewing. It is sent once the work has a score."
    ),
    Grading.NONE: N_("Nothing goes to the gradebook."),
}


class ColumnsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """An instructor's choice."""

    grading = RadioField(
        _l("Columns in the LMS gradebook"),
        choices=[
            SelectChoice(Grading.TWO_COLUMNS.value, _l("Two columns: the work and the reviewing")),
            SelectChoice(Grading.ONE_COLUMN.value, _l("One column for both")),
            SelectChoice(Grading.NONE.value, _l("None")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )


class DatesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One person's own dates; an empty one is everybody's."""

    share_by = Moment(_l("Share by"))
    review_by = Moment(_l("Review by"))
    revise_by = Moment(_l("Revise by"))

    def dates(self, zone: tzinfo) -> Dates:
        """What was chosen, read in `zone`."""
        walls = {name: self[name].data for name in EXTENDED}
        return Dates(**{name: wall and moment_of(wall, zone) for name, wall in walls.items()})

    def refuse(self, refusal: InvalidError) -> None:
        """Show a refusal at its field."""
        self[refusal.field].errors = [
            *self[refusal.field].errors,
            gettext(refusal.sentence, **refusal.values),
        ]


def dates_form(extension: Extension | None, zone: tzinfo) -> DatesForm:
    """The form with a person's own dates in it, for who has not chosen others."""
    own = {name: getattr(extension, name, None) for name in EXTENDED}
    return DatesForm(data={name: date and wall_of(date, zone) for name, date in own.items()})
