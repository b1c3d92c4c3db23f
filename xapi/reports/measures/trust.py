"""Whether scores can be trusted: agreement of reviewers, their severity, what they disagree on."""

from xapi.reports.measures.model import Query, measure
from xapi.reports.measures.sentences import figure, headline

_KRIPPENDORFF = "Krippendorff 2019, Content Analysis, 4th ed., ch. 12; Hayes & Krippendorff 2007"
_SHROUT = (
    "Shrout & Fleiss 1979, Psychol. Bull. 86(2), 420–428; unequal numbers: Donner 1986, Int. Stat. Rev. 54(1)"
)
_BOOTSTRAP_EN = "Interval: 95 %, contributions drawn anew 1,000 times (bootstrap, fixed seed)."
_BOOTSTRAP_FR = "Intervalle\u202f: 95 %, contributions tirées 1\u202f000 fois (bootstrap, graine fixe)."
_ANOVA = "MSB, MSW: mean squares between and within contributions; k₀ = (n − Σ m² ÷ n) ÷ (works − 1)"

ALPHA_ORDINAL = measure(
    "alpha_ordinal",
    "coefficient",
    _KRIPPENDORFF,
    en=(
        "Agreement: alpha, ordinal",
        "How far peers order contributions alike: 1 is full agreement, 0 what chance would give. All that "
        f"counts is which score is higher. {_BOOTSTRAP_EN}",
        "α = 1 − observed ÷ expected disagreement; distance of two scores: difference of their mid-ranks, "
        "squared",
    ),
    fr=(
        "Accord\u202f: alpha, ordinal",
        "Combien les pairs classent de même les contributions\u202f: 1 est l’accord complet, 0 celui du "
        f"hasard. Seul l’ordre des scores compte. {_BOOTSTRAP_FR}",
        "α = 1 − désaccord observé ÷ attendu\u202f; distance de deux scores\u202f: écart de leurs rangs "
        "moyens, au carré",
    ),
)
ALPHA_INTERVAL = measure(
    "alpha_interval",
    "coefficient",
    _KRIPPENDORFF,
    en=(
        "Agreement: alpha, interval",
        f"As the ordinal alpha, but twice the distance between scores is twice as far. {_BOOTSTRAP_EN}",
        "α = 1 − observed ÷ expected disagreement; distance of two scores: their difference, squared",
    ),
    fr=(
        "Accord\u202f: alpha, intervalle",
        f"Comme l’alpha ordinal, mais un écart double entre scores compte double. {_BOOTSTRAP_FR}",
        "α = 1 − désaccord observé ÷ attendu\u202f; distance de deux scores\u202f: leur différence, au carré",
    ),
)
ICC_ONE = measure(
    "icc_one",
    "coefficient",
    _SHROUT,
    en=(
        "Reliability of one review: ICC(1,1)",
        "How much of the difference between two reviews’ scores comes from the contributions. One-way random "
        f"effects, as each contribution has reviewers of its own. {_BOOTSTRAP_EN}",
        f"(MSB − MSW) ÷ (MSB + (k₀ − 1) MSW); {_ANOVA}",
    ),
    fr=(
        "Fidélité d’une relecture\u202f: ICC(1,1)",
        "Quelle part des écarts entre scores vient des contributions. Effets aléatoires à un facteur, car "
        f"chaque contribution a ses propres pairs. {_BOOTSTRAP_FR}",
        "(MSB − MSW) ÷ (MSB + (k₀ − 1) MSW)\u202f; MSB, MSW\u202f: carrés moyens entre et dans les "
        "contributions\u202f; k₀ = (n − Σ m² ÷ n) ÷ (contributions − 1)",
    ),
)
ICC_MEAN = measure(
    "icc_mean",
    "coefficient",
    _SHROUT,
    en=(
        "Reliability of the mean: ICC(1,k)",
        "As ICC(1,1), for the mean of all the reviews of a contribution: what a grade made of it is worth. "
        f"{_BOOTSTRAP_EN}",
        f"(MSB − MSW) ÷ MSB; {_ANOVA}",
    ),
    fr=(
        "Fidélité de la moyenne\u202f: ICC(1,k)",
        "Comme l’ICC(1,1), pour la moyenne des relectures d’une contribution\u202f: ce que vaut une note "
        f"qui en est tirée. {_BOOTSTRAP_FR}",
        "(MSB − MSW) ÷ MSB",
    ),
)
SEVERITY = measure(
    "severity",
    "points",
    "Method of moments: Searle, Casella & McCulloch 1992, Variance Components, 3.6; Efron & Morris 1975",
    en=(
        "Severity of reviewers",
        "How far reviewers differ in severity: the standard deviation between them, chance taken out. "
        "Somebody’s severity is their mean distance from the others’ mean on the same work, drawn towards 0 "
        "where reviews are few.",
        "d = score − mean of the others; τ² = (MSB − MSW) ÷ n₀ between reviewers; shrunk: d̄ n τ² ÷ (n τ² + "
        "MSW)",
    ),
    fr=(
        "Sévérité des pairs",
        "Combien les pairs diffèrent en sévérité\u202f: l’écart type entre pairs, hasard ôté. La sévérité "
        "d’une personne est son écart moyen à la moyenne des autres sur le même travail, ramené vers 0 si "
        "elle a peu relu.",
        "d = score − moyenne des autres\u202f; τ² = (MSB − MSW) ÷ n₀ entre pairs\u202f; ramené\u202f: "
        "d̄ n τ² ÷ (n τ² + MSW)",
    ),
)
DISAGREEMENT = measure(
    "disagreement",
    "points",
    "Standard deviation with n − 1; median by Hyndman & Fan 1996, type 7",
    en=(
        "Disagreement on a contribution",
        "How far the scores of one contribution lie apart: the standard deviation, for the contribution in "
        "the middle, with the quartiles. Two peers’ scores at least.",
        "median over contributions of √(Σ (score − mean)² ÷ (m − 1)); n: reviewers",
    ),
    fr=(
        "Désaccord sur une contribution",
        "Combien s’écartent les scores d’une même contribution\u202f: l’écart type, pour la contribution du "
        "milieu, avec les quartiles. Deux scores de pairs au moins.",
        "médiane par contribution de √(Σ (score − moyenne)² ÷ (m − 1))\u202f; n\u202f: qui a relu",
    ),
)

