"""What statements say of a platform's people, and the files that they tell of."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from ..contributions import media
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.web import database
from ..people import accounts
from ..people.models import ActorMode
from . import queries
from .guard import administrator
from .telling_forms import TellingForm
from .telling_queries import told_file

blueprint = Blueprint("telling", __name__)


@blueprint.post("/platforms/<uuid:platform_id>/statements")
def choose(platform_id: UUID) -> Response:
    """Choose by what statements name people, and whether they hold what they write."""
    form = TellingForm()
    if not form.validate():
        raise InvalidError(N_("Choose by what statements name people."))
    mode = ActorMode(form.people.data)
    with database().write() as writing:
        found = queries.find_platform(writing, platform_id)
        accounts.choose(writing, found, mode, texts=form.texts.data, actor=administrator().name)
    return _back(platform_id, "telling")


@blueprint.post("/platforms/<uuid:platform_id>/pseudonyms/forget")
def forget(platform_id: UUID) -> Response:
    """Destroy the key of a platform's pseudonyms."""
    with database().write() as writing:
        found = queries.find_platform(writing, platform_id)
        accounts.forget_pseudonyms(writing, found, actor=administrator().name)
    return _back(platform_id, "forgotten")


@blueprint.get("/files/<uuid:attachment_id>")
def file(attachment_id: UUID) -> Response:
    """A file that statements tell of."""
    with database().read() as reading:
        found = told_file(reading, attachment_id)
    return media.send(found)


def _back(platform_id: UUID, done: str) -> Response:
    return redirect(url_for("admin.platform", platform_id=platform_id, done=done, _anchor="statements"), 303)
