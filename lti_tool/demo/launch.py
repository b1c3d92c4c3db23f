"""The LMS's side of a launch: OIDC third-party login and the id_token (LTI 1.3; security 1.0, section 5)."""

import json
from typing import Any

import jwt
from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.demo.course import Person
from lti_tool.demo.messages import CHOOSE, OPEN, OWN_DATA, REVIEW, claims
from lti_tool.demo.platform import Begun, Platform, platform
from lti_tool.demo.session import signed_in

blueprint = Blueprint("launch", __name__)


@blueprint.get("/mod/lti/launch/<link_id>")
def begin(link_id: str) -> ResponseReturnValue:
    """What the frame of an activity loads first."""
    run = platform().run_of(link_id) or abort(404)
    return _initiation(Begun(OPEN, _someone().id, run.course.id, link_id), {"cmid": int(link_id)})


@blueprint.get("/mod/lti/contentitem/<course_id>")
def choose(course_id: str) -> ResponseReturnValue:
    """What the frame loads in which the instructor chooses an activity for the course."""
    run = platform().runs.get(course_id) or abort(404)
    return _initiation(Begun(CHOOSE, teacher().id, run.course.id))


@blueprint.get("/mod/lti/review/<course_id>/<int:item_id>/<learner_id>")
def review(course_id: str, item_id: int, learner_id: str) -> ResponseReturnValue:
    """What the frame loads in which the instructor sees one learner's work, from the gradebook."""
    lms, person = platform(), teacher()
    run = lms.runs.get(course_id) or abort(404)
    link_id = run.gradebook.item(item_id).link_id
    if not link_id or learner_id not in lms.people:
        abort(404)
    return _initiation(Begun(REVIEW, person.id, course_id, link_id, item_id, learner_id))


@blueprint.get("/mod/lti/privacy")
def privacy() -> ResponseReturnValue:
    """What the frame loads in which people see what the tool keeps about them."""
    return _initiation(Begun(OWN_DATA, _someone().id))


def teacher() -> Person:
    """The instructor who is signed in; nobody else gets further."""
    person = _someone()
    return person if person.role == "Instructor" else abort(403)


def _someone() -> Person:
    return signed_in() or abort(404)


def _initiation(begun: Begun, hint: dict[str, Any] | None = None) -> ResponseReturnValue:
    """A form that posts the login initiation to the tool."""
    lms = platform()
    fields = {
        "iss": lms.settings.url,
        "target_link_uri": lms.settings.launch_url,
        "login_hint": begun.person_id,
        "lti_message_hint": json.dumps({**(hint or {}), "launchid": lms.launches.issue(begun)}),
        "client_id": lms.settings.client_id,
        "lti_deployment_id": lms.settings.deployment_id,
        "lti_storage_target": "_parent",  # the page around the frame, whose script keeps what it is given
    }
    return posting(lms.settings.login_url, fields)


@blueprint.route("/mod/lti/auth", methods=["GET", "POST"])
def authorise() -> ResponseReturnValue:
    """The authorisation endpoint; answers by a form posted to the tool, errors too.

    A client or redirect URI that is not registered gets a page instead: nothing is ever posted there.
    """
    lms, asked = platform(), request.values
    if asked.get("client_id") != lms.settings.client_id:
        abort(400, "client_id: this tool is not registered here")
    if asked.get("redirect_uri") != lms.settings.launch_url:
        abort(400, "redirect_uri: not one that was registered for this tool")
    person = signed_in()
    if person is None and "repost" not in asked:
        # A form that another site posts comes without our SameSite=Lax cookie: post it once more from here.
        return posting(lms.settings.auth_url, {**asked.to_dict(), "repost": "1"})
    problem = _problem(asked) or (None if person else "login_required")
    begun = _begun(lms, person, asked) if person and not problem else None
    answer = {"state": asked.get("state", "")}
    if begun:
        answer["id_token"] = _sign(lms, claims(lms, begun, asked["nonce"]))
    else:
        answer["error"] = problem or "access_denied"
    return posting(lms.settings.launch_url, answer)


@blueprint.get("/mod/lti/certs")
def keys() -> dict[str, Any]:
    """The public keys (JWKS) that id_tokens are signed with."""
    return platform().public_keys()


def _problem(asked: Any) -> str | None:
    """What is wrong with the request itself, as an OIDC error code."""
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("response_type") != "id_token":
        return "unsupported_response_type"
    right = (
        asked.get("response_mode") == "form_post"
        and asked.get("prompt", "none") in ("", "none")
        and all(asked.get(name) for name in ("nonce", "state", "login_hint", "lti_message_hint"))
    )
    return None if right else "invalid_request"


def _begun(lms: Platform, person: Person, asked: Any) -> Begun | None:
    """What this very person began to open, once; None when the hints do not say so."""
    try:
        launch_id = json.loads(asked["lti_message_hint"])["launchid"]
    except (ValueError, TypeError, KeyError):
        return None
    begun = lms.launches.take(str(launch_id))
    return begun if begun and asked["login_hint"] == person.id == begun.person_id else None


def _sign(lms: Platform, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, lms.key, algorithm="RS256", headers={"kid": lms.key_id})


def posting(address: str, fields: dict[str, str]) -> Response:
    """A page whose form posts itself."""
    answer = make_response(render_template("lms/posting.html", address=address, fields=fields))
    answer.headers["Cache-Control"] = "no-store"
    return answer
