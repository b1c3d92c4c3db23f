"""What Entraide says of itself to a platform that registers it: only what that platform has. Pure.

Dynamic Registration 1.0, section 3.5: OpenID Connect client metadata and the tool's configuration.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ..kernel.i18n import N_
from . import claims, names
from .platformconfiguration import LAUNCH, PlatformConfiguration

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
DEEP_LINKING = "LtiDeepLinkingRequest"
NAME = "Entraide"
DESCRIPTION = {
    "en": "Share with colleagues, and review each other's work",
    "fr": "Partager entre collègues, et relire le travail des autres",
}

GRADES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
# Moodle wants lineitem.readonly asked for beside lineitem.
SCOPES = (
    *(GRADES + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")),
    ROSTER,
    GROUPS,
    NOTICES,
)
CLAIMS = ("iss", "sub", "name", "given_name", "family_name")
VARIABLES = {
    names.CONTEXT_HISTORY: "Context.id.history",
    names.LINK_HISTORY: "ResourceLink.id.history",
    names.GROUP_IDS: "Moodle.Person.userGroupIds",
    names.GROUP_NAMES: "com.instructure.User.sectionNames",
}
PLACEMENTS = {
    LAUNCH: ("course_navigation",),
    DEEP_LINKING: ("assignment_selection", "link_selection", "ContentArea"),
}

CANVAS = "https://canvas.instructure.com/lti/"
PRIVACY_LEVEL = "public"  # names reach instructors' pages; at the lowest level there are none
NAVIGATION = {CANVAS + "course_navigation/default_enabled": False, CANVAS + "visibility": "members"}


def tool_metadata(configuration: PlatformConfiguration, base_url: str) -> dict[str, Any]:
    """The registration request for a platform: its messages, placements, scopes and variables, and no others.

    Canvas refuses as a whole a request that names one it does not have.
    """
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{base_url}/lti/login",
        "redirect_uris": [f"{base_url}/lti/launch"],
        "client_name": NAME,
        "client_name#fr": NAME,
        "client_uri": base_url,
        "jwks_uri": f"{base_url}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scope for scope in SCOPES if scope in configuration.scopes),
        TOOL: {
            "domain": urlsplit(base_url).netloc,
            "target_link_uri": f"{base_url}/lti/launch",
            "description": DESCRIPTION["en"],
            "description#fr": DESCRIPTION["fr"],
            "custom_parameters": _custom(configuration.variables),
            "claims": list(CLAIMS),
            "messages": [
                _message(kind, configuration.messages[kind], base_url)
                for kind in claims.PURPOSES
                if kind in configuration.messages
            ],
            CANVAS + "privacy_level": PRIVACY_LEVEL,
            CANVAS + "tool_id": NAME.lower(),
        },
    }


def asks(metadata: Mapping[str, Any]) -> list[str]:
    """What a registration request asks for, in sentences of our catalogue, for the person who confirms it."""
    scopes, kinds = metadata["scope"], {message["type"] for message in metadata[TOOL]["messages"]}
    wanted = {
        N_("The names of the people who open an activity"): True,
        N_("To put activities into a course from its own menu"): DEEP_LINKING in kinds,
        N_("To write scores into the gradebook"): f"{GRADES}score" in scopes,
        N_("The list of a course's people"): ROSTER in scopes,
        N_("The groups of a course"): GROUPS in scopes,
        N_("To be told when a course is copied"): NOTICES in scopes,
    }
    return [sentence for sentence, so in wanted.items() if so]


def _custom(variables: Sequence[str]) -> dict[str, str]:
    """Our variables among those offered; a platform that lists none may still know the standard's."""
    known = variables or (VARIABLES[names.CONTEXT_HISTORY], VARIABLES[names.LINK_HISTORY])
    return {name: f"${variable}" for name, variable in VARIABLES.items() if variable in known}


def _message(kind: str, offered: Sequence[str], base_url: str) -> dict[str, Any]:
    """A message with our placements among those offered; Canvas writes some of them as addresses."""
    wanted = PLACEMENTS.get(kind, ())
    placements = [name for name in offered if name.removeprefix(CANVAS) in wanted]
    message: dict[str, Any] = {"type": kind, "target_link_uri": f"{base_url}/lti/launch", "label": NAME}
    if placements:
        message["placements"] = placements
    return message | (NAVIGATION if kind == LAUNCH and placements else {})
