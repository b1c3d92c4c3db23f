"""What may come in when somebody comments on a place of a work: chosen in the work itself, or named."""

from collections.abc import Mapping

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField

from ..activities.queries import id_in
from ..kernel.errors import RefusedError
from ..kernel.web import whole
from .annotations import TEXT_MOST
from .places import QUOTE_MOST, SPOTS, Place, seconds_in

FILE = "file-"  # before a file's id, among the parts of a work


class CommentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A comment; `part` and what follows say where. A script of ours sends positions in their stead."""

    part = SelectField(_l("Which part of the work?"), validate_choice=False)
    quote = TextAreaField(_l("The words that you comment on"), render_kw={"maxlength": QUOTE_MOST})
    spot = RadioField(_l("Where in the picture?"), validate_choice=False)
    time = StringField(_l("At what time?"))
    text = TextAreaField(_l("Your comment"), render_kw={"maxlength": TEXT_MOST})

    def refuse(self, refusal: RefusedError) -> None:
        """Show the sentence at the field it concerns, or above the form where there is no such field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        field = getattr(refusal, "field", "")
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def place(self) -> Place:
        """Where it points to, as it came in.

        Raises:
            InvalidError: a time that is none.

        """
        part = self.part.data or ""
        if not part.startswith(FILE):
            return Place(part, request.form.get("start", type=whole), quote=self.quote.data or "")
        x, _, y = (self.spot.data or "").partition(" ")
        time = self.time.data or ""
        return Place(
            attachment_id=id_in(part.removeprefix(FILE)),
            x=_number(x or request.form.get("x", "")),
            y=_number(y or request.form.get("y", "")),
            seconds=seconds_in(time) if time.strip() else _number(request.form.get("seconds", "")),
        )


def comment_form(labels: Mapping[str, str] | None = None, form: CommentForm | None = None) -> CommentForm:
    """The form with the parts of a work to choose from; a new one, or the one that came in."""
    form = form or CommentForm(formdata=None)
    form.part.choices = list((labels or {}).items())
    form.spot.choices = [(f"{x} {y}", gettext(name)) for (x, y), name in SPOTS.items()]
    return form


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
