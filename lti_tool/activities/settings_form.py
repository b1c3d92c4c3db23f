"""What may come in when the settings of an activity that is there are changed (screen I7)."""

from datetime import tzinfo
from enum import StrEnum
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length

from . import fields
from .dates import wall_of, zone_named
from .fields import ALWAYS, DATES, MODES, Moment, Names, WholeNumber, mode_of
from .forms import CreateForm, DatedForm
from .models import Activity, Allocation, Calibration, Feedback, Matching, ReviewType, Scoring, Writing
from .suiting import Settings

ENUMERATIONS: dict[str, type[StrEnum]] = {
    "feedback": Feedback,
    "writing": Writing,
    "review_type": ReviewType,
    "allocation": Allocation,
    "matching": Matching,
    "calibration": Calibration,
    "scoring": Scoring,
}
PERCENT = ("tolerance", "late_penalty", "late_penalty_most", "work_share")  # shares in the row
PLAIN = (
    "title", "instructions", "wanted", "given", "minimum_words", "late_allowed", "presence", "target_words",
    "quota_mb", "revising", "self_review", "as_group", "feedback_held", "scores_held", "reminders",
)  # fmt: skip


class SettingsForm(DatedForm):
    """The choices of an activity that is there: all but its kind; its grade has a page of its own."""

    title, instructions = CreateForm.title, CreateForm.instructions
    revising = BooleanField(_l("Let people revise their work after the reviews"))
    revise_by = Moment(_l("Revise by"))
    closes_at = Moment(_l("Closes on"), description=_l("After that, nothing is taken. All stays readable."))
    zone = StringField(
        _l("Time zone of the course"),
        validators=[Length(max=64, message=_l("Choose a time zone from the list."))],
    )
    late_allowed = CreateForm.late_allowed
    feedback = SelectField(_l("What peers give back"), choices=fields.FEEDBACK)
    wanted, given, minimum_words = CreateForm.wanted, CreateForm.given, CreateForm.minimum_words
    review_type = CreateForm.review_type
    self_review = BooleanField(_l("Each person also reviews their own work"))
    calibration = SelectField(_l("Try your scored examples first"), choices=fields.CALIBRATION)
    tolerance = WholeNumber(_l("Close enough, in percent of the scale"), 1, 100)
    allocation = SelectField(_l("How reviews are given out"), choices=fields.ALLOCATION)
    matching = SelectField(_l("Whose work one reviews"), choices=fields.MATCHING)
    as_group = BooleanField(_l("Each group gives one review together"))
    writing = SelectField(_l("Who writes"), choices=fields.WRITING)
    names = SelectField(_l("Names"), choices=fields.NAMES)
    presence, target_words, quota_mb = CreateForm.presence, CreateForm.target_words, CreateForm.quota_mb
    scoring = SelectField(_l("How a score is made"), choices=fields.SCORING)
    late_penalty = WholeNumber(_l("Lost for each day late, in percent"), 0, 100)
    late_penalty_most = WholeNumber(_l("Lost at most, in percent"), 0, 100)
    work_share = WholeNumber(
        _l("Share of the work, in percent"),
        0,
        100,
        description=_l("Where one column holds both. The rest is for reviewing."),
    )
    feedback_held = BooleanField(_l("Hold reviews back until I release them"))
    feedback_from = Moment(_l("Reviews can be read from"))
    scores_held = BooleanField(_l("Hold scores back until I release them"))
    scores_from = Moment(_l("Scores can be read from"))
    reminders = BooleanField(_l("Remind people before each date"))
    validate_given = CreateForm.validate_given

    @classmethod
    def of(cls, activity: Activity, default: tzinfo) -> Self:
        """The form with the activity's own choices in it, for who has not sent others."""
        return cls(data=cls._as_shown(Settings.of(activity), zone_named(activity.zone, default)))

    @staticmethod
    def _as_shown(settings: Settings, zone: tzinfo) -> dict[str, Any]:
        dates = settings.dates
        return {
            **{name: getattr(settings, name) for name in PLAIN},
            **{name: getattr(settings, name).value for name in ENUMERATIONS},
            **{name: round(getattr(settings, name) * 100) for name in PERCENT},
            **{
                name: date and wall_of(date, zone).replace(second=0, microsecond=0)
                for name, date in dates._asdict().items()
            },
            "when": DATES if any(dates[:5]) else ALWAYS,
            "zone": settings.zone,
            "names": mode_of(
                named=bool(settings.named),
                reviews_named=settings.reviews_named,
                names_at_end=settings.names_at_end,
            ).value,
        }

    def zone_chosen(self, default: tzinfo) -> tzinfo:
        """The zone in which dates are read."""
        return zone_named((self.zone.data or "").strip(), default)

    def chosen(self, activity: Activity, default: tzinfo) -> Settings:
        """The choices. What is still shown as it was stays as it was, to the second and the fraction."""
        before = Settings.of(activity)
        shown = self._as_shown(before, zone_named(activity.zone, default))
        zone = self.zone_chosen(default)
        same_zone = zone == zone_named(activity.zone, default)
        walls, dates = self.walls(), self.dates(zone)
        chosen: dict[str, Any] = {
            **{name: self[name].data for name in PLAIN},
            **{name: each(self[name].data) for name, each in ENUMERATIONS.items()},
            **{name: self[name].data / 100 for name in PERCENT},
            **MODES[Names(self.names.data)],
            "title": self.title.data or "",
            "instructions": self.instructions.data or "",
            "zone": (self.zone.data or "").strip(),
        }
        untouched = [name for name in PERCENT if self[name].data == shown[name]]
        if same_zone:
            untouched += [name for name, wall in walls.items() if wall == shown[name]]
        kept = {name: getattr(before, name) for name in untouched}
        return Settings(**chosen | dates._asdict() | kept)
