"""Contributions worth keeping: those that others use and judge well. A list for a library's editor (A4)."""

from xapi.reports.measures.model import Query

WORTH_KEEPING = Query(
    "worth_keeping",
    """
    SELECT u.work, u.activity, u.author AS actor, u.applied, u.readers, u.thanked,
        CAST(u.reviews AS BIGINT) AS reviews, u.mean
    FROM used AS u
    WHERE u.applied + u.readers + u.thanked > 0
    ORDER BY applied DESC, readers DESC, mean DESC, work""",
)
"""By use first: what was applied at work, then what was read, then what peers scored high."""
