"""What the administrator's pages show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.audit import AuditEntry
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..lti.checks import Outcome, Part
from ..lti.models import Contact, ContactKind, PlatformCheck
from ..people.models import Deployment, Platform
from .advice import how_to_ask, what_to_do
from .words import PARTS

PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How something last went with a platform. `advice`: what to do when it failed, untranslated."""

    at: datetime
    failed: bool
    problem: str = ""
    advice: str = ""


@dataclass(slots=True)
class PlatformRow:
    """A platform, its deployments that wait, how many are approved, and what last passed, by kind."""

    platform: Platform
    waiting: list[Deployment] = field(default_factory=list)
    approved: int = 0
    standing: dict[ContactKind, Standing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of a live check; `title` and `advice` are untranslated."""

    title: str
    outcome: Outcome
    words: str
    advice: str


def list_platforms(session: Session, after: str = "") -> tuple[list[PlatformRow], str | None]:
    """A page of the platforms, by name, and the name after which the next page begins."""
    query = select(Platform).where(Platform.name > after).order_by(Platform.name).limit(PAGE + 1)
    found = session.scalars(query).all()
    rows = {each.id: PlatformRow(each) for each in found[:PAGE]}
    _fill(session, rows)
    return list(rows.values()), found[PAGE - 1].name if len(found) > PAGE else None


def show_platform(session: Session, platform_id: UUID) -> tuple[PlatformRow, PlatformCheck | None]:
    """One platform, and its latest check. Raises NotFoundError."""
    row = PlatformRow(find_platform(session, platform_id))
    _fill(session, {platform_id: row})
    return row, session.get(PlatformCheck, platform_id)


def answers(check: PlatformCheck) -> list[Answer]:
    """What a check found, with what to do where it failed or could not ask."""
    told = []
    for result in check.results:
        part, outcome, words = Part(result["part"]), Outcome(result["outcome"]), result["words"]
        advice = {Outcome.FAILED: what_to_do(part, words), Outcome.UNKNOWN: how_to_ask(part)}
        told.append(Answer(PARTS[part], outcome, words, advice.get(outcome, "")))
    return told


def find_platform(session: Session, platform_id: UUID) -> Platform:
    """The platform of an id. Raises NotFoundError."""
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise NotFoundError(N_("This platform is not registered any more."))
    return platform


def find_deployment(session: Session, platform_id: UUID, deployment_id: UUID) -> Deployment:
    """A deployment of a platform. Raises NotFoundError."""
    query = select(Deployment).where(Deployment.id == deployment_id, Deployment.platform_id == platform_id)
    deployment = session.scalar(query)
    if deployment is None:
        raise NotFoundError(N_("This deployment does not exist any more."))
    return deployment


def approved_deployments(
    session: Session, platform_id: UUID, after: str = ""
) -> tuple[Sequence[Deployment], str | None]:
    """A page of a platform's approved deployments, and the deployment id after which the next one begins."""
    found = session.scalars(
        select(Deployment)
        .where(
            Deployment.platform_id == platform_id,
            Deployment.approved.is_(True),
            Deployment.deployment_id > after,
        )
        .order_by(Deployment.deployment_id)
        .limit(PAGE + 1)
    ).all()
    return found[:PAGE], found[PAGE - 1].deployment_id if len(found) > PAGE else None


def read_log(session: Session, before: int) -> tuple[Sequence[AuditEntry], int | None]:
    """A page of the audit log, the newest first, and the entry before which the next page begins."""
    query = select(AuditEntry).where(AuditEntry.id < before).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    found = session.scalars(query).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _fill(session: Session, rows: dict[UUID, PlatformRow]) -> None:
    for contact in session.scalars(select(Contact).where(Contact.platform_id.in_(rows))):
        if standing := _standing(contact):
            rows[contact.platform_id].standing[contact.kind] = standing
    counts = (
        select(Deployment.platform_id, func.count())
        .where(Deployment.platform_id.in_(rows), Deployment.approved.is_(True))
        .group_by(Deployment.platform_id)
    )
    for platform_id, count in session.execute(counts):
        rows[platform_id].approved = count
    waiting = (
        select(Deployment)
        .where(Deployment.platform_id.in_(rows), Deployment.approved.is_(False))
        .order_by(Deployment.asked_at, Deployment.deployment_id)
        .limit(PAGE)
    )
    for deployment in session.scalars(waiting):
        rows[deployment.platform_id].waiting.append(deployment)


def _standing(contact: Contact) -> Standing | None:
    well, badly = contact.succeeded_at, contact.failed_at
    if badly and (well is None or well < badly):
        return Standing(badly, True, contact.problem, what_to_do(contact.kind, contact.problem))
    return Standing(well, False) if well else None
