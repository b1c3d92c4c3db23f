"""Launches that are odd but legal, or as real platforms send them: all are let in."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from door import TOOL, Door, assert_let_in
from platforms.strict import AGS, DEEP_LINKING, LTI, MEMBERSHIP, NRPS, curve_key, key, key_set
from sqlalchemy import select

from lti_tool.kernel.permissions import Role
from lti_tool.lti.models import Launch, ResourceLink, Roster
from lti_tool.people.models import Course, Person

SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
DROP = object()
ODD: dict[str, dict[str, Any]] = {}


def odd(name: str, /, **claims: Any) -> None:
    """Have a launch with these claims tried; names with an underscore in front are LTI's."""
    ODD[name] = {LTI + name[1:] if name.startswith("_") else name: value for name, value in claims.items()}


def now(seconds: float = 0) -> float:
    """So many seconds from when the case is tried."""
    return time.time() + seconds


odd("aud a list of one", aud=lambda a: [a.platform.client_id])
odd("aud a list of one with azp", aud=lambda a: [a.platform.client_id], azp=lambda a: a.platform.client_id)
odd("several aud with azp", aud=lambda a: ["x", a.platform.client_id], azp=lambda a: a.platform.client_id)
odd("azp with one aud, as Canvas", azp=lambda a: a.platform.client_id)
odd("azp null", azp=None)
odd("exp past, within the leeway", exp=lambda a: int(now(-57)))
odd("exp past, within the leeway, as a float", exp=lambda a: now(-57))
odd("iat ahead, within the leeway", iat=lambda a: int(now(59)), exp=lambda a: int(now(119)))
odd("iat and exp as floats", iat=lambda a: now(), exp=lambda a: now(60))
odd("iat and exp with an exponent", iat=lambda a: float(int(now())), exp=2e9)
odd("a clock that is minutes late", iat=lambda a: int(now(-300)), exp=lambda a: int(now(3300)))
odd("exp in an hour, as Canvas", exp=lambda a: int(now(3600)))
odd("exp in years", exp=4_000_000_000)
odd("nbf, as D2L", nbf=lambda a: int(now()))
odd("nbf ahead, within the leeway", nbf=lambda a: int(now(59)))
odd("nbf null", nbf=None)
odd("roles empty", _roles=[])
odd("roles an empty text", _roles=[""])
odd("roles unknown", _roles=["https://lms.example/roles#Wizard", "x" * 3000, "Ünïcode"])
odd("roles short", _roles=["Learner", "Instructor"])
odd("roles URN", _roles=["urn:lti:role:ims/lis/Learner", "urn:lti:sysrole:ims/lis/User"])
odd(
    "roles of a test student",
    _roles=[f"{MEMBERSHIP}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"],
)
odd("roles of an administrator", _roles=[f"{INSTITUTION}#Administrator", f"{SYSTEM}#SysAdmin"])
odd("roles twice", _roles=[f"{MEMBERSHIP}#Learner"] * 50)
odd("no names", name=DROP)
odd("given and family name only", name=DROP, given_name="Ada", family_name="Ames")
odd("names null", name=None, given_name=None, family_name=None)
odd("names of other shapes", name=["Ada"], given_name={}, family_name=7)
odd("names in all scripts", name="Zoë 小明 محمد \u202eevil\u202c 👩‍🏫\x00\n\tx", given_name="é" * 5000)
odd("sub in all scripts", sub="ユーザー-7 é 👩‍🏫")
odd("sub as an address", sub="https://lms.example/users/7?x=1#me")
odd("sub as SQL", sub="'; DROP TABLE person; --")
odd("sub as a script", sub='"><script>alert(1)</script>')
odd("sub of 255", sub="s" * 255)
odd("context with id only", _context={"id": "c"})
odd("context with a label only", _context={"id": "c-label", "label": "C1"})
odd("context with members null", _context={"id": "c-null", "title": None, "label": None, "type": None})
odd("context with a wrong type", _context={"id": "c-type", "title": ["x"], "type": "CourseSection"})
odd("link without title", _resource_link={"id": "l"})
odd("link with a long title", _resource_link={"id": "l-long", "title": "Titre " * 2000, "description": None})
odd("presentation absent", _launch_presentation=DROP)
odd("presentation null", _launch_presentation=None)
odd("presentation of other shapes", _launch_presentation={"locale": 7, "return_url": [], "height": "x"})
odd("presentation a list", _launch_presentation=["x"])
for locale in (
    "fr",
    "fr-CA",
    "fr_FR.UTF-8",
    "xx",
    "",
    "zh-Hant-TW",
    "'\"><script>",
    "e" * 400,
    "en\x00",
    "-",
    "__",
):
    odd(f"locale {locale[:20]!r}", _launch_presentation={"locale": locale})
