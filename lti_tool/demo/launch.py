"""The LMS's side of a launch: OIDC third-party login and the id_token (LTI 1.3; security 1.0, section 5)."""

import json
import time
from typing import Any

import jwt
from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.demo.course import Link, Person
from lti_tool.demo.platform import Platform, platform
from lti_tool.demo.services import item_url
from lti_tool.demo.session import language, signed_in
from lti_tool.demo.tokens import AGS_SCOPES

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ID_TOKEN_SECONDS = 60

blueprint = Blueprint("launch", __name__)


@blueprint.get("/mod/lti/launch/<link_id>")
def begin(link_id: str) -> ResponseReturnValue:
    """What the frame loads first: a form that posts the login initiation to the tool."""
    lms, person = platform(), signed_in()
    if person is None or link_id not in lms.course.links:
        abort(404)
    hint = {"cmid": int(link_id), "launchid": lms.launches.issue((person.id, link_id))}
    fields = {
        "iss": lms.settings.url,
        "target_link_uri": lms.settings.launch_url,
        "login_hint": person.id,
        "lti_message_hint": json.dumps(hint),
        "client_id": lms.settings.client_id,
        "lti_deployment_id": lms.settings.deployment_id,
    }
    return _posting(lms.settings.login_url, fields)


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
        return _posting(lms.settings.auth_url, {**asked.to_dict(), "repost": "1"})
    problem = _problem(asked) or (None if person else "login_required")
    link = None
    if person and not problem:
        link = _launched_link(lms, person, asked)
        problem = None if link else "access_denied"
    answer = {"state": asked.get("state", "")}
    if person and link and not problem:
        answer["id_token"] = _sign(lms, _claims(lms, person, link, asked["nonce"]))
    else:
        answer["error"] = problem or "access_denied"
    return _posting(lms.settings.launch_url, answer)


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


def _launched_link(lms: Platform, person: Person, asked: Any) -> Link | None:
    """The activity that this very person began to open, once; None when the hints do not say so."""
    try:
        launch_id = json.loads(asked["lti_message_hint"])["launchid"]
    except (ValueError, TypeError, KeyError):
        return None
    begun = lms.launches.take(str(launch_id))
    if begun is None or asked["login_hint"] != person.id or begun[0] != person.id:
        return None
    return lms.course.links[begun[1]]


def _claims(lms: Platform, person: Person, link: Link, nonce: str) -> dict[str, Any]:
    """The claims of a resource link launch, in the shape of Moodle 5.1."""
    settings, course, now = lms.settings, lms.course, int(time.time())
    services = f"{settings.url}/mod/lti/services"
    endpoint: dict[str, Any] = {
        "scope": sorted(AGS_SCOPES),
        "lineitems": f"{services}/{course.id}/lineitems?type_id={settings.deployment_id}",
    }
    # AGS 2.0 section 3.1.3: `lineitem` only while the link has exactly one.
    if len(own := lms.gradebook.items(link_id=link.id)) == 1:
        endpoint["lineitem"] = item_url(lms, own[0])
    return {
        "nonce": nonce,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "iss": settings.url,
        "aud": settings.client_id,
        "sub": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "version": "1.3.0",
        LTI + "deployment_id": settings.deployment_id,
        LTI + "target_link_uri": settings.launch_url,
        LTI + "roles": [MEMBERSHIP + person.role],
        LTI + "context": {
            "id": course.id,
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        },
        LTI + "resource_link": {"id": link.id, "title": link.title, "description": link.description},
        LTI + "lis": {
            "person_sourcedid": person.staff_number,
            "course_section_sourcedid": f"SIS-{course.label}",
        },
        LTI + "ext": {"user_username": person.username, "lms": "moodle-2"},
        LTI + "launch_presentation": {
            "locale": language(),
            "document_target": "iframe",
            "return_url": f"{settings.url}/course",
        },
        LTI + "tool_platform": {
            "product_family_code": "moodle",
            "version": "2025100600.02",
            "guid": "6d1f0c3b5a7e49128c40e2b7d95a1f38",
            "name": "demo",
            "description": "A small LMS to try things in",
        },
        LTI + "custom": {},
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": endpoint,
        "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
            "context_memberships_url": (
                f"{services}/CourseSection/{course.id}/bindings/{settings.deployment_id}/memberships"
            ),
            "service_versions": ["1.0", "2.0"],
        },
    }


def _sign(lms: Platform, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, lms.key, algorithm="RS256", headers={"kid": lms.key_id})


def _posting(address: str, fields: dict[str, str]) -> Response:
    """A page whose form posts itself."""
    answer = make_response(render_template("lms/posting.html", address=address, fields=fields))
    answer.headers["Cache-Control"] = "no-store"
    return answer
