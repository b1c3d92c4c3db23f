"""A window of its own: a code that works once, for who asked for it, and for nobody who was sent a link."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from door import TOOL, Door, assert_let_in, assert_refused
from flask.testing import FlaskClient
from platforms.strict import DEEP_LINKING, LTI, MEMBERSHIP
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool.kernel import clock
from lti_tool.kernel.secrets import digest
from lti_tool.lti.models import Handover, Launch
from lti_tool.people.models import Enrolment

OURS = {"Sec-Fetch-Site": "same-origin"}


def get(client: FlaskClient, place: str, **headers: str) -> TestResponse:
    return client.get(place, base_url=TOOL, headers=headers)


def offered(client: FlaskClient, place: str) -> str:
    """The link to a window of its own, as the page in the frame shows it."""
    page = get(client, f"{place}window?at=/help")
    assert page.status_code == 200
    return html.unescape(re.search(r'href="(/lti/enter[^"]+)"', page.text)[1])


def launched(door: Door, **claims: object) -> tuple[FlaskClient, str]:
    client = door.browser()
    return client, assert_let_in(door.launch(client=client, **claims))


def copied(door: Door, *ids: str) -> list[Launch]:
    with door.database.read() as rows:
        return [rows.get_one(Launch, each) for each in ids]


def test_the_window_is_a_visit_of_its_own_of_the_same_person(door: Door) -> None:
    client, place = launched(door, **{LTI + "roles": [f"{MEMBERSHIP}#Instructor"]})
    window = door.browser()
    answer = get(window, offered(client, place), **OURS)
    assert answer.status_code == 303
    theirs = answer.headers["Location"].removesuffix("help")
    assert re.fullmatch(r"/l/[0-9a-f]{32}/", theirs)
    assert theirs != place
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"Secure", "HttpOnly", f"Path={theirs.rstrip('/')}"} <= set(cookie.split("; "))
    for mine, path in ((window, theirs), (client, place)):
        assert get(mine, f"{path}help").status_code == 200
    assert_refused(get(window, place), "no-session", 401)
    assert_refused(get(client, theirs), "no-session", 401)
    old, new = copied(door, place[3:-1], theirs[3:-1])
    different = {"id", "cookie", "expires_at"}
    same = set(Launch.__table__.columns.keys()) - different
    assert {name: getattr(old, name) for name in same} == {name: getattr(new, name) for name in same}
    assert new.cookie != old.cookie
    assert abs(new.expires_at - old.expires_at) < timedelta(seconds=5), "no longer than the first"


@pytest.mark.every_database
def test_a_code_works_once(door: Door) -> None:
    client, place = launched(door)
    link = offered(client, place)
    assert get(door.browser(), link, **OURS).status_code == 303
    door.refuses(lambda: get(door.browser(), link, **OURS), "window-over", 403)
    door.refuses(lambda: get(door.browser(), link), "window-over", 403)


@pytest.mark.every_database
def test_of_eight_windows_at_once_one_opens(door: Door) -> None:
    client, place = launched(door)
    link = offered(client, place)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: get(door.browser(), link, **OURS).status_code, range(8)))
    assert sorted(answers) == [303] + [403] * 7


@pytest.mark.every_database
def test_a_code_is_over_after_five_minutes_and_then_forgotten(door: Door) -> None:
    client, place = launched(door)
    link = offered(client, place)
    with door.database.write() as rows:
        rows.execute(update(Handover).values(expires_at=clock.now() - timedelta(seconds=1)))
    door.refuses(lambda: get(door.browser(), link, **OURS), "window-over", 403)
    offered(client, place)
    with door.database.read() as rows:
        codes = rows.scalars(select(Handover.code)).all()
    assert digest(re.search(r"code=(\w+)", link)[1]) not in codes
    assert len(codes) == 1


@pytest.mark.parametrize("code", ["", "0" * 48, "\x00", "é", "x" * 10_000, "' OR 1=1 --"])
def test_a_code_that_never_was_opens_nothing(door: Door, code: str) -> None:
    for headers in (OURS, {}):
        door.refuses(
            lambda headers=headers: door.browser().get(
                "/lti/enter", query_string={"code": code}, base_url=TOOL, headers=headers
            ),
            "window-over",
            403,
        )


def test_who_was_sent_a_link_is_asked_first_by_name(door: Door) -> None:
    """Login CSRF: an attacker's link must not have somebody work under the attacker's name."""
    client, place = launched(door, name="Mal <b>Ory</b>")
    link = offered(client, place)
    for site in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {}):
        page = get(door.browser(), link, **site)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
        assert "Mal &lt;b&gt;Ory&lt;/b&gt;" in page.text
        assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'"), "clickjacking"
    form = {"code": re.search(r"code=(\w+)", link)[1], "at": "/help"}
    for origin in (
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": f"{TOOL}.evil.example"},
        OURS,
    ):
        send = partial(door.browser().post, "/lti/enter", data=form, base_url=TOOL, headers=origin)
        door.refuses(send, "window-over", 403)
    window = door.browser()
    answer = window.post("/lti/enter", data=form, base_url=TOOL, headers={"Origin": TOOL})
    assert answer.status_code == 303
    assert get(window, answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "at", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\evil", "", "x", "/\r\nX: y"]
)
def test_the_window_opens_at_the_visits_pages_only(door: Door, at: str) -> None:
    client, place = launched(door)
    asked = {"code": offered(client, place).partition("&")[0].rpartition("=")[2], "at": at}
    answer = door.browser().get("/lti/enter", query_string=asked, base_url=TOOL, headers=OURS)
    assert answer.status_code == 303
    assert re.match(r"/l/[0-9a-f]{32}/", answer.headers["Location"])
    assert "X" not in answer.headers


def test_without_the_visit_there_is_no_code(door: Door) -> None:
    _, place = launched(door)
    assert_refused(get(door.browser(), f"{place}window"), "no-session", 401)


def test_a_visit_that_ended_or_a_person_who_left_gets_no_more(door: Door) -> None:
    client, place = launched(door, sub="leaver")
    link, later = offered(client, place), offered(client, place)
    with door.database.write() as rows:
        launch = rows.get_one(Launch, place[3:-1])
        rows.execute(update(Enrolment).where(Enrolment.person_id == launch.person_id).values(active=False))
    window = door.browser()
    answer = get(window, link, **OURS)
    page = get(window, answer.headers["Location"].replace("help", "share"))
    assert (page.status_code, "no longer enrolled" in page.text) == (403, True)
    with door.database.write() as rows:
        over = clock.now() - timedelta(seconds=1)
        rows.execute(update(Launch).where(Launch.id == place[3:-1]).values(expires_at=over))
    door.refuses(lambda: get(door.browser(), later, **OURS), "window-over", 403)


def test_the_window_is_offered_in_frames_and_not_in_the_platforms_dialog(door: Door) -> None:
    client, place = launched(door)
    link = f'href="{place}window?at=/help"'
    assert link in html.unescape(get(client, f"{place}help").text)
    assert link in html.unescape(get(client, f"{place}help", **{"Sec-Fetch-Dest": "iframe"}).text)
    assert link not in html.unescape(get(client, f"{place}help", **{"Sec-Fetch-Dest": "document"}).text)
    settings = {
        "deep_link_return_url": "https://lms.example/return", "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
    }  # fmt: skip
    picking, dialog = launched(
        door, **{LTI + "message_type": "LtiDeepLinkingRequest", DEEP_LINKING: settings}
    )
    assert "/window" not in get(picking, f"{dialog}help").text


def test_the_way_back_is_offered_in_a_window_and_says_what_went_wrong(door: Door) -> None:
    presentation = {"return_url": "https://lms.example/back?course=1"}
    client, place = launched(door, **{LTI + "launch_presentation": presentation})
    window = {"Sec-Fetch-Dest": "document"}
    assert 'href="https://lms.example/back?course=1"' in get(client, f"{place}help", **window).text
    assert "https://lms.example/back" not in get(client, f"{place}help", **{"Sec-Fetch-Dest": "iframe"}).text
    page = html.unescape(get(client, f"{place}activity/new").text)
    back = re.search(
        r'href="(https://lms.example/back\?course=1&lti_errormsg=[^"]+&lti_errorlog=[^"]+)"', page
    )
    assert back
    support = re.search(r"give this code: not-allowed (\w{8})", page)[1]
    assert support in back[1]


def test_a_deployment_that_waits_leads_back_to_the_course(door: Door) -> None:
    presentation = {"return_url": "https://lms.example/back"}
    answer = door.launch(**{LTI + "deployment_id": "new", LTI + "launch_presentation": presentation})
    assert_refused(answer, "deployment-unknown", 403)
    assert 'href="https://lms.example/back?lti_errormsg=' in answer.text
    assert "the approval of this installation" in answer.text
