"""`entraide allocate`: files as people have them in, pairs out, and why not."""

import csv
from collections import Counter

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import entraide

CLASS = "person,group\nAna,red\nBo,red\nCy,red\nDi,blue\nEd,blue\nFi,blue\n"


def run(table: str | bytes, *words: str) -> Result:
    return CliRunner().invoke(entraide, ["allocate", "-", *words], input=table)


def pairs(table: str | bytes, *words: str) -> list[tuple[str, str]]:
    done = run(table, *words)
    assert (done.exit_code, done.stderr) == (0, "")
    header, *rows = csv.reader(done.stdout.splitlines())
    assert header == ["reviewer", "author"]
    return [(reviewer, author) for reviewer, author in rows]


@pytest.mark.parametrize(
    ("words", "most"), [([], 5), (["--within", "group"], 2), (["--across", "Group"], 3)], ids=str
)
def test_everyone_gives_and_gets_as_many_as_there_can_be(words, most):
    for k in range(1, most + 1):
        drawn = pairs(CLASS, "--per-person", str(k), *words)
        assert len(set(drawn)) == 6 * k
        assert (
            {*Counter(one for one, _ in drawn).values()} == {*Counter(of for _, of in drawn).values()} == {k}
        )
        assert all(one != of for one, of in drawn)
        same = {(one in ("Ana", "Bo", "Cy")) == (of in ("Ana", "Bo", "Cy")) for one, of in drawn}
        assert not words or same == {words[0] == "--within"}
    done = run(CLASS, "--per-person", str(most + 1), *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert str(most) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_reason_names_the_group():
    table = "person;équipe\nAna;rouge\nBo;rouge\nCy;bleue\n"
    done = run(table, "--per-person", "1", "--within", "Équipe")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: The group “bleue” is too small. Each should give 1 reviews there. "
        "Contributions by others: only 0.\n"
    )


def test_a_seed_draws_the_same():
    again = [pairs(CLASS, "--per-person", "2", "--seed", seed) for seed in ("4", "4", "5")]
    assert again[0] == again[1] != again[2]


def test_files_of_spreadsheets_and_names_like_formulas_pass():
    table = "\N{BYTE ORDER MARK}Name;PERSON\r\nx;=cmd|' /C calc'!A0\r\ny;\"a;b\"\r\n;\r\nz;@é\r\n".encode()
    drawn = pairs(table, "--per-person", "2")
    assert {one for one, _ in drawn} == {of for _, of in drawn} == {"=cmd|' /C calc'!A0", "a;b", "@é"}


@pytest.mark.parametrize(
    ("table", "words", "says"),
    [
        (CLASS, ["--per-person", "0"], "--per-person"),
        (CLASS, ["--per-person", "-1"], "--per-person"),
        (CLASS, ["--per-person", "many"], "--per-person"),
        (CLASS, [], "--per-person"),
        (CLASS, ["--per-person", "1", "--seed", "-1"], "--seed"),
        (CLASS, ["--per-person", "1", "--within", "group", "--across", "group"], "exclude each other"),
        (CLASS, ["--per-person", "1", "--within", "team"], 'no column "team"'),
        (CLASS + "Ana,blue\n", ["--per-person", "1"], '"Ana" is already in line 2'),
        (CLASS + ",blue\n", ["--per-person", "1"], 'nothing under "person"'),
        (CLASS + "Gi,\n", ["--per-person", "1", "--across", "group"], 'line 8: nothing under "group"'),
        ("", ["--per-person", "1"], 'no column "person"'),
        ("person\n", ["--per-person", "1"], "nobody is in the file"),
        (b"person\n\xff\xfe\x00", ["--per-person", "1"], "UTF-8"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_a_usage_error(table, words, says):
    done = run(table, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr


def test_one_person_alone_has_nobody_to_review():
    done = run("person\nAna\n", "--per-person", "1")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Contributions by others: only 0." in done.stderr


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path):
    done = CliRunner().invoke(entraide, ["allocate", str(tmp_path / "none.csv"), "--per-person", "1"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "none.csv" in done.stderr
