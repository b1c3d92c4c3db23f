"""Blocks: scores of peers, and the sums that agreement and severity are made of."""

from collections.abc import Mapping

SCORES: Mapping[str, str] = {
    # A reviewer's last score of a contribution, and who else scored it
    "scores": """
        SELECT work, actor, max(coalesce(activity, '')) OVER (PARTITION BY work) AS activity, value,
            count(*) OVER (PARTITION BY work) AS raters, sum(value) OVER (PARTITION BY work) AS total
        FROM (
            SELECT t.work, t.actor, t.activity, round(t.scaled, 6) AS value,
                row_number() OVER (PARTITION BY t.work, t.actor ORDER BY t.moment DESC, t.id DESC) AS place
            FROM told AS t WHERE t.act = 'reviewed' AND t.work IS NOT NULL AND t.scaled IS NOT NULL
        ) AS given
        WHERE place = 1""",
    # How far from the others' mean somebody scores
    "habits": """
        SELECT actor, count(*) AS reviews, avg(deviation) AS mean, sum(deviation) AS total,
            sum(deviation * deviation) AS squares
        FROM (
            SELECT s.actor, s.value - (s.total - s.value) / (s.raters - 1) AS deviation
            FROM scores AS s WHERE s.raters > 1
        ) AS off
        GROUP BY actor""",
    # One-way random effects by moments: of the deviations' variance, what is the reviewers' and what is noise
    "variances": """
        SELECT noise, CASE WHEN between_ > noise THEN (between_ - noise) / size_ ELSE 0 END AS own
        FROM (
            SELECT (sum(squares) - sum(total * total / reviews)) / nullif(sum(reviews) - count(*), 0)
                    AS noise,
                (sum(total * total / reviews) - sum(total) * sum(total) / sum(reviews))
                    / nullif(count(*) - 1, 0) AS between_,
                (sum(reviews) - sum(reviews * reviews) / sum(reviews)) / nullif(count(*) - 1, 0) AS size_
            FROM habits
        ) AS parts""",
    "severity": """
        SELECT h.actor, h.reviews, h.mean,
            CASE WHEN v.own > 0 THEN h.mean * h.reviews * v.own / (h.reviews * v.own + v.noise)
                ELSE 0 END AS shrunk
        FROM habits AS h CROSS JOIN variances AS v""",
    # Scores that can be paired with another's: all together, and in each activity; with their mid-ranks
    "ratings": """
        SELECT kind, part, work, actor, value,
            (rank() OVER (PARTITION BY kind, part ORDER BY value)
                + (count(*) OVER (PARTITION BY kind, part, value) - 1) / 2.0)
                / count(*) OVER (PARTITION BY kind, part) AS standing
        FROM (
            SELECT 'all' AS kind, '' AS part, s.work, s.actor, s.value FROM scores AS s WHERE s.raters > 1
            UNION ALL
            SELECT 'activity' AS kind, s.activity AS part, s.work, s.actor, s.value
            FROM scores AS s WHERE s.raters > 1
        ) AS paired""",
    # What each contribution adds to the agreement: sums, which add up for any set of contributions
    "units": """
        SELECT kind, part, work, m, s, q, rs, rq, lowest, highest, q - s * s / m AS inside,
            s * s / m AS outside, (m * q - s * s) / (m - 1) AS apart,
            (m * rq - rs * rs) / (m - 1) AS ranked_apart
        FROM (
            SELECT kind, part, work, CAST(count(*) AS DOUBLE) AS m, sum(value) AS s, sum(value * value) AS q,
                sum(standing) AS rs, sum(standing * standing) AS rq, min(value) AS lowest,
                max(value) AS highest
            FROM ratings GROUP BY kind, part, work
        ) AS each""",
    "spreads": """
        SELECT work, m, s / m AS mean, spread, lowest, highest,
            CASE WHEN spread < 0.05 THEN 'under 5' WHEN spread < 0.1 THEN '5 to 10'
                WHEN spread < 0.2 THEN '10 to 20' ELSE '20 and more' END AS part
        FROM (
            SELECT u.*, sqrt(CASE WHEN u.inside > 0 THEN u.inside / (u.m - 1) ELSE 0 END) AS spread
            FROM units AS u WHERE u.kind = 'all'
        ) AS spread_out""",
    # What became of each contribution that is known
    "used": """
        SELECT w.work, w.author, max(w.activity) AS activity, min(w.born) AS born,
            sum(CASE WHEN t.act = 'applied' THEN 1 ELSE 0 END) AS applied,
            count(DISTINCT CASE WHEN t.act = 'viewed' AND t.actor <> w.author THEN t.actor END) AS readers,
            sum(CASE WHEN t.act = 'thanked' THEN 1 ELSE 0 END) AS thanked,
            sum(CASE WHEN t.act = 'reviewed' THEN 1 ELSE 0 END) AS reviews,
            avg(CASE WHEN t.act = 'reviewed' THEN t.scaled END) AS mean
        FROM works AS w JOIN told AS t ON t.work = w.work
        GROUP BY w.work, w.author""",
    # Of those handed in during the period, by the most that became of it
    "uses": """
        SELECT work, author, mean,
            CASE WHEN applied > 0 THEN 'applied' WHEN thanked > 0 THEN 'thanked'
                WHEN readers > 0 THEN 'read' ELSE 'unread' END AS part
        FROM used WHERE born >= (SELECT since FROM asked)""",
    "agreement": """
        SELECT u.kind, u.part, max(r.people) AS people, count(*) AS works, sum(m) AS n, sum(m * m) AS mm,
            sum(s) AS s, sum(q) AS q, sum(inside) AS inside, sum(outside) AS outside, sum(apart) AS apart,
            sum(rs) AS rs, sum(rq) AS rq, sum(ranked_apart) AS ranked_apart
        FROM units AS u
        JOIN (SELECT kind, part, count(DISTINCT actor) AS people FROM ratings GROUP BY kind, part) AS r
            ON r.kind = u.kind AND r.part = u.part
        GROUP BY u.kind, u.part""",
}
