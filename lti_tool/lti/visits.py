"""Before every page of a launch: who is here? Loaded once, in one statement."""

from typing import Any

from flask import Flask, g, request, session
from sqlalchemy import select

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.errors import NotAllowedError, NotSignedInError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit, staff_rights
from ..kernel.secrets import digest
from ..kernel.web import database
from ..people.models import Enrolment, Person
from .models import Launch
from .sessions import split_launch


def find_visit(db: Database, launch_id: str, secret: str, *, by_address: bool = False) -> Visit:
    """The visit of a launch, proved by the secret of its cookie, or of its address where there is no cookie.

    Raises:
        NotSignedInError: no such launch, another browser, or its time is over.
        NotAllowedError: a later launch says that the person is no longer the staff they were.

    """
    query = (
        select(Launch, Person.name, Person.locale, Enrolment.active, Enrolment.role)
        .join(Person, Person.id == Launch.person_id)
        .join(
            Enrolment,
            (Enrolment.course_id == Launch.course_id) & (Enrolment.person_id == Launch.person_id),
            isouter=True,
        )
        .where(Launch.id == launch_id)
    )
    found = None
    if launch_id.isalnum():  # PostgreSQL takes no NUL
        with db.read() as reading:
            found = reading.execute(query).first()
    if found is None or digest(secret) != found.Launch.cookie or found.Launch.by_address != by_address:
        raise NotSignedInError(
            N_(
                "Your browser shows no sign of this visit. Open the activity again from your course. "
                "If it happens every time, open it in a window of its own or allow cookies."
            )
        )
    launch: Launch = found.Launch
    if launch.expires_at < clock.now():
        raise NotSignedInError(
            N_("This visit has ended. Open the activity again from your course."), code="session-ended"
        )
    if found.role and not staff_rights(launch.role) <= staff_rights(found.role):
        raise NotAllowedError(
            N_("Your role in this course has changed. Open the activity again from your course."),
            code="role-changed",
        )
    return visit_of(launch, found.name, found.locale, active=bool(found.active))


def visit_of(launch: Launch, name: str, locale: str, *, active: bool) -> Visit:
    """A launch as views see it: whose name it is, in which language, and whether they are still enrolled."""
    return Visit(
        launch_id=launch.id,
        tenant_id=launch.tenant_id,
        course_id=launch.course_id,
        resource_link_id=launch.resource_link_id,
        person_id=launch.person_id,
        role=launch.role,
        locale=locale or launch.locale,
        test_user=launch.test_user,
        active=active,
        person_name=name,
        embedder=launch.embedder,
        lms_origin=launch.lms_origin,
        purpose=launch.purpose,
        about_person_id=launch.about_person_id,
        return_url=launch.return_url,
    )


def welcome(app: Flask) -> None:
    """Take the launch out of every address, put it back into every `url_for`, and load the visit."""

    @app.url_value_preprocessor
    def take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.launch_id = (values or {}).pop("launch", None)

    @app.url_defaults
    def put_back(endpoint: str, values: dict[str, Any]) -> None:
        if g.get("launch_id") and app.url_map.is_endpoint_expecting(endpoint, "launch"):
            values.setdefault("launch", g.launch_id)

    @app.before_request
    def load() -> None:
        if not g.get("launch_id") or not request.endpoint:
            return
        launch_id, in_address = split_launch(g.launch_id)
        if in_address:
            _refuse_a_stray_address()
        secret = session.get("key", "")
        g.visit = find_visit(database(), launch_id, secret, by_address=bool(in_address))


def _refuse_a_stray_address() -> None:
    """An address with a secret opens where its launch is, not in a window that somebody pasted it into."""
    came = request.headers.get("Sec-Fetch-Dest"), request.headers.get("Sec-Fetch-Site", "same-origin")
    if came[0] == "document" and came[1] != "same-origin":
        raise NotSignedInError(
            N_("This address belongs to another window. Open the activity again from your course.")
        )
