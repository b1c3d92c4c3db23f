"""Answers with the files of statements (xAPI 1.0.3, Part Three, 2.1.3, "attachments")."""

from collections.abc import Sequence

from sqlalchemy import Connection
from werkzeug.wrappers import Response

from xapi.store import multipart, reading
from xapi.store.calls import json_answer
from xapi.store.parts import attachments
from xapi.validation import strictjson

MOST = 32 * 2**20  # bytes of files in one answer, as far as the first statement's own are not more

Row = tuple[int, str]
Files = dict[str, tuple[str, bytes]]  # content type and content, by SHA-2 in small letters


def gathered(connection: Connection, rows: Sequence[Row], *, linked: bool) -> tuple[Sequence[Row], Files]:
    """Return as many statements, from the first, as one answer can bring with their files; and these.

    Of attachments with a fileUrl there are files only if `linked`: others may have sent these, and whoever
    may not read what others wrote could name their hash.
    """
    files: Files = {}
    size = 0
    for place, (_, body) in enumerate(rows):
        types = {sha2: kind for sha2, kind in _named(body, linked).items() if sha2 not in files}
        found = reading.files(connection, types)
        size += sum(map(len, found.values()))
        if place and size > MOST:
            return rows[:place], files
        files |= {sha2: (types[sha2], content) for sha2, content in found.items()}
    return rows, files


def answer(text: str, files: Files | None) -> Response:
    """Return a JSON text as an answer; where `files` are asked for, there are parts, though it be but one."""
    if files is None:
        return json_answer(text)
    parts = [({"Content-Type": "application/json"}, text.encode())]
    for sha2, (kind, content) in files.items():
        headers = {"Content-Type": kind, "Content-Transfer-Encoding": "binary", "X-Experience-API-Hash": sha2}
        parts.append((headers, content))
    body, content_type = multipart.joined(parts)
    return Response(body, content_type=content_type)


def _named(body: str, linked: bool) -> dict[str, str]:
    """Return the content types of a statement's attachments by their SHA-2."""
    if '"attachments"' not in body:
        return {}
    named = attachments(strictjson.loads(body))
    return {each["sha2"].lower(): each["contentType"] for each in named if linked or "fileUrl" not in each}
