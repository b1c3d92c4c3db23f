"""Who may read a contribution, and say something about it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exchanges.reading import Answer, Reader, Work, may_read, may_speak, sees_counts

PEER = Reader(sees_all=False, takes_part=True, is_author=False, has_shared=True)
NEWCOMER = replace(PEER, has_shared=False)
AUTHOR = replace(PEER, is_author=True)
STAFF = Reader(sees_all=True, takes_part=False, is_author=False, has_shared=False)
NOBODY = Reader(sees_all=False, takes_part=False, is_author=False, has_shared=False)
WORK = Work(shared=True, opened=True, closed=False, graded=True)

readers = st.builds(Reader, *[st.booleans()] * 4)
works = st.builds(Work, *[st.booleans()] * 4)


@pytest.mark.parametrize(
    ("reader", "work", "answer"),
    [
        (PEER, WORK, Answer.YES),
        (AUTHOR, WORK, Answer.YES),
        (STAFF, WORK, Answer.YES),
        (STAFF, replace(WORK, opened=False), Answer.YES),
        (PEER, replace(WORK, opened=False), Answer.NOTHING_THERE),
        (NEWCOMER, WORK, Answer.SHARE_FIRST),
        (NEWCOMER, replace(WORK, closed=True), Answer.YES),
        (NEWCOMER, replace(WORK, graded=False), Answer.YES),
        (PEER, replace(WORK, hidden=True), Answer.NOTHING_THERE),
        (AUTHOR, replace(WORK, hidden=True), Answer.YES),
        (STAFF, replace(WORK, hidden=True), Answer.YES),
        (NOBODY, WORK, Answer.NOT_THEIRS),
        (replace(NOBODY, has_shared=True), replace(WORK, graded=False), Answer.NOT_THEIRS),
    ],
)
def test_who_may_read(reader, work, answer):
    assert may_read(reader, work) is answer


@given(readers, works)
def test_nobody_reads_a_draft_and_who_may_not_read_learns_nothing_of_it(reader, work):
    assert may_read(reader, replace(work, shared=False)) is Answer.NOTHING_THERE


@given(readers, works)
def test_nothing_is_said_of_what_is_not_open(reader, work):
    if may_speak(work):
        assert work.shared
        assert work.opened
        assert not work.closed


@pytest.mark.parametrize(("reader", "sees"), [(PEER, True), (AUTHOR, True), (STAFF, True), (NEWCOMER, False)])
def test_who_sees_what_others_felt(reader, sees):
    assert sees_counts(reader) is sees
