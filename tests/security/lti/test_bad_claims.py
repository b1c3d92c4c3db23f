"""Tokens that are well signed but do not hold.

LTI 1.3 core, section 5.3; Security Framework 1.0, section 5.1.3.
"""

import time
from typing import Any

import pytest
from door import TOOL, Door, assert_let_in
from platforms.strict import DEEP_LINKING, LTI

pytestmark = pytest.mark.every_database

DROP = object()
BAD: dict[str, tuple[str, dict[str, Any]]] = {}
SHAPES = {"null": None, "a number": 7, "a list": ["x"], "an object": {"x": "y"}, "true": True, "empty": ""}
REQUIRED = {
    "iss": "token-claims",
    "aud": "token-claims",
    "sub": "token-claims",
    "nonce": "token-claims",
    LTI + "version": "token-claims",
    LTI + "message_type": "token-claims",
    LTI + "deployment_id": "token-claims",
    LTI + "target_link_uri": "token-claims",
}


def bad(name: str, code: str, /, **claims: Any) -> None:
    """Have a launch with these claims tried; names with an underscore in front are LTI's."""
    changed = {LTI + name[1:] if name.startswith("_") else name: value for name, value in claims.items()}
    BAD[name] = code, changed


def now(seconds: float = 0) -> int:
    """So many seconds from when the case is tried; a case is made anew for each try."""
    return int(time.time() + seconds)


for claim, code in REQUIRED.items():
    short = claim.removeprefix(LTI)
    BAD[f"{short} missing"] = code, {claim: DROP}
    for shape, value in SHAPES.items():
        BAD[f"{short} {shape}"] = code, {claim: value}

# Who, and for whom
bad("iss of another platform", "token-claims", iss="https://other.example")
bad("iss with a slash behind", "token-claims", iss=lambda a: a.platform.issuer + "/")
bad("iss in other letters", "token-claims", iss=lambda a: a.platform.issuer.upper())
bad("iss a list of the issuer", "token-claims", iss=lambda a: [a.platform.issuer])
bad("aud of another client", "token-claims", aud="other")
bad("aud an empty list", "token-claims", aud=[])
bad("aud a list of others", "token-claims", aud=["other", "another"])
bad("aud a list with a number", "token-claims", aud=lambda a: [a.platform.client_id, 7])
bad("aud a list in a list", "token-claims", aud=lambda a: [[a.platform.client_id]])
bad("aud the client and more", "token-claims", aud=lambda a: f"{a.platform.client_id} other")
bad("several aud without azp", "token-claims", aud=lambda a: [a.platform.client_id, "other"])
bad("several aud, azp another", "token-claims", aud=lambda a: [a.platform.client_id, "other"], azp="other")
bad("azp another", "token-claims", azp="other")
bad("azp a list", "token-claims", azp=lambda a: [a.platform.client_id])
bad("azp empty", "token-claims", azp="")
bad("azp a number", "token-claims", azp=7)
bad("sub blank", "token-claims", sub="   ")
bad("sub too long", "token-claims", sub="s" * 256)
bad("sub with a NUL", "token-claims", sub="user\x007")

# When
for claim in ("exp", "iat"):
    bad(f"{claim} missing", "token-claims", **{claim: DROP})
    for shape, value in {
        **SHAPES,
        "a numeral": "1900000000",
        "huge": 10**400,
        "infinite": 1e308 * 10,
    }.items():
        if value == float("inf"):
            continue  # strict.py writes it as Infinity, which test_bad_tokens.py tries
        bad(f"{claim} {shape}", "token-claims", **{claim: value} if shape != "a number" else {claim: True})
bad("exp past, beyond the leeway", "token-expired", exp=lambda a: now(-61))
bad("exp long past", "token-expired", iat=lambda a: now(-90_000), exp=lambda a: now(-86_400))
bad("exp zero", "token-expired", exp=0)
bad("exp negative", "token-expired", exp=-1)
bad("exp past, as a float", "token-expired", exp=lambda a: now(-62) + 0.5)
bad("exp in milliseconds", "token-claims", exp=lambda a: now(60) * 1000)
bad("iat ahead, beyond the leeway", "token-expired", iat=lambda a: now(63), exp=lambda a: now(123))
bad("iat tomorrow", "token-expired", iat=lambda a: now(86_400), exp=lambda a: now(90_000))
bad("iat yesterday, exp tomorrow", "token-expired", iat=lambda a: now(-86_400), exp=lambda a: now(86_400))
bad("iat zero", "token-expired", iat=0)
bad("iat in milliseconds", "token-claims", iat=lambda a: now() * 1000)
bad("nbf ahead, beyond the leeway", "token-expired", nbf=lambda a: now(63))
bad("nbf a text", "token-claims", nbf="soon")
bad("nbf a list", "token-claims", nbf=[0])

