"""The parts of statements are kept and shared: each statement is whole all the same, and always the same."""

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xapi import statements
from xapi.events import Event
from xapi.statements import (
    Activity,
    Actor,
    Attachment,
    Comment,
    Comparison,
    Context,
    Contribution,
    Course,
    CriterionMark,
    Example,
    Review,
    Score,
    build,
    to_bytes,
)
from xapi.validation import problems

MOODLE = "https://moodle.example"
COURSE = f"{MOODLE}/course/view.php?id=2"

actors = st.builds(Actor, st.just(MOODLE), st.text(min_size=1).filter(str.strip))
titles = st.text(st.characters(exclude_categories=["Cs"]))
scores = st.sampled_from(
    [Score(3, 0, 4), Score(3.0, 0.0, 4.0), Score(0.1, -0.0, 0.3), Score(-1e-7, -1, 1e21)]
)
marks = st.builds(
    CriterionMark,
    st.just("https://tool.example/criteria/1"),
    titles,
    st.integers(0, 4),
    st.just(0),
    st.just(4),
)
contexts = st.builds(
    Context,
    registration=st.uuids(version=5),
    course=st.builds(Course, st.just(COURSE), titles, st.none() | st.text(min_size=1)),
    activity=st.builds(Activity, st.just("https://tool.example/activities/1"), titles, st.just("gesture")),
    platform=titles,
    language=st.sampled_from([None, "fr_ca", "en"]),
    instructor=st.none() | actors,
    team=st.none() | actors,
    synthetic=st.booleans(),
)
files = st.builds(
    Attachment,
    titles,
    st.just("image/webp"),
    st.integers(0, 1 << 30),
    st.just("ab" * 32),
    st.just("https://tool.example/admin/files/1"),
)
common = {
    "id": st.uuids(version=4),
    "occurred_at": st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    "actor": actors,
    "context": contexts,
    "response": st.just("") | titles,
    "attachments": st.just(()) | st.lists(files, min_size=1, max_size=2).map(tuple),
}
works = st.builds(
    Contribution, st.just("https://tool.example/contributions/1"), titles, st.just("gesture"), actors
)
remarks = st.builds(
    Comment, st.sampled_from([f"https://tool.example/comments/{n}" for n in (1, 2)]), st.none() | actors
)
reviews = st.builds(Review, st.just("https://tool.example/reviews/1"), st.none() | actors)
FIELDS = common | {
    "contribution": works,
    "loser": works,
    "word_count": st.integers(0, 10_000),
    "review": reviews,
    "score": scores,
    "closeness": scores,
    "marks": st.lists(marks, max_size=3).map(tuple),
    "duration": st.none() | st.timedeltas(timedelta(0), timedelta(days=2)),
    "kind": st.sampled_from(["", "self"]),
    "comment": remarks,
    "to": remarks,
    "answer": remarks,
    "question": st.none() | remarks,
    "person": actors,
    "comparison": st.just(Comparison("https://tool.example/comparisons/1")),
    "example": st.just(Example("https://tool.example/examples/1")),
    "success": st.none() | st.booleans(),
    "on": st.just(date(2025, 3, 1)),
    "revision": st.integers(2, 99),
    "first": st.uuids(version=5),
    "voided": st.uuids(version=5),
}


def kinds_of(event: type[Event]) -> Iterator[type[Event]]:
    """Every kind of event: those that have a verb."""
    if hasattr(event, "verb"):
        yield event
    for each in event.__subclasses__():
        yield from kinds_of(each)


KINDS = sorted(set(kinds_of(Event)), key=lambda kind: kind.__name__)
events = st.one_of(
    st.builds(kind, **{each.name: FIELDS[each.name] for each in fields(kind)}) for kind in KINDS
)


@given(events, st.sampled_from(["1.0.3", "2.0.0"]))
def test_the_kept_parts_say_what_tincan_says_whatever_was_told_before(event, version):
    kept = to_bytes(event, version)
    assert problems(json.loads(kept), version) == []
    sent, rough = json.loads(kept), build(event, version).as_version()
    named = [each for each in sent["context"].get("extensions", {}).values() if isinstance(each, dict)]
    agents = sent["context"].pop("contextAgents", [])
    assert [each["agent"] for each in agents] == (named if version == "2.0.0" else [])
    for spoilt in (sent, rough):
        del spoilt["timestamp"]
        spoilt.get("result", {}).pop("duration", None)
    rough["context"].get("team", {}).pop("member", None)
    assert sent == rough
    for part in (statements._activity, statements._agent, statements._team, statements._verb):
        part.cache_clear()
    assert to_bytes(event, version) == kept
