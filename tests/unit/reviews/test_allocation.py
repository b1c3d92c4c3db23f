"""Who is refused a review, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.activities.phases import Door, lets_in
from lti_tool.reviews import allocation
from lti_tool.reviews.allocation import WHY, Because, Pool, beyond_quota, refusal, unlocked

doors = st.sampled_from(Door)
counts = st.integers(0, 30)
quotas = st.integers(1, 30)
# Short work is unread, unread work is somebody's.
pools = st.sampled_from([Pool(n > 0, n > 1, n > 2) for n in range(4)])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001

ALL = Pool(others=True, unread=True, short=True)
SERVED = Pool(others=True, unread=True, short=False)


@pytest.mark.parametrize(
    ("door", "shared", "sent", "pool", "because"),
    [
        (Door.NOT_YET, True, 0, ALL, Because.NOT_OPEN),
        (Door.CLOSED, True, 0, ALL, Because.CLOSED),
        (Door.OPEN, False, 0, ALL, Because.SHARE_FIRST),
        (Door.OPEN, True, 0, Pool(False, False, False), Because.NOBODY_ELSE),
        (Door.OPEN, True, 0, Pool(True, False, False), Because.READ_ALL),
        (Door.OPEN, True, 4, SERVED, Because.ALL_SERVED),
        (Door.OPEN, True, 3, SERVED, None),
        (Door.OPEN, True, 9, ALL, None),
        (Door.LATE, True, 0, ALL, None),
        (Door.OPEN, False, 9, Pool(False, False, False, certain=True), None),
        (Door.CLOSED, True, 0, Pool(True, True, True, certain=True), Because.CLOSED),
    ],
)
def test_the_reason_is_the_first_that_holds(door, shared, sent, pool, because):
    assert refusal(door, shared, sent, 4, pool) is because


@given(doors, st.booleans(), counts, quotas, pools)
def test_a_willing_reviewer_is_refused_only_if_nothing_is_eligible(door, shared, sent, asked, pool):
    eligible = pool.short if beyond_quota(sent, asked) else pool.unread
    assert (refusal(door, shared, sent, asked, pool) is None) == (lets_in(door) and shared and eligible)


@given(doors, st.booleans(), counts, quotas, pools)
def test_asking_more_of_people_never_refuses_more_of_them(door, shared, sent, asked, pool):
    if refusal(door, shared, sent, asked, pool) is None:
        assert refusal(door, shared, sent, asked + 1, pool) is None


@given(doors, counts, quotas, pools, st.booleans())
def test_giving_one_more_never_locks_again(door, sent, asked, pool, reviewing):
    if unlocked(door, sent, asked, pool, reviewing):
        assert unlocked(door, sent + 1, asked, pool, reviewing)


@given(doors, quotas, pools, st.booleans())
def test_who_gave_all_reads_whatever_remains(door, asked, pool, reviewing):
    assert unlocked(door, asked, asked, pool, reviewing)


def test_who_can_still_give_waits():
    assert not unlocked(Door.OPEN, 3, 4, ALL, reviewing=False)
    assert not unlocked(Door.OPEN, 3, 4, Pool(True, False, False), reviewing=True)
    assert unlocked(Door.OPEN, 3, 4, Pool(True, False, False), reviewing=False)
    assert unlocked(Door.CLOSED, 0, 4, ALL, reviewing=True)


@given(moments, st.integers(1, 720))
def test_a_lease_lasts_its_hours_and_its_last_moment_counts(now, hours):
    end = allocation.lease_end(now, hours)
    assert end - now == timedelta(hours=hours)
    assert not allocation.expired(end, end)
    assert allocation.expired(end, end + timedelta(microseconds=1))


def test_a_review_that_nobody_begins_is_kept_until_its_date_or_for_two_weeks():
    now = datetime(2026, 11, 1, tzinfo=UTC)
    date = now + timedelta(days=40)
    assert allocation.kept_until(now, date) == date
    assert allocation.kept_until(date, now) == date + timedelta(days=14)
    assert allocation.kept_until(now, None) == now + timedelta(days=14)


@given(moments)
def test_the_coming_hour_tells_nothing_finer(moment):
    hour = allocation.coming_hour(moment)
    assert timedelta(0) < hour - moment <= timedelta(hours=1)
    assert hour == allocation.coming_hour(hour - timedelta(microseconds=1))


def test_every_reason_has_its_sentence():
    assert set(WHY) == set(Because)
