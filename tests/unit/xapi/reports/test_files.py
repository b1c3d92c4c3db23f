"""What people see of a report being made: a line that moves, and cells that no spreadsheet runs."""

import csv
import io
from datetime import datetime

import duckdb
import pytest

from xapi.reports.problems import Problem
from xapi.reports.progress import Progress
from xapi.reports.writing import write_table

EARLY, LATE = (datetime.fromisoformat(day) for day in ("2025-03-03", "2025-06-01"))


def test_a_bar_on_a_terminal_goes_by_the_dates_that_were_reached():
    stream = io.StringIO()
    bar = Progress(stream, shown=True)
    bar(1000, EARLY)
    bar.end(2500, LATE)
    first, last = stream.getvalue().split("\r")[1:]
    assert "1,000 statements" in first
    assert "2,500 statements" in last
    assert "2025-06-01" in last
    assert last.count("#") > first.count("#") == 0


def test_a_wait_is_told_in_the_language_of_the_report():
    stream = io.StringIO()
    Progress(stream, shown=True, language="fr").waits(Problem("failing", "503 Busy"), 4)
    assert "il est en panne («\u202f503 Busy\u202f»). Nouvel essai dans 4 s." in stream.getvalue()


def test_nothing_is_drawn_where_nobody_looks():
    stream = io.StringIO()
    bar = Progress(stream)
    bar(1000, EARLY)
    bar.waits(Problem("busy"), 4)
    bar.end(2500, LATE)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "Fire & smoke", "Sécurité"])
def test_a_title_is_a_text_to_spreadsheets_and_itself_to_programs(tmp_path, title):
    comma, parquet = write_table(tmp_path / "by_course", [{"title": title, "people": -7, "share": None}])
    assert comma.read_bytes().startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(io.StringIO(comma.read_text("utf-8-sig")))
    assert row["title"][0] not in "=+-@\t"
    assert row["title"].removeprefix("'") == title
    assert row["people"] == "-7"
    assert duckdb.sql(f"SELECT title, people FROM '{parquet}'").fetchall() == [(title, -7)]
    assert not list(tmp_path.glob("*.json"))
