"""Whether feedback is good, and what becomes of it."""

from xapi.reports.measures.acts import FEEDBACK, among
from xapi.reports.measures.model import Query, measure
from xapi.reports.measures.sentences import figure, headline, weekly

_OURS = "Definition of this report"

WORDS = measure(
    "feedback_words",
    "words",
    "Hyndman & Fan 1996, Am. Stat. 50(4), 361–365, type 7",
    en=(
        "Words of feedback",
        "How many words a peer’s review or comment has: the median and the quartiles. Those whose length the "
        "statements do not tell are left out.",
        "median of words over reviews and comments; n: who wrote them",
    ),
    fr=(
        "Mots par retour",
        "Combien de mots compte la relecture ou le commentaire d’un pair\u202f: la médiane et les "
        "quartiles. Ceux dont la longueur n’est pas dite sont laissés de côté.",
        "médiane des mots des relectures et commentaires\u202f; n\u202f: qui les a écrits",
    ),
)
USEFULNESS = measure(
    "usefulness",
    "share",
    _OURS,
    en=(
        "Usefulness of reviews",
        "How useful readers rated the reviews that they received: the mean, from 0 to 1 of the scale.",
        "mean of the scaled scores of “rated”; n: who rated",
    ),
    fr=(
        "Utilité des relectures",
        "Combien les personnes relues ont trouvé utiles les relectures reçues\u202f: la moyenne, de 0 à 1.",
        "moyenne des scores ramenés de 0 à 1 des actes «\u202fa noté\u202f»\u202f; n\u202f: qui a noté",
    ),
)
ACKNOWLEDGED = measure(
    "acknowledged",
    "share",
    _OURS,
    en=(
        "Reviews that were answered",
        "Of the peers’ reviews of the period, those that their reader rated, thanked for or answered before "
        "its end.",
        "reviews rated, thanked for or answered ÷ reviews; n: reviewers",
    ),
    fr=(
        "Relectures suivies d’un mot",
        "Parmi les relectures par des pairs de la période, celles qui ont été notées, remerciées ou "
        "suivies d’une réponse avant la fin.",
        "relectures notées, remerciées ou répondues ÷ relectures\u202f; n\u202f: qui a relu",
    ),
)
REVISED = measure(
    "revised_after",
    "share",
    _OURS,
    en=(
        "Revised after feedback",
        "Of the contributions with a first review, comment or answer of somebody else in the period, those "
        "that were revised after it and before its end.",
        "contributions revised after first feedback ÷ contributions with first feedback; n: their authors",
    ),
    fr=(
        "Révisées après un retour",
        "Parmi les contributions ayant reçu d’autrui un premier retour dans la période, celles révisées "
        "ensuite, avant la fin.",
        "contributions révisées après le premier retour ÷ contributions ayant un retour\u202f; n\u202f: "
        "leurs auteurs et autrices",
    ),
)
UPLIFT = measure(
    "uplift",
    "points",
    "Mean of paired differences; interval of Student 1908, Biometrika 6(1), 1–25, by its normal limit",
    en=(
        "Uplift from revision",
        "By how much the same reviewer’s score rose, from the first version to the second look. A mean over "
        "contributions; what others saw is not compared with it.",
        "mean over contributions of (score of the second look − score of the review); ± 1.96 s ÷ "
        "√contributions",
    ),
    fr=(
        "Progrès après révision",
        "De combien le score du même pair a monté, de la première version à la seconde lecture. Une moyenne "
        "sur les contributions.",
        "moyenne par contribution de (score de la seconde lecture − score de la relecture)\u202f; ± 1,96 s ÷ "
        "√contributions",
    ),
)
SKILLS = measure(
    "skills",
    "count",
    _OURS,
    en=(
        "Skills",
        "For each skill, how often somebody was endorsed for it or earned it, and how many people that "
        "speaks of.",
        "acts “endorsed” and “earned” by skill",
    ),
    fr=(
        "Compétences",
        "Pour chaque compétence, combien de fois elle a été reconnue ou obtenue, et pour combien de "
        "personnes.",
        "actes «\u202fa reconnu\u202f» et «\u202fa obtenu\u202f» par compétence",
    ),
)

MEASURES = (WORDS, USEFULNESS, ACKNOWLEDGED, REVISED, UPLIFT)

_WORDY = """told AS t
    WHERE t.act IN ('reviewed', 'commented') AND t.words IS NOT NULL
        AND t.actor NOT IN (SELECT actor FROM staff)"""

