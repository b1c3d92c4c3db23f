"""Reports on invented people, written into a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acts_told import invent, moment

from xapi.reports.api import Report
from xapi.reports.cache import Cache, Source
from xapi.reports.problems import Problem

MARCH = {"since": moment("1"), "until": moment("31")}
"""In the middle of the half year that people are invented for."""


@contextmanager
def report_on(
    folder: Path, people: int = 30, acts: int = 2000, names: bool = False, problem: Problem | None = None
) -> Iterator[Report]:
    """A report on so many people, who did so many `acts`; `folder` has its cache."""
    source = Source("https://key:secret@lrs.test/xapi?token=1", "key", names=names)
    with Cache(folder / "cache") as cache:
        cache.open_for(source)
        if acts:
            invent(cache.connection, acts, people)
        yield Report(cache, source, problem)
