"""What the views of this room share: their blueprint, and where a list's next page begins."""

from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from ..kernel.web import PREFIX

blueprint = Blueprint("home", __name__, url_prefix=PREFIX)
Answer = Response | str | tuple[str, int]


def after() -> tuple[str, UUID] | None:
    """The key of a list's next page, from the address; a spoilt one starts again."""
    try:
        return request.args["name"], UUID(request.args["after"])
    except (KeyError, ValueError):
        return None
