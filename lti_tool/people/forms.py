"""What may come in as a list of groups: a file, or lines that are written or pasted."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from .grouplists import LARGEST, decode


class GroupListForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A list of groups. A file, where there is one, stands for what is written."""

    file = FileField(
        _l("The list as a CSV file"), description=_l("Two columns: the person’s name or id, and the group.")
    )
    text = TextAreaField(_l("The list as text"), description=_l("One person on a line: Ann Ames, Group 1"))

    def validate_text(self, field: Any) -> None:
        """Take the file's text, and refuse an empty list."""
        if self.file.data:
            field.data = decode(self.file.data.read(LARGEST + 1))
        if not (field.data or "").strip():
            raise ValidationError(_l("Choose a file or paste the list."))
