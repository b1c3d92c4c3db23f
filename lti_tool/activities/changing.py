"""What an instructor changes in an activity that people may be using already."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import plain
from ..kernel.permissions import Visit
from .actions import Translate, to_set_up
from .consequences import consequences
from .models import Activity, Feedback, Grading
from .prompts import Asked, suggested
from .queries import in_use
from .standing import standing
from .suiting import Settings, check_dates, suits

OF_SCORES = (
    "scoring", "late_penalty", "late_penalty_most", "work_share", "scores_held", "scores_from", "given",
    "minimum_words", "share_by", "review_type",
)  # fmt: skip
"""What scores are made of; after a change the worker makes them all anew."""


class Preview(NamedTuple):
    """What a change will do, to be read before it is saved; its `seal` stands for having read it."""

    consequences: list[str]
    seal: str


def preview(session: Session, visit: Visit, chosen: Settings) -> Preview:
    """What giving the visit's activity other settings will do; nothing, where nobody has shared yet.

    Raises:
        NotAllowedError, NotFoundError, InvalidError: see `change`.

    """
    activity = to_set_up(session, visit)
    before, after = Settings.of(activity), _suited(session, visit, activity, chosen)
    if before == after or not in_use(session, activity.id):
        return Preview([], "")
    now = clock.now()
    told = consequences(before, after, standing(session, activity, before, after, now), now)
    return Preview(told, sha256(repr((before, after)).encode()).hexdigest())


def change(session: Session, visit: Visit, chosen: Settings) -> Activity:
    """Give the visit's activity other settings; a title or instructions left empty stay as they are.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is no activity yet.
        InvalidError: the settings do not go together, or not with what happened already.

    """
    activity = to_set_up(session, visit)
    before, columns = Settings.of(activity), _suited(session, visit, activity, chosen).columns
    for name, value in columns.items():
        setattr(activity, name, value)
    if any(columns[name] != getattr(before, name) for name in OF_SCORES):
        activity.rescore_at = clock.now()
    return activity


def _suited(session: Session, visit: Visit, activity: Activity, chosen: Settings) -> Settings:
    """The settings as the activity takes them. Raises InvalidError where it cannot."""
    suits(session, visit, activity.kind, chosen)
    before = Settings.of(activity)
    if chosen.dates != before.dates:
        check_dates(chosen.dates, activity.opened_at)
    values = chosen.columns | {
        "title": plain(chosen.title) or activity.title,
        "instructions": plain(chosen.instructions) or activity.instructions,
        "given": max(chosen.given, chosen.wanted),
        "feedback": chosen.feedback or activity.feedback,
        "writing": chosen.writing or activity.writing,
        "named": activity.named if chosen.named is None else chosen.named,
    }
    if chosen.names_at_end and activity.names_at_end:  # once they are shown they stay so
        values |= {"named": activity.named, "reviews_named": activity.reviews_named}
    after = Settings(**values)
    for name in ("feedback", "review_type"):
        if getattr(after, name) is not getattr(before, name) and is_reviewed(session, activity):
            raise InvalidError(N_("Reviews are given already. They stay part of this activity."), field=name)
    if after.feedback is not Feedback.REVIEWS and activity.grading is not Grading.NONE:
        sentence = N_("Scores come from reviews. Choose “None” under “Scores in the LMS” first.")
        raise InvalidError(sentence, field="feedback")
    if after.writing is not activity.writing and in_use(session, activity.id):
        raise InvalidError(N_("Somebody has shared already. Who writes stays as it is."), field="writing")
    return after


def change_prompts(session: Session, visit: Visit, asked: Asked, translate: Translate) -> None:
    """Ask for other things; what was answered until now stays. The kind's own words are kept in no row.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is no activity yet.
        InvalidError: a question is empty, or too long.

    """
    activity = to_set_up(session, visit)
    asked = asked.checked()
    if asked.prompts == suggested(activity.kind, translate):
        asked = Asked((), asked.removed)
    activity.prompts = asked.stored or None


def is_reviewed(session: Session, activity: Activity) -> bool:
    """Whether somebody has given a review, or is writing one."""
    begun = EventType.ASSIGNED_REVIEW, EventType.REVIEWED, EventType.COMPARED
    return in_use(session, activity.id, *begun)
