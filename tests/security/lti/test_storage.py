"""A browser that keeps no cookie: the platform's storage proves it, or nobody gets in."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from door import TOOL, Attempt, Door, assert_refused
from flask.testing import FlaskClient
from platforms.strict import LTI, MEMBERSHIP
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool.kernel import clock
from lti_tool.kernel.secrets import digest
from lti_tool.lti.logins import LIFETIME
from lti_tool.lti.models import Launch, LoginAttempt

FRAME = "post_message_forwarding"


@dataclass
class StorageLogin(Attempt):
    """A login on a platform with a storage, from a browser that keeps no cookie."""

    secret: str = ""

    def prove(self, proof: str | None = None, state: str | None = None, **more: Any) -> TestResponse:
        """What the page's script posts, with what the storage gave back."""
        form = {"state": state or self.state, "proof": self.secret if proof is None else proof}
        return self.client.post("/lti/launch/proof", data=form, base_url=TOOL, **more)


def begun(door: Door, platform: Any = None, **given: Any) -> StorageLogin:
    platform, client = platform or door.platform, door.app.test_client(use_cookies=False)
    client.environ_base["REMOTE_ADDR"] = door.browser().environ_base["REMOTE_ADDR"]
    page = door.login(platform, client, lti_storage_target=FRAME, **given)
    assert page.status_code == 200
    data = {name: html.unescape(value) for name, value in re.findall(r'(href|data-\w+)="([^"]*)"', page.text)}
    asked = platform.authorize(re.search(r'href="(https://lms[^"]+)"', html.unescape(page.text))[1])
    assert (data["data-frame"], data["data-origin"]) == (FRAME, "https://lms.example")
    return StorageLogin(door, platform, client, asked["state"], asked["nonce"], data["data-secret"])


def waiting(door: Door, **claims: Any) -> StorageLogin:
    """A launch that waits for its proof."""
    login = begun(door)
    assert login.post(login.token(**claims)).status_code == 200
    return login


def place_of(answer: TestResponse) -> str:
    """The address of a visit that has its secret in its address."""
    assert answer.status_code == 303, answer.text[-2000:]
    assert re.fullmatch(r"/l/[0-9a-f]{32}-[0-9a-f]{48}/", answer.headers["Location"])
    return str(answer.headers["Location"])


def get(client: FlaskClient, place: str, **headers: str) -> TestResponse:
    return client.get(place, base_url=TOOL, headers=headers)


# The login's page


def test_a_login_with_a_storage_looks_first_what_the_browser_keeps(door: Door) -> None:
    page = door.login(lti_storage_target="_parent")
    state, probe = sorted(page.headers.getlist("Set-Cookie"), key=lambda cookie: "probe" in cookie)
    assert {"HttpOnly", "Path=/lti/launch", "Secure", "SameSite=None", "Partitioned"} <= set(
        state.split("; ")
    )
    assert {"Path=/lti/login", "Secure", "SameSite=None", "Partitioned", "Max-Age=60"} <= set(
        probe.split("; ")
    )
    assert "HttpOnly" not in probe
    assert page.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_a_login_in_a_frame_without_storage_gets_no_secret_in_its_page(door: Door) -> None:
    client = door.browser()
    given = {"query_string": door.initiation(), "base_url": TOOL}
    page = client.get("/lti/login", headers={"Sec-Fetch-Dest": "iframe"}, **given)
    assert page.status_code == 200
    kept = next(cookie.value for cookie in client._cookies.values() if cookie.key != "entraide-probe")
    assert kept not in page.text
    assert "data-secret" not in page.text
    assert client.get("/lti/login", headers={"Sec-Fetch-Dest": "document"}, **given).status_code == 302


@pytest.mark.parametrize(
    "target", ['"><script>', "javascript:alert(1)", "", "a b", "x" * 65, "é", "frame\n", "a.b", "\x00"]
)
def test_a_storage_that_is_no_frames_name_is_ignored(door: Door, target: str) -> None:
    answer = door.login(lti_storage_target=target)
    assert answer.status_code == 302
    assert door.platform.authorize(answer.headers["Location"])