# Nonce
bad("nonce never issued", "token-nonce", nonce="0" * 48)
bad("nonce of the state", "token-nonce", nonce=lambda a: a.state)
bad("nonce in capitals", "token-nonce", nonce=lambda a: a.nonce.upper())
bad("nonce with a space behind", "token-nonce", nonce=lambda a: a.nonce + " ")
bad("nonce cut", "token-nonce", nonce=lambda a: a.nonce[:-1])
bad("nonce a list of it", "token-claims", nonce=lambda a: [a.nonce])
bad("nonce too long", "token-claims", nonce=lambda a: a.nonce * 9)

# What
for version in ("1.3", "1.3.1", "1.1.0", "LTI-1p0", "2.0.0", " 1.3.0"):
    bad(f"version {version!r}", "token-claims", _version=version)
for kind in (
    "LtiStartProctoring", "LtiAssetProcessorSettingsRequest", "LtiDeepLinkingResponse",
    "ltiResourceLinkRequest", "LtiResourceLinkRequest ", "basic-lti-launch-request",
    "<script>alert(1)</script>", "%(message)s%s",
):  # fmt: skip
    bad(f"message type {kind!r}", "message-unsupported", _message_type=kind)
bad("deployment unknown", "deployment-unknown", _deployment_id="2")
bad("deployment with a NUL", "token-claims", _deployment_id="1\x00")
bad("deployment with a space behind", "deployment-unknown", _deployment_id="1 ")
bad("deployment too long", "token-claims", _deployment_id="1" * 256)
for shape, value in SHAPES.items():
    bad(f"resource_link {shape}", "token-claims", _resource_link=value)
    bad(f"resource_link.id {shape}", "token-claims", _resource_link={"id": value, "title": "T"})
    bad(f"context.id {shape}", "token-claims", _context={"id": value, "title": "T"})
    if shape != "an object":
        bad(f"context {shape}", "no-course", _context=value)
bad("resource_link missing", "token-claims", _resource_link=DROP)
bad("resource_link without id", "token-claims", _resource_link={"title": "T"})
bad("resource_link.id too long", "token-claims", _resource_link={"id": "i" * 256})
bad("resource_link.id with a NUL", "token-claims", _resource_link={"id": "i\x00"})
bad("context missing", "no-course", _context=DROP)
bad("context without members", "no-course", _context={})
bad("context without id", "token-claims", _context={"title": "T"})
bad("context.id with a NUL", "token-claims", _context={"id": "\x00"})
bad("roles missing", "token-claims", _roles=DROP)

# Deep linking
RETURN = {"deep_link_return_url": "https://lms.example/back", "accept_types": ["ltiResourceLink"]}


def bad_dialog(name: str, code: str = "token-claims", /, settings: Any = DROP, **claims: Any) -> None:
    """A deep linking request with these settings."""
    dialog = {"_message_type": "LtiDeepLinkingRequest", "_resource_link": DROP, DEEP_LINKING: settings}
    bad(f"deep linking, {name}", code, **dialog | claims)


bad_dialog("no settings")
for shape, value in SHAPES.items():
    bad_dialog(f"settings {shape}", settings=value)
    bad_dialog(f"return address {shape}", settings=RETURN | {"deep_link_return_url": value})
    if shape not in {"null", "empty"}:
        bad_dialog(f"data {shape}", settings=RETURN | {"data": value})
    bad_dialog(f"types {shape}", "message-unsupported", settings=RETURN | {"accept_types": value})
for address in ("javascript:alert(1)", "//evil.example", "/back", "https://[::1", "ftp://lms.example/"):
    bad_dialog(f"return address {address!r}", settings=RETURN | {"deep_link_return_url": address})
