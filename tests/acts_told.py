"""Acts in the tables of reports: written one by one, or invented by the million."""

from datetime import datetime

import duckdb

from xapi.reports.tables import ACTS, TABLES, definition


def cache() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2})
    for table in TABLES:
        connection.execute(definition(table))
    return connection


def moment(text: str) -> datetime:
    """`3 10:30` is the third of March 2026, half past ten; March 2 is a Monday."""
    day, _, time = text.partition(" ")
    return datetime.fromisoformat(f"2026-03-{int(day):02}T{time or '00:00'}")


def tell(connection, *acts: dict) -> None:
    """Add acts: dictionaries of the columns that matter; `at` as `moment` reads it."""
    held = connection.execute("SELECT count(*) FROM acts").fetchone()[0]
    rows = []
    for number, act in enumerate(acts, held):
        full = {"id": f"s{number:05}", "at": "3", "synthetic": False, "object": act.get("work", "a"), **act}
        rows.append([moment(full["at"]) if name == "at" else full.get(name) for name in ACTS])
    connection.executemany(f"INSERT INTO acts VALUES ({', '.join('?' * len(ACTS))})", rows)


def act(what: str, actor: str, work: str | None = None, at: str = "3", **more) -> dict:
    return {"act": what, "actor": actor, "work": work, "at": at, **more}


INVENTED = """
    INSERT INTO acts BY NAME
    WITH numbers AS (
        SELECT i, hash(i * 7919 + {seed}) AS h, hash(i * 104729 + {seed}) AS g, hash(i * 31 + {seed}) AS f
        FROM range({count}) AS t(i)
    ), drawn AS (
        SELECT i, g, h, f, g % 100 AS dice, h % {works} AS w, f % {people} AS p FROM numbers
    ), acted AS (
        SELECT *, CASE WHEN dice < 8 THEN 'launched' WHEN dice < 30 THEN 'viewed'
            WHEN dice < 38 THEN 'submitted'
            WHEN dice < 46 THEN 'assigned' WHEN dice < 64 THEN 'reviewed' WHEN dice < 67 THEN 'looked-again'
            WHEN dice < 72 THEN 'rated' WHEN dice < 75 THEN 'review-thanked' WHEN dice < 80 THEN 'commented'
            WHEN dice < 83 THEN 'replied' WHEN dice < 86 THEN 'asked' WHEN dice < 90 THEN 'answered'
            WHEN dice < 92 THEN 'thanked' WHEN dice < 94 THEN 'applied' WHEN dice < 95 THEN 'shared'
            WHEN dice < 97 THEN 'revised' WHEN dice < 98 THEN 'earned' WHEN dice < 99 THEN 'endorsed'
            ELSE 'returned' END AS act
        FROM drawn
    )
    SELECT 's' || i AS id, act,
        TIMESTAMP '2026-01-01' + to_seconds((i * 15552000 // {count})::BIGINT) AS "at",
        'https://lms.test|' || CASE act WHEN 'endorsed' THEN 'staff' || (p % 3)
            WHEN 'submitted' THEN 'p' || (hash(w * 13) % {people})
            WHEN 'assigned' THEN 'p' || ((hash(w * 17) + p % 6) % {people})
            WHEN 'reviewed' THEN 'p' || ((hash(w * 17) + p % 6) % {people})
            WHEN 'looked-again' THEN 'p' || ((hash(w * 17) + p % 6) % {people})
            ELSE 'p' || p END AS actor,
        CASE WHEN act IN ('rated', 'review-thanked') THEN 'review/' || w || '/' || (p % 3)
            WHEN act IN ('asked', 'answered') THEN 'question/' || (w // 2)
            WHEN act = 'replied' THEN 'comment/' || w || '/' || (p % 2) ELSE 'work/' || w END AS object,
        CASE WHEN act NOT IN ('launched', 'earned') THEN 'work/' || w END AS work,
        CASE WHEN act IN ('reviewed', 'rated', 'review-thanked') THEN 'review/' || w || '/' || (p % 3) END
            AS review,
        CASE WHEN act IN ('commented', 'replied') THEN 'comment/' || w || '/' || (p % 2) END AS comment,
        'activity/' || (w % {activities}) AS activity,
        CASE w % {activities} % 2 WHEN 0 THEN 'gesture' ELSE 'question' END AS activity_kind,
        'course/' || (w % {activities} % {courses}) AS course,
        'Course ' || (w % {activities} % {courses}) AS course_title, 'Moodle' AS platform,
        'team/' || (p % 12) AS team, FALSE AS synthetic,
        CASE WHEN act IN ('reviewed', 'looked-again', 'rated')
            THEN round((hash(w) % 50 + g % 37) / 100.0, 2) END AS scaled,
        CASE WHEN act IN ('reviewed', 'commented') THEN (f % 200)::INTEGER END AS words,
        CASE WHEN act IN ('earned', 'endorsed') THEN 'skill/' || (h % 9) END AS skill
    FROM acted"""


def invent(connection, count: int, people: int, courses: int = 3, seed: int = 1) -> None:
    """Add `count` acts of half a year from the first of January 2026, the same for the same numbers."""
    connection.execute(
        INVENTED.format(
            count=count, people=people, courses=courses, seed=seed, works=max(1, count // 16),
            activities=courses * 7,
        )
    )  # fmt: skip
