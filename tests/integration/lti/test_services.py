"""Calls to platforms' services over real HTTP: whose token goes where, and what an answer means."""

import threading
from contextlib import ExitStack
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from platforms.lms import BLACKBOARD, CANVAS, DROP, HANG, MOODLE, OPENEDX, Answer, running
from platforms.lms.personalities import LINE_ITEM, LINE_ITEM_READ, SCORE
from platforms.strict import key

from lti_tool.kernel import outgoing
from lti_tool.lti.services import (
    DeclinedError,
    NotLetInError,
    NoTokenError,
    ServiceConnector,
    UnavailableError,
    address,
    same_place,
)
from lti_tool.people.models import Platform

KEY = key("tool")
SCOPES = [LINE_ITEM, LINE_ITEM_READ]
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"


class Clock:
    """A monotonic clock that stands still."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def calling():
    """Starts platforms, and calls their line items through one connector."""
    clock = Clock()
    with ExitStack() as stack, outgoing.client("https://tool.example", private=True, read=1.5) as http:
        connector = ServiceConnector(http, lambda: (KEY.kid, KEY.private), clock)

        def start(personality=MOODLE, **changes):
            lms = stack.enter_context(running(personality, tool_keys=lambda: {"keys": [KEY.jwk()]}))
            course = lms.course("c1")
            platform = Platform(id=uuid4(), product=personality.family, **lms.registration | changes)
            query = f"?{personality.item_query}" if personality.item_query else ""
            items = f"{lms.url}/contexts/{course.id}/lineitems{query}"

            def call(scopes=SCOPES, url=items, of=platform):
                return connector.call(of, scopes, "GET", url, accept=ITEMS)

            return SimpleNamespace(lms=lms, platform=platform, call=call, items=items)

        yield SimpleNamespace(start=start, clock=clock, connector=connector)


def tokens(lms) -> int:
    return len(lms.asked("POST", "^/token$"))


def test_one_token_serves_all_calls_with_the_same_scopes_in_any_order(calling):
    at = calling.start()
    for scopes in (SCOPES, SCOPES[::-1], SCOPES):
        assert at.call(scopes).json() == []
    assert tokens(at.lms) == 1
    at.call([LINE_ITEM_READ])
    assert tokens(at.lms) == 2
    assert at.lms.requests[-1].headers["user-agent"].startswith("Entraide/")


def test_a_token_is_renewed_before_its_end(calling):
    at = calling.start()  # Moodle's lives for 60 seconds
    at.call()
    calling.clock.now += 29
    at.call()
    assert tokens(at.lms) == 1
    calling.clock.now += 2
    at.call()
    assert tokens(at.lms) == 2
    assert at.lms.refusals == []


@pytest.mark.parametrize("said", ["", ', "expires_in": 0', ', "expires_in": null'])
def test_a_token_that_does_not_say_how_long_it_lives_is_kept_for_minutes(calling, said):
    at = calling.start()
    at.call()
    token = at.lms.tokens_issued[0]["token"]
    calling.clock.now += 60
    at.lms.fail("^/token$", [Answer(200, {}, f'{{"access_token": "{token}"{said}}}')])
    at.call()
    calling.clock.now += 200
    at.call()
    assert tokens(at.lms) == 2


def test_two_schools_with_one_issuer_never_share_a_token(calling):
    one = calling.start(CANVAS)
    two = calling.start(CANVAS, client_id="10000000000099")
    two.lms.client_id = "10000000000099"
    assert one.platform.issuer == two.platform.issuer
    one.call()
    two.call()
    one.call()
    for at, other in ((one, two), (two, one)):
        assert tokens(at.lms) == 1
        [issued] = at.lms.tokens_issued
        assert all(
            issued["token"] not in asked.headers.get("authorization", "") for asked in other.lms.requests
        )
        assert at.lms.refusals == []


def test_an_edited_registration_gets_a_token_of_its_own(calling):
    at = calling.start(BLACKBOARD)
    at.call()
    other = at.platform.client_id = at.lms.client_id = "another-client"
    at.call()
    assert [asked.query for asked in at.lms.asked("POST", "^/token$")] == [{}, {}]
    moved = calling.start(BLACKBOARD, client_id=other)
    moved.lms.client_id = other
    moved.platform.id = at.platform.id  # the same row, with another token URL
    moved.call(of=moved.platform)
    assert (tokens(at.lms), tokens(moved.lms)) == (2, 1)
    assert moved.lms.refusals == []


def test_a_platform_that_is_removed_and_registered_anew_starts_without_a_token(calling):
    at = calling.start(CANVAS)
    at.call()
    anew = Platform(id=uuid4(), product="canvas", **at.lms.registration)
    at.call(of=anew)
    assert tokens(at.lms) == 2


@pytest.mark.parametrize("personality", [MOODLE, OPENEDX], ids=["401", "403"])
def test_many_threads_renew_a_revoked_token_once(calling, personality):
    at = calling.start(personality)
    at.call()
    at.lms.revoke_tokens()
    at.lms.delay("^/token$", 0.05)
    threads = [threading.Thread(target=at.call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tokens(at.lms) == 2


def test_a_new_token_that_is_refused_too_is_the_administrators_affair(calling):
    at = calling.start()
    at.lms.fail("/lineitems$", lambda asked: Answer(401, {}, "no"))
    with pytest.raises(NotLetInError):
        at.call()
    assert tokens(at.lms) == 2
    at.lms.heal()
    at.call()
    assert tokens(at.lms) == 3


def test_where_a_403_is_about_the_thing_asked_the_token_is_kept(calling):
    at = calling.start(CANVAS)
    at.call()
    at.lms.fail("/lineitems$", [Answer(403, {}, "not enrolled")])
    with pytest.raises(DeclinedError, match="not enrolled"):
        at.call()
    assert tokens(at.lms) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(400, {}, '{"error":"invalid_client"}'), "invalid_client"),
        (Answer(401), "401"),
        (Answer(200, {}, "<html>Sign in</html>"), "not a token"),
        (Answer(200, {}, "[]"), "not a token"),
        (Answer(200, {}, '{"access_token": "x", "expires_in": "soon"}'), "not a token"),
        (Answer(200, {}, '{"access_token": "a\\nb", "expires_in": 60}'), "header"),
        (Answer(302, {"Location": "http://127.0.0.1:1/"}), "302"),
    ],
)
def test_no_token_is_told_in_words(calling, answer, words):
    at = calling.start()
    at.lms.fail("^/token$", [answer])
    with pytest.raises(NoTokenError, match=words) as caught:
        at.call()
    assert caught.value.everywhere
    assert [asked.path for asked in at.lms.requests] == ["/token"]


def test_a_scope_that_was_not_granted_is_the_administrators_affair(calling):
    at = calling.start(CANVAS)
    at.lms.fail("/lineitems$", [Answer(403, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'})])
    with pytest.raises(NoTokenError):
        at.call()
    at.lms.scopes = (SCORE,)
    with pytest.raises(NoTokenError, match="invalid_scope"):
        at.call([LINE_ITEM])


@pytest.mark.parametrize(
    ("answer", "after", "everywhere"),
    [
        (Answer(500), None, False),
        (Answer(502, {}, "<h1>Bad gateway</h1>"), None, False),
        (Answer(503, {"Retry-After": "120"}), 120, True),
        (Answer(429), None, True),
        (Answer(429, {"Retry-After": "99999999999"}), 86400, True),
        (Answer(408), None, True),
        (Answer(403, {}, "403 Forbidden (Rate Limit Exceeded)"), None, True),
        (DROP, None, False),
        (HANG, None, True),
    ],
)
def test_what_may_pass_is_told_from_what_will_not(calling, answer, after, everywhere):
    at = calling.start(CANVAS)
    at.lms.fail("/lineitems$", [answer])
    with pytest.raises(UnavailableError) as caught:
        at.call()
    assert (caught.value.after, caught.value.everywhere) == (after, everywhere)
    assert at.call().status_code == 200


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_no_token_goes_elsewhere(calling, status):
    at, elsewhere = calling.start(), calling.start()
    at.lms.fail("/lineitems$", [Answer(status, {"Location": elsewhere.items})])
    with pytest.raises(DeclinedError):
        at.call()
    assert elsewhere.lms.requests == []


@pytest.mark.parametrize(
    ("status", "body"), [(200, ""), (201, "{}"), (204, ""), (202, "OK"), (200, "<html>"), (200, "\xff")]
)
def test_any_2xx_is_a_yes(calling, status, body):
    at = calling.start()
    at.lms.fail("/lineitems$", [Answer(status, {}, body)])
    assert at.call().status_code == status


@pytest.mark.parametrize("url", ["http://[", "nowhere", "ftp://lms.example/x", "http://a b/"])
def test_an_address_that_is_none_is_no_crash(calling, url):
    at = calling.start()
    with pytest.raises((DeclinedError, UnavailableError)):
        at.call(url=url)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://a.example:443/y?z", True),
        ("https://a.example/", "https://A.example/", True),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://b.a.example/", False),
        ("https://a.example/", "https://a.example@b.example/", False),
    ],
)
def test_a_place_is_scheme_host_and_port(one, other, same):
    assert same_place(httpx.URL(one), address(other)) is same
