"""What concerns whom, and what a cursor knows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.exchanges import live
from lti_tool.exchanges.live import Cursor, Row, Tail
from lti_tool.kernel import clock
from lti_tool.kernel.journal import EventType
from lti_tool.kernel.secrets import Sealer

NOBODYS_BUSINESS = {
    EventType.LAUNCHED,
    EventType.VIEWED,
    EventType.ASSIGNED_REVIEW,
    EventType.REVIEWED,
    EventType.SCORED,
    EventType.COMPLETED,
    EventType.MENTIONED,  # the comment that does it is heard
    EventType.RATED,
    EventType.COMPARED,
    EventType.CALIBRATED,
    EventType.RETURNED,
    EventType.FLAGGED,
    EventType.SETTLED,
    EventType.OVERRIDDEN,
    EventType.RELEASED,
    EventType.REMINDED,
    EventType.VOIDED,
}
NOW = clock.now().timestamp()
LONG_AGO = NOW - timedelta(hours=1).total_seconds()


def row(number: int, at: float = LONG_AGO) -> Row:
    return Row(0, number, at, frozenset({"c-1"}))


def test_each_kind_of_event_is_either_seen_by_others_or_not_told() -> None:
    assert set(EventType) - live.SEEN == NOBODYS_BUSINESS
    assert live.LISTED <= live.SEEN


@pytest.mark.parametrize(
    ("number", "at", "is_news"),
    [(9, LONG_AGO, False), (9, NOW - 1, True), (10, NOW - 1, False), (11, LONG_AGO, True)],
    ids=["before", "in flight then", "the last", "after"],
)
def test_what_is_news_after_a_cursor(number: int, at: float, is_news: bool) -> None:
    assert Cursor(10, 0, NOW).is_before(row(number, at)) is is_news


def test_a_cursor_is_opaque_and_a_spoilt_one_is_the_first() -> None:
    sealer = Sealer("secret")
    cursor = Cursor(123456, 7, 1.5)
    text = live.sealed(sealer, cursor)
    assert "123456" not in text
    assert live.unsealed(sealer, text) == cursor
    for spoilt in ("", "x", text[:-2], live.sealed(Sealer("another"), cursor), sealer.seal("1 2")):
        assert live.unsealed(sealer, spoilt) == Cursor(0, 0, 0.0)


class Table:
    """A table of rows that are committed in any order; and a session that counts from its end."""

    def __init__(self, *rows: Row) -> None:
        self.rows = {each.id: each for each in rows}

    def read(self, _session: Any, after: int, most: int) -> list[Row]:
        return [self.rows[number] for number in sorted(self.rows) if number > after][:most]

    def scalar(self, _query: Any) -> int | None:
        ids = sorted(self.rows)
        return ids[-live.AT_FIRST - 1] if len(ids) > live.AT_FIRST else None


@pytest.fixture
def tail_of() -> Callable[[Table], Tail]:
    return lambda table: Tail(table.read, table, live.Event)  # type: ignore[arg-type]  # the table is its session


def test_a_row_that_is_committed_late_is_not_lost(tail_of: Callable[[Table], Tail]) -> None:
    just_now = clock.now().timestamp()
    table = Table(row(1), row(2))
    tail = tail_of(table)
    table.rows |= {4: row(4, just_now)}
    assert [each.id for each in tail.look(table)] == [4]  # type: ignore[arg-type]
    table.rows |= {3: row(3, just_now), 5: row(5, just_now)}
    assert [each.id for each in tail.look(table)] == [3, 5]  # type: ignore[arg-type]
    assert tail.look(table) == []  # type: ignore[arg-type]
    assert tail.position == 5


def test_a_long_journal_is_read_from_its_end_and_what_is_kept_is_bounded(tail_of, monkeypatch) -> None:
    monkeypatch.setattr(live, "KEPT", 300)
    monkeypatch.setattr(live, "BATCH", 100)
    table = Table(*(row(number) for number in range(1, 1001)))
    tail = tail_of(table)
    assert (tail.floor, tail.position, len(tail.rows)) == (800, 1000, 200)
    table.rows |= {number: row(number, NOW) for number in range(1001, 1351)}
    assert len(tail.look(table)) == 350
    assert (tail.floor, tail.position, len(tail.rows)) == (1200, 1350, 150)
