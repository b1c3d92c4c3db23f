"""Addresses and forms that no page of ours makes: refused or read as if they said nothing, never an error."""

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hostile import NAMES, evil
from lxml import html
from reviewed import COMPARED, REVIEWED
from routes import addresses, place, rules
from village import build
from villagers import GESTURE, PAGE, Village
from werkzeug.routing import Rule

from lti_tool.kernel.database import Database

VALUES = ("1" + "0" * 30, "-1", str(2**40), "²\x00", "%ED%A0%80<script>", str(uuid4()))  # one is no UTF-8
PARAMETERS = (
    "before", "at", "after", "thread", "n", "person", "step", "from", "to", "show", "order", "kind", "tag",
    "q", "below", "page", "section", "on", "since", "scope", "as", "name", "saved", "afresh", "note",
    "contribution", "what", "of", "reviewer", "author", "case", "column",
)  # fmt: skip
FIELDS = (
    "text", "form", "thread", "role", "mentions", "because", "applied_on", "do", "title", "version", "why",
    "step-order", "section", "place", "choice", "helps", "good", "keep", "person", "label-new", "hint-new",
    "prompt-order", "answer-context", "answer-what_it_is_for", "file", "step", "without", "transcript",
    "captions", "frequency", "about", "shows-1", "step-1-text", "kind", "when", "share_by", "review_by",
    "grading", "wanted", "given", "minimum_words", "names", "feedback", "writing", "presence",
    "target_words", "quota_mb", "review_from", "revise_by", "closes_at", "zone", "tolerance", "late_penalty",
    "scoring", "matching", "work_share", "feedback_from", "seen", "activities", "open", "words", "reason",
    "answer", "overall", "read", "revision", "part", "quote", "start", "end", "x", "y", "seconds", "spot",
    "time", "better", "skip", "aside", "answers", "points", "weight", "value", "csv", "column", "what",
    "extra", "rule", "reviewer", "author", "contribution",
)  # fmt: skip
FORM, TEN_MEGABYTES = "application/x-www-form-urlencoded", 10 << 20
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": "9"}


def odd_fields(names: Sequence[str], turn: int, step: int = 1) -> str:
    """Each name with an odd value, another one each `turn`, as a form's body or a query; one comes twice."""
    pairs = [(name, VALUES[(n * step + turn) % len(VALUES)]) for n, name in enumerate(names)]
    return "&".join(f"{name}={encoded(value)}" for name, value in [*pairs, pairs[0]])


def encoded(value: str) -> str:
    return value if "%" in value else "".join(f"%{byte:02X}" for byte in value.encode())


def browsers(village: Village) -> Callable[[Rule], FlaskClient]:
    """The browser of who may do most there, at the activity in which the page is at home."""
    staff = {where: village.browser("staff", where) for where in (GESTURE, REVIEWED, COMPARED)}
    own, page = village.browser("author"), village.browser("author", PAGE)
    writing, judge = village.browser("peer", REVIEWED), village.browser("critic", COMPARED)
    reading = village.browser("author", REVIEWED)
    rooms = {"together": page} | dict.fromkeys(("contributions", "files", "uploads", "coauthors"), own)
    ways = {"/review/": writing, "/calibration": writing, "/compare/": judge, "/received": reading}

    def of(rule: Rule) -> FlaskClient:
        own_way = (browser for way, browser in ways.items() if f">{way}" in rule.rule)
        return next(own_way, rooms.get(rule.endpoint.partition(".")[0], staff[place(rule)]))

    return of


def broken_pages(village: Village, queries: Sequence[str]) -> list[str]:
    """The addresses of pages that answer with an error of ours."""
    broken, browser_for = [], browsers(village)
    for rule in rules(village.app, "GET"):
        browser, path = browser_for(rule), next(addresses(village, rule))
        asked = [*addresses(village, rule, odd=VALUES[0]), *(f"{path}?{query}" for query in queries)]
        broken += [address for address in asked if browser.get(address).status_code >= 500]
    return broken


