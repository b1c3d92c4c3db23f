"""What one request holds: by count, by bytes, and what a refusal does to it."""

import email
from hashlib import sha256

import pytest

from xapi.parts import Kept, cut, kept, posted, split


@pytest.mark.parametrize(
    ("sizes", "most", "max_bytes", "lengths"),
    [
        ([], 50, 100, []),
        ([10] * 5, 2, 100, [2, 2, 1]),
        ([10] * 5, 50, 30, [3, 2]),
        ([10, 500, 10, 10], 50, 100, [1, 1, 2]),
        ([100, 100], 50, 100, [1, 1]),
        ([500], 50, 100, [1]),
    ],
)
def test_a_batch_is_cut_by_count_and_bytes(sizes, most, max_bytes, lengths):
    parts = cut(sizes, most, max_bytes)
    assert [len(part) for part in parts] == lengths
    assert [index for part in parts for index in part] == list(range(len(sizes)))


@pytest.mark.parametrize(
    ("status", "sizes", "lengths"),
    [
        (400, [1, 1, 1, 97, 1], [3, 2]),
        (409, [1, 1, 1], [1, 1, 1]),
        (413, [1, 1, 1, 97, 1], [3, 2]),
        (413, [97, 1, 1, 1], [1, 3]),
        (413, [1, 1, 1, 97], [3, 1]),
        (413, [10, 10, 10, 10], [2, 2]),
        (413, [5, 5], [1, 1]),
    ],
)
def test_a_refused_part_is_split_as_the_refusal_wants_it(status, sizes, lengths):
    parts = split(range(3, 3 + len(sizes)), status, [0] * 3 + sizes)
    assert [len(part) for part in parts] == lengths
    assert [index for part in parts for index in part] == list(range(3, 3 + len(sizes)))


DATA = bytes(range(256)) + b"\r\n--entraide-"
SHA2 = sha256(DATA).hexdigest()


def attached(url: str = "") -> bytes:
    where = f',"fileUrl":"{url}"' if url else ""
    one = f'{{"sha2":"{SHA2.upper()}","contentType":"image/png","length":{len(DATA)}{where}}}'
    return f'{{"id":"x","attachments":[{one}]}}'.encode()


def test_files_go_along_each_once_after_the_statements():
    found = {SHA2: DATA}
    statements = [
        Kept(b'{"id":"a"}'),
        kept(attached(), found.get, 999),
        kept(attached("https://x"), found.get, 999),
    ]
    assert [(bool(one.files), one.elsewhere) for one in statements] == [
        (False, True), (True, False), (True, True),
    ]  # fmt: skip
    kind, body = posted(statements)
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    first, *files = message.get_payload()
    assert message.get_content_type() == "multipart/mixed"
    assert first.get_content_type() == "application/json"
    assert first.get_payload(decode=True) == b"[" + b",".join(one.body for one in statements) + b"]"
    assert [(one["X-Experience-API-Hash"], one.get_content_type()) for one in files] == [(SHA2, "image/png")]
    assert files[0]["Content-Transfer-Encoding"] == "binary"
    assert b"\r\n\r\n" + DATA + b"\r\n--" in body
    assert posted(statements) == (kind, body)


def test_without_files_it_is_json():
    assert posted([kept(attached(), lambda _: None, 999)]) == ("application/json", b"[" + attached() + b"]")
    assert kept(attached(), None, 999) == Kept(attached())


def test_what_is_larger_than_a_request_is_not_read_where_it_can_be_fetched():
    asked = []
    kept(attached("https://x"), asked.append, len(DATA) - 1)
    assert asked == []
    kept(attached(), asked.append, len(DATA) - 1)
    assert asked == [SHA2]
