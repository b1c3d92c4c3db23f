"""What the views of this room share: their blueprint, and the frame of its pages."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from ..activities.models import Activity
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.web import PREFIX

blueprint = Blueprint("reviews", __name__, url_prefix=PREFIX)
Answer = Response | str | tuple[str, int]
ON_THE_PAGE = (ConflictError, InvalidError)  # refusals that are told beside the text


def page(name: str, activity: Activity, **more: object) -> str:
    """A page of this room."""
    return render_template(f"reviews/{name}.html", activity=activity, activity_name=activity.title, **more)
