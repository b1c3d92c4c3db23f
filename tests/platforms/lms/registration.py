"""Dynamic Registration 1.0: the configuration, and the endpoint that takes the tool's client metadata.

The words of the refusals are Moodle's.
"""

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platforms.lms.exchange import RefusedError, demand
from platforms.lms.personalities import COPIED, HELLO, NOTICES
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
REQUIRED = (
    "application_type", "response_types", "grant_types", "initiate_login_uri", "redirect_uris",
    "client_name", "jwks_uri", "token_endpoint_auth_method", TOOL,
)  # fmt: skip
MESSAGE = {
    "type", "target_link_uri", "label", "icon_uri", "custom_parameters", "placements", "roles"
}  # fmt: skip
PRIVACY = ("public", "name_only", "email_only", "anonymous")


def invitation(lms: "Lms") -> dict[str, str]:
    """The parameters with which the tool's registration address is opened."""
    query = {"openid_configuration": f"{lms.url}/.well-known/openid-configuration"}
    if lms.personality.registration_token:
        query["registration_token"] = secrets.token_urlsafe(24)
        lms.registration_tokens[query["registration_token"]] = False
    return query


def _bearer(lms: "Lms", request: Request) -> str:
    """The registration token, empty where the LMS has none; refused if it is missing, unknown or used."""
    if not lms.personality.registration_token:
        demand("Authorization" not in request.headers, "There is no registration token here", 401)
        return ""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    demand(token, "missing_registration_token", 401)
    if token not in lms.registration_tokens:
        raise RefusedError(404, "Unknown registration token", "<!DOCTYPE html><h1>Error</h1>", "text/html")
    demand(not lms.registration_tokens[token], "token_already_used", 401)
    return token


