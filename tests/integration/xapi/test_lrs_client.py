"""Sending to LRSs that misbehave as real ones do."""

import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.scripted_lrs import (
    HTML,
    AdlLrs,
    Handler,
    Ralph,
    Reply,
    Seen,
    StoresAndAnswers500,
    always,
    batch_of,
    client,
    send,
    statement,
    stored,
)

from xapi.lrs import Dead, Delivered, Doubt, LrsClient, Paused, Retry

# What is sent


def test_the_kept_bytes_are_sent_as_they_are(server):
    server.behaviour = always(200, [])
    batch = batch_of(3)
    assert send(server, batch) == [Delivered()] * 3
    [seen] = server.seen
    assert seen.body == b"[" + b",".join(kept for _, kept in batch) + b"]"
    assert (seen.method, seen.path) == ("POST", "/xapi/statements")
    assert seen.headers["x-experience-api-version"] == "1.0.3"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["authorization"] == "Basic a2V5OnNlY3JldA=="
    assert re.match("Entraide-xAPI", seen.headers["user-agent"])


def test_nothing_to_send_asks_nothing(server):
    assert send(server, []) == []
    assert server.seen == []


def test_one_connection_serves_many_batches(server):
    server.behaviour = always(204)
    ports = set()
    handle, Handler.setup = Handler.setup, lambda self: (ports.add(self.client_address[1]), handle(self))[1]
    try:
        with client(server) as one:
            for _ in range(5):
                one.send(batch_of(1))
    finally:
        Handler.setup = handle
    assert len(ports) == 1


# Delivered


@pytest.mark.parametrize(
    "reply",
    [
        Reply(204),
        Reply(200, []),
        Reply(200, ["not", "our", "ids"]),
        Reply(200, b"not json"),
        Reply(200, b"x" * 500_000),
    ],
)
def test_a_success_is_a_success_whatever_it_lists(server, reply):
    server.behaviour = lambda seen: reply
    assert send(server, batch_of(3)) == [Delivered()] * 3
    assert len(server.seen) == 1


@pytest.mark.parametrize("kind", [Ralph, AdlLrs])
def test_sending_again_stores_once(server, kind):
    server.behaviour = store = kind()
    batch = batch_of(4)
    assert send(server, batch[:2]) == [Delivered()] * 2
    assert send(server, batch) == [Delivered()] * 4
    assert sorted(store.arrivals) == [0, 1, 2, 3]


def test_what_was_stored_with_an_error_is_stored_once(server):
    server.behaviour = store = StoresAndAnswers500()
    assert all(isinstance(one, Retry) for one in send(server, batch_of(3)))
    assert send(server, batch_of(3)) == [Delivered()] * 3
    assert sorted(store.arrivals) == [0, 1, 2]


# Conflicts


@pytest.mark.parametrize("kind", [Ralph, AdlLrs])
def test_another_statement_under_our_id_is_dead_and_the_others_go_on(server, kind):
    server.behaviour = kind(holding=[stored(1, verb={"id": "http://adlnet.gov/expapi/verbs/shared"})])
    outcomes = send(server, batch_of(3))
    assert outcomes[0] == outcomes[2] == Delivered()
    assert isinstance(outcomes[1], Dead)
    assert outcomes[1].reason.startswith("id conflict: 409 Conflict: ")
    assert "already exist" in outcomes[1].reason


def conflict(reply: Callable[[Seen], Reply]) -> Callable[[Seen], Reply]:
    return lambda seen: Reply(409, b"duplicate") if seen.method == "POST" else reply(seen)


def test_a_conflict_with_a_voided_statement_of_ours_is_delivered(server):
    server.behaviour = conflict(
        lambda seen: Reply(200, stored(0)) if "voidedStatementId" in seen.query else Reply(404)
    )
    assert send(server, batch_of(1)) == [Delivered()]


def test_a_duplicate_that_cannot_be_found_is_in_doubt(server):
    server.behaviour = conflict(always(404))
    [outcome] = send(server, batch_of(1))
    assert isinstance(outcome, Doubt)
    assert "not found" in outcome.reason


def test_a_conflict_that_may_not_be_read_holds_nobody_up(server):
    server.behaviour = lambda seen: (
        Reply(403) if seen.method == "GET" else Reply(409 if 0 in server.posts[-1] else 204)
    )
    outcomes = send(server, batch_of(3))
    assert isinstance(outcomes[0], Doubt)
    assert outcomes[1:] == [Delivered()] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"statements": [{"id": "another"}, stored(7), "junk", None]},
        {"statements": {}},
        {"statements": None},
        {"id": 5},
    ],
)
def test_an_answer_to_another_question_proves_nothing(server, body):
    server.behaviour = conflict(always(200, body))
    assert isinstance(send(server, batch_of(1))[0], Doubt)


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b"null", b""])
def test_an_unreadable_copy_is_not_taken_for_ours(server, body):
    server.behaviour = conflict(always(200, body))
    assert isinstance(send(server, batch_of(1))[0], Doubt)


def test_a_broken_copy_is_another_statement(server):
    server.behaviour = conflict(
        always(200, {"id": str(statement(0)[0]), "actor": [], "object": 1, "context": "x"})
    )
    assert isinstance(send(server, batch_of(1))[0], Dead)


# Refused


