"""Two people saving the same page 200 times at once: every version there, no text lost."""

import time

from classroom import Classroom
from writers import write_at_once

from lti_tool.activities.models import Feedback, Kind, Writing
from lti_tool.contributions.models import Contribution, Revision

SAVES = 100


def test_two_hundred_saves_at_once(database):
    room = Classroom(
        database, kind=Kind.SYNTHESIS, writing=Writing.COURSE, feedback=Feedback.COMMENTS, late_allowed=True
    )
    visits = [room.visit(each) for each in room.people(2, shared=False)]
    start = time.perf_counter()
    words = write_at_once(room, visits, SAVES)
    took = time.perf_counter() - start
    versions = sorted(each.number for each in room.all(Revision))
    merged = sum(each.merged for each in room.all(Revision))
    [page] = room.all(Contribution)
    there = words & set(page.answers["text"].split())
    print(
        f"{len(versions)} versions in {took:.1f} s on {database.engine.dialect.name}, {merged} merged: "
        f"{len(there)} of {len(words)} texts there, {len(page.answers['text'])} characters"
    )
    assert versions == list(range(1, 2 * SAVES + 1))
    assert there == words
