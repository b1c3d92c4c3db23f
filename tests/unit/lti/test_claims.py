"""Whatever a token's claims are: a launch that holds, or a refusal with a code; never another error."""

import copy
import json
import math
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lti_tool.lti.claims import LaunchClaims, read_claims
from lti_tool.lti.names import CLAIM
from lti_tool.lti.offers import AGS
from lti_tool.lti.refusals import SENTENCES, LaunchRefusedError
from lti_tool.lti.shapes import parse_strictly

NOW = 1_800_000_000
GOOD: dict[str, Any] = {
    "iss": "https://lms.example",
    "aud": ["client", "other"],
    "azp": "client",
    "sub": "7",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 60,
    "nonce": "n",
    "given_name": "Ada",
    "family_name": "Ames",
    CLAIM + "version": "1.3.0",
    CLAIM + "message_type": "LtiResourceLinkRequest",
    CLAIM + "deployment_id": "1",
    CLAIM + "target_link_uri": "https://tool.example/lti/launch",
    CLAIM + "resource_link": {"id": "1", "title": "T"},
    CLAIM + "context": {"id": "2", "label": "C", "title": "Course"},
    CLAIM + "roles": ["Learner"],
    CLAIM + "launch_presentation": {"locale": "fr-CA", "return_url": "https://lms.example/back?x=1"},
    CLAIM + "tool_platform": {"product_family_code": "moodle", "url": "https://lms.example/", "guid": "g"},
    CLAIM + "lis": {"person_sourcedid": "S-7"},
    CLAIM + "custom": {"a": "1", "b": "$Context.id.history", "c": 3, "d": None},
    AGS: {"scope": ["https://x.example/score"], "lineitem": "https://lms.example/1", "lineitems": "https://lms.example/"},
}  # fmt: skip
CODES = {"token-claims", "token-expired", "message-unsupported", "target-foreign", "no-course"}


def read(claims: dict[str, Any]) -> LaunchClaims:
    return read_claims(
        claims,
        issuer="https://lms.example",
        client_id="client",
        base_url="https://tool.example",
        now=datetime.fromtimestamp(NOW, UTC),
    )


def read_or_refuse(claims: dict[str, Any]) -> LaunchClaims | None:
    try:
        return read(claims)
    except LaunchRefusedError as error:
        refusal = error
    assert refusal.code in CODES
    assert refusal.status == 400
    assert refusal.sentence == SENTENCES[refusal.code]
    return None


def test_a_good_launch_is_read() -> None:
    launch = read(GOOD)
    assert (launch.sub, launch.name, launch.context_title) == ("7", "Ada Ames", "Course")
    assert (launch.locale, launch.return_url) == ("fr-CA", "https://lms.example/back?x=1")
    assert launch.custom == {"a": "1", "c": "3"}
    assert (launch.platform_url, launch.platform_guid, launch.sourcedid) == (
        "https://lms.example/",
        "g",
        "S-7",
    )
    assert launch.offer.lineitem_url == "https://lms.example/1"
    assert launch.offer.ags_scopes == ("https://x.example/score",)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from([10**400, -(10**400), "", "\x00", "$x", "https://[", "https://a/\x00", "1.3.0", NOW]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_no_change_of_a_good_launch_breaks_the_reader(data: st.DataObject) -> None:
    claims = copy.deepcopy(GOOD)
    for name in data.draw(st.lists(st.sampled_from(sorted(claims)), min_size=1, max_size=3, unique=True)):
        inner = claims[name]
        if isinstance(inner, dict) and data.draw(st.booleans()):
            inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(anything)
        elif data.draw(st.booleans()):
            claims[name] = data.draw(anything)
        else:
            del claims[name]
    launch = read_or_refuse(claims)
    if launch:
        assert launch.sub.strip()
        assert launch.context_id.strip()
        assert "\x00" not in json.dumps([launch.name, launch.context_title, launch.return_url, launch.locale])
        assert launch.nonce == claims["nonce"]


@given(st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(), anything))
@settings(max_examples=200, deadline=None)
def test_made_up_claims_are_refused(claims: dict[str, Any]) -> None:
    assert read_or_refuse(claims) is None


@given(st.integers() | st.floats(allow_nan=True), st.integers() | st.floats(allow_nan=True))
@example(NOW, NOW + 60)
@settings(deadline=None)
def test_times_are_judged_with_a_minute_of_leeway(iat: float, exp: float) -> None:
    launch = read_or_refuse(GOOD | {"iat": iat, "exp": exp})
    sane = math.isfinite(exp) if isinstance(exp, float) else True
    holds = sane and NOW - 60 < exp < 1e12 and NOW - 3600 < iat <= NOW + 60
    assert (launch is not None) == holds


@pytest.mark.parametrize(
    ("claim", "seconds", "let_in"),
    [
        ("exp", -59, True), ("exp", -60, False), ("iat", 60, True), ("iat", 61, False), ("nbf", 60, True),
        ("nbf", 61, False), ("iat", -3599, True), ("iat", -3600, False), ("exp", 10**9, True),
    ],
)  # fmt: skip
def test_the_leeway(claim: str, seconds: int, let_in: bool) -> None:
    assert (read_or_refuse(GOOD | {claim: NOW + seconds}) is not None) == let_in


@given(st.binary() | st.text().map(str.encode) | anything.map(lambda value: json.dumps(value).encode()))
@example(b'{"a":1,"a":2}')
@example(b'{"a":NaN}')
@example(b'{"a":"\\ud800"}')
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b'{"a":' + b"9" * 10_000 + b"}")
@settings(deadline=None)
def test_any_bytes_are_an_object_or_refused(segment: bytes) -> None:
    parsed = parse_or_refuse(segment)
    assert parsed is None or parsed == json.loads(segment)


def test_the_largest_token_is_judged_soon() -> None:
    """A token of 64 kB of the worst kind costs no more than an ordinary page."""
    started = time.process_time()
    for worst in (b"[" * 48_000, b'{"a":[' + b"{}," * 15_000 + b"{}]}", b'{"' + b"\\u0061" * 8_000 + b'":1}'):
        parse_or_refuse(worst)
    assert time.process_time() - started < 5


def parse_or_refuse(segment: bytes) -> dict[str, Any] | None:
    try:
        return parse_strictly(segment)
    except LaunchRefusedError as error:
        refusal = error
    assert refusal.code == "token-malformed"
    return None
