"""One HTTP exchange with a service: what the request must be like, and how refusals look."""

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms


class RefusedError(Exception):
    """The LMS does not do what it is asked: a status, why, and a body if it is a special one."""

    def __init__(
        self, status: int, why: str, body: str | None = None, media: str = "application/json"
    ) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.body = body
        self.media = media


def demand(condition: object, why: str, status: int = 400) -> None:
    """Refuse the request unless the condition holds."""
    if not condition:
        raise RefusedError(status, why)


def answer(lms: "Lms", value: Any, media: str, status: int = 200, **headers: str) -> Response:
    """A JSON answer, with its slashes escaped where the LMS does so."""
    text = json.dumps(value, separators=(",", ":"))
    if lms.personality.escapes_slashes:
        text = text.replace("/", "\\/")
    named = {name.replace("_", "-"): each for name, each in headers.items()}
    return Response(text, status, named, content_type=f"{media}; charset=utf-8")


def refusal(lms: "Lms", request: Request, refused: RefusedError) -> Response:
    """How the LMS says no. Moodle says why in the status line."""
    moodle = lms.personality.reason_in_status_line
    reason = re.sub(r"[^ -~]", " ", refused.why) if moodle else ""
    body, media = refused.body, refused.media
    if body is None and moodle:
        media = "application/json; charset=utf-8"
        asked = {
            "method": request.method, "url": request.full_path.rstrip("?"),
            "accept": request.headers.get("Accept", ""), "contentType": request.content_type or "",
        }  # fmt: skip
        body = json.dumps({"status": refused.status, "reason": reason, "request": asked}, indent=4)
    elif body is None:
        body = json.dumps({"errors": {"type": "refused", "message": refused.why}})
    status = f"{refused.status} {reason}" if moodle else refused.status
    return Response(body, status, content_type=media)


def authorized(lms: "Lms", request: Request, *scopes: str) -> None:
    """Refuse unless the bearer token is good for one of these scopes."""
    personality = lms.personality
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise RefusedError(personality.no_token, "Unauthorized: no bearer token")
    issued = next((each for each in lms.tokens_issued if each["token"] == token), None)
    if issued is None or issued["revoked"] or issued["expires"] <= lms.clock():
        raise RefusedError(personality.no_token, "Unauthorized: the token is unknown or has expired")
    if not set(scopes) & set(issued["scope"].split()):
        raise RefusedError(personality.no_scope, f"Unauthorized: the token lacks {' or '.join(scopes)}")


def accepts(lms: "Lms", request: Request, media: str) -> None:
    """Refuse unless the tool says that it takes this media type, by its name."""
    status = 400 if lms.personality.reason_in_status_line else 406
    named = {each.strip().partition(";")[0] for each in request.headers.get("Accept", "").split(",")}
    if media not in named:
        raise RefusedError(status, f"No handler found for {request.path} {request.headers.get('Accept', '')}")


def sends(lms: "Lms", request: Request, media: str) -> dict[str, Any]:
    """The object in the request's body, which must be of this media type."""
    status = 400 if lms.personality.reason_in_status_line else 415
    if request.mimetype != media:
        raise RefusedError(status, f"No handler found for {request.path}  {request.content_type}")
    try:
        value = json.loads(request.get_data())
    except ValueError as error:
        raise RefusedError(400, "The body is not JSON") from error
    demand(isinstance(value, dict), "The body is not an object")
    return value


def when(value: Any) -> datetime | None:
    """An ISO 8601 time that has a zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo and "T" in value else None


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number, and finite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
