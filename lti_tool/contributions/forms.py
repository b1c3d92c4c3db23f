"""What may come in when somebody writes: a title, an area for each prompt, the steps of a gesture."""

from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, IntegerField, StringField, TextAreaField

from ..activities.kinds import KINDS
from ..activities.models import Activity
from ..activities.prompts import prompts_of
from ..kernel.i18n import N_
from ..kernel.markup import count_words
from . import captions
from .actions import Written
from .steps import Step, changed, numbered, to_fill
from .texts import STEP_MOST, TITLE_MOST, Text, field_of

SHOWS = "shows-"
ORDER = "step-order"


class CaptionsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a video or a sound says, in writing."""

    captions = FileField(_l("A caption file"), description=_l("WebVTT (.vtt) or SubRip (.srt)."))
    without = BooleanField(_l("Remove the captions"))
    transcript = TextAreaField(
        _l("What is said (transcript)"), description=_l("Readable without playing the file.")
    )

    def read(self) -> str | None:
        """The captions to be kept, as WebVTT; None: those that are there. Raises InvalidError."""
        if self.captions.data:
            return captions.rewritten(self.captions.data.read(captions.LARGEST + 1))
        return "" if self.without.data else None


class ShareForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The fields that every kind has.

    `steps` are a gesture's, each with two fields in the form; `place` is the part of the page to go on in.
    """

    steps: tuple[Step, ...] = ()
    blank = Step(numbered(0))  # what a script copies
    place = ""
    title = StringField(render_kw={"maxlength": TITLE_MOST, "enterkeyhint": "next"})
    version = IntegerField(default=0)

    @property
    def words(self) -> int:
        """The words in it, the title's left out."""
        texts = (field.data for name, field in self._fields.items() if name.startswith(("answer-", "step-")))
        return sum(count_words(text or "") for text in texts)

    def refuse(self, field: str, sentence: str) -> None:
        """Show a sentence at a field, or above the form where there is no such field."""
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


def share_form(
    activity: Activity, text: Text, version: int = 0, posted: "MultiDict[str, str] | None" = None
) -> ShareForm:
    """The form of an activity, filled with `text`, or with what was `posted` over it.

    A button that adds, moves or removes a step has done so.
    """
    prompts = prompts_of(activity, gettext, [key for key, answer in text.answers.items() if answer])
    steps, place = _steps(text, posted) if KINDS[activity.kind].steps else ((), "")
    fields = {
        field_of(prompt.key): TextAreaField(prompt.label, description=prompt.hint, filters=[_or_empty])
        for prompt in prompts
    }
    for step in (*steps, ShareForm.blank):
        fields |= _fields_of(step)
    bound = type("BoundShareForm", (ShareForm,), {"steps": steps, "place": place, **fields})
    if posted is not None:
        form = bound()
    else:
        answers = {field_of(key): answer for key, answer in text.answers.items()}
        answers |= {step.field("text"): step.text for step in steps}
        answers |= {step.field("watch_out"): step.watch_out for step in steps}
        form = bound(formdata=None, data={"title": text.title, "version": version, **answers})
    form.title.label.text = gettext(N_("Title"))
    for name in ["title", *(field_of(prompt.key) for prompt in prompts if prompt.required)]:
        form[name].flags.required = True
    return form  # type: ignore[no-any-return]  # made from ShareForm just above


def written(form: ShareForm, posted: "MultiDict[str, str]") -> Written:
    """What the form brings, as the actions take it; a question that it did not know is not in it."""
    return Written(
        title=form.title.data or "",
        answers={
            name.removeprefix(field_of("")): field.data
            for name, field in form._fields.items()
            if name.startswith(field_of("")) and name in posted
        },
        shows=dict(_shows(posted)),
        version=form.version.data or 0,
        steps=form.steps,
        why=posted.get("why", ""),
    )


def chosen_files(posted: "MultiDict[str, FileStorage]") -> list[tuple[FileStorage, UUID | None]]:
    """The files that came with the form, each with the id of the step that it is for."""
    return [
        (file, UUID(hex=step) if _is_uuid(step) else None)
        for name, file in posted.items(multi=True)
        for kind, _, step in (name.partition("-"),)
        if kind == "file" and file.filename
    ]


def _steps(text: Text, posted: "MultiDict[str, str] | None") -> tuple[tuple[Step, ...], str]:
    if posted is None:
        return to_fill(text.steps), ""
    steps, place = changed(_steps_in(posted), posted.get("do", ""))
    return to_fill(steps), place


def _steps_in(posted: "MultiDict[str, str]") -> tuple[Step, ...]:
    """The steps that were posted, in their order."""
    ids = dict.fromkeys(UUID(hex=each) for each in posted.getlist(ORDER) if _is_uuid(each))
    return tuple(
        Step(each, *(posted.get(Step(each).field(part), "") for part in ("text", "watch_out")))
        for each in ids
    )


def _fields_of(step: Step) -> dict[str, TextAreaField | StringField]:
    limit = {"maxlength": STEP_MOST}
    return {
        step.field("text"): TextAreaField(gettext(N_("What to do")), render_kw=limit, filters=[_or_empty]),
        step.field("watch_out"): StringField(gettext(N_("Watch out")), render_kw=limit, filters=[_or_empty]),
    }


def _or_empty(value: str | None) -> str:
    return value or ""


def _shows(posted: "MultiDict[str, str]") -> list[tuple[UUID, str]]:
    pairs = [(name.removeprefix(SHOWS), line) for name, line in posted.items() if name.startswith(SHOWS)]
    return [(UUID(hex=name), line) for name, line in pairs if _is_uuid(name)]


def _is_uuid(text: str) -> bool:
    try:
        UUID(hex=text)
    except ValueError:
        return False
    return True
