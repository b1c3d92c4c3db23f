"""Tokens that are no honest JWS: algorithms, headers, encodings, sizes (RFC 7515, RFC 8725)."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from door import Attempt, Door
from platforms.strict import Key, b64, compact, curve_key, key

BAD: dict[str, tuple[str, Callable[[Attempt], str]]] = {}
Make = Callable[[Attempt], str]


def bad(name: str, code: str) -> Callable[[Make], Make]:
    """Have a token tried: it must be refused with this code."""

    def add(make: Make) -> Make:
        BAD[name] = code, make
        return make

    return add


def header(name: str, code: str, **members: Any) -> None:
    """Have a good token with other members in its header tried."""
    bad(name, code)(lambda attempt: attempt.platform.token(attempt.claims(), **members))


def signed(name: str, code: str, make: Callable[[Attempt], Key], **members: Any) -> None:
    """Have a token signed by another key tried."""
    bad(name, code)(lambda attempt: attempt.platform.token(attempt.claims(), key=make(attempt), **members))


def text(name: str, code: str, change: Callable[[str], str]) -> None:
    """Have a good token with its text changed tried."""
    bad(name, code)(lambda attempt: change(attempt.token()))


def payload(name: str, code: str, change: Callable[[bytes], bytes]) -> None:
    """Have a well signed token over other bytes tried."""
    bad(name, code)(lambda attempt: attempt.platform.token(change(json.dumps(attempt.claims()).encode())))


def parts(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    """Change a token's parts."""
    return lambda token: ".".join(change(token.split(".")))


