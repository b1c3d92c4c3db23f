"""From a launch that holds to the rows it speaks of: course, person, enrolment, link, and the visit."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.i18n import choose_language
from ..kernel.permissions import Visit
from ..kernel.secrets import digest, random_token
from ..people.models import Course, Enrolment, Person, Platform
from .addresses import origin
from .claims import LaunchClaims
from .messages import StrictLaunch
from .models import Launch, ResourceLink
from .roles import read_roles


def arrive(session: Session, message: StrictLaunch, hours: int) -> tuple[Visit, str]:
    """Make or freshen the rows of a launch; return the visit and the secret for its cookie.

    Args:
        session: the transaction that lets the launch in.
        message: the validated launch.
        hours: how long the visit lasts.

    """
    claims, tenant = message.claims, message.tenant
    role, test_user = read_roles(claims.roles)
    if claims.product and message.platform.product != claims.product:
        session.execute(
            update(Platform).where(Platform.id == message.platform.id).values(product=claims.product)
        )
    course = _course(session, tenant.id, claims)
    person = _person(session, tenant.id, claims)
    session.flush()
    enrolment = session.get(Enrolment, (course.id, person.id))
    if enrolment is None:
        enrolment = Enrolment(course_id=course.id, person_id=person.id)
        session.add(enrolment)
    enrolment.role, enrolment.test_user, enrolment.active = role, test_user, True
    enrolment.last_seen_at = clock.now()
    link = _link(session, course, claims)
    session.flush()

    secret = random_token()
    launch = Launch(
        id=random_token()[:32],
        cookie=digest(secret),
        resource_link_id=link.id,
        course_id=course.id,
        person_id=person.id,
        role=role,
        test_user=test_user,
        locale=choose_language([claims.locale]),
        return_url=claims.return_url,
        embedder=_embedder(message.platform.issuer, message.platform.auth_url, claims.return_url),
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=hours),
    )
    session.add(launch)
    session.flush()
    visit = Visit(
        launch_id=launch.id,
        tenant_id=tenant.id,
        course_id=course.id,
        resource_link_id=link.id,
        person_id=person.id,
        role=role,
        locale=person.locale or launch.locale,
        test_user=test_user,
        person_name=person.name,
        embedder=launch.embedder,
    )
    return visit, secret


def _course(session: Session, tenant_id: object, claims: LaunchClaims) -> Course:
    course = session.scalar(
        select(Course).where(Course.tenant_id == tenant_id, Course.context_id == claims.context_id)
    )
    if course is None:
        course = Course(tenant_id=tenant_id, context_id=claims.context_id)
        session.add(course)
    course.title = claims.context_title or course.title or ""
    return course


def _person(session: Session, tenant_id: object, claims: LaunchClaims) -> Person:
    person = session.scalar(select(Person).where(Person.tenant_id == tenant_id, Person.sub == claims.sub))
    if person is None:
        person = Person(tenant_id=tenant_id, sub=claims.sub)
        session.add(person)
    person.name = claims.name or person.name or ""
    return person


def _link(session: Session, course: Course, claims: LaunchClaims) -> ResourceLink:
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
    link.memberships_url = offer.memberships_url or link.memberships_url or ""
    return link


def _embedder(*addresses: str) -> str:
    """The origins that may frame a launch's pages: the issuer's, the sign-in's, the return address's."""
    origins = {found for address in addresses if (found := origin(address))}
    return " ".join(sorted(origins))
