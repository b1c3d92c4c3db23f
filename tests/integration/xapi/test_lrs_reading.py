"""Asking an LRS for its versions and its statements, whatever it answers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from services.scripted_lrs import (
    HTML,
    TENANT,
    AdlLrs,
    Ralph,
    Reply,
    Seen,
    always,
    batch_of,
    client,
    number,
    statement,
    stored,
)

from xapi import lrs
from xapi.lrs import Delivered, LrsClient, LrsError, Paused, Retry
from xapi.statements import Actor

# About and the version


@pytest.mark.parametrize(
    ("reply", "version"),
    [
        (Reply(200, {"version": ["1.0.3", "2.0.0"]}), "2.0.0"),
        (Reply(200, {"version": ["2.0.1"]}), "2.0.0"),
        (Reply(200, {"version": ["1.0.0", "1.0.3"]}), "1.0.3"),
        (Reply(200, {"version": "1.0.3"}), "1.0.3"),
        (Reply(200, {"version": [None, {}, 2]}), "1.0.3"),
        (Reply(200, {}), "1.0.3"),
        (Reply(404), "1.0.3"),
        (Reply(405), "1.0.3"),
    ],
)
def test_the_version_is_asked_once(server, reply, version):
    server.behaviour = lambda seen: reply if seen.path == "/xapi/about" else Reply(204)
    with client(server, version="auto") as one:
        assert one.send(batch_of(1)) == one.send(batch_of(1)) == [Delivered()]
        assert one.negotiate() == version
    about, *posts = server.seen
    assert about.headers["x-experience-api-version"] == "1.0.3"
    assert [seen.headers["x-experience-api-version"] for seen in posts] == [version] * 2


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(503), Retry),
        (Reply(401), Paused),
        (Reply(200, b"<html>", HTML), Paused),
        (Reply(200, b"[]"), Paused),
    ],
)
def test_no_version_is_guessed_while_the_lrs_cannot_be_asked(server, reply, outcome):
    server.behaviour = lambda seen: reply
    with client(server, version="auto") as one:
        assert [type(got) for got in one.send(batch_of(2))] == [outcome] * 2
        with pytest.raises(LrsError) as error:
            one.negotiate()
        assert isinstance(error.value.outcome, outcome)
        server.behaviour = lambda seen: Reply(200, {"version": ["2.0.0"]})
        assert one.negotiate() == "2.0.0"


# Reading


def test_a_statement_is_read_by_its_id(server):
    for kind in (Ralph, AdlLrs):
        server.behaviour = kind(holding=[stored(3)])
        with client(server) as one:
            assert one.get(statement(3)[0])["object"] == stored(3)["object"]
            assert one.get(statement(4)[0]) is None


def test_reading_fails_with_the_lrs_s_words(server):
    server.behaviour = always(400, b"statementId: no")
    with client(server) as one, pytest.raises(LrsError, match="statementId: no") as error:
        one.get(statement(0)[0])
    assert error.value.status == 400


def pages(server, *mores: object) -> Callable[[Seen], Reply]:
    def page(seen: Seen) -> Reply:
        index = int(seen.query.get("page", 0))
        return Reply(
            200, {"statements": [stored(index), "junk"], "more": mores[index] if index < len(mores) else ""}
        )

    return page


def test_all_pages_are_read(server):
    port = server.server_port
    server.behaviour = pages(
        server,
        "/xapi/statements?page=1",
        f"http://127.0.0.1:{port}/xapi/statements?page=2",
        "https://127.0.0.1:1/xapi/statements?page=3",  # as an LRS behind a proxy believes to be called
        "?page=4",
    )
    with client(server) as one:
        assert [number(found) for found in one.statements(limit=1)] == [0, 1, 2, 3, 4]
    assert {seen.headers["authorization"] for seen in server.seen} == {"Basic a2V5OnNlY3JldA=="}


def test_filters_are_written_as_the_specification_wants_them(server):
    server.behaviour = pages(server)
    since = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    with client(server) as one:
        agent = Actor("https://lms.example", "7")
        list(one.statements(since=since, ascending=True, registration=TENANT, limit=5, agent=agent))
    query = server.seen[0].query
    assert json.loads(query.pop("agent")) == {"account": {"homePage": "https://lms.example", "name": "7"}}
    assert query == {
        "since": "2025-01-02T03:04:05.000Z",
        "ascending": "true",
        "registration": str(TENANT),
        "limit": "5",
    }


@pytest.mark.parametrize(
    ("mores", "words"),
    [
        (["http://localhost:1/xapi/statements?page=1"], "another host"),
        (["//evil.example/"], "another host"),
        (["http://127.0.0.1:port/", ""], "not an address"),
        (["?page=1", "?page=0"], "circle"),
        (["?page=0"], "circle"),
        ([["?page=1"]], "not an address"),
    ],
)
def test_more_that_leads_astray(server, mores, words):
    server.behaviour = pages(server, *mores)
    with client(server) as one, pytest.raises(LrsError, match=words):
        list(one.statements(page=0))


def test_more_that_never_ends(server, monkeypatch):
    monkeypatch.setattr(lrs, "MAX_PAGES", 5)
    server.behaviour = lambda seen: Reply(200, {"statements": [], "more": f"?page={len(server.seen)}"})
    with client(server) as one, pytest.raises(LrsError, match="more than 5 pages"):
        list(one.statements())
    assert len(server.seen) == 5


def test_a_page_without_end_is_not_read_to_its_end(server, monkeypatch):
    monkeypatch.setattr(lrs, "_PAGE", 1000)
    server.behaviour = always(200, b" " * 5_000_000)
    with client(server) as one, pytest.raises(LrsError, match="longer than 1000 bytes"):
        one.about()


# The address


@pytest.mark.parametrize("suffix", ["", "/", "/statements", "/statements/", "/ "])
def test_the_endpoint_as_people_paste_it(server, suffix):
    server.behaviour = always(204)
    with LrsClient(server.endpoint + suffix, "key", "secret", "1.0.3") as one:
        one.send(batch_of(1))
    assert server.seen[0].path == "/xapi/statements"


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "lrs.example",
        "ftp://lrs.example/",
        "http://",
        "http://a:b@lrs.example/",
        "http://lrs.example/?a=b",
        "http://lrs.example:port/",
    ],
)
def test_an_endpoint_that_is_none(endpoint):
    with pytest.raises(ValueError, match="address"):
        LrsClient(endpoint, "key", "secret")
