"""What one POST of statements holds: parts of a batch, cut by count and bytes, as JSON or with files.

Statements are bytes that nobody changes any more: here they are put side by side, never read again, but for
the attachments of those that have some.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate
from typing import Any

Contents = Callable[[str], bytes | None]
"""An attachment's contents by its sha2 (lower-case hex), or None where they are not to be had."""

_AROUND = 2  # bytes that a list has beside its statements, and about as many beside each


@dataclass(frozen=True)
class Kept:
    """A statement as it is sent, with the contents of those of its attachments that go along."""

    body: bytes
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)  # by sha2: content type, contents
    elsewhere: bool = True  # whether all its attachments can be fetched, so that it may go without files

    @property
    def size(self) -> int:
        """How many bytes it adds to a request."""
        return len(self.body) + sum(len(contents) for _, contents in self.files.values()) + _AROUND


def kept(body: bytes, contents: Contents | None, max_bytes: int) -> Kept:
    """Return a statement with the contents of its attachments, where `contents` has them.

    What is larger than a request may be, and can be fetched (a film), is not read at all.
    """
    if contents is None or b'"attachments"' not in body:
        return Kept(body)
    found: dict[str, tuple[str, bytes]] = {}
    elsewhere = True
    for attachment in _attachments(body):
        sha2 = str(attachment.get("sha2", "")).lower()
        large = "fileUrl" in attachment and int(attachment.get("length", 0)) > max_bytes
        data = None if large else contents(sha2)
        if data is not None:
            found[sha2] = str(attachment.get("contentType", "application/octet-stream")), data
        elsewhere = elsewhere and "fileUrl" in attachment
    return Kept(body, found, elsewhere)


def _attachments(body: bytes) -> list[Mapping[str, Any]]:
    statement = json.loads(body)
    inner = statement.get("object")  # a SubStatement may have its own (xAPI 1.0.3, Part Two, 2.4.4.3)
    lists = (statement.get("attachments"), inner.get("attachments") if isinstance(inner, dict) else None)
    return [one for some in lists if isinstance(some, list) for one in some if isinstance(one, dict)]


def cut(sizes: Sequence[int], most: int, max_bytes: int) -> list[range]:
    """Cut a batch into parts of `most` statements and `max_bytes` at most; what is larger stands alone."""
    parts: list[range] = []
    start = total = 0
    for index, size in enumerate(sizes):
        if index > start and (index - start >= most or total + size > max_bytes):
            parts.append(range(start, index))
            start, total = index, 0
        total += size
    if start < len(sizes):
        parts.append(range(start, len(sizes)))
    return parts


def split(part: range, status: int, sizes: Sequence[int]) -> list[range]:
    """Divide a refused part: a conflict into singles, what is too large by bytes, the rest in the middle."""
    if status == 409:  # many of its statements may be duplicates
        return [range(index, index + 1) for index in part]
    middle = part.start + (len(part) + 1) // 2
    if status == 413:
        sums = list(accumulate(sizes[index] for index in part))
        before = sum(1 for total in sums if total <= sums[-1] / 2)
        middle = part.start + min(max(before, 1), len(part) - 1)
    return [range(part.start, middle), range(middle, part.stop)]


def posted(statements: Iterable[Kept]) -> tuple[str, bytes]:
    """Return the content type and the body of a POST of these statements.

    With files it is multipart/mixed: first the statements, then each file once, by its hash (xAPI 1.0.3,
    Part Three, 1.5.2). The same statements always make the same bytes.
    """
    some = list(statements)
    listed = b"[" + b",".join([one.body for one in some]) + b"]"
    files = {sha2: file for one in some for sha2, file in one.files.items()}
    if not files:
        return "application/json", listed
    boundary = "entraide-" + sha256(listed).hexdigest()[:40]
    pieces = [(b"Content-Type: application/json", listed)]
    for sha2, (content_type, contents) in files.items():
        kind = "".join(letter for letter in content_type if letter.isprintable())
        head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}"
        pieces.append((head.encode("utf-8", "replace"), contents))
    line = b"\r\n--" + boundary.encode()
    body = b"".join(line + b"\r\n" + head + b"\r\n\r\n" + data for head, data in pieces)
    return f"multipart/mixed; boundary={boundary}", body.removeprefix(b"\r\n") + line + b"--\r\n"