MEASURES = (ALPHA_ORDINAL, ALPHA_INTERVAL, ICC_ONE, ICC_MEAN, SEVERITY, DISAGREEMENT)


def _alpha(sum_: str, squares: str, apart: str) -> str:
    return f"1.0 - (n - 1) * {apart} / nullif(n * {squares} - {sum_} * {sum_}, 0)"


_BETWEEN = "((outside - s * s / n) / nullif(works - 1, 0))"
_WITHIN = "(inside / nullif(n - works, 0))"
_SIZE = "((n - mm / n) / nullif(works - 1, 0))"

# The same scores for all, but for what rounding leaves of their variance: nothing to agree on
_VARIED = "n * q - s * s > 0.000000001 * n * n"
FORMULAS = {
    "alpha_ordinal": f"CASE WHEN {_VARIED} THEN {_alpha('rs', 'rq', 'ranked_apart')} END",
    "alpha_interval": f"CASE WHEN {_VARIED} THEN {_alpha('s', 'q', 'apart')} END",
    "icc_one": f"CASE WHEN {_VARIED} THEN "
    f"({_BETWEEN} - {_WITHIN}) / nullif({_BETWEEN} + ({_SIZE} - 1) * {_WITHIN}, 0) END",
    "icc_mean": f"CASE WHEN {_VARIED} THEN ({_BETWEEN} - {_WITHIN}) / nullif({_BETWEEN}, 0) END",
}
"""The coefficients, of the sums of the block `agreement`."""

HEADLINE = Query(
    "trust",
    headline(
        *[
            figure(name, f"max({formula})", "coalesce(max(people), 0)",
                   "agreement WHERE kind = 'all'", cases="coalesce(max(works), 0)")
            for name, formula in FORMULAS.items()
        ],
        figure("severity", "sqrt(max(v.own))", "count(*)", "habits AS h CROSS JOIN variances AS v",
               cases="sum(h.reviews)"),
        figure("disagreement", "quantile_cont(spread, 0.5)",
               "(SELECT coalesce(max(people), 0) FROM agreement WHERE kind = 'all')", "spreads",
               cases="count(*)", low="quantile_cont(spread, 0.25)", high="quantile_cont(spread, 0.75)"),
    ),
    MEASURES,
)  # fmt: skip

DRAWS = Query(
    "draws",
    """
    SELECT draw, count(*) AS works, sum(m) AS n, sum(m * m) AS mm, sum(s) AS s, sum(q) AS q,
        sum(inside) AS inside, sum(outside) AS outside, sum(apart) AS apart, sum(rs) AS rs, sum(rq) AS rq,
        sum(ranked_apart) AS ranked_apart
    FROM (
        SELECT u.*, row_number() OVER (ORDER BY u.work) % 1000 AS draw FROM units AS u WHERE u.kind = 'all'
    ) AS numbered
    GROUP BY draw ORDER BY draw""",
)
"""The sums of at most a thousand lots of contributions, which the bootstrap draws from."""

TABLES = (
    Query(
        "agreement",
        f"""
        SELECT a.part AS activity, a.people, a.works, {", ".join(f"a.{name}" for name in FORMULAS)}
        FROM (
            SELECT part, people, works, {", ".join(f"{sql} AS {name}" for name, sql in FORMULAS.items())}
            FROM agreement WHERE kind = 'activity'
        ) AS a
        WHERE a.people >= (SELECT least FROM asked)
            AND a.part NOT IN (SELECT part FROM groups WHERE kind = 'activity' AND visible = 0)
        ORDER BY a.works DESC, a.part""",
        MEASURES[:4],
    ),
    Query(
        "severity",
        """
        SELECT part AS severity, people FROM groups WHERE kind = 'severity' AND visible = 1
        ORDER BY people DESC, part""",
        (SEVERITY,),
    ),
    Query(
        "disagreement",
        """
        SELECT g.part AS spread, g.people, s.works
        FROM groups AS g
        JOIN (SELECT part, count(*) AS works FROM spreads GROUP BY part) AS s ON s.part = g.part
        WHERE g.kind = 'spread' AND g.visible = 1 ORDER BY s.works DESC, g.part""",
        (DISAGREEMENT,),
    ),
)

PEOPLE = (
    Query(
        "reviewers",
        "SELECT actor, reviews, mean, shrunk AS severity FROM severity ORDER BY shrunk, actor",
        (SEVERITY,),
    ),
    Query(
        "disputed",
        """
        SELECT b.work, w.author AS actor, CAST(b.m AS BIGINT) AS reviews, b.mean, b.spread, b.lowest,
            b.highest
        FROM spreads AS b LEFT JOIN works AS w ON w.work = b.work
        ORDER BY b.spread DESC, b.m DESC, b.work""",
        (DISAGREEMENT,),
    ),
)
