"""Parts of SQL that several measures are written with."""


def figure(
    measure: str,
    value: str,
    people: str,
    source: str,
    *,
    cases: str = "NULL",
    undone: str = "NULL",
    low: str = "NULL",
    high: str = "NULL",
) -> str:
    """Return a headline's row: a measure's value from `source`, what follows FROM, and whom it speaks of."""
    numbers = {"value": value, "low": low, "high": high}
    counts = {"people": people, "cases": cases, "undone": undone}
    columns = [f"CAST({sql} AS DOUBLE) AS {name}" for name, sql in numbers.items()]
    columns += [f"CAST({sql} AS BIGINT) AS {name}" for name, sql in counts.items()]
    return f"SELECT '{measure}' AS measure, {', '.join(columns)} FROM {source}"


def headline(*figures: str) -> str:
    """Return the rows of these figures, without the numbers that speak of too few people."""
    return f"""
        SELECT measure, {_shown("f", "value", "low", "high", "cases", "undone")},
            CASE WHEN f.people = 0 OR f.people >= a.least THEN f.people END AS people,
            CASE WHEN f.people > 0 AND f.people < a.least THEN 1 ELSE 0 END AS hidden
        FROM ({" UNION ALL ".join(figures)}) AS f CROSS JOIN asked AS a
        ORDER BY measure"""


def weekly(value: str, people: str, source: str, cases: str = "NULL") -> str:
    """Return one row a week, with what speaks of too few people taken out; `source` gives the column week."""
    return f"""
        SELECT week, {_shown("w", "value", "people", "cases")}
        FROM (
            SELECT week, CAST({value} AS DOUBLE) AS value, CAST({people} AS BIGINT) AS people,
                CAST({cases} AS BIGINT) AS cases
            FROM {source} GROUP BY week
        ) AS w CROSS JOIN asked AS a
        WHERE CAST(week AS VARCHAR) IN (SELECT part FROM groups WHERE kind = 'week' AND visible = 1)
        ORDER BY week"""


def _shown(source: str, *names: str) -> str:
    # With their table's name: ClickHouse would take the word for the column that is being made
    return ", ".join(
        f"CASE WHEN {source}.people >= a.least THEN {source}.{name} END AS {name}" for name in names
    )