odd("return address of no kind", _launch_presentation={"return_url": "javascript:alert(1)"})
odd("platform of other shapes", _tool_platform={"product_family_code": 7, "guid": None})
odd("platform a text", _tool_platform="moodle")
odd("custom deep", _custom={"x": json.loads('{"a":' * 40 + "1" + "}" * 40), "y": [[[[[]]]]]})
odd(
    "custom of other shapes", _custom={"n": 1, "f": 1.5, "t": True, "z": None, "v": "$Canvas.user.id", "": ""}
)
odd("custom a list", _custom=["x"])
odd("custom with NUL", _custom={"x\x00": "y\x00"})
odd(
    "an unknown claim",
    **{"https://lms.example/claim/x": {"y": [1, 2, None]}, "email": 7, "extra": "e" * 9000},
)
odd("emoji in an unknown claim", extra="👩‍🏫\U0010ffff")
odd("target with a path and a query", _target_link_uri=f"{TOOL}/lti/launch?x=1#y")
odd("target with the port", _target_link_uri="https://tool.example:443/lti/launch")
odd("target in other letters", _target_link_uri="HTTPS://Tool.Example/lti/launch")
odd("AGS of other shapes", **{AGS: {"scope": "a b", "lineitem": 7, "lineitems": "javascript:x"}})
odd("AGS with NUL", **{AGS: {"scope": ["https://x/\x00", None, 7], "lineitem": "https://lms.example/\x00"}})
odd("AGS null", **{AGS: None})
odd("NRPS of other shapes", **{NRPS: {"context_memberships_url": ["https://lms.example/x"]}})
odd(
    "mentors, LTI 1.1 and for_user",
    _role_scope_mentor=["x"],
    _lti1p1={"user_id": "1"},
    _for_user={"user_id": "2"},
)


# Other messages
RETURN = {"deep_link_return_url": "https://lms.example/back?x=1&y=2", "accept_types": ["ltiResourceLink"]}
for name, settings in {
    "the least": {},
    "as strings": {"accept_multiple": "true", "accept_lineitem": "False", "auto_create": "true"},
    "of other shapes": {"accept_multiple": [], "accept_lineitem": {}, "title": 7, "text": None},
    "types in one text": {"accept_types": "link ltiResourceLink"},
    "targets with NUL": {"accept_presentation_document_targets": ["iframe", "\x00", None]},
    "data": {"data": "csrf-token:7c7a8f7a-f431-46a8-a666-6a110a7c8c5f", "text": "<b>x</b>"},
    "data empty": {"data": ""},
    "data as JSON": {"data": '{"a": "é\\u0000"}'},
}.items():
    dialog: dict[str, Any] = {"_message_type": "LtiDeepLinkingRequest", "_resource_link": DROP}
    odd(f"deep linking, {name}", **dialog, **{DEEP_LINKING: RETURN | settings})
odd("deep linking with a link", _message_type="LtiDeepLinkingRequest", **{DEEP_LINKING: RETURN})
REVIEW = {"_message_type": "LtiSubmissionReviewRequest"}
odd("submission review of nobody we know", **REVIEW, _for_user={"user_id": "stranger"})
odd("submission review, more of the user", **REVIEW, _for_user={"user_id": "é", "name": 7, "roles": None})
PRIVACY: dict[str, Any] = {"_message_type": "DataPrivacyLaunchRequest", "_resource_link": DROP}
odd("privacy, the least", **PRIVACY, _context=DROP, _roles=DROP)
odd("privacy from a course", **PRIVACY, _for_user={"user_id": "other"})
odd(
    "custom with NUL that we use", _custom={"activity": "\x00", "context_history": "a,\x00", "group_ids": "1"}
)
odd("custom histories", _custom={"context_history": " a, b,,c", "resource_link_history": ","})
odd("custom histories, endless", _custom={"context_history": ",".join(map(str, range(5000)))})


@pytest.mark.every_database
@pytest.mark.parametrize("name", ODD)
def test_an_odd_launch_is_let_in(door: Door, name: str) -> None:
    attempt = door.attempt()
    made = {claim: value(attempt) if callable(value) else value for claim, value in ODD[name].items()}
    claims = {claim: value for claim, value in attempt.claims(**made).items() if value is not DROP}
    place = assert_let_in(attempt.post(attempt.platform.token(claims)))
    page = attempt.client.get(place, base_url=TOOL)
    assert page.status_code in {200, 303}
    assert "<script>alert" not in page.text


# Keys that are odd but legal


