"""Launches validated per second of processor time, against PyLTI1p3's own `FlaskMessageLaunch`.

Both get the same launches of a class, as Moodle sends them, signed by one RSA-2048 key, and both have the key
set cached. Neither asks a database. PyLTI1p3 checks less: it believes a token without `exp`, for one.
"""

import json
import statistics
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from flask import Flask
from platforms.strict import LTI, compact, key
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskRequest
from pylti1p3.tool_config import ToolConfDict

from lti_tool.kernel import clock
from lti_tool.lti.claims import read_claims
from lti_tool.lti.keysets import KeySets
from lti_tool.lti.shapes import parse_strictly
from lti_tool.lti.tokens import SignedToken

MOODLE = Path(__file__).parents[1] / "platforms" / "moodle" / "launch_LtiResourceLinkRequest_student.json"
TOOL = "https://tool.example"
ROUNDS, EACH = 7, 200
Work = Callable[[str], None]


def launches() -> list[str]:
    """The tokens of a class that arrives: everybody has an id, a nonce and a way back of their own."""
    sent: dict[str, Any] = json.loads(MOODLE.read_text())["payload"]
    now, pair = int(time.time()), key("platform")
    tokens = []
    for number in range(EACH):
        way_back = sent[LTI + "launch_presentation"] | {"return_url": f"https://lms.example/back?s={number}"}
        claims = sent | {
            "iss": "https://lms.example", "aud": "client", "iat": now, "exp": now + 600,
            "nonce": f"nonce-{number}", "sub": f"user-{number}", LTI + "launch_presentation": way_back,
            LTI + "target_link_uri": f"{TOOL}/lti/launch", LTI + "deployment_id": "1",
        }  # fmt: skip
        tokens.append(compact({"typ": "JWT", "alg": "RS256", "kid": pair.kid}, claims, pair.signer()))
    return tokens


def ours() -> Work:
    keysets = KeySets(lambda _: {"keys": [key("platform").jwk()]})

    def validate(token: str) -> None:
        signed = SignedToken.read(token)
        signed.verify(keysets, "https://lms.example/jwks")
        read_claims(
            parse_strictly(signed.payload), issuer="https://lms.example", client_id="client", base_url=TOOL,
            now=clock.now(),
        )  # fmt: skip

    return validate


class Cache(dict[str, Any]):
    """A cache as Flask-Caching has it, in memory."""

    def set(self, name: str, value: Any, _seconds: int | None = None) -> None:
        self[name] = value


def theirs() -> Work:
    registration = {
        "default": True, "client_id": "client", "auth_login_url": "x", "auth_token_url": "x",
        "key_set_url": None, "key_set": {"keys": [key("platform").jwk()]}, "deployment_ids": ["1"],
    }  # fmt: skip
    config = ToolConfDict({"https://lms.example": registration})
    cache = Cache()
    numbers = count()
    cookies = {"lti1p3-state-1": "state-1", "lti1p3-session-id": "s"}

    def validate(token: str) -> None:
        form = {"id_token": token, "state": "state-1"}
        request = FlaskRequest(cookies=cookies, session={}, request_data=form, request_is_secure=True)
        launch = FlaskMessageLaunch(request, config, launch_data_storage=FlaskCacheDataStorage(cache))
        launch._session_service.save_nonce(f"nonce-{next(numbers) % EACH}")  # as its login would have done
        launch.validate()

    return validate


def bare(tokens: list[str]) -> Work:
    """The signature alone, everything around it done before."""
    public = key("platform").private.public_key()
    parts = {token: SignedToken.read(token) for token in tokens}

    def verify(token: str) -> None:
        public.verify(parts[token].signature, parts[token].signed, padding.PKCS1v15(), hashes.SHA256())

    return verify


def per_second(work: Work, tokens: list[str]) -> float:
    """How many launches are done in a second of processor time."""
    begun = time.process_time()
    for token in tokens:
        work(token)
    return len(tokens) / (time.process_time() - begun)


def test_launches_validated_against_pylti1p3() -> None:
    tokens = launches()
    work = {"Entraide": ours(), "PyLTI1p3": theirs(), "RSA alone": bare(tokens)}
    found: dict[str, list[float]] = {name: [] for name in work}
    with Flask("bench").test_request_context("/lti/launch", base_url=TOOL):
        for _ in range(ROUNDS):
            for name, each in work.items():
                found[name].append(per_second(each, tokens))
    speed = {name: statistics.median(values) for name, values in found.items()}
    ratio = statistics.median(a / b for a, b in zip(found["Entraide"], found["PyLTI1p3"], strict=True))
    print(
        f"\n{len(tokens[0])} bytes; " + ", ".join(f"{name} {value:,.0f}/s" for name, value in speed.items())
    )
    print(f"against PyLTI1p3 {ratio:.2f}x; bare RSA is {speed['RSA alone'] / speed['Entraide']:.2f}x ours")
    assert ratio >= 2
