"""What an instructor changes in an activity that people may be using already."""

from sqlalchemy.orm import Session

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import plain
from ..kernel.permissions import Visit
from .actions import Translate, to_set_up
from .models import Activity, Feedback, Grading
from .prompts import Asked, suggested
from .queries import in_use
from .suiting import Settings, suits


def change(session: Session, visit: Visit, chosen: Settings) -> Activity:
    """Give the visit's activity other settings; a title or instructions left empty stay as they are.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is no activity yet.
        InvalidError: the settings do not go together, or not with what happened already.

    """
    activity = to_set_up(session, visit)
    suits(session, visit, activity.kind, chosen)
    feedback = chosen.feedback or activity.feedback
    writing = chosen.writing or activity.writing
    if feedback is not activity.feedback and is_reviewed(session, activity):
        raise InvalidError(
            N_("Reviews are given already. They stay part of this activity."), field="feedback"
        )
    if feedback is not Feedback.REVIEWS and activity.grading is not Grading.NONE:
        sentence = N_("Scores come from reviews. Choose “None” under “Scores in the LMS” first.")
        raise InvalidError(sentence, field="feedback")
    if writing is not activity.writing and in_use(session, activity.id):
        raise InvalidError(N_("Somebody has shared already. Who writes stays as it is."), field="writing")
    activity.feedback, activity.writing = feedback, writing
    activity.title = plain(chosen.title) or activity.title
    activity.instructions = plain(chosen.instructions) or activity.instructions
    activity.share_by, activity.review_by = chosen.share_by, chosen.review_by
    activity.wanted, activity.given = chosen.wanted, max(chosen.given, chosen.wanted)
    activity.minimum_words, activity.late_allowed = chosen.minimum_words, chosen.late_allowed
    activity.named = activity.named if chosen.named is None else chosen.named
    activity.presence = chosen.presence
    activity.target_words, activity.quota_mb = chosen.target_words, chosen.quota_mb
    return activity


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
    return in_use(session, activity.id, EventType.ASSIGNED_REVIEW, EventType.REVIEWED)
