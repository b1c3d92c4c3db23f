"""What an instructor does with an activity, and what every launch of it leaves in the journal."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid5

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType, record_act
from ..kernel.markup import plain
from ..kernel.permissions import May, Visit
from ..kernel.secrets import Sealer
from ..lti import deeplinks
from ..lti.deeplinks import Answer, Choice
from ..lti.models import ResourceLink
from .dates import Dates
from .kinds import KINDS, LEVEL_LABELS
from .models import Activity, Criterion, Feedback, Grading, Matching, Placement, Writing
from .queries import activity_of, id_in, in_use
from .sources import source
from .suiting import Plan, check_dates, has_groups, suits

Translate = Callable[[str], str]
# What a copy has of its own; all the rest of an activity is copied.
NOT_COPIED = frozenset(
    {"id", "course_id", "creator_id", "created_at", "opened_at", "closed_at", "pushed_at", "copied_from_id"}
    | {"asked_again_at", "push_asked_at", "push_anyway", "push_obstacle"}
    | {*Dates._fields}
)


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
        InvalidError: the settings do not go together; see `suiting.suits`.
        sqlalchemy.exc.IntegrityError: at flush, when the link has an activity already.

    """
    visit.require(May.SET_UP)
    template = KINDS[plan.kind]
    suits(session, visit, plan.kind, plan)
    check_dates(plan.dates, clock.now())
    feedback = plan.feedback or template.feedback
    chosen = {
        "title": plain(plan.title) or translate(template.title),
        "instructions": plain(plan.instructions) or translate(template.instructions),
        # What is not reviewed has no score.
        "grading": plan.grading if feedback is Feedback.REVIEWS else Grading.NONE,
        "given": max(plan.given, plan.wanted),
        "feedback": feedback,
        "writing": plan.writing or template.writing,
        "named": template.named if plan.named is None else plan.named,
    }
    activity = Activity(
        course_id=visit.course_id,
        creator_id=visit.person_id,
        kind=plan.kind,
        language=visit.locale,
        created_at=(now := clock.now()),
        opened_at=now if open_now else None,
        closed_at=None,
        copied_from_id=None,
        **plan.columns | chosen,
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
    return _added(session, visit, activity)


def copy(session: Session, visit: Visit, source_id: UUID, dates: Dates, *, open_now: bool) -> Activity:
    """Make an independent copy of an activity: its settings and criteria, never people's work.

    Args:
        session: the transaction.
        visit: who copies; the copy is of this visit's course, and its link leads there, if it has one.
        source_id: the original.
        dates: those of the copy.
        open_now: whether learners may start at once.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: no such activity may be copied here; see `sources.source`.
        InvalidError: the dates are out of order, or past.
        sqlalchemy.exc.IntegrityError: at flush, when the link has an activity already.

    """
    visit.require(May.SET_UP)
    now = clock.now()
    check_dates(dates, now)
    original = source(session, visit, source_id).activity
    names = {column.key for column in inspect(Activity).column_attrs} - NOT_COPIED
    activity = Activity(
        **{name: getattr(original, name) for name in names},
        course_id=visit.course(),
        creator_id=visit.person_id,
        **dates._asdict(),
        created_at=now,
        opened_at=now if open_now else None,
        closed_at=None,
        copied_from_id=original.id,
    )
    if activity.names_at_end:  # those of the original may be shown by now
        activity.named = activity.reviews_named = False
    if not has_groups(session, visit):
        if activity.writing is Writing.GROUPS:
            activity.writing = KINDS[activity.kind].writing
        activity.matching, activity.as_group = Matching.ANYONE, False
    activity.criteria = [
        Criterion(
            position=each.position,
            name=each.name,
            description=each.description,
            levels=list(each.levels),
            type=each.type,
            weight=each.weight,
            comment_required=each.comment_required,
        )
        for each in original.criteria
    ]
    return _added(session, visit, activity)


def pick(
    session: Session,
    visit: Visit,
    activities: Sequence[Activity],
    *,
    sealer: Sealer,
    base_url: str,
    translate: Translate,
) -> Answer:
    """Answer the platform's dialog with activities of the course; with none, to cancel.

    Raises:
        NotAllowedError, ConflictError, InvalidError: see `deeplinks.answer`.

    """
    titles = ", ".join(activity.title for activity in activities)
    return deeplinks.answer(
        session,
        visit,
        [_choice(activity, translate) for activity in activities],
        sealer=sealer,
        base_url=base_url,
        message=translate(N_("Added to your course: %(titles)s")) % {"titles": titles} if titles else "",
    )


def open_now(session: Session, visit: Visit) -> None:
    """Open a draft, or open again what was closed."""
    activity = to_set_up(session, visit)
    now = clock.now()
    activity.opened_at = activity.opened_at or now
    activity.closed_at = None
    if activity.closes_at and activity.closes_at <= now:
        activity.closes_at = None


def close(session: Session, visit: Visit) -> None:
    """Close the activity: what was shared and reviewed stays readable, nothing new is taken."""
    activity = to_set_up(session, visit)
    activity.closed_at = activity.closed_at or clock.now()


def record_launch(session: Session, visit: Visit) -> None:
    """Journal a launch of an activity; a link that has none yet leaves no trace."""
    place(session, visit)
    if activity := activity_of(session, visit):
        launch = uuid5(activity.id, visit.launch_id)
        record_act(session, visit, EventType.LAUNCHED, activity.id, launch)


def place(session: Session, visit: Visit) -> None:
    """Let the visit's link lead to the activity that was chosen for it, if that is one of this course.

    In a copied course it is the copy made there: two links to one activity become two links to its copy. A
    link for which another one is chosen later follows, until somebody has shared where it led.

    Raises:
        sqlalchemy.exc.IntegrityError: at flush, when another launch placed it at the same moment.

    """
    link = session.get(ResourceLink, visit.resource_link_id) if visit.resource_link_id else None
    chosen = id_in(link.chosen) if link else None
    if link is None or chosen is None:
        return
    wanted = _in_course(session, link.course_id, chosen)
    if wanted is None:
        return
    placement = session.get(Placement, link.id)
    if placement is None:
        session.add(Placement(resource_link_id=link.id, activity_id=wanted, placed_at=clock.now()))
    elif placement.activity_id != wanted and not in_use(session, placement.activity_id):
        placement.activity_id, placement.placed_at = wanted, clock.now()
    session.flush()


def _in_course(session: Session, course_id: UUID, chosen: UUID) -> UUID | None:
    """The chosen activity, or its only copy, if it is in the course."""
    found = session.scalars(
        select(Activity.id).where(
            Activity.course_id == course_id, or_(Activity.id == chosen, Activity.copied_from_id == chosen)
        )
    ).all()
    return chosen if chosen in found else found[0] if len(found) == 1 else None


def _added(session: Session, visit: Visit, activity: Activity) -> Activity:
    session.add(activity)
    session.flush()
    if visit.resource_link_id:
        session.add(
            Placement(
                resource_link_id=visit.resource_link_id,
                activity_id=activity.id,
                placed_at=activity.created_at,
            )
        )
        session.flush()
    return activity


def _choice(activity: Activity, translate: Translate) -> Choice:
    graded = activity.grading is not Grading.NONE
    column = deeplinks.Column(activity.title, translate(N_("Read the work and its reviews")))
    return Choice(
        activity_id=activity.id,
        title=activity.title,
        text=activity.instructions,
        column=column if graded else None,
        opens_at=activity.opened_at,
        share_by=activity.share_by,
    )


def to_set_up(session: Session, visit: Visit) -> Activity:
    """The visit's activity, for who sets it up.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is none yet.

    """
    visit.require(May.SET_UP)
    activity = activity_of(session, visit)
    if activity is None:
        raise NotFoundError(N_("There is no activity here yet."))
    return activity
