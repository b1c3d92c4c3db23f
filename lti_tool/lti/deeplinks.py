"""Our answer to a platform's dialog: the links it is to make (LTI Deep Linking 2.0, sections 3.2 and 4.5).

All of it is built from rows: what the platform asked for is in the launch's `DeepLinkRequest`, and no form's
field is read back.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import ConflictError, InvalidError, NotAllowedError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..kernel.secrets import Sealer, random_token
from ..people.models import Deployment, Platform
from .addresses import origin
from .keys import signing_key
from .models import DeepLinkRequest, Launch
from .names import ACTIVITY, CLAIM, CONTEXT_HISTORY, DEEP_LINKING, LINK_HISTORY

PATIENCE = timedelta(hours=1)  # from the launch to the answer
LIFETIME = 300  # seconds of the answer's token
LONGEST_TEXT, LONGEST_LABEL = 300, 100  # characters; Open edX takes no longer label
FRAME_HEIGHT = 720  # px, where the platform shows the link in a frame
# The column of the work as the gradebook knows it: the line item comes back in launches as the link's own.
TAG, POINTS = "work", 100
REVIEWABLE = ("InProgress", "Submitted", "Completed")

SPENT = N_("This choice has been made already. Close this window, and choose again in your course.")
TOO_OLD = N_("This page is too old to choose here. Close it, and choose again in your course.")


@dataclass(frozen=True, slots=True)
class Column:
    """A grade that a link is to have: the column's name, and what its submission review is called."""

    label: str
    review_label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An activity to be linked, in plain text. `opens_at` and `share_by` are its dates, if it has them."""

    activity_id: UUID
    title: str
    text: str
    column: Column | None = None
    opens_at: datetime | None = None
    share_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed answer, and where the browser posts it as the field `JWT`."""

    return_url: str
    token: str

    @property
    def origin(self) -> str:
        """Whose page takes it, as a Content-Security-Policy names it."""
        return origin(self.return_url)


def pending(session: Session, visit: Visit) -> DeepLinkRequest:
    """What the platform asks for in this launch.

    Raises:
        NotAllowedError: it asks for nothing, or not this role.
        ConflictError: it has been answered, or was asked too long ago.

    """
    visit.require(May.SET_UP)
    request = session.get(DeepLinkRequest, visit.launch_id)
    if request is None:
        raise NotAllowedError(N_("Nothing can be chosen here. Open the tool’s choice in your course again."))
    if request.answered_at is not None:
        raise ConflictError(SPENT, code="chosen-already")
    if session.scalars(select(Launch.created_at).where(Launch.id == visit.launch_id)).one() < _oldest():
        raise ConflictError(TOO_OLD, code="choice-too-old")
    return request


def answer(
    session: Session,
    visit: Visit,
    choices: Sequence[Choice],
    *,
    sealer: Sealer,
    base_url: str,
    message: str = "",
) -> Answer:
    """Answer the launch's request, once: with the links to make, or with none, which cancels it.

    Args:
        session: the transaction in which the request is answered.
        visit: who chose, in the platform's dialog.
        choices: activities of the visit's course.
        sealer: opens the tool's signing key.
        base_url: the tool's own address.
        message: a sentence that the platform may show.

    Raises:
        NotAllowedError: the platform asked for nothing in this launch, or the role does not choose.
        ConflictError: the request was answered before, or is more than an hour old.
        InvalidError: it takes one link, and these are several.

    """
    request = pending(session, visit)
    if len(choices) > 1 and not request.accept_multiple:
        raise InvalidError(N_("Your course takes one activity at a time. Choose one."), field="activities")
    unanswered = DeepLinkRequest.launch_id == visit.launch_id, DeepLinkRequest.answered_at.is_(None)
    taken = update(DeepLinkRequest).where(*unanswered).values(answered_at=clock.now())
    if session.scalar(taken.returning(DeepLinkRequest.launch_id)) is None:  # another tab was faster
        raise ConflictError(SPENT, code="chosen-already")
    deployment = session.get_one(Deployment, visit.tenant_id)
    platform = session.get_one(Platform, deployment.platform_id)
    claims = _envelope(platform, deployment) | {
        DEEP_LINKING + "content_items": [content_item(each, request, base_url) for each in choices]
    }
    if request.data is not None:
        claims[DEEP_LINKING + "data"] = request.data
    if message:
        claims[DEEP_LINKING + "msg"] = message
    kid, key = signing_key(session, sealer)
    token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})
    return Answer(request.return_url, token)


def content_item(choice: Choice, request: DeepLinkRequest, base_url: str) -> dict[str, Any]:
    """A link to an activity (section 3.2).

    `custom` is never empty, and holds texts only: Moodle fails at anything else. The link has no end: what
    was shared stays readable after the last date.
    """
    launch = f"{base_url}/lti/launch"
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "url": launch,
        "title": choice.title,
        "text": textwrap.shorten(choice.text, LONGEST_TEXT, placeholder="…"),
        "custom": {
            ACTIVITY: str(choice.activity_id),
            CONTEXT_HISTORY: "$Context.id.history",
            LINK_HISTORY: "$ResourceLink.id.history",
        },
    }
    if choice.column and request.accept_lineitem is not False:
        item["lineItem"] = _line_item(choice.activity_id, choice.column, launch)
    if "iframe" in request.targets:
        item["iframe"] = {"height": FRAME_HEIGHT}
    elif "window" in request.targets:
        item["window"] = {"targetName": "_blank"}
    if choice.opens_at:
        item["available"] = {"startDateTime": _written(choice.opens_at)}
    if choice.share_by:
        item["submission"] = {"endDateTime": _written(choice.share_by)}
        if choice.opens_at and choice.opens_at < choice.share_by:
            item["submission"]["startDateTime"] = _written(choice.opens_at)
    return item


def _line_item(activity_id: UUID, column: Column, launch: str) -> dict[str, Any]:
    """The column that the platform makes with the link, and how its gradebook opens one learner's work."""
    return {
        "label": column.label[:LONGEST_LABEL],
        "scoreMaximum": POINTS,
        "resourceId": str(activity_id),
        "tag": TAG,
        "gradesReleased": True,
        "submissionReview": {
            "reviewableStatus": list(REVIEWABLE),
            "label": column.review_label,
            "url": launch,
            "custom": {ACTIVITY: str(activity_id)},
        },
    }


def _envelope(platform: Platform, deployment: Deployment) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": now,
        "exp": now + LIFETIME,
        "nonce": random_token(),
        CLAIM + "deployment_id": deployment.deployment_id,
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": "1.3.0",
    }


def _oldest() -> datetime:
    return clock.now() - PATIENCE


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
