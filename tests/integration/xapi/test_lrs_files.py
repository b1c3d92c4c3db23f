"""Two pairs of credentials, requests with files, and too many bytes: over real HTTP."""

import base64
import json
from hashlib import sha256

import pytest
from services.scripted_lrs import Reply, always, batch_of, client, statement

from xapi.lrs import Dead, Delivered, Paused

DATA = b"\x89PNG, or so it says"
SHA2 = sha256(DATA).hexdigest()
CONTENTS = {SHA2: DATA}.get
PAIR = {"second": ("new", "secret")}


def user(seen) -> str:
    return base64.b64decode(seen.headers["authorization"].removeprefix("Basic ")).decode().split(":")[0]


@pytest.mark.parametrize("status", [401, 403])
def test_the_second_pair_is_tried_once_and_stays_when_it_works(server, status):
    server.behaviour = lambda seen: Reply(204 if user(seen) == "new" else status)
    with client(server, **PAIR) as one:
        assert one.send(batch_of(2)) == [Delivered()] * 2
        assert one.send(batch_of(2)) == [Delivered()] * 2
        server.behaviour = lambda seen: Reply(204 if user(seen) == "key" else status)
        assert one.send(batch_of(1)) == [Delivered()]
    assert [user(seen) for seen in server.seen] == ["key", "new", "new", "new", "key"]
    assert server.seen[0].body == server.seen[1].body


def test_only_when_both_pairs_are_refused_it_needs_a_person(server):
    server.behaviour = always(401, b"who are you")
    with client(server, **PAIR) as one:
        assert isinstance(one.send(batch_of(2))[0], Paused)
        assert isinstance(one.send(batch_of(2))[0], Paused)
    assert [user(seen) for seen in server.seen] == ["key", "new"] * 2


def test_no_request_has_too_many_bytes(server):
    server.behaviour = always(204)
    size = max(len(body) for _, body in batch_of(8))
    with client(server, max_bytes=3 * size + 20) as one:
        assert one.send(batch_of(8)) == [Delivered()] * 8
    assert [index for part in server.posts for index in part] == list(range(8))
    assert len(server.posts) == 3
    assert all(len(seen.body) <= 3 * size + 20 for seen in server.seen)


def test_what_is_too_large_is_halved_by_bytes_to_the_one_that_is(server):
    server.behaviour = lambda seen: Reply(413 if len(seen.body) > 9000 else 204)
    batch = [statement(0, result={"response": "x" * 9000}), *batch_of(9)[1:]]
    with client(server) as one:
        outcomes = one.send(batch)
    assert isinstance(outcomes[0], Dead)
    assert outcomes[1:] == [Delivered()] * 8
    assert len(server.seen) == 3


# Files


def attached(index: int, url: str | None = "https://tool.example/f") -> tuple:
    one = {"usageType": "http://x.example/u", "display": {"en": "f"}, "contentType": "image/png",
           "length": len(DATA), "sha2": SHA2}  # fmt: skip
    return statement(index, attachments=[one | ({"fileUrl": url} if url else {})])


def is_multipart(seen) -> bool:
    return seen.headers["content-type"].startswith("multipart/mixed; boundary=")


def test_files_go_along_where_the_store_takes_them(server):
    server.behaviour = always(204)
    with client(server) as one:
        assert one.send([attached(0, None), attached(1)], CONTENTS) == [Delivered()] * 2
        assert one.send(batch_of(1), CONTENTS) == [Delivered()]
        assert one.send([attached(0)]) == [Delivered()]
    assert [is_multipart(seen) for seen in server.seen] == [True, False, False]
    assert server.seen[0].body.count(DATA) == 1


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_store_that_takes_no_files_gets_the_same_statement_without(server, status):
    server.behaviour = lambda seen: Reply(status, b"no multipart") if is_multipart(seen) else Reply(204)
    batch = [*batch_of(3), attached(3), attached(4, None)]
    with client(server) as one:
        outcomes = one.send(batch, CONTENTS)
    assert outcomes[:4] == [Delivered()] * 4
    assert isinstance(outcomes[4], Dead)  # nobody could fetch its file
    assert "no multipart" in outcomes[4].reason
    sent = [json.loads(seen.body) for seen in server.seen if not is_multipart(seen)]
    assert json.loads(batch[3][1]) in [one for some in sent for one in some]


def test_json_that_is_refused_for_its_type_needs_a_person(server):
    server.behaviour = always(415)
    with client(server) as one:
        assert isinstance(one.send([attached(0)], CONTENTS)[0], Paused)