@given(size=st.integers(1, 60), data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("kind", [Ralph, AdlLrs])
def test_exactly_the_bad_ones_die(server, kind, size, data):
    poison = data.draw(st.sets(st.integers(0, size - 1)))
    server.behaviour = store = kind(poison)
    outcomes = send(server, batch_of(size))
    assert {index for index, one in enumerate(outcomes) if isinstance(one, Dead)} == poison
    assert all(isinstance(one, Dead | Delivered) for one in outcomes)
    assert sorted(store.arrivals) == [index for index in range(size) if index not in poison]


@given(size=st.integers(1, 40), data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_outage_in_the_middle_loses_nothing_and_claims_nothing(server, size, data):
    poison = data.draw(st.sets(st.integers(0, size - 1)))
    answered = data.draw(st.integers(0, 20))
    store = Ralph(poison)
    server.seen.clear()
    server.behaviour = lambda seen: store(seen) if len(server.seen) <= answered else Reply(503)
    outcomes = send(server, batch_of(size))
    delivered = [index for index, one in enumerate(outcomes) if one == Delivered()]
    assert delivered == sorted(store.arrivals)
    assert {index for index, one in enumerate(outcomes) if isinstance(one, Dead)} <= poison
    assert len(server.seen) <= answered + 1  # nothing more is asked of an LRS that is down
    server.behaviour = store
    waiting = [index for index, one in enumerate(outcomes) if isinstance(one, Retry)]
    send(server, [statement(index) for index in waiting])
    assert sorted(store.arrivals) == [index for index in range(size) if index not in poison]


def test_one_bad_statement_costs_few_requests(server):
    server.behaviour = Ralph({17})
    send(server, batch_of(50))
    assert len(server.seen) <= 13


@pytest.mark.parametrize("status", [400, 413, 422])
def test_the_reason_is_in_the_lrs_s_own_words(server, status):
    server.behaviour = always(status, {"detail": "actor: field required\x00" + "é" * 600})
    [outcome] = send(server, batch_of(1))
    assert isinstance(outcome, Dead)
    assert outcome.reason.startswith(f"{status} ")
    assert "actor: field required" in outcome.reason
    assert len(outcome.reason) == 500
    assert "\x00" not in outcome.reason


def test_a_batch_too_large_is_sent_in_smaller_ones(server):
    server.behaviour = lambda seen: Reply(413) if len(seen.statements) > 2 else Reply(204)
    assert send(server, batch_of(8)) == [Delivered()] * 8


def test_a_web_page_is_read_as_text(server):
    page = b"<html><title>Bad\nRequest</title><p>nginx\xff" + b"<" * 300_000
    server.behaviour = always(400, page, headers=HTML)
    [outcome] = send(server, batch_of(1))
    assert outcome.reason.startswith("400 Bad Request: Bad Request nginx")


# Paused


@pytest.mark.parametrize(
    "status", [301, 307, 401, 402, 403, 404, 405, 406, 410, 411, 415, 431, 451, 501, 505]
)
def test_what_a_person_must_mend_pauses_all(server, status):
    server.behaviour = always(status, b"no", headers={"Location": "https://elsewhere.example/login"})
    outcomes = send(server, batch_of(3))
    assert outcomes == [outcomes[0]] * 3
    assert isinstance(outcomes[0], Paused)
    assert outcomes[0].reason.startswith(str(status))
    assert len(server.seen) == 1
    assert ("https://elsewhere.example/login" in outcomes[0].reason) == (status < 400)


def test_a_web_page_is_not_a_receipt(server):
    server.behaviour = always(200, b"<html><body>Please sign in</body></html>", headers=HTML)
    outcomes = send(server, batch_of(2))
    assert isinstance(outcomes[0], Paused)
    assert "Please sign in" in outcomes[0].reason


# Retry


@pytest.mark.parametrize("status", [408, 423, 425, 429, 500, 502, 503, 504, 507, 599])
def test_what_passes_is_tried_again(server, status):
    server.behaviour = always(status, b"<h1>Gateway</h1>", headers=HTML)
    outcomes = send(server, batch_of(3))
    assert outcomes == [outcomes[0]] * 3
    assert isinstance(outcomes[0], Retry)
    assert outcomes[0].after is None
    assert outcomes[0].reason.startswith(str(status))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ("7", 7),
        ("0", 0),
        ("999999999999", 900),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, None),
        ("Tue, 99 Foo 2025 99:99:99 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 900),
    ],
)
def test_retry_after_is_honoured(server, asked, after):
    server.behaviour = always(429, headers={"Retry-After": asked})
    assert send(server, batch_of(1))[0].after == after


def test_retry_after_may_be_a_date(server):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.behaviour = always(503, headers={"Retry-After": date})
    assert 80 < send(server, batch_of(1))[0].after <= 90


def test_an_lrs_that_is_too_slow(server):
    server.behaviour = lambda seen: server.stopped.wait(6) or Reply(204)
    begun = monotonic()
    outcomes = send(server, batch_of(2), timeout=0.2)
    assert monotonic() - begun < 5
    assert [type(one) for one in outcomes] == [Retry] * 2
    assert "ReadTimeout" in outcomes[0].reason


def test_an_answer_that_drips(server):
    server.behaviour = always(200, b" " * 100, drip=0.05)
    begun = monotonic()
    [outcome] = send(server, batch_of(1), timeout=0.3)
    assert monotonic() - begun < 4
    assert isinstance(outcome, Retry)
    assert "longer than 0.3 s" in outcome.reason


@pytest.mark.parametrize(
    "reply", [Reply(200, b"[", length=1000, reset=True), Reply(200, b"", length=10, reset=True)]
)
def test_a_connection_reset_in_the_answer(server, reply):
    server.behaviour = lambda seen: reply
    outcomes = send(server, batch_of(2))
    assert [type(one) for one in outcomes] == [Retry] * 2
    assert re.match("ReadError|RemoteProtocolError", outcomes[0].reason)


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with LrsClient(f"http://127.0.0.1:{port}/", "key", "secret", "1.0.3", timeout=1) as one:
        assert [type(outcome) for outcome in one.send(batch_of(2))] == [Retry] * 2
