"""What may come in when somebody writes their contribution: a title, and an area for each prompt."""

from uuid import UUID

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, StringField, TextAreaField

from ..activities.kinds import KindTemplate
from ..kernel.i18n import N_
from .actions import Written
from .texts import TITLE_MOST, Text, field_of

SHOWS = "shows-"


class ShareForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The fields that every kind has."""

    title = StringField(render_kw={"maxlength": TITLE_MOST, "enterkeyhint": "next"})
    version = IntegerField(default=0)

    def refuse(self, field: str, sentence: str) -> None:
        """Show a sentence at a field, or above the form where there is no such field."""
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


def share_form(template: KindTemplate, text: Text | None = None, version: int = 0) -> ShareForm:
    """The form of a kind, filled with `text`, or with what was posted when that is None."""
    fields = {
        field_of(prompt.key): TextAreaField(
            gettext(prompt.label), description=gettext(prompt.hint), filters=[lambda value: value or ""]
        )
        for prompt in template.prompts
    }
    bound = type("BoundShareForm", (ShareForm,), fields)
    if text is None:
        form = bound()
    else:
        answers = {field_of(key): answer for key, answer in text.answers.items()}
        form = bound(formdata=None, data={"title": text.title, "version": version, **answers})
    form.title.label.text = gettext(N_("Title"))
    for name in ["title", *(field_of(prompt.key) for prompt in template.prompts if prompt.required)]:
        form[name].flags.required = True
    return form  # type: ignore[no-any-return]  # made from ShareForm just above


def written(form: ShareForm, template: KindTemplate, posted: "MultiDict[str, str]") -> Written:
    """What the form brings, as the actions take it."""
    return Written(
        title=form.title.data or "",
        answers={prompt.key: form[field_of(prompt.key)].data for prompt in template.prompts},
        shows=dict(_shows(posted)),
        version=form.version.data or 0,
    )


def _shows(posted: "MultiDict[str, str]") -> list[tuple[UUID, str]]:
    pairs = [(name.removeprefix(SHOWS), line) for name, line in posted.items() if name.startswith(SHOWS)]
    return [(UUID(hex=name), line) for name, line in pairs if _is_uuid(name)]


def _is_uuid(text: str) -> bool:
    try:
        UUID(hex=text)
    except ValueError:
        return False
    return True
