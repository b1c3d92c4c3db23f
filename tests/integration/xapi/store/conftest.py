"""One store for a module of tests, which use ids of their own in it."""

import base64
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from lti_tool.kernel.database import Database
from xapi.store import create_store, schema


class Caller:
    """A client of the store that speaks one version, with one pair of credentials."""

    def __init__(
        self, store: Any, version: str = "1.0.3", pair: tuple[str, str] = ("demo", "secret")
    ) -> None:
        self.store, self.version, self.client = store, version, Client(store)
        self.pair = base64.b64encode(":".join(pair).encode()).decode()

    def speaking(self, version: str) -> "Caller":
        return Caller(self.store, version, tuple(base64.b64decode(self.pair).decode().split(":")))

    def __call__(self, method: str, path: str, body: Any = None, /, **options: Any) -> TestResponse:
        """Send a body as JSON, or as it is where it is bytes; agents in `query` as JSON."""
        headers = {"X-Experience-API-Version": self.version, "Authorization": f"Basic {self.pair}"}
        headers |= options.pop("headers", {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers = {"Content-Type": "application/json"} | headers
        query = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in options.pop("query", {}).items()
        }
        return self.client.open(
            path, method=method, data=body, headers=headers, query_string=query or None, **options
        )


@pytest.fixture(scope="module")
def engine(database_server: Any) -> Iterator[Engine]:
    with database_server.fresh() as url:
        database = Database(url)
        schema.metadata.create_all(database.engine)
        yield database.engine
        database.dispose()


@pytest.fixture(scope="module")
def call(engine: Engine) -> Caller:
    return Caller(
        create_store(engine, lambda name, word: name if word == "secret" else None, max_body=20_000)
    )


@pytest.fixture(params=["1.0.3", "2.0.0"])
def each_version(call: Caller, request: pytest.FixtureRequest) -> Caller:
    return call.speaking(request.param)


def new(stem: str = "thing") -> str:
    return f"https://example.org/{stem}/{uuid.uuid4()}"


def person(**more: Any) -> dict[str, Any]:
    return {"account": {"homePage": "https://lms.example", "name": str(uuid.uuid4())}, **more}