KEY_SETS = {
    "without alg, as Moodle": (key_set(key("platform").jwk(alg=None)), key("platform")),
    "without use": (key_set(key("platform").jwk(use=None)), key("platform")),
    "without kid in the token": (key_set(key("platform")), key("platform").named(None)),
    "without kid in the set": (key_set(key("platform").jwk(kid=None)), key("platform")),
    "without kid in either": (key_set(key("platform").jwk(kid=None)), key("platform").named(None)),
    "several, none named": (key_set(key("stranger"), key("platform")), key("platform").named(None)),
    "several with one kid": (
        key_set(key("stranger").named("k"), key("platform").named("k")),
        key("platform").named("k"),
    ),
    "beside useless ones": (
        key_set(
            {"kty": "oct", "k": "c2VjcmV0", "kid": "platform"}, {"kty": ["RSA"]}, {}, {"kty": "RSA", "n": 7},
            key("weak", 1024).named("platform").jwk(), {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
            key("stranger").jwk(use="enc"), key("platform"),
        ),
        key("platform"),
    ),
    "ES256": (key_set(curve_key("e")), curve_key("e")),
    "ES256 without alg": (key_set(curve_key("e").jwk(alg=None)), curve_key("e")),
    "ES384": (key_set(curve_key("e3", "P-384")), curve_key("e3", "P-384")),
    "ES512": (key_set(curve_key("e5", "P-521")), curve_key("e5", "P-521")),
    "with a NUL in the kid": (key_set(key("platform").named("k\x00")), key("platform").named("k\x00")),
}  # fmt: skip


@pytest.mark.parametrize("name", KEY_SETS)
def test_an_odd_key_set_is_read(sqlite_door: Door, name: str) -> None:
    answer, signing = KEY_SETS[name]
    assert_let_in(sqlite_door.launch(sqlite_door.register(answer, key=signing)))


def test_a_header_without_typ_or_with_more_is_read(sqlite_door: Door) -> None:
    for members in ({"typ": None}, {"typ": "jwt"}, {"cty": "x", "x5t": "y", "custom": {"a": 1}}):
        attempt = sqlite_door.attempt()
        assert_let_in(attempt.post(attempt.platform.token(attempt.claims(), **members)))


# As Moodle 5.1 sends them

MOODLE = Path(__file__).parents[2] / "platforms" / "moodle"


@pytest.mark.parametrize("file", sorted(MOODLE.glob("launch_*.json")), ids=lambda file: file.stem)
def test_a_launch_of_moodle(door: Door, file: Path) -> None:
    sent = json.loads(file.read_text())["payload"]
    deployments = (sent[LTI + "deployment_id"],)
    platform = door.register(
        issuer=sent["iss"], client_id=f"{sent['aud']}-{file.stem}", deployments=deployments
    )
    attempt = door.attempt(platform)
    ours = {"aud": platform.client_id, LTI + "target_link_uri": f"{TOOL}/lti/launch"}
    times = {"iat": int(now()), "exp": int(now(60)), "nonce": attempt.nonce}
    token = platform.token(sent | times | ours)
    place = assert_let_in(attempt.post(token))
    assert attempt.client.get(place, base_url=TOOL).status_code in {200, 303}


# What is taken from a launch


@pytest.mark.every_database
def test_what_a_launch_says_is_kept(door: Door) -> None:
    platform = door.register()
    offer = {
        "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
        "lineitem": "https://l.example/1?t=3",
    }
    roster = {"context_memberships_url": "https://l.example/roster"}
    given = {
        AGS: offer,
        NRPS: roster,
        "sub": "kept",
        LTI + "context": {"id": "kept", "title": " Course\x00  One "},
    }
    assert_let_in(door.launch(platform, name="Ada\u202e Ames", **given))
    later = {
        "sub": "kept",
        LTI + "context": {"id": "kept"},
        LTI + "resource_link": {"id": "link-1"},
        "name": None,
    }
    assert_let_in(door.launch(platform, **later, **{LTI + "roles": [f"{MEMBERSHIP}#Instructor"]}))
    with door.database.read() as rows:
        person = rows.scalars(select(Person).where(Person.sub == "kept")).one()
        course = rows.scalars(select(Course).where(Course.context_id == "kept")).one()
        link = rows.scalars(select(ResourceLink).where(ResourceLink.course_id == course.id)).one()
        known = rows.get_one(Roster, course.id)
        roles = rows.scalars(select(Launch.role).where(Launch.person_id == person.id)).all()
    assert (person.name, course.title, link.title) == ("Ada Ames", "Course One", "How I welcome")
    assert (link.lineitem_url, link.ags_scopes) == (offer["lineitem"], offer["scope"])
    assert known.memberships_url == roster["context_memberships_url"]
    assert sorted(roles) == [Role.INSTRUCTOR, Role.LEARNER]
