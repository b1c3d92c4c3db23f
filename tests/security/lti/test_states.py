"""State and nonce: one login, one browser, one launch (Security Framework 1.0, sections 5.1.1 and 5.1.3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from door import TOOL, Attempt, Door, assert_let_in, assert_refused
from sqlalchemy import update

from lti_tool.kernel import clock
from lti_tool.lti.logins import LIFETIME
from lti_tool.lti.models import Launch, LoginAttempt
from lti_tool.people.models import Person
from lti_tool.people.models import Platform as Registration


def test_a_launch_is_let_in_once(door: Door) -> None:
    attempt = door.attempt()
    token = attempt.token()
    assert_let_in(attempt.post(token))
    door.refuses(lambda: attempt.post(token), "state-used")
    door.refuses(lambda: attempt.post(), "state-used")
    attempt.client = door.browser()
    door.refuses(lambda: attempt.post(token), "state-used")


@pytest.mark.every_database
def test_of_eight_equal_posts_at_once_one_wins(door: Door) -> None:
    attempt = door.attempt(door.register())
    token, cookies = attempt.token(), dict(attempt.client._cookies)
    before = door.rows(Launch, Person)

    def post(_: int) -> int:
        client = door.browser()
        client._cookies.update(cookies)
        return Attempt(door, attempt.platform, client, attempt.state, attempt.nonce).post(token).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(post, range(8)))
    assert statuses == [303] + [400] * 7
    assert door.rows(Launch, Person) == {name: count + 1 for name, count in before.items()}


@pytest.mark.every_database
def test_eight_first_launches_at_once_make_each_row_once(door: Door) -> None:
    """The same person opens the activity in eight tabs, and nobody was there before."""
    platform = door.register()
    attempts = [door.attempt(platform) for _ in range(8)]
    before = door.rows()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda attempt: attempt.post().status_code, attempts))
    assert statuses == [303] * 8
    made = {name: count - before[name] for name, count in door.rows().items()}
    assert made == {"Launch": 8, "Person": 1, "Course": 1, "Enrolment": 1, "ResourceLink": 1}


def test_a_failed_launch_does_not_use_the_login_up(door: Door) -> None:
    attempt = door.attempt()
    for token in ("x.y.z", attempt.token(exp=1), attempt.token(nonce="other"), attempt.token(sub=None)):
        assert attempt.post(token).status_code == 400
    assert_let_in(attempt.post())


def test_a_launch_from_another_browser_is_refused(door: Door) -> None:
    """Login CSRF: an attacker begins a login, and has somebody else's browser finish it."""
    attempt, victim = door.attempt(), door.browser()
    door.attempt(client=victim)  # the victim has a login of its own under way
    attempt.client = victim
    door.refuses(lambda: attempt.post(), "cookie-missing")


def test_another_cookie_under_the_right_name_is_refused(door: Door) -> None:
    attempt, other = door.attempt(), door.attempt()
    (name,) = (cookie.key for cookie in attempt.client._cookies.values())
    (value,) = (cookie.value for cookie in other.client._cookies.values())
    for wrong in (value, "", "x" * 3000, "é", attempt.state):
        attempt.client.delete_cookie(name, domain="tool.example", path="/lti/launch")
        attempt.client.set_cookie(name, wrong, domain="tool.example", path="/lti/launch")
        door.refuses(lambda: attempt.post(), "cookie-missing")


def test_a_launch_that_comes_too_late_is_refused(door: Door) -> None:
    attempt = door.attempt()
    over = clock.now() - LIFETIME - timedelta(seconds=1)
    with door.database.write() as rows:
        rows.execute(update(LoginAttempt).values(created_at=over))
    door.refuses(lambda: attempt.post(), "state-expired")
    door.login()  # forgets what is over
    door.refuses(lambda: attempt.post(), "state-unknown")


def test_a_state_of_one_platform_takes_no_token_of_another(door: Door) -> None:
    client = door.browser()
    mine, other = door.attempt(client=client), door.attempt(door.register(), client)
    door.refuses(lambda: mine.post(other.token()), "token-claims")
    door.refuses(lambda: other.post(mine.token()), "token-claims")
    door.refuses(lambda: mine.post(other.platform.token(other.claims(nonce=mine.nonce))), "token-claims")
    assert_let_in(mine.post())
    assert_let_in(other.post())


def test_a_nonce_of_another_login_is_refused(door: Door) -> None:
    client = door.browser()
    first, second = door.attempt(client=client), door.attempt(client=client)
    door.refuses(lambda: first.post(second.token()), "token-nonce")
    assert_let_in(second.post())
    door.refuses(lambda: first.post(second.token()), "token-nonce")
    assert_let_in(first.post())


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"state": None}, "launch-incomplete"),
        ({"id_token": None}, "launch-incomplete"),
        ({"state": ""}, "launch-incomplete"),
        ({"id_token": ""}, "launch-incomplete"),
        ({"state": None, "id_token": None}, "launch-incomplete"),
        ({"state": "0" * 48}, "state-unknown"),
        ({"state": "x" * 500_000}, "state-unknown"),
        ({"state": "' OR 1=1 --"}, "state-unknown"),
        ({"state": "\x00é\ud83d"}, "state-unknown"),
        ({"error": "login_required", "error_description": "<script>alert(1)</script>"}, "platform-error"),
        ({"error": "x" * 9000, "id_token": None}, "platform-error"),
        ({"error": "access_denied", "state": None, "id_token": None}, "platform-error"),
    ],
)
def test_an_incomplete_answer_is_refused(door: Door, form: dict[str, Any], code: str) -> None:
    attempt = door.attempt()
    if "\ud83d" in str(form.get("state")):
        form = {"state": form["state"].encode("utf-8", "surrogatepass")}
    answer = door.refuses(lambda: attempt.post(**form), code)
    assert "<script>alert" not in answer.text
    assert_let_in(attempt.post())


def test_only_one_form_posted_is_a_launch(door: Door) -> None:
    attempt = door.attempt()
    form = {"id_token": attempt.token(), "state": attempt.state}

    def sent(method: str = "POST", **given: Any) -> Any:
        return lambda: attempt.client.open("/lti/launch", method=method, base_url=TOOL, **given)

    door.refuses(sent("GET", query_string=form), "method-not-allowed", 405)
    door.refuses(sent("PUT", data=form), "method-not-allowed", 405)
    door.refuses(sent("DELETE"), "method-not-allowed", 405)
    door.refuses(sent(query_string=form), "launch-incomplete")
    door.refuses(sent(json=form), "launch-incomplete")
    door.refuses(sent(data=str(form), content_type="text/plain"), "launch-incomplete")
    door.refuses(sent(data=b"\xff\xfe", content_type="multipart/form-data; boundary=x"), "launch-incomplete")
    door.refuses(sent(data={**form, "id_token": [form["id_token"], "x"]}), "launch-incomplete")
    door.refuses(sent(data={**form, "state": [form["state"]] * 2}), "launch-incomplete")
    assert_let_in(sent(data=form)())


@pytest.mark.every_database
def test_a_login_of_a_platform_that_was_removed_is_refused(door: Door) -> None:
    platform = door.register()
    attempt = door.attempt(platform)
    with door.database.write() as rows:
        rows.execute(Registration.__table__.delete().where(Registration.client_id == platform.client_id))
    assert_refused(attempt.post(), "state-unknown")
