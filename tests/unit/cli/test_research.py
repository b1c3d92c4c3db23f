"""`entraide score`: files as spreadsheets write them, and what is wrong with others."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import entraide

HEAD = "reviewer,contribution,score\n"


def run(data: str | bytes, *words: str) -> Result:
    return CliRunner().invoke(entraide, ["score", "-", *words], input=data)


def found(data: str | bytes, *words: str) -> dict[str, float]:
    done = run(data, *words)
    assert done.exit_code == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == ["contribution", "score", "low", "high", "reviews"]
    return {row["contribution"]: float(row["score"]) for row in rows}


@pytest.mark.parametrize(
    "data",
    [
        HEAD + "ann,=x,2.5\nbob,=x,1\nann,y z,4\n",
        "\ufeffScore;Why;Contribution;Reviewer\r\n2,5;good;=x;ann\r\n;;;\r\n\n1;;=x;bob\r\n4;;y z;ann;;\r\n",
        'score\tcontribution\treviewer\n2,5\t=x\tann\n1\t"=x"\tbob\n4\ty z\tann'.encode("utf-16"),
        '"reviewer", "contribution", "score"\r"ann", "=x", "2.5"\rbob , =x, 1e0\rann,y z,4\r',
    ],
)
def test_tables_as_programs_write_them(data: str | bytes) -> None:
    assert list(found(data).items()) == [("=x", 1.75), ("y z", 4.0)]  # names and order come back


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", 'line 1: no column "reviewer". Name the columns in the first line'),
        ("reviewer,score\na,1\n", 'no column "contribution"'),
        ("reviewer,reviewer,contribution,score\n", 'two columns are called "reviewer"'),
        (HEAD + "a,x,good\n", 'line 2: "good" under "score" is not a number'),
        (HEAD + "\na,x,nan\n", 'line 3: "nan" under'),
        (HEAD + "a,x,inf\n", '"inf" under'),
        (HEAD + "a,x,1e999\n", '"1e999" under'),
        (HEAD + "a,x,1_0\n", '"1_0" under'),
        (HEAD + "a,x,2,5\n", "line 2: 4 values for 3 columns. Put quotes"),
        (HEAD + 'a,x,"2,5"\n', '"2,5" under "score" is not a number'),
        (HEAD + "a,x,-1\n", "a score of -1 is below 0"),
        (HEAD + "a,x,21\n", "a score of 21 is above the scale's end of 20"),
        (HEAD + "a,x,1\nb,x,1\na,x,2\n", 'line 4: "a" already reviewed "x" in line 2'),
        (HEAD + ",x,1\n", 'line 2: nothing under "reviewer"'),
        (HEAD + "a,x\n", 'line 2: nothing under "score"'),
        (HEAD + 'a,"x,1\n', "not a table in CSV"),
        (HEAD.encode() + b"\xe9ric,x,1\n", "line 2: not UTF-8"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(data: str | bytes, says: str) -> None:
    done = run(data, "--max", "20")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: standard input")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["--max", "0"], ["--max", "nan"], ["--max", "inf"], ["--method", "best"]])
def test_options_that_make_no_sense(words: list[str]) -> None:
    assert run(HEAD, *words).exit_code == 2


def test_methods_and_anchors(tmp_path: Path) -> None:
    data = HEAD + "".join(
        f"r{n},w{(n + d) % 20},{min(6 + (n + d) % 5 + n % 3, 12)}\n" for n in range(20) for d in range(1, 6)
    )
    anchors = tmp_path / "anchors.csv"
    anchors.write_text("contribution;score\nw3;6,5\nw7;5\nw12;5\nelsewhere;3\n", encoding="utf-8")
    by = {method: found(data, "--method", method) for method in ("mean", "median", "trimmed", "model")}
    assert len({tuple(each.values()) for each in by.values()}) == 4
    moved = run(data, "--method", "model", "--max", "14", "--anchors", str(anchors))
    assert moved.stderr == 'No review of the anchor "elsewhere": passed over.\n'
    scores = {row["contribution"]: row for row in csv.DictReader(io.StringIO(moved.stdout))}
    assert float(scores["w7"]["score"]) == pytest.approx(5, abs=1)
    assert float(scores["w0"]["score"]) < by["model"]["w0"]  # all are more lenient than the teacher
    assert float(scores["w0"]["low"]) < float(scores["w0"]["score"]) < float(scores["w0"]["high"])
    assert "only --method model" in run(data, "--anchors", str(anchors)).stderr
    assert found(data, "--anchors", str(anchors)) == by["mean"]


def test_a_repeated_anchor_is_refused(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.csv"
    anchors.write_text("contribution,score\nx,1\nx,2\n", encoding="utf-8")
    done = run(HEAD + "a,x,1\n", "--method", "model", "--anchors", str(anchors))
    assert done.exit_code == 1
    assert f'{anchors}, line 3: a second true score of "x"' in done.stderr


def test_nobody_else_loads_the_statistics() -> None:
    script = "import sys, lti_tool.app; sys.exit(bool({'numpy', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
