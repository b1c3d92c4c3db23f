"""The LMS's half of a login: initiation and authentication (Security Framework 1.0, section 5.1.1)."""

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from platforms.lms import messages
from platforms.lms.exchange import RefusedError, demand
from platforms.lms.people import Course, Link, Person

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

ASKED = {
    "scope", "response_type", "response_mode", "prompt", "client_id", "redirect_uri", "login_hint",
    "lti_message_hint", "state", "nonce",
}  # fmt: skip


class DeniedError(Exception):
    """An OIDC error, for the tool to hear of: its code and description, and the tool's state."""

    def __init__(self, code: str, description: str, state: str) -> None:
        super().__init__(f"{code}: {description}")
        self.form = {"error": code, "error_description": description, "state": state}


def initiation(
    lms: "Lms", person: Person, at: Link | Course | None, message_type: str, more: dict[str, Any]
) -> dict[str, str]:
    """The parameters of a login initiation; the message hint remembers what is to be launched."""
    link = at if isinstance(at, Link) else None
    course = at.course if isinstance(at, Link) else at
    launchid = f"ltilaunch_{secrets.token_hex(6)}"
    hint = json.dumps({"launchid": launchid}, separators=(",", ":"))
    lms.hints[hint] = {
        "person": person, "course": course, "link": link, "message_type": message_type, **more
    }  # fmt: skip
    asked = {
        "iss": lms.issuer,
        "target_link_uri": messages.target(lms, link, message_type, more.get("line_item")),
        "login_hint": person.sub,
        "lti_message_hint": hint,
        "client_id": lms.client_id,
        "lti_deployment_id": lms.deployment_id,
    }
    if lms.personality.storage_frame:
        asked["lti_storage_target"] = lms.personality.storage_frame
    return asked


def authorize(lms: "Lms", location: str) -> dict[str, str]:
    """The form that answers an authentication request made by address; AssertionError if it is wrong."""
    assert location.startswith(f"{lms.url}/auth?"), location
    parts = urlsplit(location)
    assert not parts.fragment, location
    asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in asked.values()), asked
    single = {name: values[0] for name, values in asked.items()}
    try:
        return answer(lms, single, single.get("login_hint", ""))
    except (RefusedError, DeniedError) as error:
        raise AssertionError(f"{error}: {location}") from error


def answer(lms: "Lms", asked: dict[str, str], signed_in: str) -> dict[str, str]:
    """The form with the token, for who is `signed_in`; RefusedError or DeniedError if it is wrong."""
    demand(asked.get("client_id") == lms.client_id, "unauthorized_client")
    demand(asked.get("redirect_uri") == f"{lms.tool}/lti/launch", "Unregistered redirect_uri")
    state = asked.get("state", "")

    def must(condition: object, code: str, description: str) -> None:
        if not condition:
            raise DeniedError(code, description, state)

    odd = asked.keys() - ASKED
    must(not odd, "invalid_request", f"Unknown parameters: {odd}")
    must(len(state) >= 16, "invalid_request", "No state")
    must(asked.get("response_type") == "id_token", "unsupported_response_type", "response_type")
    must(asked.get("scope") == "openid", "invalid_scope", "scope")
    must(asked.get("response_mode") == "form_post", "invalid_request", "response_mode")
    must(asked.get("prompt") == "none", "invalid_request", "prompt")
    nonce = asked.get("nonce", "")
    must(len(nonce) >= 16 and nonce != state, "invalid_request", "No nonce")
    must(nonce not in lms.seen, "invalid_request", "The nonce has been used")
    hint = asked.get("lti_message_hint", "")
    must(hint in lms.hints, "invalid_request", "Unknown lti_message_hint")
    launch = lms.hints[hint]
    must(asked.get("login_hint") == launch["person"].sub, "invalid_request", "login_hint")
    must(launch["person"].sub == signed_in, "login_required", "Nobody is signed in, or someone else")
    lms.seen.add(nonce)
    if lms.personality.hint_once:
        del lms.hints[hint]
    form = {"id_token": lms.token(lms.claims(**launch, nonce=nonce)), "state": state}
    if lms.personality.storage_again:
        form["lti_storage_target"] = lms.personality.storage_frame
    return form
