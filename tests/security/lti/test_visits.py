"""One launch, one address prefix, one cookie: visits never mix, and nothing else opens them."""

import re
from datetime import timedelta

import pytest
from door import TOOL, Door, assert_let_in, assert_refused
from flask.testing import FlaskClient
from platforms.strict import LTI, MEMBERSHIP
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool.kernel import clock
from lti_tool.lti.models import Launch

TEACHER = {"sub": "teacher", "name": "Tess Teacher", LTI + "roles": [f"{MEMBERSHIP}#Instructor"]}
TEST_STUDENT = {
    "sub": "test-student",
    "name": "Test Student",
    LTI + "roles": [f"{MEMBERSHIP}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"],
}


def get(client: FlaskClient, place: str) -> TestResponse:
    return client.get(place, base_url=TOOL)


def test_the_cookie_of_a_launch_is_for_its_prefix_only(door: Door) -> None:
    answer = door.launch()
    place = assert_let_in(answer)
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith("entraide="))
    attributes = {part.strip() for part in cookie.split(";")[1:]}
    path = f"Path={place.rstrip('/')}"
    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", path} == attributes
    gone = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("entraide-login-")]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]


@pytest.mark.every_database
def test_a_teacher_and_a_test_student_in_one_browser_do_not_mix(door: Door) -> None:
    platform, client = door.register(), door.browser()
    teacher = assert_let_in(door.launch(platform, client, **TEACHER))
    student = assert_let_in(door.launch(platform, client, **TEST_STUDENT))
    for _ in range(2):
        page = get(client, student)
        assert page.status_code == 200
        assert "soon" in page.text
        to_make = get(client, teacher)
        assert to_make.headers["Location"].startswith(teacher)
    with door.database.read() as rows:
        launches = rows.scalars(select(Launch).where(Launch.id.in_([teacher[3:-1], student[3:-1]])))
        assert {(launch.role.value, launch.test_user) for launch in launches} == {
            ("instructor", False),
            ("learner", True),
        }


def test_who_is_no_longer_a_teacher_cannot_go_on_in_an_old_tab(door: Door) -> None:
    platform, client = door.register(), door.browser()
    as_teacher = assert_let_in(door.launch(platform, client, **TEACHER))
    assert get(client, as_teacher).status_code == 303
    learner = {"sub": "teacher", LTI + "roles": [f"{MEMBERSHIP}#Learner"]}
    as_learner = assert_let_in(door.launch(platform, client, **learner))
    for path in ("", "activity/new", "groups", "gallery"):
        assert_refused(get(client, as_teacher + path), "role-changed", 403, signed_in=True)
    assert get(client, as_learner).status_code == 200
    again = assert_let_in(door.launch(platform, client, **TEACHER))  # and back: the first tab works again
    assert get(client, as_teacher).status_code == get(client, again).status_code == 303
    assert get(client, as_learner).status_code == 200


def test_two_courses_in_one_browser_do_not_mix(door: Door) -> None:
    platform, client = door.register(), door.browser()
    places = [
        assert_let_in(door.launch(platform, client, **{LTI + "context": {"id": course}}))
        for course in ("course-a", "course-b")
    ]
    assert len(set(places)) == 2
    assert [get(client, place).status_code for place in places * 2] == [200] * 4


def test_without_its_cookie_a_launch_opens_nothing(door: Door) -> None:
    place = assert_let_in(door.launch())
    stranger = door.browser()
    for address in (place, f"{place}help", f"{place}activity/new"):
        assert_refused(get(stranger, address), "no-session", 401)


def test_the_cookie_of_one_launch_opens_no_other(door: Door) -> None:
    client, other = door.browser(), door.browser()
    mine = assert_let_in(door.launch(client=client))
    theirs = assert_let_in(door.launch(door.register(), client=other))
    value = next(cookie.value for cookie in client._cookies.values() if cookie.key == "entraide")
    client.set_cookie("entraide", value, domain="tool.example", path=theirs.rstrip("/"))
    assert_refused(get(client, theirs), "no-session", 401)
    assert get(client, mine).status_code == 200
    assert get(other, theirs).status_code == 200


def test_a_cookie_that_was_tampered_with_opens_nothing(door: Door) -> None:
    client = door.browser()
    place = assert_let_in(door.launch(client=client))
    value = next(cookie.value for cookie in client._cookies.values() if cookie.key == "entraide")
    payload, moment, signature = value.split(".")
    for wrong in (
        f"{payload}.{moment}.{signature[:-2]}AA", f"{payload[:-4]}AAAA.{moment}.{signature}",
        f"{payload}.AAAAAA.{signature}", f"{payload}..", "", "x", ".", "é", f"e30.{moment}.{signature}",
        "eyJrZXkiOjd9.aw.aw", "x" * 3000,
    ):  # fmt: skip
        client.set_cookie("entraide", wrong, domain="tool.example", path=place.rstrip("/"))
        assert_refused(get(client, place), "no-session", 401)
    client.set_cookie("entraide", value, domain="tool.example", path=place.rstrip("/"))
    assert get(client, place).status_code == 200