def broken_acts(village: Village, bodies: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """The addresses and bodies of forms that end in an error of ours."""
    broken, browser_for = [], browsers(village)
    for rule in rules(village.app, "POST"):
        browser, path = browser_for(rule), next(addresses(village, rule))
        for body, kind in bodies:
            answer = browser.post(path, data=body, content_type=kind, headers=TUS)
            if answer.status_code >= 500:
                broken.append((path, kind, body))
    return broken


class Flood(io.RawIOBase):
    """A body of 10 MB; `read_so_far` is how much of it somebody read."""

    def __init__(self) -> None:
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:
        size = min(TEN_MEGABYTES - self.read_so_far, len(buffer))
        buffer[:size] = b"a" * size
        self.read_so_far += size
        return size


def test_a_text_that_is_a_little_too_long_comes_back(village: Village) -> None:
    own, page, staff = village.browser("author"), village.browser("author", PAGE), village.browser("staff")
    writing, teacher = village.browser("peer", REVIEWED), village.browser("staff", REVIEWED)
    review = village.ids["review_id"]
    at, comment = f"/c/{village.ids['contribution']}", village.ids["comment"]
    answer = f"answer-{village.ids['prompt']}"
    for browser, path, name, length in (
        (own, "/share", "title", 201),
        (own, "/share", answer, 20_001),
        (own, "/share", "why", 201),
        (own, f"{at}/comments", "text", 5_001),
        (own, f"{at}/comments/{comment}", "text", 5_001),
        (own, f"{at}/report", "because", 201),
        (village.browser("reader"), f"{at}/reactions/disagree", "because", 501),
        (own, f"/share/files/{village.ids['attachment']}/captions", "transcript", 50_001),
        (page, "/page/course/edit", "text", 60_001),
        (page, "/page/course/edit", "why", 201),
        (staff, f"{at}/highlight", "because", 201),
        (staff, f"{at}/hide", "because", 201),
        (staff, "/activity/questions", "label-new", 101),
        (writing, f"/review/{review}/flag", "because", 1_001),
        (writing, f"/received/{village.ids['received_by_peer']}/reply", "words", 5_001),
        (teacher, f"/flags/{village.ids['flag_id']}", "answer", 1_001),
        (teacher, "/examples/new", "why", 2_001),
        (teacher, f"/people/{village.ids['person_id']}/score", "because", 501),
        (staff, "/activity/settings", "title", 201),
    ):
        typed = "é" * length
        refused = browser.post(path, data={name: typed})
        assert refused.status_code == 422, (path, name)
        fields = html.fromstring(refused.text).xpath(f"//*[@name='{name}']")
        assert typed in [(field.text or field.get("value", "")).strip() for field in fields], (path, name)


def test_no_address_breaks_a_page(village: Village) -> None:
    assert broken_pages(village, [odd_fields(PARAMETERS, turn) for turn in (0, 3)]) == []


@pytest.mark.long
def test_no_form_breaks_an_act(village: Village) -> None:
    bodies = [(odd_fields(FIELDS, turn), FORM) for turn in (1, 4)]
    bodies += [("", ""), ('{"text": 1}', "application/json"), ("--x", "multipart/form-data; boundary=x")]
    assert broken_acts(village, bodies) == []


def test_ten_megabytes_of_text_are_refused_unread(village: Village) -> None:
    browser_for = browsers(village)
    for rule in rules(village.app, "POST"):
        browser, path = browser_for(rule), next(addresses(village, rule))
        for sized in (True, False):
            flood = Flood()
            chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
            size = {"CONTENT_LENGTH": str(TEN_MEGABYTES)} if sized else chunked
            answer = browser.post(
                path, content_type=FORM, headers=TUS, environ_overrides=size | {"wsgi.input": flood}
            )
            assert flood.read_so_far <= (0 if sized else 2 << 20), (path, sized)
            assert answer.status_code == 413 or (not sized and answer.status_code < 500), (path, sized)


@pytest.fixture
def strict_village(database: Database, tmp_path: Path) -> Iterator[Village]:
    """A village on a database that takes no NUL, no surrogate, and no number that a column does not hold."""
    village = build(database, tmp_path, evil, NAMES, named=True)
    yield village
    village.app.extensions["entraide.database"].dispose()


@pytest.mark.parametrize(
    "database_server", [pytest.param("postgres_server", marks=pytest.mark.postgres)], indirect=True
)
def test_nor_on_a_stricter_database(strict_village: Village) -> None:
    one_value = [odd_fields(names, turn, step=0) for names in (PARAMETERS, FIELDS) for turn in (2, 3)]
    assert broken_pages(strict_village, one_value[:2]) == []
    assert broken_acts(strict_village, [(body, FORM) for body in one_value[2:]]) == []
