"""How many people a change of settings touches, counted from the journal. One statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..kernel.journal import Event, EventType
from ..kernel.permissions import Role
from ..people.models import Enrolment
from .models import Activity, Extension
from .phases import Schedule
from .queries import SHARED, schedule
from .suiting import Settings

REVIEWED = (EventType.REVIEWED, EventType.COMPARED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an activity stands. Numbers of people, but `shared`, `late` and `reviewed`: of works.

    `to_share` and `to_review` count those who have not done it all and have no later date of their own;
    `done` those who have given as many reviews as they were asked for, `done_after` as they would be.
    """

    schedule: Schedule
    shared: int = 0
    late: int = 0
    reviewed: int = 0
    reviewers: int = 0
    done: int = 0
    done_after: int = 0
    to_share: int = 0
    to_review: int = 0
    extended: int = 0


def standing(
    session: Session, activity: Activity, before: Settings, after: Settings, now: datetime
) -> Standing:
    """Where the activity stands at a moment, between the settings it has and those it would have."""
    works = (
        select(Event.entity)
        .where(Event.activity_id == activity.id, Event.type.in_((*SHARED, EventType.WITHDRAWN)))
        .group_by(Event.entity)
        .having(_latest(*SHARED) > func.coalesce(_latest(EventType.WITHDRAWN), 0))
    )
    late = works.having(func.max(case((Event.facts["late"].as_boolean(), 1), else_=0)) == 1)
    given = (
        select(Event.person_id, func.count(distinct(Event.entity)).label("number"))
        .where(Event.activity_id == activity.id, Event.type.in_(REVIEWED))
        .group_by(Event.person_id)
        .subquery()
    )
    reviewed = select(func.count(distinct(Event.facts["author"].as_string()))).where(
        Event.activity_id == activity.id, Event.type == EventType.REVIEWED
    )
    learners = select(func.count(Enrolment.person_id)).where(
        Enrolment.course_id == activity.course_id, Enrolment.role == Role.LEARNER, Enrolment.active,
        ~Enrolment.test_user,
    )  # fmt: skip
    # Sets, each made once: looked up for each learner they would grow with the square of a course.
    sharing = select(Event.person_id).where(Event.activity_id == activity.id, Event.type.in_(SHARED))
    enough = select(given.c.person_id).where(given.c.number >= before.given)
    to_share = learners.where(Enrolment.person_id.not_in(sharing))
    to_review = learners.where(Enrolment.person_id.not_in(enough))

    def done(asked: int) -> ScalarSelect[int]:
        return select(func.count()).select_from(given).where(given.c.number >= asked).scalar_subquery()

    def without(date: InstrumentedAttribute[datetime | None], people: Select[int]) -> ScalarSelect[int]:
        own = select(Extension.person_id).where(Extension.activity_id == activity.id, date > now)
        return people.where(Enrolment.person_id.not_in(own)).scalar_subquery()

    row = session.execute(
        select(
            select(func.count()).select_from(works.subquery()).scalar_subquery().label("shared"),
            select(func.count()).select_from(late.subquery()).scalar_subquery().label("late"),
            reviewed.scalar_subquery().label("reviewed"),
            done(1).label("reviewers"),
            done(before.given).label("done"),
            done(after.given).label("done_after"),
            without(Extension.share_by, to_share).label("to_share"),
            without(Extension.review_by, to_review).label("to_review"),
            select(func.count())
            .where(Extension.activity_id == activity.id)
            .scalar_subquery()
            .label("extended"),
        )
    ).one()
    return Standing(schedule(activity), **row._mapping)


def _latest(*types: EventType) -> ColumnElement[int]:
    return func.max(case((Event.type.in_(types), Event.id)))
