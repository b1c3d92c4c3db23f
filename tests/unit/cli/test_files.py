"""`entraide validate` on files as people have them: each gets an answer that says what to do."""

import gzip
import json

import pytest
from click.testing import CliRunner
from good_and_bad import MINIMAL

from lti_tool.cli import entraide

GOOD = json.dumps(MINIMAL)
BAD = json.dumps(MINIMAL | {"verb": {"id": "nope"}})


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"", []),
        (b"\n \r\n", []),
        (f"{GOOD}\r\n{GOOD}\r{GOOD}".encode(), []),
        (f"\ufeff{GOOD}\n{GOOD}".encode(), []),
        (GOOD.encode("utf-16"), []),
        (GOOD.replace("7", "a\u2028b").encode(), []),
        (f"{GOOD}\n{BAD}\n".encode(), [(2, "absolute IRI")]),
        (f'{GOOD}\n{{"a":\n'.encode(), [(2, "not JSON: Expecting value: line 1 column 6")]),
        (b"<html>", [(1, "not JSON")]),
        (f"[{GOOD},{GOOD}]".encode(), [(1, "jq -c '.[]'")]),
        (json.dumps({"statements": [MINIMAL], "more": ""}).encode(), [(1, "jq -c '.statements[]'")]),
        (json.dumps(MINIMAL, indent=1).encode(), [(1, "over several lines")]),
        (json.dumps([MINIMAL], indent=1).encode(), [(1, "over several lines")]),
        (GOOD.encode("utf-16-le"), [(1, "NUL")]),
        (f"{GOOD}\n".encode() + b'"\xe9"', [(2, "can't decode byte 0xe9")]),
        (b'{"a": NaN}', [(1, "NaN is no number in JSON")]),
    ],
)  # fmt: skip
def test_each_problem_is_a_line_that_says_where_and_what(tmp_path, content, problems):
    file = tmp_path / "statements.jsonl"
    file.write_bytes(content)
    for words in ([str(file)], ["-"]):
        done = CliRunner().invoke(entraide, ["validate", *words], input=content)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert [each["line"] for each in found] == [line for line, _ in problems]
        assert all(told in each["message"] for each, (_, told) in zip(found, problems, strict=True)), found
        assert done.exit_code == bool(problems)
        assert f"{len(problems)} problem(s)" in done.stderr


def test_what_is_no_text_says_so(tmp_path):
    (tmp_path / "s.gz").write_bytes(gzip.compress(GOOD.encode()))
    done = CliRunner().invoke(entraide, ["validate", str(tmp_path / "s.gz")])
    assert (done.exit_code, "gunzip -c" in done.stderr) == (1, True)
    done = CliRunner().invoke(entraide, ["validate", str(tmp_path)])
    assert (done.exit_code, "directory" in done.stderr) == (2, True)