def configuration(lms: "Lms", request: Request) -> Response:
    """GET the platform's OpenID configuration; Canvas wants the token for it, Moodle takes it."""
    demand(lms.personality.dynamic_registration, "No dynamic registration", 404)
    if lms.personality.registration_token and (
        "Authorization" in request.headers or lms.personality.bookmarks
    ):
        _bearer(lms, request)
    kinds = [
        {"type": kind} | ({"placements": list(places)} if places else {})
        for kind, places in lms.personality.messages
    ]
    platform = {
        "product_family_code": lms.personality.family,
        "version": lms.personality.version,
        "messages_supported": kinds,
        "variables": list(lms.personality.variables),
    }
    if NOTICES in lms.scopes:
        platform["notice_types_supported"] = [HELLO, COPIED]
    known = lms.registration
    body = {
        "issuer": lms.issuer,
        "token_endpoint": known["token_url"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": known["jwks_url"],
        "authorization_endpoint": known["auth_url"],
        "registration_endpoint": f"{lms.url}/register",
        "scopes_supported": [*lms.personality.scopes, "openid"],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM: platform,
    }
    if lms.personality.token_audience:
        body["authorization_server"] = lms.personality.token_audience
    return Response(json.dumps(body), content_type="application/json; charset=utf-8")


def register(lms: "Lms", request: Request) -> Response:
    """POST the tool's metadata: the LMS knows the tool by a new client from here on."""
    demand(lms.personality.dynamic_registration, "No dynamic registration", 404)
    token = _bearer(lms, request)
    demand(request.mimetype == "application/json", "The body must be application/json", 415)
    try:
        metadata = json.loads(request.get_data())
    except ValueError as error:
        raise RefusedError(400, "invalid_client_metadata") from error
    demand(isinstance(metadata, dict), "invalid_client_metadata")
    check(lms, metadata)
    lms.registration_tokens[token] = True
    if not lms.personality.client_id:
        lms.client_id = secrets.token_hex(8)
    told = _told(lms, metadata)
    lms.tools.append(metadata | {"client_id": lms.client_id})
    lms.custom = dict(told[TOOL].get("custom_parameters", {}))
    granted = told["scope"].split()
    lms.scopes = tuple(each for each in lms.personality.scopes if each in granted)
    return Response(json.dumps(told), content_type="application/json; charset=utf-8")


def _told(lms: "Lms", metadata: dict[str, Any]) -> dict[str, Any]:
    """The registration as it was taken: what the LMS does not have is left out."""
    supported = dict(lms.personality.messages)
    tool = {name: value for name, value in metadata[TOOL].items() if name != "messages"}
    tool["messages"] = [each for each in metadata[TOOL].get("messages", []) if each["type"] in supported]
    if lms.personality.cuts_at_equals and "custom_parameters" in tool:
        given = tool["custom_parameters"].items()
        tool["custom_parameters"] = {name: value.partition("=")[0] for name, value in given}
    if lms.personality.says_deployment:
        tool["deployment_id"] = lms.deployment_id
    asked = metadata.get("scope", "").split()
    scope = " ".join(each for each in lms.personality.scopes if each in asked)
    return metadata | {"client_id": lms.client_id, "scope": scope, TOOL: {"version": "1.3.0"} | tool}


def check(lms: "Lms", metadata: dict[str, Any]) -> None:
    """Refuse metadata that is incomplete, not the tool's own, or asks for what the LMS does not have."""
    for name in REQUIRED:
        demand(metadata.get(name), f"missing required attribute {name}")
    demand(metadata["application_type"] == "web", "invalid_application_type")
    demand(metadata["response_types"] == ["id_token"], "invalid_response_types")
    demand({"implicit", "client_credentials"} == set(metadata["grant_types"]), "invalid_grant_types")
    demand(metadata["token_endpoint_auth_method"] == "private_key_jwt", "invalid_token_endpoint_auth_method")
    demand(isinstance(metadata.get("scope", ""), str), "invalid_scope")
    tool = metadata[TOOL]
    domain = tool.get("domain")
    demand(domain, "missing_domain")
    demand(isinstance(metadata["redirect_uris"], list), "invalid_redirect_uris")
    own = [metadata["initiate_login_uri"], metadata["jwks_uri"], *metadata["redirect_uris"]]
    optional = ("logo_uri", "client_uri", "policy_uri", "tos_uri")
    own += [metadata[name] for name in optional if name in metadata]
    for address in own:
        demand(_on(address, lms.tool), f"{address} is not the tool's")
    if lms.personality.domain_must_match:
        target = urlsplit(tool.get("target_link_uri") or metadata["initiate_login_uri"]).netloc
        demand(target == domain, "domain_targetlinkuri_mismatch")
    _check_custom(tool)
    claims = tool.get("claims", [])
    demand(isinstance(claims, list) and all(isinstance(each, str) for each in claims), "invalid_claims")
    level = tool.get("https://canvas.instructure.com/lti/privacy_level", "public")
    demand(level in PRIVACY, "invalid privacy_level", 422)
    demand(isinstance(tool.get("messages", []), list), "invalid_messages")
    for message in tool.get("messages", []):
        _check_message(lms, message)


def _on(address: Any, tool: str) -> bool:
    return isinstance(address, str) and urlsplit(address)[:2] == urlsplit(tool)[:2]


def _check_custom(holder: dict[str, Any]) -> None:
    custom = holder.get("custom_parameters", {})
    demand(isinstance(custom, dict), "invalid_custom_parameters")
    demand(all(isinstance(value, str) for value in custom.values()), "custom_parameters: strings only")


def _check_message(lms: "Lms", message: Any) -> None:
    demand(isinstance(message, dict) and message.get("type"), "missing message type")
    odd = [name for name in message if name not in MESSAGE and not name.startswith("https://")]
    demand(not odd, f"unknown message attributes {odd}")
    for name in ("target_link_uri", "icon_uri"):
        demand(name not in message or _on(message[name], lms.tool), f"{name} is not the tool's")
    _check_custom(message)
    supported = dict(lms.personality.messages)
    if lms.personality.unsupported_message:
        status, kind = lms.personality.unsupported_message, message["type"]
        demand(kind in supported, f"unsupported message type {kind}", status)
        odd = [each for each in message.get("placements", []) if each not in supported[kind]]
        demand(not odd, f"unsupported placements {odd}", status)
