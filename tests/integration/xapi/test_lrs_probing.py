"""Trying an LRS: what it is, and what it lets us do."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from services.scripted_lrs import HTML, Reply, always, client
from sqlalchemy import create_engine
from werkzeug.test import Client

from xapi.probing import kind
from xapi.store import create_store

LISTED = {"statements": [], "more": ""}


def lrs(about=None, unknown=None, empty=None, read=None):
    """Answers the four questions of a probe."""

    def answer(seen):
        if seen.path.endswith("/about"):
            return about or Reply(200, {"version": ["1.0.3"]})
        if seen.method == "POST":
            assert json.loads(seen.body) == []  # nothing that could be stored
            return empty or Reply(400, b"no statements")
        if "entraide" in seen.query:
            return unknown or Reply(400, b"unexpected parameter")
        return read or Reply(200, LISTED)

    return answer


def probe(server, behaviour, **options):
    server.behaviour = behaviour
    with client(server, version="auto", **options) as one:
        return one.probe()


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("ralph", {"about": Reply(200, {"version": ["1.0.3"], "extensions": {"xapi": {"statements": {}}}})}),
        ("ralph", {"unknown": Reply(400, {"detail": "The following parameter is not allowed: `entraide`"})}),
        ("adl", {"about": Reply(200, {"version": ["2.0.0"], "extensions": {
            "xapi": {"statements": {}, "activities": {}, "agents": {}}, "lrs": {}}})}),
        ("adl", {"unknown": Reply(400, b"The get statements request contained unexpected parameters: e")}),
        ("learning-locker", {"unknown": Reply(400, {"errorId": "1", "message": "x"})}),
        ("sql-lrs", {"unknown": Reply(400, {"error": {"message": "x"}})}),
        ("veracity", {"about": Reply(200, {"version": ["1.0.3"], "extensions": {"https://veracity.it": 1}})}),
        ("trax", {"read": Reply(200, LISTED, {"Set-Cookie": "trax_lrs_session=1"})}),
        ("trax", {"unknown": Reply(400, b"A request input is not allowed: [entraide].")}),
        ("learning-locker", {"about": Reply(200, {
            "version": ["1.0.3"], "extensions": {"X-Experience-API-Version": "1.0.3"}})}),
        ("lxhive", {"about": Reply(200, {"version": ["1.0.3"], "extensions": {"ExtendedQuery": {}}})}),
        ("", {"read": Reply(200, LISTED, {"Server": "Jetty(11.0.15)"})}),  # many programs run on it
        ("", {}),
    ],
)  # fmt: skip
def test_an_lrs_is_known_by_what_it_says(server, name, answers):
    said = probe(server, lrs(**answers))
    assert said.kind == name
    assert (said.can_read, said.can_write, said.problem) == (True, True, "")
    assert said.version == ("2.0.0" if "2.0.0" in said.versions else "1.0.3")
    assert len(server.seen) == 4


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("https://cloud.scorm.com/lrs/ABC/", "scorm-cloud"),
        ("https://sandbox.watershedlrs.com/api/organizations/1/lrs/", "watershed"),
        ("https://ours.lrs.io/xapi", "veracity"),
        ("https://lrs.io.example/xapi", ""),
        ("https://ralph.entraide.example/xAPI", ""),  # a name of the tool's own says nothing of what is there
    ],
)
def test_a_service_is_known_by_its_address(base, name):
    assert kind(httpx.URL(base), {"version": ["1.0.3"]}, []) == name


def test_our_own_store_knows_itself(server):
    about = Client(create_store(create_engine("sqlite://"))).get("/about")
    assert probe(server, lrs(about=Reply(200, about.json))).kind == "entraide"


@pytest.mark.parametrize(
    ("answers", "can_read", "can_write", "problem"),
    [
        ({"empty": Reply(200, [])}, True, True, ""),
        ({"empty": Reply(204)}, True, True, ""),
        ({"empty": Reply(403, b"read only")}, True, False, "read only"),
        ({"read": Reply(403, b"write only")}, False, True, ""),
        ({"read": Reply(200, b"[]")}, False, True, ""),
        ({"about": Reply(404)}, True, True, ""),
        ({"empty": Reply(401, b"who"), "read": Reply(401, b"who")}, False, False, "who"),
        (
            {name: Reply(200, b"<p>Sign in", HTML) for name in ("about", "empty", "read")},
            False,
            False,
            "Sign in",
        ),
    ],
)
def test_reading_and_writing_are_told_apart(server, answers, can_read, can_write, problem):
    said = probe(server, lrs(**answers))
    assert (said.can_read, said.can_write) == (can_read, can_write)
    assert problem in said.problem
    assert bool(said.problem) == bool(problem)


def test_a_clock_that_is_ahead_is_told(server, monkeypatch):
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    monkeypatch.setattr("services.scripted_lrs.Handler.date_time_string", lambda *_: date)
    assert 290 <= probe(server, lrs()).clock <= 310
    monkeypatch.undo()
    assert probe(server, lrs()).clock == 0


def test_nobody_is_there(server):
    server.behaviour = always(503, b"back soon")
    with client(server, version="auto") as one:
        said = one.probe()
    assert (said.can_read, said.can_write) == (False, False)
    assert "back soon" in said.problem
