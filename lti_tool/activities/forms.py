"""What may come in when an activity is made (screen I1, every field with a default), copied or chosen."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any, Self
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from ..kernel.errors import InvalidError
from . import fields
from .dates import Dates, Odd, moment_of, odd, wall_of
from .fields import ALWAYS, DATES, MODES, Moment, Names, WholeNumber
from .models import Feedback, Grading, Kind, ReviewType, Writing
from .suiting import LONGEST_INSTRUCTIONS, LONGEST_TITLE, ORDER, Plan

# Told once the dates are kept: the clocks change in that night.
ODDITIES = {
    Odd.SKIPPED: _l("The clocks go forward that night: %(wall)s does not exist. We took %(taken)s."),
    Odd.TWICE: _l("The clocks go back that night: %(wall)s comes twice. The first one counts."),
}


class DatedForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Whether there are dates, and which; each form shows those that it needs."""

    when = RadioField(
        _l("When"),
        choices=[SelectChoice(ALWAYS, _l("Always open")), SelectChoice(DATES, _l("Until dates I choose"))],
        default=ALWAYS,
    )
    share_by = Moment(_l("Share by"))
    review_from = Moment(
        _l("Reviews begin on"), description=_l("Left empty, one reviews as soon as one has shared.")
    )
    review_by = Moment(_l("Review by"))

    def validate_share_by(self, field: Any) -> None:
        """Dates were chosen: the first one is needed."""
        if self.when.data == DATES and field.data is None and not field.process_errors:
            raise ValidationError(_l("Choose a date, or choose “Always open”."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also see whether the dates are in their order."""
        sound = super().validate(extra_validators)
        for name, earlier in Dates(**self.walls()).out_of_order() if sound else ():
            self[name].errors = [gettext(ORDER.get((name, earlier)) or ORDER[name])]
            return False
        return bool(sound)

    def walls(self) -> dict[str, datetime | None]:
        """What was chosen, as the clock on the wall shows it; nothing where it is always open."""
        dated = self.when.data == DATES
        return {
            name: self[name].data if dated or name in {"feedback_from", "scores_from"} else None
            for name in Dates._fields
            if name in self
        }

    def dates(self, zone: tzinfo) -> Dates:
        """The dates that were chosen, read in `zone`."""
        return Dates(**{name: wall and moment_of(wall, zone) for name, wall in self.walls().items()})

    def oddities(self, zone: tzinfo) -> Iterator[str]:
        """What to tell of chosen times that come twice in `zone`, or never."""
        for wall in self.walls().values():
            if wall and (strange := odd(wall, zone)):
                taken = wall_of(moment_of(wall, zone), zone)
                yield gettext(ODDITIES[strange], wall=f"{wall:%H:%M}", taken=f"{taken:%H:%M}")

    def refuse(self, refusal: InvalidError) -> None:
        """Show why the choices were not taken, at the field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        field = "names" if refusal.field == "named" else refusal.field
        if field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


class CreateForm(DatedForm):
    """An instructor's choices. Only the kind must be chosen."""

    kind = RadioField(
        _l("What will people share?"),
        choices=fields.KINDS,
        validators=[InputRequired(_l("Choose what people will share."))],
    )
    title = StringField(
        _l("Title"),
        description=_l("Leave it empty to use the suggested one."),
        validators=[Length(max=LONGEST_TITLE, message=_l("Shorten this to %(max)d characters."))],
    )
    instructions = TextAreaField(
        _l("Instructions"),
        description=_l("Leave them empty to use the suggested ones."),
        validators=[Length(max=LONGEST_INSTRUCTIONS, message=_l("Shorten this to %(max)d characters."))],
    )
    grading = RadioField(_l("Grade"), choices=fields.GRADING, default=Grading.TWO_COLUMNS.value)
    wanted = WholeNumber(_l("Reviews for each contribution"), 1, 10, default=3)
    given = WholeNumber(_l("Reviews each person gives"), 1, 20, default=4)
    minimum_words = WholeNumber(_l("Words in a review, at least"), 0, 500, default=30)
    late_allowed = BooleanField(_l("Take late work, and mark it late"), default=True)
    feedback = SelectField(_l("What peers give back"), choices=[fields.SUITING, *fields.FEEDBACK], default="")
    review_type = SelectField(
        _l("How peers review"), choices=fields.REVIEW_TYPE, default=ReviewType.CRITERIA.value
    )
    writing = SelectField(_l("Who writes"), choices=[fields.SUITING, *fields.WRITING], default="")
    names = SelectField(_l("Names"), choices=[fields.SUITING, *fields.NAMES], default="")
    presence = BooleanField(_l("Show who is here now"))
    target_words = WholeNumber(
        _l("A good length, in words"), 1, 10_000, optional=True, description=_l("Leave it empty for none.")
    )
    quota_mb = WholeNumber(_l("Files of each person, in megabytes"), 1, 100_000, default=2000)

    def validate_given(self, field: Any) -> None:
        """Fewer reviews given than wanted leaves somebody short."""
        if field.data is not None and self.wanted.data is not None and field.data < self.wanted.data:
            raise ValidationError(
                _l("Ask each person for at least as many reviews as each contribution gets.")
            )

    def settings(self, zone: tzinfo) -> dict[str, Any]:
        """The choices by the names of `Settings`; dates are read in `zone`."""
        dates = self.dates(zone)._asdict()
        return {
            **{name: date for name, date in dates.items() if name in self},
            **{name: self[name].data for name in _AS_THEY_ARE},
            **(MODES[Names(self.names.data)] if self.names.data else {}),
            "title": self.title.data or "",
            "instructions": self.instructions.data or "",
            "feedback": Feedback(self.feedback.data) if self.feedback.data else None,
            "review_type": ReviewType(self.review_type.data),
            "writing": Writing(self.writing.data) if self.writing.data else None,
        }

    def plan(self, zone: tzinfo) -> Plan:
        """The choices as a plan; dates are read in `zone`."""
        return Plan(Kind(self.kind.data), Grading(self.grading.data), **self.settings(zone))


_AS_THEY_ARE = (
    "wanted", "given", "minimum_words", "late_allowed", "presence", "target_words", "quota_mb",
)  # fmt: skip


class CopyForm(DatedForm):
    """What may be changed before an activity is copied: its dates."""

    revise_by = Moment(_l("Revise by"))
    closes_at = Moment(_l("Closes on"))
    feedback_from = Moment(_l("Reviews can be read from"))
    scores_from = Moment(_l("Scores can be read from"))

    @classmethod
    def proposing(cls, dates: Dates, zone: tzinfo) -> Self:
        """The form with these dates in it, for who has not chosen others."""
        walls = {name: date and wall_of(date, zone) for name, date in dates._asdict().items()}
        return cls(data={"when": DATES if any(dates) else ALWAYS, **walls})


class PickForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which activities of the course are chosen."""

    activities = SelectMultipleField(
        _l("Activities of this course"),
        coerce=UUID,
        validate_choice=False,  # the query finds those of the course only
        validators=[InputRequired(_l("Choose an activity."))],
    )
