"""Whether what people share is used: read, applied at work, kept in the library."""

from xapi.reports.measures.model import Query, measure
from xapi.reports.measures.sentences import figure, headline, weekly

_OURS = "Definition of this report"

READS = measure(
    "reads",
    "each",
    _OURS,
    en=(
        "Reads per contribution",
        "How many different people, other than its author, opened a contribution that was handed in during "
        "the period: the mean over these contributions, read or not.",
        "pairs of reader and contribution ÷ contributions handed in; n: their authors",
    ),
    fr=(
        "Lectures par contribution",
        "Combien de personnes différentes, hors son auteur ou autrice, ont ouvert une contribution remise "
        "dans la période\u202f: la moyenne sur ces contributions, lues ou non.",
        "paires lecteur ou lectrice et contribution ÷ contributions remises\u202f; n\u202f: qui les a "
        "remises",
    ),
)
APPLIED = measure(
    "applied",
    "count",
    _OURS,
    en=(
        "Applied at work",
        "How often somebody said that they did at work what a contribution shows.",
        "acts “applied” in the period; n: people who came",
    ),
    fr=(
        "Appliqué au travail",
        "Combien de fois une personne a dit avoir fait au travail ce que montre une contribution.",
        "actes «\u202fa appliqué\u202f» de la période\u202f; n\u202f: personnes venues",
    ),
)
COPIED = measure(
    "copied",
    "count",
    _OURS,
    en=(
        "Put forward for others",
        "Contributions that were shared to the gallery or copied to the library, each counted once.",
        "distinct contributions shared in the period; n: people who came",
    ),
    fr=(
        "Mises en avant",
        "Les contributions partagées dans la galerie ou copiées dans la bibliothèque, chacune comptée une "
        "fois.",
        "contributions distinctes partagées dans la période\u202f; n\u202f: personnes venues",
    ),
)

MEASURES = (READS, APPLIED, COPIED)

_READ_TIMES = "sum(CASE WHEN v.actor <> w.author THEN 1.0 ELSE 0.0 END)"
_READS = """
    works AS w
    LEFT JOIN (
        SELECT DISTINCT t.work, t.actor FROM told AS t
        WHERE t.act = 'viewed' AND t.actor NOT IN (SELECT actor FROM staff)
    ) AS v ON v.work = w.work
    WHERE w.born >= (SELECT since FROM asked)"""

HEADLINE = Query(
    "use",
    headline(
        figure("reads", f"{_READ_TIMES} / nullif(count(DISTINCT w.work), 0)", "count(DISTINCT w.author)",
               _READS, cases="count(DISTINCT w.work)"),
        figure("applied", "count(*)", "(SELECT count(*) FROM came)", "told AS t WHERE t.act = 'applied'",
               cases="count(*)"),
        figure("copied", "count(DISTINCT t.work)", "(SELECT count(*) FROM came)",
               "told AS t WHERE t.act = 'shared'", cases="count(*)"),
    ),
    MEASURES,
)  # fmt: skip

TABLES = (
    Query(
        "by_use",
        """
        SELECT g.part AS use, g.people, count(*) AS works, avg(u.mean) AS mean
        FROM groups AS g JOIN uses AS u ON u.part = g.part
        WHERE g.kind = 'use' AND g.visible = 1
        GROUP BY g.part, g.people
        ORDER BY CASE g.part WHEN 'applied' THEN 1 WHEN 'thanked' THEN 2 WHEN 'read' THEN 3 ELSE 4 END""",
        (APPLIED, READS),
    ),
)

SERIES = Query(
    "use",
    weekly(
        "sum(CASE WHEN t.act = 'applied' THEN 1 ELSE 0 END)",
        "count(DISTINCT t.actor)",
        "told AS t WHERE t.actor IN (SELECT actor FROM came)",
        "sum(CASE WHEN t.act = 'viewed' THEN 1 ELSE 0 END)",
    ),
    (APPLIED,),
)
"""How often something was applied; the cases are how often contributions were opened."""
