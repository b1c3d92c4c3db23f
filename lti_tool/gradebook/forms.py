"""What may come in when an activity's columns are chosen."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from ..activities.models import Grading
from ..kernel.i18n import N_

# What each choice means, beside the radio button; a total's shares are filled in from WORK_SHARE.
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
