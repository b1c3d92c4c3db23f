"""Reports from a script: read any LRS, look at the tables, write the report.

from xapi.reports import Report

report = Report.read("https://lrs.example/xapi", "key", "secret", cache="cache")
for row in report.tables()["by_course"]:
    print(row)
report.write("report")
"""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import duckdb

from xapi.lrs import LrsClient, LrsError
from xapi.reports import writing
from xapi.reports.cache import Cache, Source
from xapi.reports.fetching import Reading, Tell
from xapi.reports.kinds import Words
from xapi.reports.measures import compute
from xapi.reports.measures.export import export
from xapi.reports.measures.model import LEAST, Language, Period, Results
from xapi.reports.problems import Problem, problem
from xapi.reports.progress import Progress
from xapi.vocabulary import PROFILE

_PAGE_TIMEOUT = 120.0  # seconds: an LRS may take long to put a page of thousands of statements together


class Report:
    """What the statements in a cache tell. Close it, or use a `with`.

    `problem` says why the LRS could not be read to the end, None if it was; `read_now` is how many statements
    were read this time.
    """

    def __init__(self, cache: Cache, source: Source, problem: Problem | None = None, read: int = 0) -> None:
        self.source = source
        self.problem = problem
        self.read_now = read
        self._cache = cache
        self._known: dict[tuple[Any, ...], Results] = {}
        cache.settle()

    @classmethod
    def read(
        cls,
        url: str,
        username: str,
        password: str,
        *,
        cache: Path | str,
        names: bool = False,
        profile: str = PROFILE,
        fetch: bool = True,
        tell: Tell | None = None,
    ) -> Self:
        """Read what is new in the LRS at `url` into the folder `cache`, and return the report on all of it.

        Args:
            url: the xAPI endpoint, to which /statements is added; http or https.
            username: of HTTP Basic; the LRS must let it read statements.
            password: that goes with it.
            cache: a folder, made if needed; the next run reads only what is new.
            names: keep people's names too. Without, people are known by their accounts' keys.
            profile: base IRI of the vocabulary, where statements speak another one than ours.
            fetch: False takes what the cache has, and asks nothing.
            tell: called with how many statements were read and the date reached; draws a bar on a terminal
                by default.

        Raises:
            LrsError: the LRS cannot be read, and the cache is empty. Where there is something, `problem` is
                set in its place.
            CacheError: the cache is another LRS's, or in use.
            ValueError: `url` is not an http(s) address.

        """
        source = Source(url, username, profile, names)
        with closing(LrsClient(url, username, password, timeout=_PAGE_TIMEOUT)) as client:
            store = Cache(Path(cache))
            try:
                position = store.open_for(source)
                reading = Reading(client, store, position, Words(profile), names)
                kept_from = _fetch(reading, tell or Progress()) if fetch else None
                return cls(store, source, kept_from, reading.count)
            except BaseException:
                store.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the cache."""
        self._cache.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The cache's database, with the tables of `xapi.reports.tables`, for questions of your own."""
        return self._cache.connection

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows each table has."""
        return self._cache.counts()

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many statements were left out, by reason (`xapi.reports.rows.REASONS` has them in words)."""
        return self._cache.left_out()

    def results(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        course: str | None = None,
        least: int = LEAST,
    ) -> Results:
        """Return every measure from `since` until before `until`, in all courses or in one, by its IRI.

        Without them: from the first act until now. Times without a zone are UTC. Groups of fewer than `least`
        people are not in it. Raises ValueError for a period that ends before it begins.
        """
        asked = since, until, course, least
        if asked not in self._known:
            self._known[asked] = self._results(*asked)
        return self._known[asked]

    def _results(
        self, since: datetime | None, until: datetime | None, course: str | None, least: int
    ) -> Results:
        [(first,)] = self.connection.execute('SELECT min("at") FROM acts').fetchall()
        end = _utc(until) or datetime.now(UTC).replace(tzinfo=None)
        begin = _utc(since) or (first if first and first < end else end - timedelta(days=1))
        return compute(self.connection, Period(begin, end, course), least, self.source.names)

    def tables(self, **asked: Any) -> Mapping[str, list[dict[str, Any]]]:
        """Return the tables of `results`, asked for in the same words: lists of rows by name."""
        return {name: [dict(row) for row in rows] for name, rows in self.results(**asked).tables.items()}

    def write(
        self, folder: Path | str, language: Language = "en", *, rows: bool = False, **asked: Any
    ) -> list[Path]:
        """Write the report and its tables into `folder`, and return the files.

        `rows` adds the rows it was computed from, which are personal data. The rest is asked for as in
        `results`.
        """
        results = self.results(**asked)
        return writing.write(self, results, Path(folder), language, rows=rows)

    def write_people(self, results: Results, folder: Path) -> list[Path]:
        """Write people and their links of the results' period into `folder`, and return the files.

        Without names people have numbers, which are others in each report.
        """
        return export(self.connection, results.period, folder, results.least, results.names)

    def write_rows(self, folder: Path) -> list[Path]:
        """Write the rows that everything is computed from into `folder`, as Parquet, and return the files."""
        return self._cache.write_parquet(folder)


def _fetch(reading: Reading, tell: Tell) -> Problem | None:
    """Read what is new; return what kept it from the end, if there is something to report on all the same."""
    reading.tell = tell
    if isinstance(tell, Progress):
        reading.waits = tell.waits
    try:
        reading.run()
    except LrsError as error:
        if not reading.cache.counts()["acts"]:
            raise
        return problem(error)
    finally:
        if isinstance(tell, Progress):
            tell.end(reading.count, reading.reached)
    return None


def _utc(moment: datetime | None) -> datetime | None:
    """Return a time as the tables have it: UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment
