"""Has everything arrived? What the visitors did, against the statement store and the LMS's gradebook."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from lti_tool.demo.course import PEOPLE
from lti_tool.demo.platform import LmsSettings
from lti_tool.demo.story import INSTRUCTOR, Counts

STORE_LOGIN = ("demo", "demo")
DELIVERY_SECONDS = 120
ASKED_REVIEWS = 4
"""What the tool asks of each person when the instructor changes nothing."""

VERBS = {
    "launched": "http://adlnet.gov/expapi/verbs/launched",
    "submit": "http://activitystrea.ms/submit",
    "assigned-review": "/verbs/assigned-review",
    "reviewed": "http://id.tincanapi.com/verb/reviewed",
    "scored": "https://w3id.org/xapi/tla/verbs/scored",
    "completed": "http://adlnet.gov/expapi/verbs/completed",
}
"""How each verb's IRI ends; the tool's own profile may stand anywhere."""

AT_LEAST = frozenset({"launched", "scored"})
"""Verbs that may come more often than expected: the instructor launches too, and a score changes."""

Tally = Counter[str]
"""How many of something each person has, by the person's id (a score is told as `id share %`)."""


@dataclass(frozen=True)
class Finding:
    """One line of the check."""

    what: str
    expected: Tally
    found: Tally
    exact: bool = True

    @property
    def problems(self) -> list[str]:
        """Who lacks what, and who has too much."""
        told = [f"Missing: {self._told(key, n)}" for key, n in (self.expected - self.found).items()]
        if self.exact:
            told += [f"Too many: {self._told(key, n)}" for key, n in (self.found - self.expected).items()]
        return told

    def _told(self, key: str, number: int) -> str:
        who, _, detail = key.partition(" ")
        name = PEOPLE[who].name if who in PEOPLE else who or "nobody"
        return f"{number} × {self.what}, {name}{detail and f', {detail}'}"


def deliver_and_check(
    settings: LmsSettings,
    counts: Counts,
    still_runs: Callable[[], None],
    tell: Callable[[str], None],
    seconds: float = DELIVERY_SECONDS,
) -> int:
    """Wait until everything has arrived, tell what is there and what is missing; 0 when nothing is, else 1.

    `still_runs` is called at every look, and raises when there is nothing to wait for any more.
    """
    tell("Waiting for statements and scores to arrive ...")
    end = time.monotonic() + seconds
    while True:
        still_runs()
        lines = findings(counts, read_statements(f"{settings.tool_url}/xapi"), read_grades(settings.url))
        problems = [problem for line in lines for problem in line.problems]
        if not problems or time.monotonic() > end:
            break
        time.sleep(1)
    tell(f"  {'':<30}{'expected':>9}{'found':>7}")
    for line in lines:
        tell(f"  {line.what:<30}{line.expected.total():>9}{line.found.total():>7}")
    for problem in problems:
        tell(f"  {problem}")
    tell("Not everything has arrived." if problems else "Everything has arrived.")
    return 1 if problems else 0


def findings(
    counts: Counts, statements: Iterable[dict[str, Any]], columns: Iterable[dict[str, Any]]
) -> list[Finding]:
    """Compare what the visitors did with statements, and with the columns that the LMS exports."""
    told: dict[str, Tally] = {verb: Counter() for verb in VERBS}
    for statement in statements:
        for verb, iri in VERBS.items():
            if statement["verb"]["id"].endswith(iri):
                told[verb][statement["actor"].get("account", {}).get("name", "")] += 1
    works: Tally = Counter()
    reviewing: Tally = Counter()
    for column in columns:
        for who, grade in column["grades"].items():
            if column["resourceLinkId"]:
                works[who] += 1
            else:
                reviewing[_share(who, grade["score"] / column["maximum"])] += 1
    shares = Counter(_share(who, min(n / ASKED_REVIEWS, 1)) for (_, who), n in counts.of("reviewed").items())
    expected = _expected(counts)
    return [
        *(Finding(f"Statements: {verb}", expected[verb], told[verb], verb not in AT_LEAST) for verb in VERBS),
        Finding("Scores: the work", expected["scored"], works),
        Finding("Scores: reviewing", shares, reviewing),
    ]


def _expected(counts: Counts) -> dict[str, Tally]:
    """How many statements of each verb each person is due."""
    shared, gave = counts.of("submit"), counts.of("reviewed")
    tallies = {verb: _by_person(counts.of(verb).elements()) for verb in VERBS}
    tallies["scored"] = _by_person(counts.reviewed_authors)
    tallies["completed"] = _by_person(key for key in shared if gave[key] >= ASKED_REVIEWS)
    return tallies


def _by_person(keys: Iterable[tuple[str, str]]) -> Tally:
    return Counter(who for _, who in keys)


def _share(who: str, share: float) -> str:
    return f"{who} {share:.0%}"


def read_statements(store_url: str) -> list[dict[str, Any]]:
    """Every statement of a store, page by page. Raises httpx.HTTPError."""
    found: list[dict[str, Any]] = []
    address = f"{store_url}/statements?limit=100&ascending=true"
    headers = {"X-Experience-API-Version": "1.0.3"}
    with httpx.Client(auth=STORE_LOGIN, headers=headers, timeout=30, trust_env=False) as client:
        while address:
            page = client.get(address).raise_for_status().json()
            found += page["statements"]
            address = urljoin(store_url, page["more"]) if page.get("more") else ""
    return found


def read_grades(lms_url: str) -> list[dict[str, Any]]:
    """The gradebook's columns, as the instructor exports them. Raises httpx.HTTPError."""
    with httpx.Client(base_url=lms_url, timeout=30, trust_env=False) as client:
        client.post("/sign-in", data={"person": INSTRUCTOR.id})
        columns: list[dict[str, Any]] = client.get("/course/grades?format=json").raise_for_status().json()
    return columns
