"""The store's own credentials: made, listed, ended, and what each scope opens."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from xapi.store import create_store, credentials

from .conftest import Caller, new, person

VERB = {"id": "https://example.org/verbs/did"}


def statement() -> dict[str, Any]:
    return {"actor": person(), "verb": VERB, "object": {"id": new(), "definition": {"name": {"en": "x"}}}}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Hashes that are quick, and the passwords that were hashed."""
    hashed: list[bytes] = []

    def scrypt(password: bytes, *, salt: bytes, **_cost: int) -> bytes:
        hashed.append(password)
        return hashlib.blake2b(password, salt=salt).digest()

    monkeypatch.setattr(credentials.hashlib, "scrypt", scrypt)
    return hashed


@pytest.fixture
def store(engine: Engine) -> Any:
    return create_store(engine)


@pytest.fixture
def made(engine: Engine, store: Any, quick: list[bytes]) -> Callable[..., Caller]:
    def make(*scopes: str, name: str = "player") -> Caller:
        with engine.begin() as connection:
            return Caller(store, pair=credentials.add(connection, name, scopes or credentials.USUAL))

    return make


STATEMENTS, DEFINED = ("GET", "/statements", {}), ("GET", "/activities", {"activityId": "urn:x:1"})
STATE = {"activityId": "urn:x:1", "agent": {"mbox": "mailto:a@example.org"}, "stateId": "s"}
PROFILE = {"activityId": "urn:x:1", "profileId": "p"}
REQUESTS = {
    "write": ("POST", "/statements", {}),
    "read": STATEMENTS,
    "know": DEFINED,
    "read state": ("GET", "/activities/state", STATE),
    "write state": ("POST", "/activities/state", STATE),
    "read profiles": ("GET", "/activities/profile", PROFILE),
    "write profiles": ("POST", "/activities/profile", PROFILE),
}


@pytest.mark.parametrize(
    ("scope", "opened"),
    [
        ("statements/write", {"write"}),
        ("statements/read/mine", {"read"}),
        ("statements/read", {"read", "know"}),
        ("state", {"read state", "write state"}),
        ("define", {"know"}),
        ("profile", {"know", "read profiles", "write profiles"}),
        ("all/read", {"read", "know", "read state", "read profiles"}),
        ("all", set(REQUESTS)),
    ],
)
def test_each_scope_opens_what_it_says(made: Callable[..., Caller], scope: str, opened: set[str]) -> None:
    call = made(scope)
    for name, (method, path, query) in REQUESTS.items():
        body = None if method == "GET" else statement() if path == "/statements" else {}
        answer = call(method, path, body, query=query)
        assert (answer.status_code != 403) == (name in opened), (name, answer.text)


def test_who_may_not_define_teaches_nothing(made: Callable[..., Caller]) -> None:
    for scopes, known in ((("statements/write", "statements/read"), False), (("all",), True)):
        call, sent = made(*scopes), statement()
        assert call("POST", "/statements", sent).status_code == 200
        answer = call("GET", "/activities", query={"activityId": sent["object"]["id"]})
        assert ("definition" in answer.json) == known


def test_mine_are_those_of_the_same_name(made: Callable[..., Caller]) -> None:
    old, renewed, other = made(name="ours"), made(name="ours"), made(name="theirs")
    (sent,) = old("POST", "/statements", statement()).json
    found = renewed("GET", "/statements").json["statements"]
    assert [each["id"] for each in found] == [sent]
    assert found[0]["authority"]["account"]["name"] == "ours"
    assert renewed("GET", "/statements", query={"statementId": sent}).status_code == 200
    assert other("GET", "/statements").json["statements"] == []
    assert other("GET", "/statements", query={"statementId": sent}).status_code == 404


@pytest.mark.every_database
def test_credentials_are_kept_hashed_and_end_at_once(engine: Engine, store: Any) -> None:
    with engine.begin() as connection:
        pair = credentials.add(connection, "player", ("all",))
        listed = next(each for each in credentials.listed(connection) if each.username == pair[0])
        row = connection.execute(credentials.schema.credentials.select()).all()
    assert (listed.name, listed.scopes, listed.ended_at) == ("player", ("all",), None)
    assert pair[1] not in str(row)
    call = Caller(store, pair=pair)
    assert call("GET", "/statements").status_code == 200
    for wrong in ((pair[0], "x"), ("x", pair[1]), ("", ""), ("a\0b", "c")):
        assert Caller(store, pair=wrong)("GET", "/statements").status_code == 401
    with engine.begin() as connection:
        assert credentials.end(connection, pair[0]) == 1
        assert credentials.end(connection, pair[0]) == 0
    assert call("GET", "/statements").status_code == 401


def test_no_password_is_hashed_twice(made: Callable[..., Caller], quick: list[bytes]) -> None:
    right = made("all")
    wrong = Caller(right.store, pair=("nobody", "guess"))
    quick.clear()
    for _ in range(5):
        assert right("GET", "/statements").status_code == 200
        assert wrong("GET", "/statements").status_code == 401
    assert len(quick) == 2


def test_what_is_remembered_is_bounded(
    made: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setattr(credentials, "_REMEMBERED", 10)
    door = credentials.Door(engine)
    for number in range(30):
        assert door.check("nobody", str(number)) is None
    assert len(door._known) == 10


@pytest.mark.parametrize(
    ("name", "more"),
    [("x", {"scopes": ("everything",)}), ("x", {"scopes": ()}), ("", {}), ("x", {"username": "a:b"})],
)
def test_credentials_that_cannot_be(
    engine: Engine, quick: list[bytes], name: str, more: dict[str, Any]
) -> None:
    with engine.begin() as connection, pytest.raises(credentials.CredentialError):
        credentials.add(connection, name, **more)


def test_a_user_name_is_taken_once(engine: Engine, quick: list[bytes]) -> None:
    with engine.begin() as connection:
        assert credentials.add(connection, "x", username="known", password="given") == ("known", "given")
        with pytest.raises(credentials.CredentialError, match="taken"):
            credentials.add(connection, "y", username="known")