_APPRAISED = """(
    SELECT r.review, r.actor, max(CASE WHEN k.object IS NULL THEN 0 ELSE 1 END) AS told
    FROM (
        SELECT DISTINCT t.review, t.actor FROM told AS t WHERE t.act = 'reviewed' AND t.review IS NOT NULL
    ) AS r
    LEFT JOIN (
        SELECT DISTINCT coalesce(h.review, h.object) AS object FROM known AS h
        WHERE h.act IN ('rated', 'review-thanked', 'review-answered')
    ) AS k ON k.object = r.review
    GROUP BY r.review, r.actor
) AS reviews"""

_REVISED = f"""(
    SELECT f.work, f.author, max(CASE WHEN k.moment > f.first_told THEN 1 ELSE 0 END) AS revised
    FROM (
        SELECT w.work, w.author, min(h.moment) AS first_told
        FROM works AS w JOIN known AS h ON h.work = w.work
        WHERE h.act IN {among(FEEDBACK)} AND h.actor <> w.author
        GROUP BY w.work, w.author
    ) AS f
    LEFT JOIN (SELECT h.work, h.moment FROM known AS h WHERE h.act = 'revised') AS k ON k.work = f.work
    WHERE f.first_told >= (SELECT since FROM asked)
    GROUP BY f.work, f.author
) AS works_told"""

_LOOKS = """(
    SELECT work, count(*) AS looks, avg(afterwards - first_score) AS rise
    FROM (
        SELECT work, actor, max(CASE WHEN act = 'reviewed' THEN scaled END) AS first_score,
            max(CASE WHEN act = 'looked-again' THEN scaled END) AS afterwards,
            max(CASE WHEN act = 'looked-again' THEN moment END) AS looked
        FROM (
            SELECT k.work, k.actor, k.act, k.scaled, k.moment, row_number()
                OVER (PARTITION BY k.work, k.actor, k.act ORDER BY k.moment DESC, k.id DESC) AS place
            FROM known AS k
            WHERE k.act IN ('reviewed', 'looked-again') AND k.scaled IS NOT NULL AND k.work IS NOT NULL
        ) AS scored
        WHERE place = 1 GROUP BY work, actor
    ) AS both_scores
    WHERE looked >= (SELECT since FROM asked) AND first_score IS NOT NULL
    GROUP BY work
) AS rises LEFT JOIN works AS w ON w.work = rises.work"""

HEADLINE = Query(
    "quality",
    headline(
        figure("feedback_words", "quantile_cont(t.words, 0.5)", "count(DISTINCT t.actor)", _WORDY,
               cases="count(*)", low="quantile_cont(t.words, 0.25)", high="quantile_cont(t.words, 0.75)"),
        figure("usefulness", "avg(t.scaled)", "count(DISTINCT t.actor)",
               "told AS t WHERE t.act = 'rated' AND t.scaled IS NOT NULL", cases="count(*)"),
        figure("acknowledged", "avg(told)", "count(DISTINCT actor)", _APPRAISED, cases="count(*)"),
        figure("revised_after", "avg(revised)", "count(DISTINCT author)", _REVISED, cases="count(*)"),
        figure("uplift", "avg(rise)", "count(DISTINCT w.author)", _LOOKS, cases="count(*)",
               low="avg(rise) - 1.96 * stddev_samp(rise) / sqrt(count(*))",
               high="avg(rise) + 1.96 * stddev_samp(rise) / sqrt(count(*))"),
    ),
    MEASURES,
)  # fmt: skip

TABLES = (
    Query(
        "skills",
        """
        SELECT skill, people, endorsed, earned
        FROM (
            SELECT t.skill, sum(CASE WHEN t.act = 'endorsed' THEN 1 ELSE 0 END) AS endorsed,
                sum(CASE WHEN t.act = 'earned' THEN 1 ELSE 0 END) AS earned,
                count(DISTINCT CASE WHEN t.act = 'earned' THEN t.actor
                    ELSE coalesce(t.other, m.maker, w.author) END) AS people
            FROM told AS t
            LEFT JOIN makers AS m ON m.thing = t.object
            LEFT JOIN works AS w ON w.work = t.work
            WHERE t.skill IS NOT NULL AND t.act IN ('endorsed', 'earned')
            GROUP BY t.skill
        ) AS known_for
        WHERE people >= (SELECT least FROM asked)
        ORDER BY people DESC, skill""",
        (SKILLS,),
    ),
)

SERIES = Query(
    "quality",
    weekly(
        "avg(t.scaled)",
        "count(DISTINCT t.actor)",
        "told AS t WHERE t.act = 'rated' AND t.scaled IS NOT NULL",
        "count(*)",
    ),
    (USEFULNESS,),
)
