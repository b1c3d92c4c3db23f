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

    Empty lines are passed over. A line that is not JSON is one problem, with an empty path.
    """
    for line, content in enumerate(lines, start=1):
        if not content.strip():
            continue
        try:
            found = problems(strictjson.loads(content), version)
        except strictjson.JSONError as error:
            found = [Problem("", str(error))]
        for problem in found:
            yield {"line": line, "path": problem.path, "message": problem.message}
