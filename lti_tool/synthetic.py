"""A synthetic course, made by the same actions a person uses: for rehearsal, load tests, and analysts.

Everything hangs from a platform that is marked synthetic: no LMS is ever called for it, and its statements
carry the profile's `synthetic` extension.
"""

from collections import deque
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from .activities.actions import create, record_launch
from .activities.models import Activity, Grading, Kind, Placement
from .activities.prompts import prompts_of
from .activities.queries import here
from .activities.suiting import Plan
from .contributions.actions import Written, save_draft, share
from .kernel import clock
from .kernel.database import Database
from .kernel.permissions import Role, Visit
from .lti.models import ResourceLink
from .people.models import Course, Deployment, Enrolment, Person, Platform
from .reviews.actions import NothingToReviewError, pull, send
from .reviews.rubric import Answer, Draft

ISSUER = "https://synthetic.invalid"
WORDS = """
before shift check valve glove patient listen note table light signal colleague slow quick hand step lift ask
repeat tool clean wait call write show open close hold turn measure safe clear warm load door floor
""".split()  # noqa: SIM905  (a list of forty quoted words reads worse)


def make_course(
    database: Database, *, people: int, contributions: int, reviews: int, seed: int
) -> dict[str, int]:
    """Make one course with one activity, and fill it.

    Args:
        database: where.
        people: learners.
        contributions: how many of them share; at most `people`.
        reviews: how many reviews are sent in all.
        seed: the same seed writes the same texts and scores.

    Returns:
        What was made: people, contributions, reviews (fewer when there was nothing left to review).

    Raises:
        ValueError: the numbers do not go together.

    """
    if people < 1 or not 0 <= contributions <= people or reviews < 0:
        raise ValueError("need at least 1 person, and 0 <= contributions <= people, and reviews >= 0")
    random = Random(seed)  # noqa: S311  (reproducible, not secret)
    with database.write() as session:
        visits = _enrol(session, people, seed)
    with database.write() as session:
        given = max(4, -(-reviews // max(contributions, 1)))
        plan = Plan(Kind.PRACTICE, grading=Grading.TWO_COLUMNS, given=given)
        create(session, visits[0], plan, open_now=True, translate=_as_is)
    learners = visits[1:]
    for visit in learners[:contributions]:
        with database.write() as session:
            record_launch(session, visit)
            activity = _activity(session, visit)
            answers = {prompt.key: _text(random, 40, 90) for prompt in prompts_of(activity)}
            save_draft(session, visit, activity, Written(_text(random, 3, 6), answers, {}, version=0))
            share(session, visit, activity)
    return {
        "people": people,
        "contributions": contributions,
        "reviews": _review(database, learners[:contributions], reviews, random),
    }


def _review(database: Database, reviewers: list[Visit], wanted: int, random: Random) -> int:
    """Let people take turns until enough reviews are sent, or nobody finds anything to review."""
    willing, sent = deque(reviewers), 0
    while willing and sent < wanted:
        visit = willing.popleft()
        try:
            with database.write() as session:
                activity = _activity(session, visit)
                review = pull(session, visit, activity)
        except NothingToReviewError:
            continue
        with database.write() as session:
            activity = _activity(session, visit)
            answers = {
                criterion.id: Answer(float(random.choice(criterion.levels)["points"]), _text(random, 4, 12))
                for criterion in activity.criteria
            }
            overall = _text(random, activity.minimum_words + 2, activity.minimum_words + 60)
            send(session, visit, activity, review.id, review.version, Draft(overall, answers))
        sent += 1
        willing.append(visit)
    return sent


def _enrol(session: Session, people: int, seed: int) -> list[Visit]:
    """An instructor and learners in a new course; their visits, the instructor's first."""
    now = clock.now()
    platform = session.scalar(select(Platform).where(Platform.issuer == ISSUER))
    if platform is None:
        address = f"{ISSUER}/none"
        platform = Platform(
            name="Synthetic", issuer=ISSUER, client_id="synthetic", auth_url=address, token_url=address,
            jwks_url=address, audience=None, synthetic=True, created_at=now,
        )  # fmt: skip
        session.add(platform)
        session.flush()
    tenant = Deployment(platform_id=platform.id, deployment_id=str(uuid4()), approved=True)
    session.add(tenant)
    session.flush()
    course = Course(tenant_id=tenant.id, context_id="1", title=f"Synthetic course {seed}")
    session.add(course)
    session.flush()
    link = ResourceLink(course_id=course.id, resource_link_id="1", title="Synthetic activity", ags_scopes=[])
    session.add(link)
    roles = [Role.INSTRUCTOR] + [Role.LEARNER] * people
    persons = [
        Person(tenant_id=tenant.id, sub=str(number), name=f"Synthetic person {number}")
        for number in range(len(roles))
    ]
    session.add_all(persons)
    session.flush()
    for person, role in zip(persons, roles, strict=True):
        session.add(
            Enrolment(course_id=course.id, person_id=person.id, role=role, active=True, last_seen_at=now)
        )
    return [
        _visit(tenant.id, course.id, link.id, person.id, role)
        for person, role in zip(persons, roles, strict=True)
    ]


def _visit(tenant: UUID, course: UUID, link: UUID, person: UUID, role: Role) -> Visit:
    return Visit(uuid4().hex, tenant, course, link, person, role, "en")


def _activity(session: Session, visit: Visit) -> Activity:
    return session.scalars(
        select(Activity).join(Placement).where(here(visit)).options(selectinload(Activity.criteria))
    ).one()


def _text(random: Random, least: int, most: int) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(least, most))).capitalize() + "."


def _as_is(message: str) -> str:
    return message
