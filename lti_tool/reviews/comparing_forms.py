"""What may come in when somebody compares two works: which is better, why, and by criterion if they like."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields import SelectChoice

from ..activities.models import Activity
from ..kernel.i18n import N_
from . import rubric
from .comparing import SKIP_MOST, FaultyVerdictError, Side, Verdict
from .rubric import Fault

SAME = "same"
MOST: Mapping[str, int] = {"because": rubric.MAX_OVERALL, "skip": SKIP_MOST}  # characters
SENTENCES: Mapping[Fault, str] = {
    Fault.MISSING: N_("Choose the better one."),
    Fault.NO_COMMENT: N_("Say it in a few words."),
}


class ComparisonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every comparison has; `comparison_form` adds a choice for each criterion."""

    version = IntegerField(default=0)
    better = RadioField(
        _l("Which is better?"),
        choices=[
            SelectChoice(Side.A.value, _l("A is better")),
            SelectChoice(Side.B.value, _l("B is better")),
        ],
        validate_choice=False,
    )
    because = TextAreaField(_l("Why?"), render_kw={"maxlength": rubric.MAX_OVERALL})
    skip = TextAreaField(_l("Why do you skip this pair?"), render_kw={"maxlength": SKIP_MOST})

    def refuse(self, sentence: str) -> None:
        """Show a sentence above the form."""
        self.form_errors.append(sentence)

    def refuse_faults(self, faulty: FaultyVerdictError, minimum: int) -> None:
        """Show what is wrong at the fields it concerns."""
        for name, fault in faulty.faults.items():
            self[name].errors = [*self[name].errors, _sentence(name, fault, minimum)]


def comparison_form(activity: Activity, verdict: Verdict | None = None, version: int = 0) -> ComparisonForm:
    """The form with an activity's criteria, filled from a verdict, or with what was posted without one."""
    sides = ((Side.A.value, "A"), (Side.B.value, "B"), (SAME, gettext("No difference")))
    choices = [SelectChoice(*each) for each in sides]
    fields = {
        _name(each.id): RadioField(
            each.name, description=each.description, choices=choices, validate_choice=False
        )
        for each in activity.criteria
    }
    bound = type("BoundComparisonForm", (ComparisonForm,), fields)
    form: ComparisonForm = bound() if verdict is None else bound(formdata=None, data=_data(verdict, version))
    form.better.flags.required = form.because.flags.required = True
    return form


def spoken(form: ComparisonForm, activity: Activity) -> tuple[int, Verdict]:
    """What the form brings: the version it was written over, and the verdict; what is no choice is none."""
    said = {each.id: form[_name(each.id)].data for each in activity.criteria}
    choices = {key: _side(value) for key, value in said.items() if value == SAME or _side(value)}
    version = form.version.data
    verdict = Verdict(_side(form.better.data), form.because.data or "", choices)
    return -1 if version is None else version, verdict


def _data(verdict: Verdict, version: int) -> dict[str, object]:
    data = {_name(key): side or SAME for key, side in verdict.choices.items()}
    return {"version": version, "better": verdict.better, "because": verdict.because, **data}


def _name(criterion: UUID) -> str:
    return f"criterion-{criterion}"


def _side(value: object) -> Side | None:
    return next((each for each in Side if each.value == value), None)


def _sentence(name: str, fault: Fault, minimum: int) -> str:
    if fault is Fault.TOO_LONG:
        return str(gettext("Shorten this to %(most)d characters.", most=MOST[name]))
    if fault is Fault.TOO_SHORT:
        return str(ngettext("Write at least %(num)d word.", "Write at least %(num)d words.", minimum))
    return str(gettext(SENTENCES[fault]))
