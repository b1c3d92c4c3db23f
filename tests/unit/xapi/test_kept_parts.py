"""The parts of statements are kept and shared: each statement is whole all the same, and always the same."""

import json
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xapi import statements
from xapi.statements import (
    Activity,
    Actor,
    Applied,
    AssignedReview,
    Comment,
    Commented,
    Completed,
    Context,
    Contribution,
    Course,
    CriterionMark,
    Launched,
    Replied,
    Review,
    Reviewed,
    Score,
    Scored,
    Submitted,
    Thanked,
    Viewed,
    build,
    to_bytes,
)

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
common = {
    "id": st.uuids(version=4),
    "occurred_at": st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    "actor": actors,
    "context": contexts,
}
works = st.builds(
    Contribution, st.just("https://tool.example/contributions/1"), titles, st.just("gesture"), actors
)
remarks = st.sampled_from([Comment(f"https://tool.example/comments/{n}") for n in (1, 2)])
counts = st.integers(0, 10_000)
events = st.one_of(
    st.builds(Launched, **common),
    st.builds(Completed, **common, score=st.none() | scores, success=st.none() | st.booleans()),
    st.builds(Viewed, **common, contribution=works),
    st.builds(Submitted, **common, contribution=works, word_count=st.integers(0, 10_000)),
    st.builds(AssignedReview, **common, contribution=works),
    st.builds(Commented, **common, contribution=works, comment=remarks, word_count=counts),
    st.builds(Replied, **common, contribution=works, comment=remarks, word_count=counts, to=remarks),
    st.builds(Thanked, **common, contribution=works, word_count=counts),
    st.builds(Applied, **common, contribution=works, word_count=counts, on=st.just(date(2025, 3, 1))),
    st.builds(Scored, **common, contribution=works, score=scores),
    st.builds(
        Reviewed,
        **common,
        contribution=works,
        review=st.just(Review("https://tool.example/reviews/1")),
        score=scores,
        marks=st.lists(marks, max_size=3).map(tuple),
        duration=st.none() | st.timedeltas(timedelta(0), timedelta(days=2)),
    ),
)


@given(events, st.sampled_from(["1.0.3", "2.0.0"]))
def test_the_kept_parts_say_what_tincan_says_whatever_was_told_before(event, version):
    kept = to_bytes(event, version)
    sent, rough = json.loads(kept), build(event, version).as_version()
    of_2 = version == "2.0.0" and isinstance(event, Reviewed | AssignedReview)
    assert ("contextAgents" in sent["context"]) == of_2
    sent["context"].pop("contextAgents", None)
    for spoilt in (sent, rough):
        del spoilt["timestamp"]
        spoilt.get("result", {}).pop("duration", None)
    rough["context"].get("team", {}).pop("member", None)
    assert sent == rough
    for part in (statements._activity, statements._agent, statements._team, statements._verb):
        part.cache_clear()
    assert to_bytes(event, version) == kept
