"""The scores' way to the LMS: claimed in a short transaction, sent outside any, settled in a short one.

The unit is a column of one activity: one worker has it in hand at a time, and sends its scores one by one. A
worker that dies leaves nothing behind but a lease that ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.models import Activity, Placement
from ..contributions.models import Contribution
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.i18n import N_
from ..kernel.outgoing import back_off
from ..lti import grades
from ..lti.grades import GradeServices, ScorePost, Wanted
from ..lti.models import ResourceLink
from ..lti.services import DeclinedError, NoTokenError, ServiceConnector, ServiceError, UnavailableError
from ..people.models import Course, Deployment, Person, Platform
from .actions import POINTS
from .comments import comment, label
from .models import Column, LineItem, Score, SyncState

BATCH = 25
LEASE = timedelta(seconds=90)  # renewed with every score; longer than the slowest one can take

REFUSED = N_("The LMS refused this score.")
NO_COLUMN = N_("The LMS refused the column for this score.")
NO_TOKEN = N_("The LMS does not let us in. An administrator must check the registration.")
UNAVAILABLE = N_("The LMS does not answer as it should. We will try again.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A score in hand, and whose it is."""

    score: Score
    user_id: str
    shared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some scores of one column, and where they go."""

    column: LineItem
    activity: Activity
    platform: Platform
    link: ResourceLink
    entries: Sequence[Entry]

    @property
    def wanted(self) -> Wanted:
        """The column as the LMS should have it."""
        column = self.column.column
        name = label(column, self.activity.title, self.activity.language)
        return Wanted(name, str(self.activity.id), column.value, column is Column.WORK, POINTS)

    def post(self, entry: Entry) -> ScorePost:
        """A score as it is posted."""
        score = entry.score
        text = comment(score.column, score.basis, self.activity.given, self.activity.language)
        submitted = entry.shared_at if score.column is Column.WORK else None
        return ScorePost(entry.user_id, score.value, text, submitted, score.sent_at_lms)


def due_platforms(session: Session) -> list[UUID]:
    """The platforms that have scores to be sent now. One statement."""
    return list(session.scalars(select(Deployment.platform_id).distinct().select_from(Score).where(_due())
        .join(Activity, Activity.id == Score.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .outerjoin(LineItem, _its_column())))  # fmt: skip


def send_due(database: Database, connector: ServiceConnector, platform_id: UUID) -> bool:
    """Send some due scores of one column of a platform; return whether there were any."""
    with database.write() as session:
        batch = claim(session, platform_id)
    if batch is None:
        return False
    services = GradeServices(connector, batch.platform, batch.link)
    if batch.platform.synthetic or not services.offers(batch.wanted):
        with database.write() as session:
            for entry in batch.entries:
                _settle(session, entry, state=SyncState.NOWHERE, problem="")
    else:
        _send(database, services, batch)
    with database.write() as session:
        _hold(session, batch.column, None)
    return True


def claim(session: Session, platform_id: UUID) -> Batch | None:
    """Take a column of the platform that has due scores, and some of them; None when there is none."""
    found = session.execute(
        select(Score.activity_id, Score.column)
        .join(Activity, Activity.id == Score.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .outerjoin(LineItem, _its_column())
        .where(_due(), Deployment.platform_id == platform_id)
        .order_by(Score.next_try_at)
        .limit(1)
    ).first()
    column = found and _take(session, *found)
    if not column:
        return None
    activity, platform, link = session.execute(
        select(Activity, Platform, ResourceLink)
        .join(Placement, Placement.activity_id == Activity.id)
        .join(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .join(Course, Course.id == Activity.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Activity.id == column.activity_id)
        .order_by(Placement.placed_at, Placement.resource_link_id)
        .limit(1)
    ).one()
    entries = session.execute(
        select(Score, Person.sub, Contribution.shared_at)
        .join(Person, Person.id == Score.person_id)
        .outerjoin(
            Contribution,
            and_(Contribution.activity_id == Score.activity_id, Contribution.author_id == Score.person_id),
        )
        .where(
            Score.activity_id == column.activity_id,
            Score.column == column.column,
            Score.state == SyncState.WAITING,
            Score.next_try_at <= clock.now(),
        )
        .order_by(Score.next_try_at)
        .limit(BATCH)
    )
    return Batch(column, activity, platform, link, [Entry(*row) for row in entries])


def _its_column() -> ColumnElement[bool]:
    return and_(LineItem.activity_id == Score.activity_id, LineItem.column == Score.column)


def _due() -> ColumnElement[bool]:
    return and_(Score.state == SyncState.WAITING, Score.next_try_at <= clock.now(), _free())


def _free() -> ColumnElement[bool]:
    return or_(LineItem.claimed_until.is_(None), LineItem.claimed_until < clock.now())


def _take(session: Session, activity_id: UUID, column: Column) -> LineItem | None:
    """Take a column in hand, unless another worker was faster."""
    until = clock.now() + LEASE
    taken = session.scalar(
        update(LineItem)
        .where(LineItem.activity_id == activity_id, LineItem.column == column, _free())
        .values(claimed_until=until)
        .returning(LineItem)
    )
    if taken is not None or session.get(LineItem, (activity_id, column)) is not None:
        return taken
    try:
        with session.begin_nested():
            first = LineItem(activity_id=activity_id, column=column, claimed_until=until)
            session.add(first)
    except IntegrityError:
        return None
    return first


def _hold(session: Session, column: LineItem, until: datetime | None) -> None:
    """Keep a column in hand, or let it go (None), with what is known of it now."""
    session.execute(
        update(LineItem)
        .where(LineItem.activity_id == column.activity_id, LineItem.column == column.column)
        .values(url=column.url, score_maximum=column.score_maximum, claimed_until=until)
    )


def _send(database: Database, services: GradeServices, batch: Batch) -> None:
    """Post the scores one by one; where the column or the LMS is not to be had, the rest shares that."""
    for number, entry in enumerate(batch.entries):
        rest = batch.entries[number:]
        try:
            at = _post(services, batch, entry)
        except DeclinedError as error:
            if not batch.column.url:
                return _refused(database, batch, rest, NO_COLUMN, error)
            _refused(database, batch, [entry], REFUSED, error)
        except NoTokenError as error:
            return _later(database, rest, NO_TOKEN, error)
        except UnavailableError as error:
            return _later(database, rest, UNAVAILABLE, error)
        else:
            with database.write() as session:
                _sent(session, entry, at)
                _hold(session, batch.column, clock.now() + LEASE)
    return None


def _refused(
    database: Database, batch: Batch, entries: Sequence[Entry], sentence: str, error: ServiceError
) -> None:
    with database.write() as session:
        for entry in entries:
            _settle(session, entry, state=SyncState.REFUSED, problem=_problem(sentence, error))
        _hold(session, batch.column, clock.now() + LEASE)


def _later(database: Database, entries: Sequence[Entry], sentence: str, error: UnavailableError) -> None:
    with database.write() as session:
        for entry in entries:
            tries = entry.score.tries + 1
            pause = max(back_off(tries), timedelta(seconds=error.after or 0))
            due, problem = clock.now() + pause, _problem(sentence, error)
            _settle(session, entry, tries=tries, next_try_at=due, problem=problem)


def _post(services: GradeServices, batch: Batch, entry: Entry) -> datetime:
    """Post one score, into the column as it is known, or as it is found anew where that is gone."""
    known = bool(batch.column.url)
    if not known:
        _find(services, batch)
    try:
        return services.post_score(_item(batch.column), batch.post(entry))
    except DeclinedError as error:
        if error.status != 404 or not known:
            raise
    batch.column.url = ""
    _find(services, batch)
    return services.post_score(_item(batch.column), batch.post(entry))


def _find(services: GradeServices, batch: Batch) -> None:
    item = services.find_or_make_line_item(batch.wanted)
    batch.column.url, batch.column.score_maximum = item.url, item.maximum


def _item(column: LineItem) -> grades.LineItem:
    return grades.LineItem(column.url, column.score_maximum)


def _problem(sentence: str, error: ServiceError) -> str:
    return f"{sentence}\n{error.words}"


def _sent(session: Session, entry: Entry, at: datetime) -> None:
    """Note that the LMS has a score; one that changed meanwhile goes on waiting."""
    revision = entry.score.revision
    _settle(session, entry, state=SyncState.SENT, tries=0, problem="")
    session.execute(_row(entry).values(sent_revision=revision, sent_at_lms=at))


def _settle(session: Session, entry: Entry, **values: object) -> None:
    """Note what became of a score, unless it changed since it was claimed."""
    score = entry.score
    same = and_(Score.revision == score.revision, Score.basis == score.basis)
    session.execute(_row(entry).where(same).values(**values))


def _row(entry: Entry) -> Update:
    score = entry.score
    return update(Score).where(
        Score.activity_id == score.activity_id,
        Score.person_id == score.person_id,
        Score.column == score.column,
    )