def loose_bits(part: str) -> str:
    """The same bytes in another base64url text: the last sign has bits that mean nothing."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(part) % 4 in {2, 3}
    return part[:-1] + signs[signs.index(part[-1]) + 1]


# Algorithms

for alg in ("none", "None", "NONE", "nOnE", "", "HS1", "RS257", "EdDSA", "ES256K", "dir"):
    header(f"alg {alg or 'empty'}", "token-signature", alg=alg)
for alg in (["RS256"], {"RS256": 1}, 256, True):
    header(f"alg {type(alg).__name__}", "token-signature", alg=alg)
header("alg missing", "token-signature", alg=None)
header("alg RS512 over an RS256 signature", "token-signature", alg="RS512")
header("alg ES256 with an RSA key", "token-signature", alg="ES256")


@bad("alg none without a signature", "token-signature")
def _(attempt: Attempt) -> str:
    return compact({"alg": "none"}, attempt.claims(), lambda _: b"")


for alg in ("HS256", "HS384", "HS512"):

    @bad(f"{alg} with the public key as the secret", "token-signature")
    def _(attempt: Attempt, alg: str = alg) -> str:
        key = attempt.platform.key
        return compact({"alg": alg, "kid": key.kid}, attempt.claims(), key.signer(alg))


@bad("HS256 with an empty secret", "token-signature")
def _(attempt: Attempt) -> str:
    return jwt.api_jws.encode(
        json.dumps(attempt.claims()).encode(), b"\x00" * 32, "HS256", {"kid": attempt.platform.key.kid}
    )


@bad("PS256", "token-signature")
def _(attempt: Attempt) -> str:
    key = attempt.platform.key
    return compact({"alg": "PS256", "kid": key.kid}, attempt.claims(), key.signer("PS256"))


# Keys

signed(
    "a stranger's key under the platform's kid",
    "token-signature",
    lambda a: key("stranger").named("platform"),
)
signed("a stranger's key under its own kid", "token-signature", lambda a: key("stranger"))
signed("a stranger's key without kid", "token-signature", lambda a: key("stranger").named(None))
signed("a stranger's elliptic key", "token-signature", lambda a: curve_key("stranger").named("platform"))
header("the key in the header", "token-signature", kid="x", jwk=key("stranger").jwk())
signed("jwk", "token-signature", lambda a: key("stranger").named("platform"), jwk=key("stranger").jwk())
signed("jku", "token-signature", lambda a: key("stranger").named("x"), jku="https://evil.example/jwks")
signed("x5u", "token-signature", lambda a: key("stranger").named("x"), x5u="https://evil.example/cert")
signed("x5c", "token-signature", lambda a: key("stranger").named("x"), x5c=["MIIB"])
for name, kid in {
    "a path": "../../../../etc/passwd",
    "SQL": "' OR '1'='1",
    "a script": "<script>alert(1)</script>",
    "a NUL": "plat\x00form",
    "long": "k" * 20_000,
    "empty": "",
    "in other letters": "PLATFORM",
}.items():
    header(f"kid {name}", "token-signature", kid=kid)
for kid in (7, ["platform"], {"kid": "platform"}, True):
    header(f"kid {type(kid).__name__}", "token-malformed", kid=kid)


# Header

header("crit", "token-malformed", crit=["exp"])
header("crit unknown", "token-malformed", crit=["https://lms.example/x"], **{"https://lms.example/x": True})
header("crit empty", "token-malformed", crit=[])
header("b64 false", "token-malformed", b64=False, crit=["b64"])
header("b64 without crit", "token-malformed", b64=False)
header("b64 true", "token-malformed", b64=True)
for name, given in {
    "a list": b'["RS256"]',
    "a text": b'"RS256"',
    "null": b"null",
    "empty": b"",
    "no JSON": b"{alg:RS256}",
    "latin-1": '{"alg":"RS256","x":"é"}'.encode("latin-1"),
    "with doubled names": b'{"alg":"none","alg":"RS256","kid":"platform"}',
    "with a byte order mark": b'\xef\xbb\xbf{"alg":"RS256","kid":"platform"}',
    "deep": b'{"alg":"RS256","kid":"platform","x":' + b"[" * 9000 + b"]" * 9000 + b"}",
}.items():

    @bad(f"header {name}", "token-malformed")
    def _(attempt: Attempt, given: bytes = given) -> str:
        return compact(given, attempt.claims(), attempt.platform.key.signer())


# Shape and encoding

text("one part", "token-malformed", lambda token: token.split(".")[0])
text("two parts", "token-malformed", parts(lambda p: p[:2]))
text("four parts", "token-malformed", lambda token: token + ".AAAA")
text("five parts, as a JWE", "token-malformed", lambda token: token + ".AAAA.AAAA")
text("only dots", "token-malformed", lambda _: "..")
text("words", "token-malformed", lambda _: "let me in")
text("not ASCII", "token-malformed", lambda token: token + "é")
text("in JSON serialisation", "token-malformed", lambda token: json.dumps(dict(enumerate(token.split(".")))))
text("signature empty", "token-signature", parts(lambda p: [*p[:2], ""]))
text("signature cut", "token-signature", parts(lambda p: [*p[:2], p[2][:120]]))
text("signature of another token", "token-signature", parts(lambda p: [*p[:2], b64(b"\x01" * 256)]))
text("payload changed", "token-signature", parts(lambda p: [p[0], b64(b'{"sub":"admin"}'), p[2]]))
text("payload empty", "token-signature", parts(lambda p: [p[0], "", p[2]]))
text("header changed", "token-signature", parts(lambda p: [b64(b'{"alg":"RS256","kid":"platform"}'), *p[1:]]))
text("padded", "token-malformed", parts(lambda p: [p[0], p[1], p[2] + "=="]))
text("loose bits in the signature", "token-malformed", parts(lambda p: [*p[:2], loose_bits(p[2])]))
text("standard base64", "token-malformed", parts(lambda p: [p[0], p[1], "+/" + p[2][2:]]))
text("a space inside", "token-malformed", parts(lambda p: [p[0], p[1][:9] + " " + p[1][9:], p[2]]))
text("a line end behind", "token-malformed", lambda token: token + "\n")
text("a space before", "token-malformed", lambda token: " " + token)
text("a NUL inside", "token-malformed", lambda token: token[:9] + "\x00" + token[9:])
text("an impossible length", "token-malformed", parts(lambda p: [p[0], p[1], p[2] + "AAA"]))


@bad("JWE header", "token-signature")
def _(attempt: Attempt) -> str:
    return compact({"alg": "RSA-OAEP", "enc": "A256GCM"}, attempt.claims(), attempt.platform.key.signer())


@bad("a token in a token", "token-malformed")
def _(attempt: Attempt) -> str:
    return attempt.platform.token(attempt.token().encode(), cty="JWT")


# Payload

payload("payload no JSON", "token-malformed", lambda _: b"hello")
payload("payload empty and signed", "token-malformed", lambda _: b"")
payload("payload a list", "token-malformed", lambda body: b"[" + body + b"]")
payload("payload a text", "token-malformed", lambda body: json.dumps(body.decode()).encode())
payload("payload null", "token-malformed", lambda _: b"null")
payload("payload compressed", "token-malformed", lambda body: base64.b85encode(body))
payload("two objects", "token-malformed", lambda body: body + body)
payload("doubled claim", "token-malformed", lambda body: b'{"sub":"admin",' + body[1:])
payload("doubled deep inside", "token-malformed", lambda body: b'{"x":[{"a":1,"a":2}],' + body[1:])
payload("NaN", "token-malformed", lambda body: b'{"x":NaN,' + body[1:])
payload("Infinity", "token-malformed", lambda body: b'{"x":-Infinity,' + body[1:])
payload("lone surrogate", "token-malformed", lambda body: b'{"x":"\\ud800",' + body[1:])
payload("lone surrogate in a name", "token-malformed", lambda body: b'{"\\udfff":1,' + body[1:])
payload("bytes that are not UTF-8", "token-malformed", lambda body: b'{"x":"\xff",' + body[1:])
payload("UTF-16", "token-malformed", lambda body: body.decode().encode("utf-16"))
payload("byte order mark", "token-malformed", lambda body: b"\xef\xbb\xbf" + body)
payload(
    "deep nesting", "token-malformed", lambda body: b'{"x":' + b"[" * 12000 + b"]" * 12000 + b"," + body[1:]
)
payload(
    "deep objects",
    "token-malformed",
    lambda body: b'{"x":' + b'{"a":' * 4000 + b"1" + b"}" * 4000 + b"," + body[1:],
)
payload("a number of 5000 digits", "token-malformed", lambda body: b'{"x":' + b"9" * 5000 + b"," + body[1:])


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(sqlite_door: Door, name: str) -> None:
    code, make = BAD[name]
    attempt = sqlite_door.attempt()
    token = make(attempt)
    answer = sqlite_door.refuses(lambda: attempt.post(token), code)
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("size", "code"), [(70_000, "token-malformed"), (1_000_000, "too-large"), (1_900_000, "too-large")]
)
def test_a_token_that_is_too_large_is_refused(sqlite_door: Door, size: int, code: str) -> None:
    attempt = sqlite_door.attempt()
    token = attempt.platform.token(attempt.claims(custom={"x": "y" * size}))
    sqlite_door.refuses(lambda: attempt.post(token), code, 413)


def test_a_form_that_is_too_large_is_refused(sqlite_door: Door) -> None:
    attempt = sqlite_door.attempt()
    answer = attempt.post("A" * 5_000_000)
    assert answer.status_code == 413
    assert "Set-Cookie" not in answer.headers


def test_a_refused_token_does_not_use_the_login_up(sqlite_door: Door) -> None:
    attempt = sqlite_door.attempt()
    attempt.post("nonsense")
    attempt.post(attempt.token(exp=1))
    assert attempt.post().status_code == 303
