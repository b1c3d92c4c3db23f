"""What may come in when an instructor words an activity's questions: three fields for each, and a new one."""

from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from .kinds import Prompt
from .models import Activity
from .prompts import LONGEST_HINT, LONGEST_LABEL, Asked, Translate

ORDER = "prompt-order"
NEW = "new"


class PromptsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The fields come with the questions; `keys` are theirs, in order."""

    keys: tuple[str, ...] = ()

    def refuse(self, refusal: InvalidError) -> None:
        """Show why the questions were not taken, at the field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        if refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def wording(self, key: str) -> Prompt:
        """A question as it was typed."""
        label, hint = self[f"label-{key}"].data or "", self[f"hint-{key}"].data or ""
        return Prompt(key, label, hint, self[f"required-{key}"].data)


def prompts_form(asked: Asked, posted: "MultiDict[str, str] | None" = None) -> PromptsForm:
    """The form of these questions; with what was `posted`, in its order."""
    order = [
        key for key in (posted.getlist(ORDER) if posted else ()) if key in {p.key for p in asked.prompts}
    ]
    keys = tuple(dict.fromkeys([*order, *(prompt.key for prompt in asked.prompts)]))
    fields: dict[str, Any] = {}
    for number, key in enumerate((*keys, NEW), 1):
        name = gettext(N_("Question")) if key == NEW else gettext(N_("Question %(n)d"), n=number)
        fields[f"label-{key}"] = StringField(name, render_kw={"maxlength": LONGEST_LABEL})
        fields[f"hint-{key}"] = StringField(
            gettext(N_("Help below it")), render_kw={"maxlength": LONGEST_HINT}
        )
        fields[f"required-{key}"] = BooleanField(gettext(N_("An answer is required")))
    values = {
        f"{part}-{prompt.key}": getattr(prompt, part)
        for prompt in asked.prompts
        for part in ("label", "hint", "required")
    }
    bound = type("BoundPromptsForm", (PromptsForm,), {"keys": keys, **fields})
    return bound() if posted is not None else bound(formdata=None, data=values)  # type: ignore[no-any-return]


def changed(activity: Activity, form: PromptsForm, act: str, translate: Translate) -> tuple[Asked, str]:
    """The questions as the form words them, after its button; and the part of the page to go on in.

    Args:
        activity: whose questions they are.
        form: with what was posted.
        act: "save", "reset", or "up", "down" or "remove" with "-" and a question's key.
        translate: into the instructor's language.

    Raises:
        InvalidError: there is one question too many, or none left.

    """
    asked = Asked.of(activity, translate)
    if act == "reset":
        return asked.suggested(activity.kind, translate), ""
    asked = asked.reworded([form.wording(key) for key in form.keys])
    new = form.wording(NEW)
    if new.label.strip():
        asked = asked.with_one_more(new.label, new.hint, required=new.required)
    act, _, key = act.partition("-")
    if act == "remove":
        return asked.without(key), "questions"
    if act in {"up", "down"}:
        return asked.moved(key, 1 if act == "down" else -1), f"question-{key}"
    return asked, ""
