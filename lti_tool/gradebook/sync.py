"""The scores' way to the LMS: claimed in a short transaction, sent outside any, settled in a short one.

A platform gets one call at a time (Canvas throttles by the token). What goes wrong with one score alone puts
that one aside; what would go wrong with any gives its column a rest.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.i18n import N_
from ..kernel.outgoing import back_off
from ..lti import contacts
from ..lti.grades import GradeServices
from ..lti.models import ContactKind
from ..lti.services import DeclinedError, NoTokenError, ServiceConnector, ServiceError, UnavailableError
from . import outbox
from .advice import advice
from .models import SyncState
from .outbox import LEASE, Batch, Entry, due_platforms

__all__ = ["due_platforms", "send_due"]

PATIENCE = 3  # scores in a row that fail, each for itself, before their column rests

NO_COLUMN = N_("The LMS refused the column for this score. An administrator must check the registration.")
NO_TOKEN = N_("The LMS does not let us in. An administrator must check the registration.")
UNAVAILABLE = N_("The LMS does not answer as it should. We will try again.")
STAYS = N_("The LMS keeps this column. Delete it there if you do not want it.")


@dataclass(slots=True)
class Report:
    """How a batch went, as far as it says something about the platform."""

    let_in: bool = False
    taken: bool = False
    trouble: UnavailableError | None = None


def send_due(database: Database, connector: ServiceConnector, platform_id: UUID) -> bool:
    """Send some due scores of one column of a platform, or delete one; return whether there was any."""
    with database.write() as session:
        batch = outbox.claim(session, platform_id)
    if batch is None:
        return False
    services = GradeServices(connector, batch.platform, batch.link) if batch.link else None
    if services is None or batch.platform.synthetic or not services.offers(batch.wanted):
        with database.write() as session:
            for entry in batch.entries:
                outbox.settle(session, entry, state=SyncState.NOWHERE, problem="")
            outbox.forget(session, batch.column)
    else:
        report = (
            _delete(database, services, batch) if batch.column.unwanted else _send(database, services, batch)
        )
        _note(database, platform_id, report)
    with database.write() as session:
        outbox.hold(session, batch.column, None)
    return True


def _delete(database: Database, services: GradeServices, batch: Batch) -> Report:
    """Delete a column that is no longer wanted; where the LMS keeps it, the instructor is told."""
    column = batch.column
    try:
        if column.url:
            services.delete(column.url)
    except DeclinedError as error:
        column.next_try_at, column.problem = None, _problem(STAYS, error)
        return Report(let_in=True)
    except UnavailableError as error:
        return _rest(batch, error)
    with database.write() as session:
        outbox.forget(session, column)
    return Report(let_in=True)


def _send(database: Database, services: GradeServices, batch: Batch) -> Report:
    """Post the scores one by one."""
    column, report, failures = batch.column, Report(), 0
    for entry in batch.entries:
        try:
            at = _post(services, batch, entry)
        except DeclinedError as error:
            report.let_in, failures = True, 0
            if not column.url:
                with database.write() as session:
                    outbox.refuse_all(session, column, _problem(NO_COLUMN, error))
                return report
            problem = _problem(advice(error), error)
            if not _settled(database, batch, entry, state=SyncState.REFUSED, problem=problem):
                return report
        except UnavailableError as error:
            failures += 1
            tries = entry.score.tries + 1
            due, problem = _later(tries, error), _said(error)
            if not _settled(database, batch, entry, tries=tries, next_try_at=due, problem=problem):
                return report
            if error.everywhere or failures == PATIENCE:
                return _rest(batch, error)
        else:
            report.let_in, report.taken, failures = True, True, 0
            column.tries, column.next_try_at, column.problem = 0, None, ""
            with database.write() as session:
                outbox.sent(session, entry, at)
                if not outbox.hold(session, column, clock.now() + LEASE):
                    return report
    return report


def _settled(database: Database, batch: Batch, entry: Entry, **values: object) -> bool:
    """Note what became of a score; return whether its column is still in hand."""
    with database.write() as session:
        outbox.settle(session, entry, **values)
        return outbox.hold(session, batch.column, clock.now() + LEASE)


def _rest(batch: Batch, error: UnavailableError) -> Report:
    """Leave the column alone for a while that grows with every failure in a row."""
    column = batch.column
    column.tries += 1
    column.next_try_at, column.problem = _later(column.tries, error), _said(error)
    return Report(trouble=error)


def _later(tries: int, error: UnavailableError) -> datetime:
    return clock.now() + max(back_off(tries), timedelta(seconds=error.after or 0))


def _post(services: GradeServices, batch: Batch, entry: Entry) -> datetime:
    """Post one score, into the column as it is known, or as it is found anew where that is gone."""
    column = batch.column
    known = column.url
    if not known:
        _find(services, batch)
    elif column.label and column.label != batch.wanted.label:
        with suppress(DeclinedError):  # a column that keeps its old name serves as well
            services.rename(batch.item, batch.wanted)
        column.label = batch.wanted.label
    try:
        return services.post_score(batch.item, batch.post(entry))
    except DeclinedError as error:
        if error.status != 404 or not known:
            raise
        column.url = ""
        _find(services, batch)
        if column.url == known:  # it is the person that the LMS does not know
            raise
    return services.post_score(batch.item, batch.post(entry))


def _find(services: GradeServices, batch: Batch) -> None:
    item = services.find_or_make(batch.wanted)
    column = batch.column
    column.url, column.score_maximum, column.label = item.url, item.maximum, item.label


def _said(error: UnavailableError) -> str:
    return _problem(NO_TOKEN if isinstance(error, NoTokenError) else UNAVAILABLE, error)


def _problem(sentence: str, error: ServiceError) -> str:
    return f"{sentence}\n{error.words}"


def _note(database: Database, platform_id: UUID, report: Report) -> None:
    """Tell the administrator's page how the platform was."""
    trouble = report.trouble
    with suppress(IntegrityError), database.write() as session:  # another worker noted the first contact
        if isinstance(trouble, NoTokenError):
            contacts.failed(session, platform_id, ContactKind.TOKEN, trouble.words)
        elif trouble:
            contacts.failed(session, platform_id, ContactKind.GRADE, trouble.words)
        if report.let_in:
            contacts.succeeded(session, platform_id, ContactKind.TOKEN)
        if report.taken:
            contacts.succeeded(session, platform_id, ContactKind.GRADE)
