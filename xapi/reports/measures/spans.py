"""Block: how long things took, from asking to getting, and how long others have been waited for."""

from collections.abc import Mapping

from xapi.reports.measures.acts import FEEDBACK, among


def _span(measure: str, of: str, got: str, on: str, done: str, otherwise: str = "NULL") -> str:
    """Return a row for each of `of`, until the first `done` of what it `got`, or else until `otherwise`."""
    return f"""
        SELECT '{measure}' AS measure, actor, week, done,
            CASE WHEN ended > began THEN date_diff('second', began, ended) ELSE 0 END AS seconds
        FROM (
            SELECT w.actor, w.thing, w.began, w.week, max(CASE WHEN {done} THEN 1 ELSE 0 END) AS done,
                coalesce(min(CASE WHEN {done} THEN g.moment END), {otherwise},
                    (SELECT until FROM asked)) AS ended
            FROM ({of}) AS w
            LEFT JOIN ({got}) AS g ON {on}
            GROUP BY w.actor, w.thing, w.began, w.week
        ) AS {measure}"""


def _first(act: str, thing: str) -> str:
    return f"""
        SELECT t.actor, t.{thing} AS thing, min(t.moment) AS began, min(t.week) AS week
        FROM told AS t WHERE t.act = '{act}' AND t.{thing} IS NOT NULL GROUP BY t.actor, t.{thing}"""


_REVIEW_TIME = _span(
    "review_time",
    _first("assigned", "work"),
    "SELECT k.actor, k.work, k.act, k.moment FROM known AS k WHERE k.act IN ('reviewed', 'returned')",
    "g.actor = w.actor AND g.work = w.thing",
    "g.act = 'reviewed'",
    "min(CASE WHEN g.act = 'returned' THEN g.moment END)",
)
_FEEDBACK_TIME = _span(
    "feedback_time",
    """
        SELECT h.author AS actor, h.work AS thing, h.born AS began, h.week
        FROM works AS h WHERE h.born >= (SELECT since FROM asked)""",
    f"SELECT k.actor, k.work, k.moment FROM known AS k WHERE k.act IN {among(FEEDBACK)}",
    "g.work = w.thing",
    "g.actor <> w.actor",
)
_ANSWER_TIME = _span(
    "answer_time",
    _first("asked", "object"),
    "SELECT k.actor, k.object, k.moment FROM known AS k WHERE k.act = 'answered'",
    "g.object = w.thing",
    "g.actor <> w.actor",
)

SPANS: Mapping[str, str] = {"spans": " UNION ALL ".join([_REVIEW_TIME, _FEEDBACK_TIME, _ANSWER_TIME])}
