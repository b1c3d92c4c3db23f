"""From a launch that holds to the rows it speaks of: course, person, enrolment, link, and the visit."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.i18n import choose_language
from ..kernel.mail import is_address
from ..kernel.permissions import PERMISSIONS, May, Role, Visit
from ..kernel.secrets import digest, random_token
from ..people.accounts import learnt_home_page
from ..people.models import Course, Enrolment, Person, Platform
from . import contacts, coursegroups, subscriptions
from .addresses import origin
from .claims import LaunchClaims
from .messages import StrictLaunch
from .models import ContactKind, DeepLinkRequest, Launch, ResourceLink, Roster
from .names import ACTIVITY
from .offers import DeepLinking
from .registrations import Registrations
from .roles import read_roles
from .visits import visit_of

FRESH = timedelta(minutes=15)  # how old the list of people may be when staff come


def arrive(
    session: Session,
    message: StrictLaunch,
    hours: int,
    *,
    by_address: bool = False,
    keep_email: bool = False,
) -> tuple[Visit, str]:
    """Make or freshen the rows of a launch; return the visit and the secret for its cookie.

    Args:
        session: the transaction that lets the launch in.
        message: the validated launch.
        hours: how long the visit lasts.
        by_address: the browser keeps no cookie, so the secret will stand in the address.
        keep_email: mail is sent, so the address is of use; else it is not kept.

    """
    claims = message.claims
    tenant = Registrations(session).tenant(message.platform, claims)
    role, test_user = read_roles(claims.roles)
    if claims.product and message.platform.product != claims.product:
        session.execute(
            update(Platform).where(Platform.id == message.platform.id).values(product=claims.product)
        )
    # The first one stays: people keep the accounts that statements gave them
    tenant.home_page = tenant.home_page or learnt_home_page(
        message.platform.issuer, claims.platform_url, claims.platform_guid
    )
    contacts.succeeded(session, message.platform.id, ContactKind.LAUNCH)
    subscriptions.offered(session, tenant, claims.offer)
    person = _person(session, tenant.id, claims, keep_email=keep_email)
    about = _about(session, tenant.id, claims)
    course = _course(session, tenant.id, claims)
    link = None
    if course is not None:
        _enrol(session, course, person, role, test_user)
        _roster(session, course, claims, role)
        link = _link(session, course, claims)
        if not claims.offer.groups_url:  # its service knows better
            coursegroups.place_at_launch(session, course.id, person.id, claims.custom)
    session.flush()

    secret = random_token()
    launch = Launch(
        id=random_token()[:32],
        cookie=digest(secret),
        by_address=by_address,
        purpose=claims.purpose,
        tenant_id=tenant.id,
        course_id=course.id if course else None,
        resource_link_id=link.id if link else None,
        person_id=person.id,
        role=role,
        test_user=test_user,
        about_person_id=about,
        locale=choose_language([claims.locale]),
        return_url=claims.return_url,
        embedder=_embedder(message.platform.issuer, message.platform.auth_url, claims),
        lms_origin=origin(message.platform.auth_url),
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=hours),
    )
    session.add(launch)
    session.flush()
    if claims.deep_linking:
        session.add(_request(launch.id, claims.deep_linking))
    return visit_of(launch, person.name, person.locale, active=True), secret


def _person(session: Session, tenant_id: UUID, claims: LaunchClaims, *, keep_email: bool) -> Person:
    person = session.scalar(select(Person).where(Person.tenant_id == tenant_id, Person.sub == claims.sub))
    if person is None:
        person = Person(tenant_id=tenant_id, sub=claims.sub)
        session.add(person)
    person.name = claims.name or person.name or ""
    person.sourcedid = claims.sourcedid or person.sourcedid or ""
    person.email = claims.email if keep_email and is_address(claims.email) else ""
    session.flush()
    return person


def _about(session: Session, tenant_id: UUID, claims: LaunchClaims) -> UUID | None:
    """Whose work a submission review is about, if we know them."""
    if not claims.about_sub:
        return None
    return session.scalar(
        select(Person.id).where(Person.tenant_id == tenant_id, Person.sub == claims.about_sub)
    )


def _course(session: Session, tenant_id: UUID, claims: LaunchClaims) -> Course | None:
    if not claims.context_id:
        return None
    course = session.scalar(
        select(Course).where(Course.tenant_id == tenant_id, Course.context_id == claims.context_id)
    )
    if course is None:
        course = Course(tenant_id=tenant_id, context_id=claims.context_id)
        session.add(course)
    course.title = claims.context_title or course.title or ""
    course.history = list(claims.context_history) or course.history or []
    session.flush()
    return course


def _enrol(session: Session, course: Course, person: Person, role: Role, test_user: bool) -> None:
    enrolment = session.get(Enrolment, (course.id, person.id))
    if enrolment is None:
        enrolment = Enrolment(course_id=course.id, person_id=person.id)
        session.add(enrolment)
    enrolment.role, enrolment.test_user, enrolment.active = role, test_user, True
    enrolment.last_seen_at = clock.now()


def _roster(session: Session, course: Course, claims: LaunchClaims, role: Role) -> None:
    """What the platform offers about people; due at the first launch, and when staff come and it is old."""
    offer = claims.offer
    if not (offer.memberships_url or offer.groups_url):
        return
    roster = session.get(Roster, course.id)
    if roster is None:
        roster = Roster(course_id=course.id, next_try_at=clock.now(), tries=0)
        session.add(roster)
    if offer.memberships_url and offer.memberships_url != roster.memberships_url:
        roster.memberships_url, roster.differences_url = offer.memberships_url, ""
    roster.groups_url = offer.groups_url or roster.groups_url or ""
    roster.group_sets_url = offer.group_sets_url or roster.group_sets_url or ""
    old = roster.synced_at is not None and roster.synced_at < clock.now() - FRESH
    if old and not roster.tries and May.SEE_PEOPLE in PERMISSIONS[role]:
        roster.next_try_at = min(roster.next_try_at, clock.now())


def _link(session: Session, course: Course, claims: LaunchClaims) -> ResourceLink | None:
    if not claims.resource_link_id:
        return None
    link = session.scalar(
        select(ResourceLink).where(
            ResourceLink.course_id == course.id, ResourceLink.resource_link_id == claims.resource_link_id
        )
    )
    if link is None:
        link = ResourceLink(course_id=course.id, resource_link_id=claims.resource_link_id)
        session.add(link)
    offer = claims.offer
    link.title = claims.resource_link_title or link.title or ""
    # A launch without a line item says nothing new: once a link has two, platforms leave the claim out.
    link.lineitem_url = offer.lineitem_url or link.lineitem_url or ""
    link.lineitems_url = offer.lineitems_url or link.lineitems_url or ""
    link.ags_scopes = list(offer.ags_scopes) or link.ags_scopes or []
    link.chosen = claims.custom.get(ACTIVITY, "")[:100] or link.chosen or ""
    link.history = list(claims.link_history) or link.history or []
    return link


def _request(launch_id: str, asked: DeepLinking) -> DeepLinkRequest:
    return DeepLinkRequest(
        launch_id=launch_id,
        return_url=asked.return_url,
        data=asked.data,
        accept_multiple=asked.accept_multiple,
        accept_lineitem=asked.accept_lineitem,
        targets=list(asked.targets),
        title=asked.title,
        text=asked.text,
        answered_at=None,
    )


def _embedder(issuer: str, auth_url: str, claims: LaunchClaims) -> str:
    """The origins that may frame a launch's pages: the issuer's, the sign-in's, the return addresses'."""
    answer_to = claims.deep_linking.return_url if claims.deep_linking else ""
    origins = {origin(address) for address in (issuer, auth_url, claims.return_url, answer_to)}
    return " ".join(sorted(origins - {""}))