def test_the_window_of_its_own_begins_the_same_login_and_nothing_more(door: Door) -> None:
    """Moodle's `repost`, and whatever else came, is not passed on."""
    noise = {"repost": "1", "evil": "1", "state": "mine", "lti_message_hint": "a&b=<c>"}
    page = door.login(lti_storage_target=FRAME, **noise)
    again = html.unescape(re.search(r'href="(/lti/login[^"]+)"', page.text)[1])
    assert not {"repost", "evil", "lti_storage_target"} & set(re.findall(r"[?&](\w+)=", again))
    answer = get(door.browser(), again)
    assert door.platform.authorize(answer.headers["Location"])["lti_message_hint"] == "a&b=<c>"


@pytest.mark.parametrize("hint", ['"><script>alert(1)</script>', "a\r\nSet-Cookie: evil=1", "é" * 10_000])
def test_a_hint_is_not_reflected_in_the_page(door: Door, hint: str) -> None:
    page = door.login(login_hint=hint, lti_message_hint=hint, lti_storage_target=FRAME)
    assert hint not in page.text
    assert "alert(1)</script>" not in page.text
    assert len(page.headers.getlist("Set-Cookie")) == 2


# The launch and its proof


def test_a_launch_without_cookie_is_let_in_by_its_proof_once(door: Door) -> None:
    login = waiting(door, name="Nora Name")
    before = door.rows()
    place = place_of(login.prove())
    assert door.rows()["Launch"] == before["Launch"] + 1
    assert get(login.client, place).status_code == 200
    door.refuses(lambda: login.prove(), "proof-unexpected", 403)
    door.refuses(lambda: login.post(), "state-used")


def test_the_page_that_asks_for_a_proof_tells_nothing_of_anybody(door: Door) -> None:
    login = begun(door)
    before = door.rows()
    page = login.post(login.token(name="Nora Name", email="nora@example.com"))
    assert page.status_code == 200
    assert door.rows() == before
    assert "Set-Cookie" not in page.headers
    assert not [word for word in ("Nora", "nora@", login.secret, login.nonce, "eyJ") if word in page.text]


def test_a_bad_token_is_refused_before_any_proof(door: Door) -> None:
    login = begun(door)
    for changes, code in (
        ({"exp": 1}, "token-expired"),
        ({"nonce": "x"}, "token-nonce"),
        ({"sub": None}, "token-claims"),
    ):
        door.refuses(lambda changes=changes: login.post(login.token(**changes)), code)
        door.refuses(lambda: login.prove(), "proof-unexpected", 403)
    door.refuses(lambda: login.post("x.y.z"), "token-malformed")
    login.post()
    place_of(login.prove())


def test_a_wrong_proof_opens_nothing(door: Door) -> None:
    login, other = waiting(door), waiting(door)
    for wrong in (other.secret, "", "x" * 3000, "é", login.state, digest(login.secret)):
        door.refuses(lambda wrong=wrong: login.prove(wrong), "proof-wrong", 403)
    door.refuses(lambda: login.prove(state=other.state), "proof-wrong", 403)
    door.refuses(lambda: login.prove(state="0" * 48), "proof-unexpected", 403)
    door.refuses(lambda: login.prove(state="\x00"), "proof-unexpected", 403)
    place_of(login.prove())
    place_of(other.prove())


def test_a_proof_without_a_launch_that_waits_opens_nothing(door: Door) -> None:
    login = begun(door)
    door.refuses(lambda: login.prove(), "proof-unexpected", 403)
    ordinary = door.attempt()
    (secret,) = (cookie.value for cookie in ordinary.client._cookies.values())
    form = {"state": ordinary.state, "proof": secret}
    door.refuses(
        lambda: ordinary.client.post("/lti/launch/proof", data=form, base_url=TOOL), "proof-unexpected", 403
    )
    assert get(login.client, "/lti/launch/proof").status_code == 405


def test_a_platform_without_storage_needs_the_cookie(door: Door) -> None:
    attempt = door.attempt()
    attempt.client = door.browser()
    door.refuses(lambda: attempt.post(), "cookie-missing")


