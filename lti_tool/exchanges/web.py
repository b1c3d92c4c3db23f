"""What the views of this room share: their blueprint, and where things said are found."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.permissions import May
from ..kernel.web import PREFIX, visit
from .gallery import place_of
from .models import Comment, CommentRole
from .queries import Opened, opened

blueprint = Blueprint("exchanges", __name__, url_prefix=PREFIX)
WORK = "/c/<uuid:contribution>"
SAID = f"{WORK}/comments/<uuid:comment>"
Answer = Response | str | tuple[str, int]
ON_THE_PAGE = (InvalidError, ConflictError)  # refusals that are told beside the text


class Here(NamedTuple):
    """A contribution and its activity."""

    activity: Activity
    opened: Opened


def find(session: Session, contribution_id: UUID, *, attachments: bool = False) -> Here:
    """A contribution of the visitor's course that they may read. Two statements.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs to read.

    """
    activity = place_of(session, visit(), contribution_id)
    return Here(activity, opened(session, visit(), activity, contribution_id, attachments=attachments))


def about(name: str, here: Here, **more: Any) -> str:
    """A page about a contribution."""
    return render_template(
        f"exchanges/{name}.html", activity_name=here.activity.title, here=here.opened, **more
    )


def at(contribution_id: UUID, endpoint: str = "exchanges.contribution", **more: Any) -> str:
    """The address of a contribution, or of something of it."""
    return url_for(endpoint, contribution=contribution_id, **more)


def to(comment: Comment, *, new: bool = False) -> Response:
    """Where a comment stands: a new one with the latest, a reply in its thread, an answer where it ranks."""
    is_answer = comment.role is CommentRole.ANSWER
    begins = comment.id if is_answer or not (new or comment.thread_id) else None
    anchor = f"comment-{comment.id.hex}"
    return redirect(at(comment.contribution_id, thread=comment.thread_id, at=begins, _anchor=anchor), 303)


def moderates() -> bool:
    """Whether the visitor is an instructor."""
    return visit().may(May.SEE_ALL_WORK) and visit().may(May.SET_UP)
