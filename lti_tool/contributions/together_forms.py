"""What may come in when somebody writes on a page with others. The actions decide what is taken."""

from uuid import UUID, uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField

from ..kernel.errors import InvalidError, RefusedError
from .together import TEXT_MOST, WHY_MOST, Edit
from .together_words import labelled


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The page or one of its sections, written over version `version`; one form makes one version."""

    text = TextAreaField(_l("Our page"), render_kw={"maxlength": TEXT_MOST})
    why = StringField(
        _l("What did you change?"),
        description=_l("One line, if you like. It stands in the history."),
        render_kw={"maxlength": WHY_MOST},
    )
    version = IntegerField(default=0)
    section = IntegerField()
    form = HiddenField()

    def edit(self) -> Edit:
        """What the form brings, as the actions take it."""
        return Edit(
            self.text.data or "",
            self.version.data or 0,
            self.number(),
            self.why.data or "",
            self.section.data,
        )

    def number(self) -> UUID:
        """The form's own number; a new one where what came in is none."""
        try:
            return UUID(hex=self.form.data or "")
        except ValueError:
            return uuid4()

    def refuse(self, refusal: RefusedError) -> None:
        """Show the sentence at the field it concerns, or above the form where there is no such field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        field = refusal.field if isinstance(refusal, InvalidError) else ""
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


def page_form(text: str, version: int, section: int | None) -> PageForm:
    """The form for a text of version `version`, its unsettled passages in words."""
    data = {"text": labelled(text), "version": version, "section": section, "form": uuid4().hex}
    return PageForm(formdata=None, data=data)