def test_another_browsers_cookie_is_no_reason_to_ask_for_a_proof(door: Door) -> None:
    login = begun(door)
    login.client = door.browser()
    name = f"entraide-login-{digest(login.state)[:16]}"
    login.client.set_cookie(name, "x", domain="tool.example", path="/lti/launch")
    door.refuses(lambda: login.post(), "cookie-missing")


def test_a_cookie_that_was_kept_is_preferred(door: Door) -> None:
    client = door.browser()
    page = door.login(client=client, lti_storage_target=FRAME)
    asked = door.platform.authorize(re.search(r'href="(https://lms[^"]+)"', html.unescape(page.text))[1])
    answer = Attempt(door, door.platform, client, asked["state"], asked["nonce"]).post()
    assert re.fullmatch(r"/l/[0-9a-f]{32}/", answer.headers["Location"])


@pytest.mark.every_database
def test_a_proof_that_comes_too_late_is_refused_and_its_token_forgotten(door: Door) -> None:
    login = waiting(door)
    over = clock.now() - LIFETIME - timedelta(seconds=1)
    with door.database.write() as rows:
        rows.execute(update(LoginAttempt).values(created_at=over))
    door.refuses(lambda: login.prove(), "state-expired")
    door.login()
    with door.database.read() as rows:
        assert not rows.scalars(select(LoginAttempt.token).where(LoginAttempt.token != "")).all()


@pytest.mark.every_database
def test_the_token_is_kept_no_longer_than_needed(door: Door) -> None:
    login = waiting(door)
    kept = select(LoginAttempt.token).where(LoginAttempt.state == digest(login.state))
    with door.database.read() as rows:
        assert rows.scalar(kept).startswith("eyJ")
    login.prove()
    with door.database.read() as rows:
        assert rows.scalar(kept) == ""


@pytest.mark.every_database
def test_of_eight_proofs_at_once_one_wins(door: Door) -> None:
    login = waiting(door)
    before = door.rows()["Launch"]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: login.prove().status_code, range(8)))
    assert statuses[0] == 303
    assert set(statuses[1:]) <= {400, 403}
    assert door.rows()["Launch"] == before + 1


# The visit whose secret is in its address


def test_a_visit_by_address_writes_with_its_own_forms_only(door: Door) -> None:
    login, other = waiting(door, sub="polyglot"), waiting(door, sub="other")
    mine, theirs = place_of(login.prove()), place_of(other.prove())
    tokens = [
        re.search(r'name="csrf-token" content="([^"]+)"', get(login.client, f"{place}help").text)[1]
        for place in (mine, theirs)
    ]
    form = {"language": "fr", "next": mine}
    # As a browser sends it under this page's Referrer-Policy.
    headers = {"Referer": f"{TOOL}/"}
    for wrong in ("", "x", tokens[1]):
        answer = login.client.post(
            f"{mine}language", data=form | {"csrf_token": wrong}, base_url=TOOL, headers=headers
        )
        assert_refused(answer, "form-stale", 400)
    answer = login.client.post(
        f"{mine}language", data=form | {"csrf_token": tokens[0]}, base_url=TOOL, headers=headers
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, mine)


