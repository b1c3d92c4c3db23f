"""What may come in when an activity is made (screen I1, every field with a default), copied or chosen."""

from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any, Self
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from ..kernel.errors import InvalidError
from .models import Activity, Feedback, Grading, Kind, Writing
from .phases import Dates
from .suiting import LONGEST_INSTRUCTIONS, LONGEST_TITLE, Plan

ALWAYS, DATES = "always", "dates"
SUITING = SelectChoice("", _l("As suits what people share"))
FEEDBACK = [
    SelectChoice(Feedback.REVIEWS.value, _l("Reviews with criteria")),
    SelectChoice(Feedback.COMMENTS.value, _l("Comments only")),
    SelectChoice(Feedback.NONE.value, _l("Nothing")),
]
WRITING = [
    SelectChoice(Writing.ALONE.value, _l("Each person")),
    SelectChoice(Writing.GROUPS.value, _l("Each group, together")),
    SelectChoice(Writing.COURSE.value, _l("The whole course, together")),
]
NAMES = [SelectChoice("yes", _l("Peers see names")), SelectChoice("no", _l("Names are hidden from peers"))]
MOMENT = [f"%Y-%m-%d{between}%H:%M{end}" for between in "T " for end in ("", ":%S")]  # the first is written


class WholeNumber(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A whole number within limits; whatever else was written is refused with the same sentence."""

    def __init__(self, label: Any, least: int, most: int, *, optional: bool = False, **options: Any) -> None:
        sentence = _l("Write a whole number from %(min)s to %(max)s.")
        limits = NumberRange(least, most, sentence)
        super().__init__(label, validators=[Optional(), limits] if optional else [limits], **options)

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
            SelectChoice(Kind.QUESTION.value, _l("A question and its answers")),
            SelectChoice(Kind.SYNTHESIS.value, _l("A page written together")),
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
    feedback = SelectField(_l("What peers give back"), choices=[SUITING, *FEEDBACK], default="")
    writing = SelectField(_l("Who writes"), choices=[SUITING, *WRITING], default="")
    named = SelectField(_l("Names"), choices=[SUITING, *NAMES], default="")
    presence = BooleanField(_l("Show who is here now"))
    target_words = WholeNumber(
        _l("A good length, in words"), 1, 10_000, optional=True, description=_l("Leave it empty for none.")
    )
    quota_mb = WholeNumber(_l("Files of each person, in megabytes"), 1, 100_000, default=2000)

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

    def settings(self, zone: tzinfo) -> dict[str, Any]:
        """The choices by the names of `Settings`; dates are read in `zone`."""
        dates = self.dates(zone)
        return {
            "title": self.title.data or "",
            "instructions": self.instructions.data or "",
            "share_by": dates.share_by,
            "review_by": dates.review_by,
            "wanted": self.wanted.data,
            "given": self.given.data,
            "minimum_words": self.minimum_words.data,
            "late_allowed": self.late_allowed.data,
            "feedback": Feedback(self.feedback.data) if self.feedback.data else None,
            "writing": Writing(self.writing.data) if self.writing.data else None,
            "named": self.named.data == "yes" if self.named.data else None,
            "presence": self.presence.data,
            "target_words": self.target_words.data,
            "quota_mb": self.quota_mb.data,
        }

    def plan(self, zone: tzinfo) -> Plan:
        """The choices as a plan; dates are read in `zone`."""
        return Plan(Kind(self.kind.data), Grading(self.grading.data), **self.settings(zone))

    def refuse(self, refusal: InvalidError) -> None:
        """Show why the choices were not taken, at the field."""
        sentence = gettext(refusal.sentence, **refusal.values)
        if refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, sentence]
        else:
            self.form_errors.append(sentence)


class CopyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What may be changed before an activity is copied: its dates."""

    when, share_by, review_by = CreateForm.when, CreateForm.share_by, CreateForm.review_by
    validate_share_by, validate_review_by = CreateForm.validate_share_by, CreateForm.validate_review_by
    dates = CreateForm.dates

    @classmethod
    def proposing(cls, dates: Dates, zone: tzinfo) -> Self:
        """The form with these dates in it, for who has not chosen others."""
        when = DATES if dates.share_by else ALWAYS
        share_by, review_by = (_local(date, zone) for date in dates)
        return cls(when=when, share_by=share_by, review_by=review_by)


class SettingsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The choices of an activity that is there: all but its kind; its grade has a page of its own."""

    title, instructions = CreateForm.title, CreateForm.instructions
    when, share_by, review_by = CreateForm.when, CreateForm.share_by, CreateForm.review_by
    wanted, given, minimum_words = CreateForm.wanted, CreateForm.given, CreateForm.minimum_words
    late_allowed, presence = CreateForm.late_allowed, CreateForm.presence
    feedback = SelectField(_l("What peers give back"), choices=FEEDBACK)
    writing = SelectField(_l("Who writes"), choices=WRITING)
    named = SelectField(_l("Names"), choices=NAMES)
    target_words, quota_mb = CreateForm.target_words, CreateForm.quota_mb
    validate_share_by, validate_review_by = CreateForm.validate_share_by, CreateForm.validate_review_by
    validate_given = CreateForm.validate_given
    dates, settings, refuse = CreateForm.dates, CreateForm.settings, CreateForm.refuse

    @classmethod
    def of(cls, activity: Activity, zone: tzinfo) -> Self:
        """The form with the activity's own choices in it, for who has not sent others."""
        return cls(
            data={
                **{name: getattr(activity, name) for name in cls._AS_THEY_ARE},
                "when": DATES if activity.share_by else ALWAYS,
                "share_by": _local(activity.share_by, zone),
                "review_by": _local(activity.review_by, zone),
                "feedback": activity.feedback.value,
                "writing": activity.writing.value,
                "named": "yes" if activity.named else "no",
            }
        )

    _AS_THEY_ARE = (
        "title", "instructions", "wanted", "given", "minimum_words", "late_allowed", "presence",
        "target_words", "quota_mb",
    )  # fmt: skip


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """As the browser's picker takes it."""
    return moment and moment.astimezone(zone).replace(tzinfo=None)


class PickForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which activities of the course are chosen."""

    activities = SelectMultipleField(
        _l("Activities of this course"),
        coerce=UUID,
        validate_choice=False,  # the query finds those of the course only
        validators=[InputRequired(_l("Choose an activity."))],
    )
