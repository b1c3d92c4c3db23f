"""The migrations lead to what the models say, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, Table, func, select

from lti_tool.contributions.index import SearchEntry, terms
from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade
from lti_tool.migrations.metadata import ALL, in_models

pytestmark = pytest.mark.every_database


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": in_models}
        )
        return compare_metadata(context, ALL)  # type: ignore[arg-type]  # a list of them is taken too


def test_migrations_make_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    assert differences(database.engine), "an empty database differs, or nothing is compared"
    upgrade(database)
    upgrade(database)
    assert differences(database.engine) == []
    database.dispose()


NOW = datetime(2026, 11, 1, tzinfo=UTC)
IDS = {name: uuid4() for name in ("platform", "deployment", "course", "person", "resource_link", "activity")}


def tables(engine: Engine) -> dict[str, Table]:
    found = MetaData()
    found.reflect(engine)
    return dict(found.tables)


def count(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in tables(engine).items()
        }


def fill_the_first_tables(engine: Engine) -> None:
    """One row in each of the tables that a migration copies, and rows that point to them."""
    made = tables(engine)
    ids = {
        name: {"id": value.hex if engine.dialect.name == "sqlite" else value} for name, value in IDS.items()
    }
    platform, tenant, course, person, link, activity = (ids[name]["id"] for name in IDS)
    texts = {"name": "x", "issuer": "i", "client_id": "c", "auth_url": "", "token_url": "", "jwks_url": ""}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("platform", texts | {"product": "", "synthetic": False, "created_at": NOW}),
        ("deployment", {"platform_id": platform, "deployment_id": "1", "approved": True}),
        ("course", {"tenant_id": tenant, "context_id": "7", "title": ""}),
        ("person", {"tenant_id": tenant, "sub": "s", "name": "", "locale": ""}),
        ("resource_link", {"course_id": course, "resource_link_id": "1", "title": "", "lineitem_url": "",
                           "lineitems_url": "", "ags_scopes": [], "memberships_url": "https://lms.example/m"}),
        ("activity", {"course_id": course, "resource_link_id": link, "creator_id": person, "kind": "practice",
                      "language": "en", "title": "", "instructions": "", "grading": "none", "wanted": 3,
                      "given": 4, "lease_hours": 24, "minimum_words": 30, "late_allowed": True,
                      "created_at": NOW}),
    ]  # fmt: skip
    loose: list[tuple[str, dict[str, Any]]] = [
        ("enrolment", {"course_id": course, "person_id": person, "role": "learner", "test_user": False,
                       "active": True, "last_seen_at": NOW}),
        ("criterion", {"id": activity, "activity_id": activity, "position": 0, "name": "", "description": "",
                       "levels": []}),
    ]  # fmt: skip
    with engine.begin() as connection:
        for name, values in rows:
            connection.execute(made[name].insert().values(**(ids[name] | values)))
        for name, values in loose:
            connection.execute(made[name].insert().values(**values))


def test_an_upgrade_keeps_every_row_of_the_version_before(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database, "0001")
    fill_the_first_tables(database.engine)
    before = count(database.engine)
    upgrade(database)
    after = count(database.engine)
    assert {name: after[name] for name in before} == before | {"alembic_version": 1}
    assert (after["placement"], after["roster"]) == (1, 1)
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.dispose()


def test_what_was_shared_before_the_search_can_be_found(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database, "0001")
    fill_the_first_tables(database.engine)
    made, sqlite = tables(database.engine), database.engine.dialect.name == "sqlite"
    ids = [uuid4() for _ in range(4)]

    def own(value: UUID) -> Any:
        return value.hex if sqlite else value

    with database.engine.begin() as connection:
        for number, (each, title) in enumerate(zip(ids, ("Late", "Early", "Draft", "Été"), strict=True)):
            author = {"id": own(uuid4()), "tenant_id": own(IDS["deployment"]), "sub": str(number)}
            connection.execute(made["person"].insert().values(**author, name="", locale=""))
            shared_at = None if title == "Draft" else NOW - timedelta(hours=number)
            work = {"id": own(each), "activity_id": own(IDS["activity"]), "author_id": author["id"]}
            text = {"title": title, "answers": {"situation": "L’équipe."}, "language": "fr", "words": 1}
            state = {"state": "shared" if shared_at else "draft", "shared_at": shared_at, "saved_at": NOW}
            counts = {"version": 1, "late": False, "served": 0, "draw": 0.5}
            connection.execute(made["contribution"].insert().values(**work, **text, **state, **counts))
    upgrade(database)
    with database.read() as session:
        entries = session.scalars(select(SearchEntry).order_by(SearchEntry.id)).all()
    assert [entry.contribution_id for entry in entries] == [ids[3], ids[1], ids[0]]
    assert entries[0].course_id == IDS["course"]
    places = (IDS["activity"], IDS["course"])
    assert entries[0].terms == terms("Été\nL’équipe.", "fr", *places)
    database.dispose()
