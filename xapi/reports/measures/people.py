"""Blocks: who made what, who came, and what passed between people."""

from collections.abc import Mapping

from xapi.reports.measures.acts import CONTRIBUTING, EXCHANGE, HELP, PERSONAL, REACHED, REVIEWING, among

_HOME = """
    SELECT actor, {what} AS part
    FROM (
        SELECT t.actor, t.{what},
            row_number() OVER (PARTITION BY t.actor ORDER BY count(*) DESC, t.{what}) AS place
        FROM told AS t WHERE t.{what} IS NOT NULL GROUP BY t.actor, t.{what}
    ) AS counted
    WHERE place = 1"""

PEOPLE: Mapping[str, str] = {
    # The first to hand in a contribution is its author
    "works": """
        SELECT work, actor AS author, moment AS born, week, course, activity
        FROM (
            SELECT k.*, row_number() OVER (PARTITION BY k.work ORDER BY k.moment, k.id) AS place
            FROM known AS k WHERE k.act = 'submitted' AND k.work IS NOT NULL
        ) AS handed_in
        WHERE place = 1""",
    # Who made what others act upon: contributions, reviews, comments, questions, answers
    "makers": """
        SELECT thing, actor AS maker
        FROM (
            SELECT thing, actor, row_number() OVER (PARTITION BY thing ORDER BY moment, id) AS place
            FROM (
                SELECT k.review AS thing, k.actor, k.moment, k.id FROM known AS k
                WHERE k.act IN ('reviewed', 'looked-again', 'self-reviewed', 'staff-reviewed')
                UNION ALL
                SELECT k.comment AS thing, k.actor, k.moment, k.id FROM known AS k
                WHERE k.act IN ('commented', 'replied', 'asked', 'answered')
                UNION ALL
                SELECT k.object AS thing, k.actor, k.moment, k.id FROM known AS k
                WHERE k.act = 'asked' AND k.object <> coalesce(k.work, '')
            ) AS made
            WHERE thing IS NOT NULL
        ) AS first_made
        WHERE place = 1
        UNION ALL
        SELECT work AS thing, author AS maker FROM works""",
    "staff": "SELECT DISTINCT k.actor FROM known AS k WHERE k.act IN ('staff-reviewed', 'endorsed')",
    "came": f"""
        SELECT t.actor,
            max(CASE WHEN t.act IN {among(CONTRIBUTING)} THEN 1 ELSE 0 END) AS shared,
            max(CASE WHEN t.act IN {among(REVIEWING)} THEN 1 ELSE 0 END) AS reviewed,
            max(CASE WHEN t.act = 'answered' THEN 1 ELSE 0 END) AS answered,
            max(CASE WHEN t.act IN {among(REACHED)} THEN 1 ELSE 0 END) AS reached
        FROM told AS t
        WHERE t.act IN {among(PERSONAL)} AND t.actor NOT IN (SELECT actor FROM staff)
        GROUP BY t.actor""",
    "exchanges": f"""
        SELECT actor, recipient, week, helps
        FROM (
            SELECT t.actor, coalesce(t.other, m.maker, w.author) AS recipient, t.week,
                CASE WHEN t.act IN {among(HELP)} THEN 1 ELSE 0 END AS helps
            FROM told AS t
            LEFT JOIN makers AS m ON m.thing = t.object
            LEFT JOIN works AS w ON w.work = t.work
            WHERE t.act IN {among(EXCHANGE)}
        ) AS sent
        WHERE recipient IS NOT NULL AND actor <> recipient
            AND actor NOT IN (SELECT actor FROM staff) AND recipient NOT IN (SELECT actor FROM staff)""",
    "links": """
        SELECT actor, recipient, count(*) AS times, sum(helps) AS helps
        FROM exchanges GROUP BY actor, recipient""",
    # Two people who exchanged, whichever way: each pair once
    "pairs": """
        SELECT least(actor, recipient) AS one, greatest(actor, recipient) AS another, count(*) AS ways,
            sum(CASE WHEN helps > 0 THEN 1 ELSE 0 END) AS helping
        FROM links GROUP BY least(actor, recipient), greatest(actor, recipient)""",
    "present": """
        SELECT actor FROM came UNION DISTINCT SELECT recipient AS actor FROM links""",
    "degrees": """
        SELECT p.actor, coalesce(o.links, 0) AS outgoing, coalesce(i.links, 0) AS incoming,
            coalesce(o.helps, 0) AS given, coalesce(i.helps, 0) AS received
        FROM present AS p
        LEFT JOIN (
            SELECT actor, count(*) AS links, sum(helps) AS helps FROM links GROUP BY actor
        ) AS o ON o.actor = p.actor
        LEFT JOIN (
            SELECT recipient, count(*) AS links, sum(helps) AS helps FROM links GROUP BY recipient
        ) AS i ON i.recipient = p.actor""",
    "home_team": _HOME.format(what="team"),
    "home_course": _HOME.format(what="course"),
    "home_platform": _HOME.format(what="platform"),
}