bad_dialog("data with a NUL", settings=RETURN | {"data": "\x00"})
bad_dialog("data of 17 kB", settings=RETURN | {"data": "d" * 17_000})
bad_dialog("links not taken", "message-unsupported", settings=RETURN | {"accept_types": ["link", "html"]})
bad_dialog("no course", "no-course", settings=RETURN, _context=DROP)
bad_dialog("no roles", settings=RETURN, _roles=DROP)
bad_dialog("foreign target", "target-foreign", settings=RETURN, _target_link_uri="https://evil.example/")

# Submission review
for shape, value in {**SHAPES, "missing": DROP}.items():
    bad(f"for_user {shape}", "token-claims", _message_type="LtiSubmissionReviewRequest", _for_user=value)
for shape, value in SHAPES.items():
    who = {"user_id": value}
    bad(
        f"for_user.user_id {shape}", "token-claims", _message_type="LtiSubmissionReviewRequest", _for_user=who
    )
review = {"_message_type": "LtiSubmissionReviewRequest", "_for_user": {"user_id": "7"}}
bad("submission review without a link", "token-claims", **review, _resource_link=DROP)
bad("submission review without a course", "no-course", **review, _context=DROP)

# Privacy
bad("privacy without sub", "token-claims", _message_type="DataPrivacyLaunchRequest", sub=DROP)
bad("privacy, roles a text", "token-claims", _message_type="DataPrivacyLaunchRequest", _roles="Learner")
bad("privacy, foreign target", "target-foreign", _message_type="DataPrivacyLaunchRequest",
    _target_link_uri="https://evil.example/")  # fmt: skip
for name, roles in {
    "null": None, "a text": "Instructor", "an object": {"0": "Instructor"}, "with null": ["Learner", None],
    "with a list": [["Instructor"]], "with a number": [1], "true": True,
}.items():  # fmt: skip
    bad(f"roles {name}", "token-claims", _roles=roles)
for target in (
    "https://evil.example/lti/launch", "javascript:alert(1)", "//evil.example", "/lti/launch",
    "https://tool.example@evil.example/", "https://user@tool.example/lti/launch",
    "https://tool.example.evil.example/", "http://tool.example/lti/launch", "https://tool.example:444/lti/launch",
    "https://tool.example\\@evil.example/", "https://[::1", "https://tool.example:x/", "https:///lti/launch",
    "data:text/html,x", "https://tool.example\x00.evil.example/", "ftp://tool.example/", " https://tool.example/",
):  # fmt: skip
    bad(
        f"target {target!r}",
        "token-claims" if "\x00" in target else "target-foreign",
        _target_link_uri=target,
    )


@pytest.mark.parametrize("name", BAD)
def test_a_launch_that_does_not_hold_is_refused(sqlite_door: Door, name: str) -> None:
    code, changes = BAD[name]
    attempt = sqlite_door.attempt()
    made = {claim: value(attempt) if callable(value) else value for claim, value in changes.items()}
    claims = {claim: value for claim, value in attempt.claims(**made).items() if value is not DROP}
    token = attempt.platform.token(claims)
    answer = sqlite_door.refuses(
        lambda: attempt.post(token), code, 403 if code == "deployment-unknown" else 400
    )
    assert "<script>alert" not in answer.text


def test_claims_cannot_write_headers(door: Door) -> None:
    """What a platform sends ends in our Content-Security-Policy only as plain origins."""
    hostile = (
        "https://evil.example; script-src *", "https://*", "https://a b/", "https://x\r\nSet-Cookie: a=b/",
        "https://'self'", "https://u:p@host.example/", "https://лмс.example/", "https://h:abc/", "https://[::1",
        "javascript:alert(1)", "https://lms.example/\x00", "x" * 5000,
    )  # fmt: skip
    for address in hostile:
        client = door.browser()
        answer = door.launch(client=client, **{LTI + "launch_presentation": {"return_url": address}})
        page = client.get(assert_let_in(answer), base_url=TOOL)
        policy = page.headers["Content-Security-Policy"]
        framers = policy.partition("frame-ancestors ")[2].split()
        assert policy.count(";") == 8, policy
        assert not any("a=b" in cookie for cookie in page.headers.getlist("Set-Cookie"))
        assert not {"*", "https://*", "script-src"} & set(framers), policy
        assert all(framer == "'self'" or (framer.isascii() and "@" not in framer) for framer in framers)
