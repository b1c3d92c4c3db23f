"""Every measure gives the same number on ClickHouse as on DuckDB, from the same words of SQL."""

import math
from dataclasses import asdict
from datetime import timedelta

import pytest
from acts_told import act, cache, invent, moment, tell
from chdb.session import Session

from xapi.reports import clickhouse
from xapi.reports.clickhouse import ClickHouse
from xapi.reports.measures import Period, compute
from xapi.reports.measures.acts import VIEWS
from xapi.reports.measures.blocks import BLOCKS
from xapi.reports.measures.compute import HEADLINES, SERIES, TABLES, prepared
from xapi.reports.sql import DuckDB

PERIOD = Period(moment("2") - timedelta(days=30), moment("30"))
HOSTILE = "https://lms.example/course?a='; DROP TABLE acts; --\\"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same acts in both: invented ones, and some of a course whose IRI is not what it seems."""
    with cache() as tables:
        invent(tables, 4000, 50)
        tell(tables, *[act("submitted", f"x{n}", f"x/{n}", f"5 1{n}:00", course=HOSTILE) for n in range(6)])
        file = tmp_path_factory.mktemp("clickhouse") / "acts.parquet"
        tables.execute(f"COPY acts TO '{file}'")
        session = Session()
        run = clickhouse.in_process(session)
        run(clickhouse.table())
        run(f"INSERT INTO acts SELECT * FROM file('{file}', Parquet)")
        yield tables, run
        session.close()


def same(one, another) -> bool:
    if isinstance(one, float) and isinstance(another, int | float):
        return math.isclose(one, another, rel_tol=1e-9, abs_tol=1e-9)
    return one == another


def test_every_number_is_the_same(both):
    tables, run = both
    ours, theirs = compute(tables, PERIOD), compute(ClickHouse(run), PERIOD)
    for name, headline in ours.headline.items():
        for figure, other in (
            (headline.now, theirs.headline[name].now),
            (headline.before, theirs.headline[name].before),
        ):
            for part, value in asdict(figure).items():
                assert same(value, getattr(other, part)), (name, part, value, getattr(other, part))
    assert sum(headline.now.value is not None for headline in ours.headline.values()) > 30
    for name, rows in {**ours.tables, **ours.series}.items():
        others = {**theirs.tables, **theirs.series}[name]
        assert rows, name
        assert len(rows) == len(others), name
        for row, other in zip(rows, others, strict=True):
            assert all(same(value, other[column]) for column, value in row.items()), (name, row, other)
    assert ours.hidden == theirs.hidden
    assert (ours.network.people, ours.network.links, ours.network.sizes) == (
        theirs.network.people, theirs.network.links, theirs.network.sizes
    )  # fmt: skip


def test_a_course_is_a_course_whatever_its_name(both):
    tables, run = both
    period = Period(PERIOD.since, PERIOD.until, course=HOSTILE)
    database = ClickHouse(run)
    with DuckDB(tables) as ours:
        prepared(ours, period, 5, HEADLINES[:1])
        found = {row["measure"]: row["value"] for row in ours.rows(HEADLINES[0].sql)}
    script = clickhouse.script(HEADLINES[:1], period)
    rows = [run(statement) for statement in script.removesuffix(";\n").split(";\n\n")]
    assert {row["measure"]: row["value"] for row in rows[-1]} == found
    assert found["came"] == 6
    assert next(database.rows("SELECT count(*) AS held FROM acts"))["held"] == 4006


def test_what_is_printed_is_every_measure(capsys):
    clickhouse.main()
    printed = capsys.readouterr().out
    assert all(f"-- {query.name}" in printed for query in (*HEADLINES, *TABLES, *SERIES))
    assert printed.count("CREATE TEMPORARY TABLE") == len(BLOCKS) - len(VIEWS) + 1
    clickhouse.main("density")
    assert "-- structure: density, centralisation_out" in (one := capsys.readouterr().out)
    assert len(one) < len(printed) / 2
    with pytest.raises(SystemExit, match="No such measure"):
        clickhouse.main("beauty")
