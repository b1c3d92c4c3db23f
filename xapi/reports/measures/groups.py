"""Blocks: groups of people, and which of them may be shown."""

from collections.abc import Mapping

from xapi.reports.measures.acts import PERSONAL, among


def _among(kind: str, parent: str) -> str:
    """Return who did something in which course, activity, team or week."""
    inside = f"coalesce(t.{parent}, '')" if parent else "''"
    return f"""
        SELECT DISTINCT '{kind}' AS kind, {inside} AS parent, coalesce(CAST(t.{kind} AS VARCHAR), '') AS part,
            t.actor
        FROM told AS t WHERE t.act IN {among(PERSONAL)} AND t.actor IN (SELECT actor FROM came)"""


GROUPS: Mapping[str, str] = {
    "members": f"""
        {_among("course", parent="")}
        UNION ALL
        {_among("activity", parent="course")}
        UNION ALL
        {_among("team", parent="course")}
        UNION ALL
        {_among("activity_kind", parent="")}
        UNION ALL
        {_among("week", parent="")}
        UNION ALL
        SELECT 'balance' AS kind, '' AS parent,
            CASE WHEN d.given = 0 AND d.received = 0 THEN 'neither' WHEN d.received = 0 THEN 'only gave'
                WHEN d.given = 0 THEN 'only received' WHEN d.given > 2 * d.received THEN 'gave far more'
                WHEN d.received > 2 * d.given THEN 'received far more' ELSE 'balanced' END AS part, d.actor
        FROM degrees AS d
        UNION ALL
        SELECT 'severity' AS kind, '' AS parent,
            CASE WHEN s.shrunk <= -0.1 THEN 'much stricter' WHEN s.shrunk <= -0.05 THEN 'stricter'
                WHEN s.shrunk < 0.05 THEN 'like others' WHEN s.shrunk < 0.1 THEN 'kinder'
                ELSE 'much kinder' END AS part, s.actor
        FROM severity AS s
        UNION ALL
        SELECT DISTINCT 'spread' AS kind, '' AS parent, b.part, w.author AS actor
        FROM works AS w JOIN spreads AS b ON b.work = w.work
        UNION ALL
        SELECT DISTINCT 'use' AS kind, '' AS parent, u.part, u.author AS actor FROM uses AS u""",
    "sizes": """
        SELECT kind, parent, part, people,
            row_number() OVER (PARTITION BY kind, parent ORDER BY people, part) AS place
        FROM (
            SELECT kind, parent, part, count(*) AS people FROM members GROUP BY kind, parent, part
        ) AS counted""",
    # How many different people the smallest groups hold together
    "unions": """
        SELECT s.kind, s.parent, s.part, s.people, s.place,
            sum(coalesce(f.arrivals, 0)) OVER (PARTITION BY s.kind, s.parent ORDER BY s.place) AS together
        FROM sizes AS s
        LEFT JOIN (
            SELECT kind, parent, place, count(*) AS arrivals
            FROM (
                SELECT m.kind, m.parent, m.actor, min(z.place) AS place
                FROM members AS m
                JOIN sizes AS z ON z.kind = m.kind AND z.parent = m.parent AND z.part = m.part
                GROUP BY m.kind, m.parent, m.actor
            ) AS first_seen
            GROUP BY kind, parent, place
        ) AS f ON f.kind = s.kind AND f.parent = s.parent AND f.place = s.place""",
    # Small groups are not shown, nor the next ones, until those not shown are not few either: otherwise what
    # is shown, taken away from the whole, would tell
    "judged": """
        SELECT u.kind, u.parent, u.part, u.people,
            CASE WHEN c.small = 0 OR u.place > coalesce(c.enough, c.every) THEN 1 ELSE 0 END AS visible
        FROM unions AS u
        JOIN (
            SELECT v.kind, v.parent, max(v.place) AS every, max(q.small) AS small,
                min(CASE WHEN v.place >= q.small AND v.together >= (SELECT least FROM asked) THEN v.place END)
                    AS enough
            FROM unions AS v
            JOIN (
                SELECT kind, parent,
                    max(CASE WHEN people < (SELECT least FROM asked) THEN place ELSE 0 END) AS small
                FROM unions GROUP BY kind, parent
            ) AS q ON q.kind = v.kind AND q.parent = v.parent
            GROUP BY v.kind, v.parent
        ) AS c ON c.kind = u.kind AND c.parent = u.parent""",
    # What is inside a course that is not shown is not shown either
    "groups": """
        SELECT j.kind, j.parent, j.part, j.people,
            CASE WHEN j.kind IN ('activity', 'team') AND coalesce(p.visible, 0) = 0 THEN 0
                ELSE j.visible END AS visible
        FROM judged AS j
        LEFT JOIN (SELECT part, visible FROM judged WHERE kind = 'course') AS p ON p.part = j.parent""",
}
