"""What may come in about who reviews whom: a list of pairs, and what is done to one of them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from ..people.grouplists import decode
from .matrix_csv import LARGEST


class Do(StrEnum):
    """What is done to a pair."""

    CHOOSE = "choose"
    TAKE_BACK = "take-back"
    TAKE_FROM_HAND = "take-from-hand"
    MUST = "must"
    MUST_NOT = "must-not"
    NONE = "none"


class PairListForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A list of pairs. A file, where there is one, stands for what is written."""

    file = FileField(
        _l("The list as a CSV file"),
        description=_l(
            "Two columns: the reviewer and the author, by name, e-mail or id. A third may be a rule."
        ),
    )
    text = TextAreaField(
        _l("The list as text"), description=_l("One pair on a line: Ann Ames, Bo Berg, must-not")
    )

    def validate_text(self, field: Any) -> None:
        """Take the file's text, and refuse an empty list."""
        if self.file.data:
            field.data = decode(self.file.data.read(LARGEST + 1))
        if not (field.data or "").strip():
            raise ValidationError(_l("Choose a file or paste the list."))
