"""Asking a platform for its notices: in the worker, once for each deployment that offers them."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.outgoing import back_off
from ..people.models import Deployment, Platform
from .models import Subscription
from .notices import COPIED
from .offers import Offer
from .services import ServiceConnector, ServiceError

SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
LEASE = timedelta(minutes=2)
MOST_TRIES = 12  # then the next launch that offers another address starts again
BATCH = 20


def offered(session: Session, tenant: Deployment, offer: Offer) -> None:
    """Note that a platform would tell us of copied courses; the worker asks for it."""
    if not offer.notices_url or COPIED not in offer.notice_types:
        return
    known = session.get(Subscription, tenant.id)
    if known is None:
        known = Subscription(tenant_id=tenant.id, url="", subscribed_at=None)
        session.add(known)
    if known.url != offer.notices_url:
        known.url, known.subscribed_at = offer.notices_url, None
        known.tries, known.next_try_at = 0, clock.now()


def subscribe_due(database: Database, connector: ServiceConnector, base_url: str) -> int:
    """Ask for the notices of some deployments that offer them; return how many were asked.

    Platform Notification Service 1.0, section 4: PUT {"notice_type", "handler"} to the service.
    """
    with database.write() as session:
        due = _claim(session)
    for tenant, platform, url in due:
        document = json.dumps({"notice_type": COPIED, "handler": f"{base_url}/lti/notices"})
        try:
            connector.call(platform, [SCOPE], "PUT", url, body=document)
        except ServiceError as error:
            values: dict[str, Any] = {"problem": error.words}
        else:
            values = {"problem": "", "subscribed_at": clock.now()}
        with database.write() as session:
            session.execute(
                update(Subscription)
                .where(Subscription.tenant_id == tenant.id, Subscription.url == url)
                .values(**values)
            )
    return len(due)


def _claim(session: Session) -> list[tuple[Deployment, Platform, str]]:
    """Those that are due, with their next try set: a worker that dies meanwhile has only used up one."""
    rows = session.execute(
        select(Subscription, Deployment, Platform)
        .join(Deployment, Deployment.id == Subscription.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(
            Subscription.subscribed_at.is_(None),
            Subscription.next_try_at <= clock.now(),
            Subscription.tries < MOST_TRIES,
            Platform.synthetic.is_(False),
        )
        .limit(BATCH)
        .with_for_update(of=Subscription, skip_locked=True)
    ).all()
    for known, _, _ in rows:
        known.tries += 1
        known.next_try_at = clock.now() + LEASE + back_off(known.tries)
    return [(tenant, platform, known.url) for known, tenant, platform in rows]
