"""What we believe of a platform before it registers us, and what we say of ourselves: only what it has."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lti_tool.lti.canvas import developer_key
from lti_tool.lti.platformconfiguration import PLATFORM, read_configuration
from lti_tool.lti.refusals import RegistrationRefusedError
from lti_tool.lti.toolconfiguration import SCOPES, TOOL, asks, tool_metadata

RECORDED = Path(__file__).parents[2] / "platforms/moodle"
MOODLE = json.loads((RECORDED / "dynamic_registration.json").read_text())
DEMANDS = json.loads((RECORDED / "dynamic_registration_required_fields.json").read_text())
BASE = "https://tool.example:8443"
SOURCE = "https://lms.example/.well-known/openid-configuration"
CANVAS = {
    "issuer": "https://canvas.instructure.com",
    "authorization_endpoint": "https://sso.canvaslms.com/api/lti/authorize_redirect",
    "registration_endpoint": "https://school.instructure.com/api/lti/registrations",
    "jwks_uri": "https://sso.canvaslms.com/api/lti/security/jwks",
    "token_endpoint": "https://sso.canvaslms.com/login/oauth2/token",
    "scopes_supported": [*SCOPES, "https://canvas.instructure.com/lti/public_jwk/scope/update"],
    "authorization_server": "sso.canvaslms.com",
    PLATFORM: {
        "product_family_code": "canvas",
        "version": "vCloud",
        "messages_supported": [
            {
                "type": "LtiResourceLinkRequest",
                "placements": ["account_navigation", "course_navigation", "link_selection"],
            },
            {
                "type": "LtiDeepLinkingRequest",
                "placements": ["assignment_selection", "editor_button", "https://canvas.instructure.com/lti/link_selection"],
            },
            {"type": "LtiEulaRequest", "placements": ["ActivityAssetProcessor"]},
        ],
        "variables": ["Context.id.history", "com.instructure.User.sectionNames", "Canvas.course.id"],
        "https://canvas.instructure.com/lti/account_name": "Test <University>",
    },
}  # fmt: skip


def platform(**changes: Any) -> dict[str, Any]:
    """A small platform at lms.example; `changes` of None are left out."""
    document = {
        "issuer": "https://lms.example",
        "authorization_endpoint": "https://lms.example/auth",
        "registration_endpoint": "https://lms.example/register",
        "jwks_uri": "https://lms.example/jwks",
        "token_endpoint": "https://lms.example/token",
        "scopes_supported": ["openid"],
        PLATFORM: {"messages_supported": [{"type": "LtiResourceLinkRequest"}]},
    } | changes
    return {name: value for name, value in document.items() if value is not None}


def refused(document: Any, source: str = SOURCE, *, private: bool = False) -> tuple[str, object]:
    with pytest.raises(RegistrationRefusedError) as caught:
        read_configuration(document, source, private=private)
    return caught.value.code, caught.value.values.get("member")


def test_a_recorded_moodle() -> None:
    document = MOODLE["openid_configuration_response"]["body"]
    source = MOODLE["launched_with"]["openid_configuration"]
    assert refused(document, source) == ("configuration-faulty", "issuer")  # http
    moodle = read_configuration(document, source, private=True)
    assert (moodle.product, moodle.audience, moodle.host) == ("moodle", None, "127.0.0.1:8081")
    metadata = tool_metadata(moodle, BASE)
    tool = metadata[TOOL]
    assert tool["custom_parameters"] == {
        "context_history": "$Context.id.history",
        "group_ids": "$Moodle.Person.userGroupIds",
    }
    assert set(metadata["scope"].split()) < set(document["scopes_supported"])
    assert len(metadata["scope"].split()) == 5
    assert [(each["type"], each.get("placements")) for each in tool["messages"]] == [
        ("LtiResourceLinkRequest", None),
        ("LtiDeepLinkingRequest", ["ContentArea"]),
    ]
    # What Moodle 5.1 answered 400 to when it was missing, or otherwise.
    required = [
        case.removeprefix("drop ") for case, status, *_ in DEMANDS if "drop" in case and status == 400
    ]
    assert len(required) == 8
    for name in required:
        assert metadata.get(name) or tool.get(name) or metadata.get(f"https://purl.imsglobal.org/spec/{name}")
    assert tool["domain"] == urlsplit(tool["target_link_uri"]).netloc == "tool.example:8443"
    assert metadata["token_endpoint_auth_method"] == "private_key_jwt"
    assert all("=" not in value for value in tool["custom_parameters"].values())  # Moodle cuts them there
    assert "email" not in tool["claims"]


def test_canvas_in_its_cloud() -> None:
    canvas = read_configuration(
        CANVAS, "https://sso.canvaslms.com/api/lti/security/openid-configuration", private=False
    )
    assert canvas.audience is None  # it names a bare host there, and wants its token endpoint
    assert (canvas.host, canvas.account) == ("school.instructure.com", "Test <University>")
    metadata = tool_metadata(canvas, BASE)
    link, linking = metadata[TOOL]["messages"]
    assert link["placements"] == ["course_navigation"]
    assert link["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False
    assert link["https://canvas.instructure.com/lti/visibility"] == "members"
    assert linking["placements"] == [
        "assignment_selection",
        "https://canvas.instructure.com/lti/link_selection",
    ]
    assert "https://canvas.instructure.com/lti/visibility" not in linking
    assert metadata[TOOL]["https://canvas.instructure.com/lti/privacy_level"] == "public"
    assert metadata[TOOL]["custom_parameters"]["section_names"] == "$com.instructure.User.sectionNames"
    assert metadata["scope"] == " ".join(SCOPES)
    assert len(asks(metadata)) == 6


def test_a_school_of_brightspace_under_its_own_name() -> None:
    brightspace = platform(
        token_endpoint="https://auth.brightspace.com/core/connect/token",
        authorization_server="https://api.brightspace.com/auth/token",
    )
    assert (
        read_configuration(brightspace, SOURCE, private=False).audience == brightspace["authorization_server"]
    )


def test_who_lists_no_variables_is_asked_for_the_standard_ones() -> None:
    metadata = tool_metadata(read_configuration(platform(), SOURCE, private=False), BASE)
    assert set(metadata[TOOL]["custom_parameters"]) == {"context_history", "resource_link_history"}
    assert metadata["scope"] == ""
    assert len(asks(metadata)) == 1


ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
FAULTY = {
    "a list": ([], "JSON"),
    "null": (None, "JSON"),
    "no LTI": (platform(**{PLATFORM: None}), "lti-platform-configuration"),
    "LTI in a list": (platform(**{PLATFORM: []}), "lti-platform-configuration"),
    "no messages": (platform(**{PLATFORM: {}}), "messages_supported"),
    "odd messages": (platform(**{PLATFORM: {"messages_supported": [7, {"type": []}]}}), "messages_supported"),
    "no launches": (
        platform(**{PLATFORM: {"messages_supported": [{"type": "LtiDeepLinkingRequest"}]}}),
        "messages_supported",
    ),
    **{
        f"{name} {value!r}": (platform(**{name: value}), name)
        for name in ("issuer", *ENDPOINTS)
        for value in (
            None, 7, "", ["https://lms.example"], "lms.example", "javascript:alert(1)", "http://lms.example/x",
            "https://lms.example@evil.example/", "https://u:p@lms.example/", "https://[", "https://lms.example/#x",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_configuration(case: str) -> None:
    document, member = FAULTY[case]
    assert refused(document) == ("configuration-faulty", member)


FOREIGN = {
    "another issuer": platform(issuer="https://other.example"),
    "an issuer below": platform(issuer="https://a.lms.example"),
    "an issuer's other port": platform(issuer="https://lms.example:8443"),
    "Canvas's issuer": platform(issuer="https://canvas.instructure.com"),
    **{
        f"{name} at {host}": platform(**{name: f"https://{host}/x"})
        for name in ENDPOINTS
        for host in (
            "evil.example", "lms.example.evil.example", "a.lms.example", "instructure.com.evil.example",
            "evilinstructure.com", "lms.example:444",
        )
    },
    # Else it could have us sign assertions that another platform takes for ours.
    "another's audience": platform(authorization_server="https://api.brightspace.com/auth/token"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN)
def test_a_configuration_that_speaks_of_others(case: str) -> None:
    document = FOREIGN[case]
    assert refused(document)[0] == "configuration-foreign"


def test_a_developer_key_for_canvas() -> None:
    key = developer_key(BASE)
    assert (key["oidc_initiation_url"], key["target_link_uri"], key["public_jwk_url"]) == (
        f"{BASE}/lti/login",
        f"{BASE}/lti/launch",
        f"{BASE}/lti/jwks",
    )
    [extension] = key["extensions"]
    assert (extension["privacy_level"], extension["domain"]) == ("public", "tool.example:8443")
    kinds = {each["placement"]: each["message_type"] for each in extension["settings"]["placements"]}
    assert kinds == {
        "assignment_selection": "LtiDeepLinkingRequest",
        "link_selection": "LtiDeepLinkingRequest",
        "course_navigation": "LtiResourceLinkRequest",
    }
    assert extension["settings"]["placements"][2]["default"] == "disabled"
    assert all(set(each["labels"]) == {"en", "fr"} for each in extension["settings"]["placements"])
    assert set(key["scopes"]) < set(SCOPES)
    assert key["custom_fields"]["section_names"] == "$com.instructure.User.sectionNames"
