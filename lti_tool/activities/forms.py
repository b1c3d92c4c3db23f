"""What may come in when an activity is made (screen I1, every field with a default), copied or chosen."""

from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from .actions import LONGEST_INSTRUCTIONS, LONGEST_TITLE, Plan
from .models import Grading, Kind
from .phases import Dates

ALWAYS, DATES = "always", "dates"
MOMENT = [f"%Y-%m-%d{between}%H:%M{end}" for between in "T " for end in ("", ":%S")]  # the first is written


class WholeNumber(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A whole number within limits; whatever else was written is refused with the same sentence."""

    def __init__(self, label: Any, least: int, most: int, **options: Any) -> None:
        sentence = _l("Write a whole number from %(min)s to %(max)s.")
        super().__init__(label, validators=[NumberRange(least, most, sentence)], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Leave what is no number to the limits."""
        with suppress(ValueError):
            super().process_formdata(valuelist)


class CreateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """An instructor's choices. Only the kind must be chosen."""

    kind = RadioField(
        _l("What will people share?"),
        choices=[
            SelectChoice(Kind.PRACTICE.value, _l("A practice")),
            SelectChoice(Kind.GESTURE.value, _l("A work gesture")),
            SelectChoice(Kind.EXPERIENCE.value, _l("An experience")),
        ],
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
    when = RadioField(
        _l("When"),
        choices=[SelectChoice(ALWAYS, _l("Always open")), SelectChoice(DATES, _l("Until dates I choose"))],
        default=ALWAYS,
    )
    share_by = DateTimeLocalField(
        _l("Share by"), [Optional()], format=MOMENT, invalid_value_message=_l("Choose a date and a time.")
    )
    review_by = DateTimeLocalField(
        _l("Review by"), [Optional()], format=MOMENT, invalid_value_message=_l("Choose a date and a time.")
    )
    grading = RadioField(
        _l("Grade"),
        choices=[
            SelectChoice(Grading.TWO_COLUMNS.value, _l("The work and the reviewing, in two columns")),
            SelectChoice(Grading.ONE_COLUMN.value, _l("One column for both")),
            SelectChoice(Grading.NONE.value, _l("None")),
        ],
        default=Grading.TWO_COLUMNS.value,
    )
    wanted = WholeNumber(_l("Reviews for each contribution"), 1, 10, default=3)
    given = WholeNumber(_l("Reviews each person gives"), 1, 20, default=4)
    minimum_words = WholeNumber(_l("Words in a review, at least"), 0, 500, default=30)
    late_allowed = BooleanField(_l("Take late work, and mark it late"), default=True)

    def validate_share_by(self, field: Any) -> None:
        """Dates were chosen: the first one is needed."""
        if self.when.data == DATES and field.data is None and not field.process_errors:
            raise ValidationError(_l("Choose a date, or choose “Always open”."))

    def validate_review_by(self, field: Any) -> None:
        """The review comes after the sharing."""
        if self.when.data == DATES and field.data and self.share_by.data and field.data < self.share_by.data:
            raise ValidationError(_l("The review date must come after the sharing date."))

    def validate_given(self, field: Any) -> None:
        """Fewer reviews given than wanted leaves somebody short."""
        if field.data is not None and self.wanted.data is not None and field.data < self.wanted.data:
            raise ValidationError(
                _l("Ask each person for at least as many reviews as each contribution gets.")
            )

    def dates(self, zone: tzinfo) -> Dates:
        """The dates that were chosen, read in `zone`."""

        def aware(value: datetime | None) -> datetime | None:
            return value.replace(tzinfo=zone) if value and self.when.data == DATES else None

        return Dates(aware(self.share_by.data), aware(self.review_by.data))

    def plan(self, zone: tzinfo) -> Plan:
        """The choices as a plan; dates are read in `zone`."""
        dates = self.dates(zone)
        return Plan(
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            instructions=self.instructions.data or "",
            grading=Grading(self.grading.data),
            share_by=dates.share_by,
            review_by=dates.review_by,
            wanted=self.wanted.data,
            given=self.given.data,
            minimum_words=self.minimum_words.data,
            late_allowed=self.late_allowed.data,
        )


class CopyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What may be changed before an activity is copied: its dates."""

    when, share_by, review_by = CreateForm.when, CreateForm.share_by, CreateForm.review_by
    validate_share_by, validate_review_by = CreateForm.validate_share_by, CreateForm.validate_review_by
    dates = CreateForm.dates

    @classmethod
    def proposing(cls, dates: Dates, zone: tzinfo) -> Self:
        """The form with these dates in it, for who has not chosen others."""
        when = DATES if dates.share_by else ALWAYS
        share_by, review_by = (date and date.astimezone(zone).replace(tzinfo=None) for date in dates)
        return cls(when=when, share_by=share_by, review_by=review_by)


class PickForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which activities of the course are chosen."""

    activities = SelectMultipleField(
        _l("Activities of this course"),
        coerce=UUID,
        validate_choice=False,  # the query finds those of the course only
        validators=[InputRequired(_l("Choose an activity."))],
    )
