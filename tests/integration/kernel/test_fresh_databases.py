"""The databases that tests are given are as new, whatever the test before has done to one."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from services import postgres
from sqlalchemy import make_url

pytestmark = pytest.mark.postgres


def run(url: str, statements: str) -> Any:
    """The first value that the last statement finds."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        found = connection.execute(statements)
        return found.fetchone()[0] if found.description else None


@pytest.fixture
def template(postgres_server: postgres.Server) -> Iterator[str]:
    with postgres_server.fresh() as url:
        run(url, "CREATE TABLE version (n int); INSERT INTO version VALUES (5)")
        run(url, "CREATE TABLE entry (id serial PRIMARY KEY); CREATE TABLE part (entry int REFERENCES entry)")
        yield url


def test_a_used_copy_is_as_new(postgres_server: postgres.Server, template: str) -> None:
    with postgres_server.fresh(template) as used:
        run(used, "INSERT INTO entry DEFAULT VALUES; INSERT INTO part VALUES (1)")
        left = psycopg.connect(
            make_url(used).set(drivername="postgresql").render_as_string(), autocommit=False
        )
        left.execute("INSERT INTO entry DEFAULT VALUES")  # a test that leaves a transaction open
    with postgres_server.fresh(template) as again:
        assert again == used
        assert run(again, "SELECT count(*) FROM part") == 0
        assert run(again, "SELECT n FROM version") == 5
        assert run(again, "INSERT INTO entry DEFAULT VALUES RETURNING id") == 1
    with pytest.raises(psycopg.OperationalError):
        left.commit()
    left.close()


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE entry ADD more int", "DROP TABLE part", "UPDATE version SET n = 6", "CREATE TABLE x ()"],
)
def test_a_changed_copy_is_not_used_again(
    postgres_server: postgres.Server, template: str, change: str
) -> None:
    with postgres_server.fresh(template) as changed:
        run(changed, change)
    with postgres_server.fresh(template) as another:
        assert another != changed
