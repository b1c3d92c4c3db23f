"""A strict validator of xAPI statements, 1.0.3 and 2.0.0 (IEEE 9274.1.1)."""

from collections.abc import Iterable, Iterator

from xapi.validation import shapes, strictjson
from xapi.validation.checks import Problem, present
from xapi.validation.shapes import Version

__all__ = ["Problem", "Version", "check_lines", "problems"]


def problems(statement: object, version: Version = "1.0.3") -> list[Problem]:
    """Return everything that is wrong with a parsed statement, nothing when it is valid under `version`.

    Where the specification says SHOULD this is strict: a property it does not know, a timestamp that is not
    RFC 3339, components that belong to another type of interaction are problems too.
    """
    return list(present(statement, "", shapes.statement(version)))


def check_lines(lines: Iterable[str | bytes], version: Version = "1.0.3") -> Iterator[dict[str, int | str]]:
    """Check one statement a line and yield a {"line", "path", "message"} per problem; lines count from 1.

    Empty lines are passed over. A line that is not JSON is one problem, with an empty path; so are an array
    of statements and an LRS's answer. JSON that is written over several lines is one, and ends the check.
    """
    first = True
    for line, content in enumerate(lines, start=1):
        text = content.decode("utf-8", "surrogateescape") if isinstance(content, bytes) else content
        text = text.rstrip(_SPACE)
        if not text:
            continue
        over_lines = first and text.lstrip(f"\ufeff{_SPACE}") in {"{", "["}
        for problem in [_OVER_LINES] if over_lines else _of_line(text, version):
            yield {"line": line, "path": problem.path, "message": problem.message}
        if over_lines:
            return
        first = False


_SPACE = " \t\r\n"  # RFC 8259, 2
_OVER_LINES = Problem("", "JSON over several lines: write each statement on one (jq -c . does)")
_SEVERAL = Problem("", "an array: write each of its statements on a line (jq -c '.[]' does)")
_ANSWER = Problem("", "what an LRS answers: write each statement on a line (jq -c '.statements[]' does)")
_NUL = Problem("", "not UTF-8 text: it holds NUL characters, as UTF-16 does")


def _of_line(text: str, version: Version) -> list[Problem]:
    if "\0" in text:
        return [_NUL]
    try:
        value = strictjson.loads(text.encode("utf-8", "surrogateescape"))
    except strictjson.JSONError as error:
        return [Problem("", str(error))]
    if isinstance(value, list):
        return [_SEVERAL]
    if isinstance(value, dict) and isinstance(value.get("statements"), list) and "actor" not in value:
        return [_ANSWER]
    return problems(value, version)
