"""Contributions worth keeping: those that others use and judge well. A list for a library's editor (A4)."""

from xapi.reports.measures.model import Query

WORTH_KEEPING = Query(
    "worth_keeping",
    """
    SELECT w.work, w.author AS actor, coalesce(u.applied, 0) AS applied, coalesce(u.readers, 0) AS readers,
        coalesce(u.thanked, 0) AS thanked, CAST(coalesce(u.reviews, 0) AS BIGINT) AS reviews, u.mean
    FROM works AS w
    JOIN (
        SELECT t.work, sum(CASE WHEN t.act = 'applied' THEN 1 ELSE 0 END) AS applied,
            count(DISTINCT CASE WHEN t.act = 'viewed' AND t.actor <> a.author THEN t.actor END) AS readers,
            sum(CASE WHEN t.act = 'thanked' THEN 1 ELSE 0 END) AS thanked,
            sum(CASE WHEN t.act = 'reviewed' THEN 1 ELSE 0 END) AS reviews,
            avg(CASE WHEN t.act = 'reviewed' THEN t.scaled END) AS mean
        FROM told AS t JOIN works AS a ON a.work = t.work
        GROUP BY t.work
    ) AS u ON u.work = w.work
    WHERE u.applied + u.readers + u.thanked > 0
    ORDER BY applied DESC, readers DESC, mean DESC, w.work""",
)
"""By use first: what was applied at work, then what was read, then what peers scored high."""
