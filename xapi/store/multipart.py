"""Bodies of several parts, statements first and then files (RFC 2046, 5.1; xAPI 1.0.3, Part Three, 1.5.2)."""

import hashlib
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

PARTS = 1_000  # the most that one request may have: each costs more to read than its bytes do
HEAD = 16_000  # bytes of headers that a part may have
_LINE = b"\r\n"


class Part(NamedTuple):
    """One part of a body."""

    headers: Message
    content: bytes


def split(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of a body; what stands before the first and after the last does not count.

    Raises BadRequest when it has no parts or no end, RequestEntityTooLarge when it has too many parts.
    """
    line = b"--" + boundary.encode()
    _, *pieces = (_LINE + body).split(_LINE + line, PARTS + 2)
    if len(pieces) > PARTS + 1:
        raise RequestEntityTooLarge(f"A body has at most {PARTS} parts.")
    parts: list[Part] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            return parts
        rest, newline, part = piece.partition(_LINE)
        if rest.strip(b" \t") or not newline:
            raise BadRequest("A boundary is followed by something else than the end of its line.")
        head, _, content = (_LINE + part).partition(_LINE + _LINE)
        if len(head) > HEAD:
            raise BadRequest("A part has too many headers, or none that end.")
        parts.append(Part(message_from_bytes(head[len(_LINE) :]), content))
    raise BadRequest("The body does not have the parts, and the end, that its boundary should mark.")


def joined(parts: Iterable[tuple[Mapping[str, str], bytes]]) -> tuple[bytes, str]:
    """Return a body with these headers and contents, and its content type.

    The boundary is made of what is in it, so that nothing in it can be the boundary and that the same parts
    make the same body.
    """
    written = [
        _LINE.join(f"{name}: {value}".encode() for name, value in headers.items()) + _LINE * 2 + content
        for headers, content in parts
    ]
    boundary = hashlib.sha256(b"\0".join(written)).hexdigest()
    line = b"--" + boundary.encode()
    body = b"".join(line + _LINE + part + _LINE for part in written) + line + b"--" + _LINE
    return body, f"multipart/mixed; boundary={boundary}"
