"""What an instructor does with an activity, and what every launch of it leaves in the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType, record_act
from ..kernel.markup import plain
from ..kernel.permissions import May, Visit
from .kinds import KINDS, LEVEL_LABELS
from .models import Activity, Criterion, Grading, Kind, Placement
from .queries import activity_of

Translate = Callable[[str], str]
LONGEST_TITLE, LONGEST_INSTRUCTIONS = 200, 5000  # characters


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity as an instructor wants it; what is left out is the kind's default."""

    kind: Kind
    title: str = ""
    instructions: str = ""
    grading: Grading = Grading.TWO_COLUMNS
    share_by: datetime | None = None
    review_by: datetime | None = None
    wanted: int = 3
    given: int = 4
    minimum_words: int = 30
    late_allowed: bool = True


def create(session: Session, visit: Visit, plan: Plan, *, open_now: bool, translate: Translate) -> Activity:
    """Make an activity, its criteria in the instructor's language, and place it on the visit's link.

    Args:
        session: the transaction.
        visit: who makes it; from deep linking there is no link yet, and nothing is placed.
        plan: what was chosen.
        open_now: whether learners may start at once; else it is a draft until it is opened.
        translate: gives a catalogue message in the language of the activity.

    Raises:
        NotAllowedError: the role does not set up activities.
        InvalidError: the dates are out of order, or a text is too long.
        sqlalchemy.exc.IntegrityError: at flush, when the link has an activity already.

    """
    visit.require(May.SET_UP)
    if plan.share_by and plan.review_by and plan.share_by > plan.review_by:
        raise InvalidError(N_("The review date must come after the sharing date."), field="review_by")
    template = KINDS[plan.kind]
    title, instructions = plain(plan.title), plain(plan.instructions)
    if len(title) > LONGEST_TITLE:
        raise InvalidError(N_("The title is too long. Keep it under 200 characters."), field="title")
    if len(instructions) > LONGEST_INSTRUCTIONS:
        raise InvalidError(
            N_("The instructions are too long. Keep them under 5,000 characters."), field="instructions"
        )
    now = clock.now()
    activity = Activity(
        course_id=visit.course_id,
        creator_id=visit.person_id,
        kind=plan.kind,
        language=visit.locale,
        title=title or translate(template.title),
        instructions=instructions or translate(template.instructions),
        grading=plan.grading,
        wanted=plan.wanted,
        given=max(plan.given, plan.wanted),
        minimum_words=plan.minimum_words,
        late_allowed=plan.late_allowed,
        share_by=plan.share_by,
        review_by=plan.review_by,
        created_at=now,
        opened_at=now if open_now else None,
        closed_at=None,
        copied_from_id=None,
    )
    activity.criteria = [
        Criterion(
            position=position,
            name=translate(criterion.name),
            description=translate(criterion.description),
            levels=[
                {"points": points, "label": translate(label), "sentence": translate(sentence)}
                for points, (label, sentence) in enumerate(
                    zip(LEVEL_LABELS, criterion.sentences, strict=True), start=1
                )
            ],
        )
        for position, criterion in enumerate(template.criteria)
    ]
    session.add(activity)
    session.flush()
    if visit.resource_link_id:
        session.add(
            Placement(resource_link_id=visit.resource_link_id, activity_id=activity.id, placed_at=now)
        )
        session.flush()
    return activity


def open_now(session: Session, visit: Visit) -> None:
    """Open a draft, or open again what was closed."""
    activity = _to_set_up(session, visit)
    activity.opened_at = activity.opened_at or clock.now()
    activity.closed_at = None


def close(session: Session, visit: Visit) -> None:
    """Close the activity: what was shared and reviewed stays readable, nothing new is taken."""
    activity = _to_set_up(session, visit)
    activity.closed_at = activity.closed_at or clock.now()


def record_launch(session: Session, visit: Visit) -> None:
    """Journal a launch of an activity; a link that has none yet leaves no trace."""
    if activity := activity_of(session, visit):
        launch = uuid5(activity.id, visit.launch_id)
        record_act(session, visit, EventType.LAUNCHED, activity.id, launch)


def _to_set_up(session: Session, visit: Visit) -> Activity:
    visit.require(May.SET_UP)
    activity = activity_of(session, visit)
    if activity is None:
        raise NotFoundError(N_("There is no activity here yet."))
    return activity
