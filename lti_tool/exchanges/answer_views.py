"""Answers over HTTP: find one helpful, accept it, endorse it; and who of the course can be named in one."""

from typing import Any
from uuid import UUID

from flask import Response as Json
from flask import jsonify, request
from werkzeug.wrappers import Response

from ..kernel.limits import limiter
from ..kernel.web import database, visit
from . import answering, mentions
from .gallery import place_of
from .models import Comment
from .queries import opened_to_speak
from .web import SAID, WORK, blueprint, to


@blueprint.post(f"{SAID}/vote")
def vote(contribution: UUID, comment: UUID) -> Response:
    """This answer helps, or no longer."""
    return to(_act(answering.vote, contribution, comment, "helps"))


@blueprint.post(f"{SAID}/accept")
def accept(contribution: UUID, comment: UUID) -> Response:
    """This answer is the one, says who asked; or no longer."""
    return to(_act(answering.accept, contribution, comment, "good"))


@blueprint.post(f"{SAID}/endorse")
def endorse(contribution: UUID, comment: UUID) -> Response:
    """This answer is right, says an instructor; or takes that back."""
    return to(_act(answering.endorse, contribution, comment, "good"))


@blueprint.get(f"{WORK}/people")
@limiter.limit("120 per minute", key_func=lambda: request.path.split("/")[2])
def people(contribution: UUID) -> Json:
    """Whom one may name here, by what one has typed of their name: names of the course, and nothing else."""
    with database().read() as session:
        here = visit()
        opened_to_speak(session, here, place_of(session, here, contribution), contribution)
        found = mentions.people(session, here, request.args.get("q", ""))
    return jsonify(people=[{"id": each.id.hex, "name": each.name} for each in found])


def _act(act: Any, contribution: UUID, comment: UUID, which: str) -> Comment:
    with database().write() as session:
        activity = place_of(session, visit(), contribution)
        said: Comment = act(
            session, visit(), activity, contribution, comment, **{which: request.form.get("do") != "undo"}
        )
    return said
