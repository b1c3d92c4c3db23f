"""What may come in when an instructor builds a rubric: the fields of each criterion, in their order."""

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from types import MappingProxyType
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..people.grouplists import decode
from .criteria import (
    LONGEST_DESCRIPTION,
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_SENTENCE,
    CriterionPlan,
    FaultyRubricError,
    Level,
)
from .models import CriterionType
from .rubric_reading import LARGEST, UnreadableRubricError
from .rubric_typing import Typed, keys_of, slots_of

SCALE, ERRORS = (1.0, 5.0), 10.0  # what a criterion that becomes one begins with
TYPES = {
    CriterionType.LEVELS: N_("Levels in words"),
    CriterionType.SCALE: N_("A number on a scale"),
    CriterionType.ERRORS: N_("A count of errors"),
    CriterionType.QUESTION: N_("An open question, without score"),
}


class KeepForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The name under which a rubric is kept."""

    name = StringField(_l("Name of the rubric"), render_kw={"maxlength": 100})

    def refuse(self, refusal: InvalidError) -> None:
        """Show why the name was not taken."""
        self.name.errors = [*self.name.errors, gettext(refusal.sentence, **refusal.values)]


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A rubric from elsewhere. A file, where there is one, stands for what is pasted."""

    file = FileField(_l("A file"), description=_l("CSV, Canvas (CSV or JSON) or Moodle (grading.xml)."))
    text = TextAreaField(
        _l("Or the text"),
        description=_l("Cells copied from a spreadsheet: a criterion on each line, then its levels."),
    )

    def validate_text(self, field: Any) -> None:
        """Take the file's text, and refuse an empty one."""
        if self.file.data:
            field.data = decode(self.file.data.read(LARGEST + 1))
        if not (field.data or "").strip():
            raise ValidationError(_l("Choose a file or paste a text."))

    def refuse(self, refusal: UnreadableRubricError) -> None:
        """Show why the text was not understood, and where."""
        sentence = gettext(refusal.sentence, **refusal.values)
        if refusal.line is not None:
            sentence = gettext(N_("Line %(line)d: %(problem)s"), line=refusal.line, problem=sentence)
        self.text.errors = [*self.text.errors, sentence]


class RubricForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The fields come with the criteria; `keys` are theirs, in order, `slots` those of each one's levels."""

    keys: tuple[str, ...] = ()
    slots: Mapping[str, Sequence[str]] = MappingProxyType({})

    @property
    def plans(self) -> dict[str, CriterionPlan]:
        """The criteria as they were typed, by key; what is no number is one that no criterion may have."""
        return {key: self._plan(key) for key in self.keys}

    def refuse(self, refusal: FaultyRubricError) -> None:
        """Show why the criteria were not taken, at the fields."""
        for fault in refusal.faults:
            sentence = gettext(fault.sentence, most=fault.most)
            field = f"{fault.part}-{fault.key}"
            if fault.level is not None and self._type(fault.key) is CriterionType.LEVELS:
                field += f"-{self.slots[fault.key][fault.level]}"
            elif fault.level is not None:
                field = f"{('lowest', 'highest')[fault.level]}-{fault.part}-{fault.key}"
            elif fault.part == "highest" and self._type(fault.key) is CriterionType.ERRORS:
                field = f"errors-{fault.key}"
            if field in self:
                self[field].errors = [*self[field].errors, sentence]
            else:
                self.form_errors.append(sentence)

    def _type(self, key: str) -> CriterionType:
        chosen = self[f"type-{key}"].data
        return CriterionType(chosen) if chosen in set(CriterionType) else CriterionType.LEVELS

    def _plan(self, key: str) -> CriterionPlan:
        kind = self._type(key)
        return CriterionPlan(
            self._text(f"name-{key}"),
            self._text(f"description-{key}"),
            kind,
            tuple(self._levels(key, kind)),
            _number(self._text(f"weight-{key}"), 1.0),
            self[f"comment-{key}"].data,
        )

    def _levels(self, key: str, kind: CriterionType) -> Iterable[Level]:
        if kind is CriterionType.LEVELS:
            before = 0.0
            for slot in self.slots[key]:
                texts = [self._text(f"{part}-{key}-{slot}") for part in ("points", "label", "sentence")]
                before = _number(texts[0], before + 1)
                yield Level(before, *texts[1:])
        elif kind is CriterionType.SCALE:
            for end, default in zip(("lowest", "highest"), SCALE, strict=True):
                number = _number(self._text(f"{end}-{key}"), default)
                yield Level(number, self._text(f"{end}-label-{key}"))
        elif kind is CriterionType.ERRORS:
            yield Level(0.0)
            yield Level(_number(self._text(f"errors-{key}"), ERRORS))

    def _text(self, name: str) -> str:
        return self[name].data or ""


def rubric_form(typed: Typed) -> RubricForm:
    """The form of the criteria that were `typed`, or that are there: see `as_typed`."""
    keys = keys_of(typed)
    slots = {key: slots_of(typed, key) for key in keys}
    fields: dict[str, Any] = {}
    for number, key in enumerate(keys, 1):
        fields |= _fields(number, key, slots[key])
    bound = type("BoundRubricForm", (RubricForm,), {"keys": keys, "slots": slots, **fields})
    return bound(formdata=typed)  # type: ignore[no-any-return]  # made from RubricForm just above


def _fields(number: int, key: str, slots: Sequence[str]) -> dict[str, Any]:
    types = [SelectChoice(kind.value, gettext(label)) for kind, label in TYPES.items()]
    fields: dict[str, Any] = {
        f"name-{key}": _line(gettext(N_("Name of criterion %(n)d"), n=number), LONGEST_NAME),
        f"description-{key}": _line(gettext(N_("What good looks like")), LONGEST_DESCRIPTION),
        f"type-{key}": SelectField(
            gettext(N_("How reviewers answer")),
            choices=types,
            default=CriterionType.LEVELS.value,
            validate_choice=False,
        ),
        f"comment-{key}": BooleanField(gettext(N_("A comment is required"))),
        f"weight-{key}": _figure(gettext(N_("Weight")), gettext(N_("2 counts twice, 0 does not count."))),
        f"lowest-{key}": _figure(gettext(N_("Lowest number")), default=SCALE[0]),
        f"lowest-label-{key}": _line(gettext(N_("What the lowest means")), LONGEST_LABEL),
        f"highest-{key}": _figure(gettext(N_("Highest number")), default=SCALE[1]),
        f"highest-label-{key}": _line(gettext(N_("What the highest means")), LONGEST_LABEL),
        f"errors-{key}": _figure(gettext(N_("The most errors to count")), default=ERRORS),
    }
    for n, slot in enumerate(slots, 1):
        fields[f"label-{key}-{slot}"] = _line(gettext(N_("Level %(n)d"), n=n), LONGEST_LABEL)
        fields[f"sentence-{key}-{slot}"] = _line(gettext(N_("In one sentence")), LONGEST_SENTENCE)
        fields[f"points-{key}-{slot}"] = _figure(gettext(N_("Points of level %(n)d"), n=n))
    return fields


def _line(label: str, most: int) -> StringField:
    return StringField(label, render_kw={"maxlength": most})


def _figure(label: str, description: str = "", default: float | None = None) -> StringField:
    """A number; `default` is what an empty one stands for."""
    shown = (
        {"inputmode": "decimal"}
        if default is None
        else {"inputmode": "numeric", "placeholder": f"{default:g}"}
    )
    return StringField(label, description=description, render_kw=shown)


def _number(text: str, default: float) -> float:
    """A number as people write it, with a point or a comma."""
    if not text.strip():
        return default
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return nan
