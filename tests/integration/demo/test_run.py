import os
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lti_tool.demo.check import deliver_and_check, findings, read_grades
from lti_tool.demo.course import PEOPLE
from lti_tool.demo.platform import LmsSettings, Platform
from lti_tool.demo.run import run_demo
from lti_tool.demo.story import Counts
from lti_tool.demo.toolprocess import ToolError, ToolProcess

AMELIE, KARIM = PEOPLE["4"], PEOPLE["5"]
REVIEWED = "http://id.tincanapi.com/verb/reviewed"


def statement(verb: str, who: str) -> dict[str, Any]:
    return {"verb": {"id": verb}, "actor": {"account": {"homePage": "http://127.0.0.1", "name": who}}}


def column(link: str, **scores: float) -> dict[str, Any]:
    grades = {who.strip("p"): {"score": score} for who, score in scores.items()}
    return {"resourceLinkId": link, "maximum": 50, "grades": grades}


@pytest.fixture
def counts() -> Counts:
    """Amélie shared and gave four reviews of Karim's work; Karim gave one of hers."""
    counts = Counts()
    for person in (AMELIE, KARIM):
        counts.did("launched", "11", person)
        counts.did("submit", "11", person)
    for giver in [AMELIE] * 4 + [KARIM]:
        counts.did("assigned-review", "11", giver)
        counts.did("reviewed", "11", giver)
    counts.reviewed_authors = {("11", "4"), ("11", "5")}
    return counts


def everything() -> list[dict[str, Any]]:
    return [
        *(statement("http://adlnet.gov/expapi/verbs/launched", who) for who in "3455"),
        *(statement("http://activitystrea.ms/submit", who) for who in "45"),
        *(statement("https://any.example/verbs/assigned-review", who) for who in "44445"),
        *(statement(REVIEWED, who) for who in "44445"),
        *(statement("https://w3id.org/xapi/tla/verbs/scored", who) for who in "4555"),
        statement("http://adlnet.gov/expapi/verbs/completed", "4"),
        statement("http://id.tincanapi.com/verb/viewed", "5"),
    ]


COLUMNS = [column("11", p4=40, p5=30), column("", p4=50, p5=12.5)]


def problems(counts: Counts, statements: list[dict[str, Any]], columns: list[dict[str, Any]]) -> list[str]:
    return [problem for line in findings(counts, statements, columns) for problem in line.problems]


def test_nothing_is_missing_when_everything_is_there(counts: Counts) -> None:
    assert problems(counts, everything(), COLUMNS) == []


@pytest.mark.parametrize("index", [1, 4, 6, 11, 16, 20])
def test_each_missing_statement_is_named(counts: Counts, index: int) -> None:
    statements = everything()
    del statements[index]
    told = problems(counts, statements, COLUMNS)
    assert len(told) == 1
    assert told[0].startswith("Missing: 1 × Statements: ")


def test_a_statement_too_many_and_a_score_missing_or_wrong_are_named(counts: Counts) -> None:
    assert problems(counts, [*everything(), statement(REVIEWED, "5")], COLUMNS) == [
        "Too many: 1 × Statements: reviewed, Karim Benali"
    ]
    assert problems(counts, everything(), [column("11", p4=40), COLUMNS[1]]) == [
        "Missing: 1 × Scores: the work, Karim Benali"
    ]
    assert problems(counts, everything(), [COLUMNS[0], column("", p4=50, p5=50)]) == [
        "Missing: 1 × Scores: reviewing, Karim Benali, 25%",
        "Too many: 1 × Scores: reviewing, Karim Benali, 100%",
    ]


def test_an_empty_gradebook_and_store_fail_in_time(
    settings: LmsSettings, lms: Platform, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.demo.check.read_statements", lambda url: everything())
    lines: list[str] = []
    assert deliver_and_check(settings, counts, lambda: None, lines.append, seconds=0) == 1
    assert "  Missing: 1 × Scores: the work, Karim Benali" in lines
    assert [each["resourceLinkId"] for each in read_grades(settings.url)] == ["11", "12", "13", "14"]


def test_a_busy_port_is_said_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_demo(lms_port=port, port=port + 1, open_browser=False) == 1
    assert capsys.readouterr().err.startswith(f"Port {port} is in use.")


def test_a_tool_that_ends_by_itself_leaves_its_last_words(tmp_path: Path) -> None:
    tool = ToolProcess(tmp_path, {"PATH": os.environ["PATH"], "ENTRAIDE_BASE_URL": "http://not.local"})
    with pytest.raises(ToolError, match=r"`entraide db upgrade` failed:\n.*ENTRAIDE_BASE_URL"):
        tool.command("db", "upgrade")
    with tool.serving():
        assert tool._process is not None
        tool._process.wait(60)
        with pytest.raises(ToolError, match=r"has stopped \(exit 2\):\nENTRAIDE_BASE_URL"):
            tool.check()


def test_counts_by_activity_and_person(counts: Counts) -> None:
    assert (counts.contributions, counts.reviews) == (2, 5)
    assert counts.of("reviewed") == Counter({("11", "4"): 4, ("11", "5"): 1})
