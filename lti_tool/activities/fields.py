"""Fields of the forms in which an instructor makes choices, and the words of these choices."""

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, IntegerField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from .models import Allocation, Calibration, Feedback, Grading, Kind, Matching, ReviewType, Scoring, Writing

MOMENT = [f"%Y-%m-%d{between}%H:%M{end}" for between in "T " for end in ("", ":%S")]  # the first is written
YEARS = range(1990, 3000)  # others are slips of the pen, and those at the ends of time overflow

ALWAYS, DATES = "always", "dates"
SUITING = SelectChoice("", _l("As suits what people share"))


class Names(StrEnum):
    """Who is named to whom: nobody, authors, all; or all once the activity has closed."""

    DOUBLE = "double"
    SINGLE = "single"
    OPEN = "open"
    AT_END = "at-end"


# What each choice sets of the columns `named`, `reviews_named` and `names_at_end`.
MODES = {
    Names.DOUBLE: {"named": False, "reviews_named": False, "names_at_end": False},
    Names.SINGLE: {"named": True, "reviews_named": False, "names_at_end": False},
    Names.OPEN: {"named": True, "reviews_named": True, "names_at_end": False},
    Names.AT_END: {"named": False, "reviews_named": False, "names_at_end": True},
}


def mode_of(*, named: bool, reviews_named: bool, names_at_end: bool) -> Names:
    """The choice that sets these columns."""
    if names_at_end:
        return Names.AT_END
    return Names.OPEN if reviews_named else Names.SINGLE if named else Names.DOUBLE


KINDS = [
    SelectChoice(Kind.PRACTICE.value, _l("A practice")),
    SelectChoice(Kind.GESTURE.value, _l("A work gesture")),
    SelectChoice(Kind.EXPERIENCE.value, _l("An experience")),
    SelectChoice(Kind.QUESTION.value, _l("A question and its answers")),
    SelectChoice(Kind.SYNTHESIS.value, _l("A page written together")),
]
GRADING = [
    SelectChoice(Grading.TWO_COLUMNS.value, _l("The work and the reviewing, in two columns")),
    SelectChoice(Grading.ONE_COLUMN.value, _l("One column for both")),
    SelectChoice(Grading.NONE.value, _l("None")),
]
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
NAMES = [
    SelectChoice(Names.DOUBLE.value, _l("Names are hidden from peers")),
    SelectChoice(Names.SINGLE.value, _l("Peers see names, but not who reviewed")),
    SelectChoice(Names.OPEN.value, _l("Peers see all names")),
    SelectChoice(Names.AT_END.value, _l("Hidden until it closes, then shown")),
]
REVIEW_TYPE = [
    SelectChoice(ReviewType.CRITERIA.value, _l("They answer criteria")),
    SelectChoice(ReviewType.COMPARISON.value, _l("They compare two works")),
]
ALLOCATION = [
    SelectChoice(Allocation.PULL.value, _l("Each person takes the next one")),
    SelectChoice(Allocation.PUSH.value, _l("All are drawn at one moment")),
]
MATCHING = [
    SelectChoice(Matching.ANYONE.value, _l("Anybody’s")),
    SelectChoice(Matching.WITHIN_GROUP.value, _l("Of their own group")),
    SelectChoice(Matching.ACROSS_GROUPS.value, _l("Of other groups")),
]
CALIBRATION = [
    SelectChoice(Calibration.NONE.value, _l("No examples")),
    SelectChoice(Calibration.VOLUNTARY.value, _l("For those who wish")),
    SelectChoice(Calibration.REQUIRED.value, _l("Once, before reviewing")),
    SelectChoice(Calibration.WITHIN.value, _l("Until they come close enough")),
]
SCORING = [
    SelectChoice(Scoring.MEAN.value, _l("Mean of the reviews")),
    SelectChoice(Scoring.MEDIAN.value, _l("Median of the reviews")),
    SelectChoice(Scoring.TRIMMED.value, _l("Mean without the highest and the lowest")),
    SelectChoice(Scoring.WEIGHTED.value, _l("Mean with the weights you give reviewers")),
    SelectChoice(Scoring.MODEL.value, _l("Estimate that corrects severe and lenient reviewers")),
]


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


class Moment(DateTimeLocalField):  # type: ignore[misc]  # WTForms has no types
    """A date and a time of day, or none, as a clock on the wall shows it."""

    def __init__(self, label: Any, **options: Any) -> None:
        sentence = _l("Choose a date and a time.")
        options |= {"format": MOMENT, "invalid_value_message": sentence}
        super().__init__(label, [Optional(), _of_our_time], **options)


def _of_our_time(form: Any, field: Any) -> None:
    if isinstance(field.data, datetime) and field.data.year not in YEARS:
        raise ValidationError(_l("Choose a date and a time."))
