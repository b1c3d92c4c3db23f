"""The store's statements with files and signatures, over HTTP on every kind of database."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import create_engine, func, select
from werkzeug.test import Client, TestResponse

from lti_tool.kernel.database import Database
from xapi.store import attached, create_store, schema
from xapi.store.credentials import Pass
from xapi.store.signatures import USAGE

pytestmark = pytest.mark.every_database

JSON = "application/json"
BOUNDARY = "-------314159265358979323846"
TEXT = b"A text of two lines:\r\n\r\n--not a boundary\r\n"
BINARY = bytes(range(256)) * 3 + b"\r\n"
SCOPES = {"mine": {"statements/write", "statements/read/mine"}, "reader": {"statements/read"}}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sha(content: bytes, name: str = "sha256") -> str:
    return hashlib.new(name, content).hexdigest()


def attachment(content: bytes, /, **more: object) -> dict[str, Any]:
    return {
        "usageType": "https://example.org/work", "display": {"en": "Work"}, "contentType": "text/plain",
        "length": len(content), "sha2": sha(content), **more,
    }  # fmt: skip


def statement(*attachments: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://lms.example", "name": "ana"}},
        "verb": {"id": "https://example.org/verbs/did"},
        "object": {"id": "https://example.org/activities/one"},
        **({"attachments": list(attachments)} if attachments else {}),
        **more,
    }


def file(content: bytes, /, **headers: str | None) -> bytes:
    """A part that is a file, with other headers (None: without) as asked."""
    usual = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha(content),
    }
    told = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}\r\n" for name, value in told.items() if value is not None]
    return "".join(lines).encode() + b"\r\n" + content


def first(body: object, kind: str = JSON) -> bytes:
    return f"Content-Type:{kind}\r\n\r\n{json.dumps(body)}".encode()


def multipart(*parts: bytes, end: bytes = b"--\r\n") -> bytes:
    line = b"--" + BOUNDARY.encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + end


class Caller:
    """Calls one store, by name."""

    def __init__(self, engine: Any) -> None:
        def holder(name: str, _password: str) -> Pass:
            return Pass(name, frozenset(SCOPES.get(name, {"all"})))

        self.client = Client(create_store(engine, holder))

    def call(self, method: str, name: str = "demo", **options: Any) -> TestResponse:
        headers = {"X-Experience-API-Version": "2.0.0", **options.pop("headers", {})}
        return self.client.open("/statements", method=method, auth=(name, "x"), headers=headers, **options)

    def send(self, *parts: bytes, body: bytes | None = None, **options: Any) -> TestResponse:
        data = multipart(*parts) if body is None else body
        kind = options.pop("content_type", f"multipart/mixed; boundary={BOUNDARY}")
        return self.call(options.pop("method", "POST"), data=data, content_type=kind, **options)

    def get(self, name: str = "demo", **query: object) -> TestResponse:
        return self.call("GET", name, query_string=query)

    def parts(self, **query: object) -> list[Any]:
        answer = self.get(attachments="true", **query)
        assert answer.status_code == 200, answer.text
        head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
        return message_from_bytes(head + answer.get_data()).get_payload()


@pytest.fixture(scope="module")
def store(database_server: Any) -> Iterator[Caller]:
    with database_server.fresh() as url:
        database = Database(url)
        schema.metadata.create_all(database.engine)
        yield Caller(database.engine)
        database.dispose()


# Files


def test_files_come_back_byte_for_byte(store):
    text, other = (
        attachment(TEXT),
        attachment(BINARY, contentType="image/x-odd; a=b", sha2=sha(BINARY, "sha512")),
    )
    linked = attachment(b"elsewhere", fileUrl="https://example.org/f")
    sub = statement(attachment(b"of the sub-statement"), objectType="SubStatement")
    del sub["id"]
    whole = statement(text, other, linked, object=sub)
    again = statement(attachment(TEXT, sha2=sha(TEXT).upper()))
    parts = [
        file(TEXT), file(BINARY, X_Experience_API_Hash=sha(BINARY, "sha512")), file(b"of the sub-statement"),
    ]  # fmt: skip
    assert store.send(first([whole, again]), *parts).json == [whole["id"], again["id"]]
    for query, names in (
        ({"statementId": whole["id"]}, 3),
        ({"limit": 2}, 3),
        ({"statementId": again["id"]}, 1),
    ):
        statements, *files = store.parts(**query)
        assert statements.get_content_type() == JSON
        assert json.loads(statements.get_payload()) == store.get(**query).json
        assert len(files) == names
        for one in files:
            name = {64: "sha256", 128: "sha512"}[len(one["X-Experience-API-Hash"])]
            assert sha(one.get_payload(decode=True), name) == one["X-Experience-API-Hash"]
            assert one["Content-Transfer-Encoding"] == "binary"
    found = {one["X-Experience-API-Hash"]: one for one in store.parts(statementId=whole["id"])[1:]}
    assert found[sha(BINARY, "sha512")]["Content-Type"] == "image/x-odd; a=b"
    exact = {"attachments": "true", "statementId": whole["id"]}
    assert store.get(**exact).headers["ETag"] == store.get(**exact).headers["ETag"]
    assert "attachments" not in store.get(statementId=again["id"]).headers["Content-Type"]
    assert store.get(statementId=again["id"]).mimetype == JSON


MISFITS: dict[str, Callable[[], bytes]] = {
    "no end": lambda: multipart(first(statement()), end=b""),
    "no beginning": lambda: first(statement(attachment(TEXT))) + b"\r\n" + multipart(file(TEXT)),
    "no parts": lambda: b"nothing",
    "a boundary missing": lambda: multipart(first(statement(attachment(TEXT))) + b"\r\n" + file(TEXT)),
    "file with endless headers": lambda: multipart(
        first(statement(attachment(TEXT))), file(TEXT, X_Long="x" * 20_000)
    ),
    "statements not first": lambda: multipart(file(TEXT), first(statement(attachment(TEXT)))),
    "statements not JSON": lambda: multipart(first(statement(), "text/plain")),
    "statements twice": lambda: multipart(first(statement()), first(statement())),
    "statement without its file": lambda: multipart(first(statement(attachment(TEXT)))),
    "one of two files missing": lambda: multipart(
        first([statement(attachment(TEXT)), statement(attachment(BINARY))]), file(TEXT)
    ),
    "file of no statement": lambda: multipart(first(statement(attachment(TEXT))), file(TEXT), file(BINARY)),
    "file without a hash": lambda: multipart(
        first(statement(attachment(TEXT))), file(TEXT, X_Experience_API_Hash=None)
    ),
    "file with another hash": lambda: multipart(
        first(statement(attachment(TEXT))), file(TEXT, X_Experience_API_Hash=sha(BINARY))
    ),
    "file that is not what both say": lambda: multipart(
        first(statement(attachment(TEXT))), file(BINARY, X_Experience_API_Hash=sha(TEXT))
    ),
    "file in base64": lambda: multipart(
        first(statement(attachment(TEXT))), file(TEXT, Content_Transfer_Encoding="base64")
    ),
    "file in no encoding": lambda: multipart(
        first(statement(attachment(TEXT))), file(TEXT, Content_Transfer_Encoding=None)
    ),
}


def test_parts_that_do_not_fit_are_refused_and_leave_nothing(store):
    before = len(store.get().json["statements"])
    for name, body in MISFITS.items():
        answer = store.send(body=body())
        assert (answer.status_code, bool(answer.json["error"])) == (400, True), name
    good = multipart(first(statement(attachment(TEXT))), file(TEXT))
    for kind in ("multipart/mixed", "multipart/form-data; boundary=" + BOUNDARY, JSON):
        assert store.send(body=good, content_type=kind).status_code == 400
    assert store.call("POST", json=statement(attachment(TEXT))).status_code == 400
    assert store.send(first(statement()), *[file(b"")] * 1001).status_code == 413
    assert len(store.get().json["statements"]) == before


def test_what_may_be_sent_in_parts(store):
    linked = statement(attachment(TEXT, fileUrl="https://example.org/f"))
    for parts in (
        [first(statement())],
        [first([])],
        [first(linked)],
        [first({**linked, "id": str(uuid.uuid4())}), file(TEXT)],
        [first(statement(attachment(TEXT, length=1))), file(TEXT, Content_Type=None)],  # who can, tells it
        [first(statement(attachment(TEXT))), file(TEXT), file(TEXT)],  # "SHOULD only include one copy"
    ):
        assert store.send(*parts).status_code == 200
    one = statement(attachment(b"put"))
    query = {"statementId": one["id"]}
    assert store.send(first(one), file(b"put"), method="PUT", query_string=query).status_code == 204
    assert store.send(first(one), file(b"put"), method="PUT", query_string=query).status_code == 204
    preamble = b"\r\n" + multipart(first(statement()), end=b"--")
    assert store.send(body=preamble).status_code == 200


def test_an_answer_brings_only_so_many_bytes(store, monkeypatch):
    registration = str(uuid.uuid4())
    contents = [bytes([n]) * 1000 for n in range(5)]
    batch = [statement(attachment(each), context={"registration": registration}) for each in contents]
    store.send(first(batch), *map(file, contents))
    monkeypatch.setattr(attached, "MOST", 2500)
    seen, query = [], {"registration": registration, "ascending": "true"}
    while True:
        page, *files = store.parts(**query)
        found = json.loads(page.get_payload())
        assert len(files) == len(found["statements"]) <= 2
        seen += [each["id"] for each in found["statements"]]
        if not found["more"]:
            break
        query = dict(each.split("=") for each in found["more"].split("?")[1].split("&"))
        del query["attachments"]
    assert seen == [each["id"] for each in batch]


# Signatures


def certificate(key: Any) -> str:
    name, now = x509.Name([]), datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    return base64.b64encode(
        built.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    ).decode()


def signed(payload: object, algorithm: str = "RS256", key: Any = KEY, **headers: object) -> bytes:
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jwt.PyJWS().encode(text, key, algorithm, headers or None).encode()


def with_signature(one: dict[str, Any], jws: bytes, **more: object) -> dict[str, Any]:
    about = attachment(jws, usageType=USAGE, contentType="application/octet-stream") | more
    return {**one, "attachments": [*one.get("attachments", ()), about]}


OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LONG, SHORT = {"duration": "P1DT12H36M0.1237S"}, {"duration": "P1DT12H36M0.12S"}

GOOD: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], bytes]]] = {
    "RS256": lambda one: (one, signed(one)),
    "RS384": lambda one: (one, signed(one, "RS384")),
    "RS512": lambda one: (one, signed(one, "RS512")),
    "with a certificate": lambda one: (one, signed(one, x5c=[certificate(KEY)])),
    "before it had an id and a time": lambda one: (
        {**one, "timestamp": "2026-03-01T09:30:00Z"}, signed({k: v for k, v in one.items() if k != "id"})
    ),
    "before it had an authority": lambda one: (
        {**one, "authority": one["actor"], "version": "2.0.0"}, signed(one)
    ),
    "with longer fractions": lambda one: ({**one, "result": LONG}, signed({**one, "result": SHORT})),
    "with a file of its own": lambda one: (
        {**one, "attachments": [attachment(TEXT)]}, signed({**one, "attachments": [attachment(TEXT)]})
    ),
}  # fmt: skip
BAD: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "no signature": lambda one: b"This is a signature.",
    "three words": lambda one: b"a.b.c",
    "no algorithm": lambda one: signed(one, "none", None),
    "a shared secret": lambda one: signed(one, "HS256", "a secret of more than thirty-two bytes"),
    "another family": lambda one: signed(one, "ES256", ec.generate_private_key(ec.SECP256R1())),
    "not JSON": lambda one: signed(json.dumps(one).replace('"', "'", 1).encode()),
    "not a statement": lambda one: signed([one]),
    "half a statement": lambda one: signed({"actor": one["actor"]}),
    "another statement": lambda one: signed({**one, "object": {"id": "https://example.org/other"}}),
    "another id": lambda one: signed({**one, "id": str(uuid.uuid4())}),
    "more than was sent": lambda one: signed({**one, "result": {"success": True}}),
    "another one's certificate": lambda one: signed(one, x5c=[certificate(OTHER_KEY)]),
    "no certificate in it": lambda one: signed(one, x5c=["AAAA"]),
    "certificates not in a list": lambda one: signed(one, x5c=7),
    "a certificate for another family": lambda one: signed(
        one, x5c=[certificate(ec.generate_private_key(ec.SECP256R1()))]
    ),
}


def test_signatures_that_hold(store):
    for name, made in GOOD.items():
        one, jws = made(statement())
        files = [file(TEXT)] if "attachments" in one else []
        answer = store.send(first(with_signature(one, jws)), *files, file(jws))
        assert answer.status_code == 200, (name, answer.text)
        assert jws in [part.get_payload(decode=True) for part in store.parts(statementId=one["id"])[1:]]


def test_signatures_that_do_not_hold(store):
    for name, made in BAD.items():
        one = statement()
        jws = made(one)
        answer = store.send(first([with_signature(one, jws)]), file(jws))
        assert answer.status_code == 400, name
        assert answer.json["problems"][0]["path"] == "[0].attachments[0]", name
    one = statement()
    jws = signed(one)
    typed = with_signature(one, jws, contentType="text/plain")
    assert store.send(first(typed), file(jws)).json["problems"][0]["path"] == "attachments[0].contentType"
    linked = with_signature(one, jws, fileUrl="https://example.org/signature")
    assert store.call("POST", json=linked).status_code == 400
    assert store.get(statementId=one["id"]).status_code == 404


# Who reads what


def test_some_read_only_what_they_wrote(store):
    target = statement()
    ours = statement(object={"objectType": "StatementRef", "id": target["id"]})
    store.call("POST", "somebody", json=target)
    store.call("POST", "mine", json=ours)
    ana = json.dumps(target["actor"])
    for query in ({}, {"agent": ana}, {"agent": ana, "verb": target["verb"]["id"]}, {"ascending": "true"}):
        assert [each["id"] for each in store.get("mine", **query).json["statements"]] == [ours["id"]]
        assert len(store.get("reader", **query).json["statements"]) > 1
    assert store.get("mine", statementId=ours["id"]).json["id"] == ours["id"]
    assert store.get("mine", statementId=target["id"]).status_code == 404
    assert store.get("reader", statementId=target["id"]).status_code == 200


def test_who_reads_only_their_own_gets_no_file_by_its_hash_alone(store):
    secret = b"a learner's essay"
    store.send(first(statement(attachment(secret))), file(secret), name="somebody")
    guess = statement(attachment(secret, fileUrl="https://example.org/f"))
    store.call("POST", "mine", json=guess)
    query = {"statementId": guess["id"], "attachments": "true"}
    assert secret not in store.get("mine", **query).get_data()
    assert secret not in store.get("mine", attachments="true").get_data()
    assert secret in store.get("reader", **query).get_data()
    sent = statement(attachment(secret))
    store.send(first(sent), file(secret), name="mine")
    assert secret in store.get("mine", **{**query, "statementId": sent["id"]}).get_data()


def test_words_are_learnt_from_those_who_may_define(store):
    activity = f"https://example.org/activities/{uuid.uuid4()}"
    told = {"id": activity, "definition": {"name": {"en": "Essay", "fr": "Dissertation"}}}
    store.call("POST", "mine", json=statement(object=told))
    bare = statement(object={"id": activity})
    store.call("POST", json=bare)
    query = {"statementId": bare["id"], "format": "canonical"}
    french = {"headers": {"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.1"}}
    assert store.call("GET", query_string=query, **french).json["object"] == bare["object"]
    store.call("POST", json=statement(object=told))
    found = store.call("GET", query_string=query, **french).json["object"]
    assert found == {"id": activity, "definition": {"name": {"fr": "Dissertation"}}}
    assert store.get(statementId=bare["id"]).json["object"] == bare["object"]


def test_files_are_kept_once(database_server):
    with database_server.fresh() as url:
        engine = create_engine(url)
        schema.metadata.create_all(engine)
        store = Caller(engine)
        for _ in range(3):
            store.send(first(statement(attachment(TEXT))), file(TEXT))
        with engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(schema.files)).scalar_one() == 1
        engine.dispose()