def test_a_visit_by_address_sets_no_cookie_and_tells_its_address_to_nobody(door: Door) -> None:
    login = waiting(door)
    place = place_of(login.prove())
    for path in ("", "help", "nowhere"):
        answer = get(login.client, place + path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_only_its_own_secret_opens_a_visit_by_address(door: Door) -> None:
    login, other, usual = waiting(door), waiting(door), door.browser()
    mine, theirs = place_of(login.prove()), place_of(other.prove())
    ordinary = door.launch(client=usual).headers["Location"]
    key = door.app.session_interface.open_session(
        door.app, door.app.request_class({"PATH_INFO": theirs, "QUERY_STRING": ""})
    )["key"]
    launch, secret = mine[3:-1].split("-")
    wrong = [
        launch,
        f"{launch}-",
        f"{launch}-{secret[:-1]}0x",
        f"{launch}-{key}",
        f"{launch}-{secret}-",
        f"-{secret}",
    ]
    wrong += [f"{ordinary[3:-1]}-{secret}", f"{launch}-%00", f"{launch}-é", f"{launch}%2d"]
    for each in wrong:
        assert_refused(get(login.client, f"/l/{each}/"), "no-session", 401)
    # What an ordinary visit's cookie holds does not open it by its address.
    with usual.session_transaction(ordinary, base_url=TOOL) as session:
        assert_refused(get(login.client, f"/l/{ordinary[3:-1]}-{session['key']}/"), "no-session", 401)
    assert get(login.client, mine).status_code == 200


def test_an_address_pasted_into_another_window_opens_nothing(door: Door) -> None:
    login = waiting(door)
    place = place_of(login.prove())
    for site in ("none", "cross-site", "same-site"):
        answer = get(login.client, place, **{"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": site})
        assert_refused(answer, "no-session", 401)
    assert (
        get(login.client, place, **{"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}).status_code
        == 200
    )


@pytest.mark.every_database
def test_a_visit_by_address_is_shorter(door: Door) -> None:
    login = waiting(door)
    place = place_of(login.prove())
    with door.database.read() as rows:
        launch = rows.get_one(Launch, place[3:35])
        assert launch.expires_at - launch.created_at < timedelta(hours=2, minutes=1)
    with door.database.write() as rows:
        over = clock.now() - timedelta(seconds=1)
        rows.execute(update(Launch).where(Launch.id == place[3:35]).values(expires_at=over))
    assert_refused(get(login.client, place), "session-ended", 401)


@pytest.mark.every_database
def test_a_notice_reaches_the_next_page_without_cookie(door: Door) -> None:
    teacher = {
        "sub": "teacher",
        LTI + "roles": [f"{MEMBERSHIP}#Instructor"],
        LTI + "resource_link": {"id": "new"},
    }
    login, other = waiting(door, **teacher), waiting(door)
    place, elsewhere = place_of(login.prove()), place_of(other.prove())
    page = get(login.client, f"{place}activity/new")
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)[1]
    form = {"kind": "practice", "title": "How I greet", "open": "now", "csrf_token": token}
    made = login.client.post(
        f"{place}activity/new", data=form, base_url=TOOL, headers={"Referer": f"{TOOL}/"}
    )
    assert made.status_code == 303, made.text[-1500:]
    told, later = made.headers["Location"].split("?", 1)
    assert 'class="notice is-ok"' in get(login.client, f"{told}?{later}").text
    assert 'class="notice is-ok"' not in get(login.client, told).text
    for spoilt in (later[:-2] + "xx", "later=", "later=W10", f"{later}x"):
        assert 'class="notice is-ok"' not in get(login.client, f"{told}?{spoilt}").text
    assert 'class="notice is-ok"' not in get(other.client, f"{elsewhere}?{later}").text, "another visit's"


def test_logs_hold_neither_the_proof_nor_the_address(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    login = begun(door)
    login.post()
    login.prove("wrong")
    place = place_of(login.prove())
    login.prove()
    get(login.client, f"{place}nowhere")
    get(login.client, f"{place}contribution/1")
    get(login.client, place[:-2] + "x/")
    login.client.post(f"{place}language", base_url=TOOL)
    logged = capsys.readouterr()
    written = logged.out + logged.err
    assert "proof-wrong" in written
    secrets = (login.secret, login.state, login.nonce, place[36:-1], place[36:60])
    assert not [secret for secret in secrets if secret in written]


def test_the_origin_of_a_platform_that_signs_in_elsewhere_is_the_storages(door: Door) -> None:
    """Canvas: the storage is the sign-in's, not the issuer's."""
    platform = door.register(issuer="https://canvas.example", auth_url="https://sso.canvas.example/auth?x=1")
    page = door.login(platform, lti_storage_target=FRAME)
    assert 'data-origin="https://sso.canvas.example"' in page.text


def test_the_way_back_of_a_launch_that_waits_is_the_platforms(door: Door) -> None:
    login = begun(door)
    presentation = {"return_url": "https://lms.example/back?course=1"}
    page = login.post(login.token(**{LTI + "launch_presentation": presentation}))
    assert 'href="https://lms.example/back?course=1"' in page.text