@pytest.mark.parametrize(
    "launch",
    [
        "0" * 32,
        "x",
        "..",
        "%00",
        "a%00b",
        "%ff",
        "é" * 40,
        "x" * 3000,
        "%27%20OR%201=1",
        "%2e%2e%2fhealthz",
        "%20",
    ],
)
def test_a_launch_that_never_was_opens_nothing(door: Door, launch: str) -> None:
    client = door.browser()
    assert_let_in(door.launch(client=client))
    for address in (f"/l/{launch}/", f"/l/{launch}/help", f"/l/{launch}/nowhere"):
        answer = get(client, address)
        assert answer.status_code in {401, 404, 308}, answer.status
        assert "Set-Cookie" not in answer.headers


def test_a_visit_ends(door: Door) -> None:
    client = door.browser()
    place = assert_let_in(door.launch(client=client))
    with door.database.write() as rows:
        over = clock.now() - timedelta(seconds=1)
        rows.execute(update(Launch).where(Launch.id == place[3:-1]).values(expires_at=over))
    assert_refused(get(client, place), "session-ended", 401)
    assert_refused(client.post(f"{place}language", base_url=TOOL), "session-ended", 401)


@pytest.mark.every_database
def test_a_visit_writes_only_with_its_own_forms(door: Door) -> None:
    """Another site, or another launch in the same browser, cannot write in somebody's name."""
    platform, client = door.register(), door.browser()
    mine = assert_let_in(door.launch(platform, client, **TEACHER))
    other = assert_let_in(door.launch(platform, client, **TEST_STUDENT))
    token = re.search(r'name="csrf-token" content="([^"]+)"', get(client, f"{other}help").text)
    assert token
    for form in ({}, {"csrf_token": "x"}, {"csrf_token": token[1], "language": "fr"}):
        answer = client.post(
            f"{mine}language", data=form, base_url=TOOL, headers={"Referer": f"{TOOL}{mine}"}
        )
        assert_refused(answer, "form-stale", 400, signed_in=True)
    answer = client.post(
        f"{other}language",
        data={"csrf_token": token[1], "language": "fr", "next": "https://evil.example/"},
        base_url=TOOL,
        headers={"Referer": f"{TOOL}{other}"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, other)


def test_another_tenants_page_is_out_of_reach(door: Door) -> None:
    """Ids of somebody else's work in the address lead nowhere."""
    client = door.browser()
    place = assert_let_in(door.launch(client=client, **TEACHER))
    for rest in ("contribution/00000000-0000-0000-0000-000000000000", "review/1", "../../lti/jwks", "x"):
        assert get(client, f"{place}{rest}").status_code in {401, 404}


def test_a_planted_session_does_not_survive_the_launch(door: Door) -> None:
    """A cookie for /lti/launch (from a neighbouring site, say) brings nothing into the visit."""
    client = door.browser()
    planted = door.app.session_interface.get_signing_serializer(door.app).dumps(
        {"csrf_token": "known", "x": 1}
    )
    client.set_cookie("entraide", planted, domain="tool.example", path="/lti/launch")
    place = assert_let_in(door.launch(client=client))
    with client.session_transaction(f"{place}help", base_url=TOOL) as session:
        assert "x" not in session
        assert session.get("csrf_token") != "known"


def test_logs_hold_no_token(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    attempt = door.attempt()
    token = attempt.token(exp=1)
    attempt.post(token)
    attempt.post(token + "x")
    client = attempt.client
    place = assert_let_in(attempt.post())
    get(client, place)
    get(door.browser(), place)
    logged = capsys.readouterr()
    written = logged.out + logged.err
    secrets = {token, token.split(".")[2], attempt.state, attempt.nonce}
    secrets |= {cookie.value for cookie in client._cookies.values()}
    assert "token-expired" in written
    assert not [secret for secret in secrets if secret in written]


def test_the_pages_of_a_launch_are_framed_by_its_platform_only(door: Door) -> None:
    client = door.browser()
    platform = door.register(issuer="https://moodle.example")
    place = assert_let_in(door.launch(platform, client))
    policy = get(client, place).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://lms.example https://moodle.example")
    assert "unsafe" not in policy
