"""Dynamic registration on the platform for tests: the recorded exchange, and what it refuses."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from platforms.lms import CANVAS, D2L, MOODLE, OPENEDX, Lms, Personality, running
from platforms.lms.personalities import DEEP_LINKING, LAUNCH, REVIEW, ROSTER, SCORE
from platforms.lms.registration import TOOL
from platforms.lms.toytool import Reply, ask

BASE = "https://tool.example"
METADATA = {
    "application_type": "web", "response_types": ["id_token"], "client_name": "Entraide",
    "grant_types": ["implicit", "client_credentials"], "initiate_login_uri": f"{BASE}/lti/login",
    "redirect_uris": [f"{BASE}/lti/launch"], "jwks_uri": f"{BASE}/lti/jwks", "client_name#fr": "Entraide",
    "token_endpoint_auth_method": "private_key_jwt", "scope": f"{SCORE} {ROSTER}",
}  # fmt: skip
CONFIGURATION = {
    "domain": "tool.example", "target_link_uri": f"{BASE}/lti/launch", "claims": ["iss", "sub", "name"],
    "custom_parameters": {"ctxhist": "$Context.id.history", "eq": "a=b"},
    "messages": [{"type": LAUNCH}, {"type": DEEP_LINKING}],
}  # fmt: skip


def register(lms: Lms, metadata: dict[str, Any] | None = None, **tool: Any) -> Reply:
    """What comes of registering a tool whose configuration is right but for `tool`."""
    invited = {name: values[0] for name, values in parse_qs(urlsplit(lms.invite(BASE)).query).items()}
    headers = {"Content-Type": "application/json"}
    if "registration_token" in invited:
        headers["Authorization"] = f"Bearer {invited['registration_token']}"
    configuration = ask("GET", invited["openid_configuration"], headers=headers).json
    body = METADATA | {TOOL: CONFIGURATION | tool} | (metadata or {})
    body = {name: value for name, value in body.items() if value is not None}
    return ask("POST", configuration["registration_endpoint"], json.dumps(body).encode(), headers)


@pytest.fixture(params=[MOODLE, CANVAS, D2L], ids=lambda each: each.name)
def lms(request: pytest.FixtureRequest) -> Iterator[Lms]:
    with running(request.param) as lms:
        yield lms


def test_a_registration(lms: Lms) -> None:
    told = register(lms).json
    assert told["client_id"] == lms.client_id
    assert told["scope"].split() == [SCORE, ROSTER]
    assert lms.scopes == (SCORE, ROSTER)
    assert told[TOOL].get("deployment_id") == (None if lms.personality is CANVAS else lms.deployment_id)
    cut = lms.personality is MOODLE
    assert told[TOOL]["custom_parameters"]["eq"] == ("a" if cut else "a=b")
    assert lms.tools[0]["client_name"] == "Entraide"


def test_an_unsupported_message(lms: Lms) -> None:
    messages = [*CONFIGURATION["messages"], {"type": REVIEW}]
    answered = register(lms, messages=messages)
    assert answered.status == (422 if lms.personality is CANVAS else 200)
    if lms.personality is MOODLE:
        kinds = [each["type"] for each in answered.json[TOOL]["messages"]]
        assert kinds == [LAUNCH, DEEP_LINKING]


def test_a_privacy_level(lms: Lms) -> None:
    level = {"https://canvas.instructure.com/lti/privacy_level": "everything"}
    assert register(lms, **level).status == 422


def test_an_unsupported_placement(lms: Lms) -> None:
    answered = register(lms, messages=[{"type": LAUNCH, "placements": ["ContentArea"]}])
    assert answered.status == (422 if lms.personality is CANVAS else 200)


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        *(({name: None}, f"missing required attribute {name}") for name in METADATA if name[:5] != "scope"
          and "#" not in name),
        ({TOOL: None}, "missing required attribute"), ({"application_type": "native"}, "application_type"),
        ({TOOL: {"target_link_uri": BASE}}, "missing_domain"),
        ({TOOL: {"domain": "other.example", "target_link_uri": BASE}}, "domain_targetlinkuri_mismatch"),
        ({"token_endpoint_auth_method": "none"}, "invalid_token_endpoint_auth_method"),
        ({"jwks_uri": "https://other.example/jwks"}, "not the tool's"),
        ({TOOL: CONFIGURATION | {"custom_parameters": {"n": 5}}}, "strings only"),
        ({TOOL: CONFIGURATION | {"messages": [{"label": "x"}]}}, "missing message type"),
        (
            {TOOL: CONFIGURATION | {"messages": [{"type": LAUNCH, "target_link_uri": "https://o.example"}]}},
            "not the tool's",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_metadata_must_be_right(moodle: Lms, metadata: dict[str, Any], why: str) -> None:
    refused = register(moodle, metadata)
    assert (refused.status, why in refused.reason) == (400, True), refused.reason


@pytest.fixture(scope="module")
def moodle() -> Iterator[Lms]:
    with running() as lms:
        yield lms


def test_a_token_works_once(moodle: Lms) -> None:
    url, token = f"{moodle.url}/register", parse_qs(urlsplit(moodle.invite(BASE)).query)["registration_token"]
    body = json.dumps(METADATA | {TOOL: CONFIGURATION}).encode()

    def post(**headers: str) -> Reply:
        return ask("POST", url, body, {"Content-Type": "application/json"} | headers)

    assert (post().status, post().reason) == (401, "missing_registration_token")
    assert post(Authorization="Bearer x").status == 404
    assert post(Authorization=f"Bearer {token[0]}").status == 200
    assert post(Authorization=f"Bearer {token[0]}").reason == "token_already_used"


@pytest.mark.parametrize(("personality", "status"), [(MOODLE, 200), (CANVAS, 401), (OPENEDX, 404)])
def test_who_may_read_the_configuration(personality: Personality, status: int) -> None:
    with running(personality) as lms:
        assert ask("GET", f"{lms.url}/.well-known/openid-configuration").status == status
