"""Where platforms send their notices."""

from typing import cast

import structlog
from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from ..kernel.limits import limiter
from ..kernel.web import database
from . import notices
from .keysets import KeySets
from .refusals import LaunchRefusedError

log = structlog.get_logger(__name__)
blueprint = Blueprint("notices", __name__, url_prefix="/lti")


@blueprint.post("/notices")
@limiter.limit("50 per second; 600 per minute")
def receive() -> ResponseReturnValue:
    """Take notices: 200 when all of them hold, known or not; 401 when one does not."""
    keysets = cast(KeySets, current_app.extensions["entraide.keysets"])
    document = request.get_json(silent=True)
    try:
        taken = notices.receive(database(), keysets, document)
    except IntegrityError:  # the same notice twice at once: the other request has it
        taken = notices.receive(database(), keysets, document)
    except LaunchRefusedError as refusal:
        log.info("notice_refused", code=refusal.code, detail=refusal.detail)
        status = 400 if refusal.code == "notice-malformed" else 401
        return jsonify(code=refusal.code), status
    return jsonify(taken=taken)
