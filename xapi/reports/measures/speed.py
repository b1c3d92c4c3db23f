"""How long people wait: for a review, for feedback, for an answer."""

from xapi.reports.measures.model import Query, measure
from xapi.reports.measures.sentences import headline

_KAPLAN_MEIER = "Kaplan & Meier 1958, J. Am. Stat. Assoc. 53(282), 457–481"
_FORMULA_EN = (
    "smallest t with S(t) ≤ 1/2, S(t) = Π (1 − done at tᵢ ÷ still open before tᵢ) over tᵢ ≤ t; "
    "quartiles alike"
)
_FORMULA_FR = (
    "plus petit t tel que S(t) ≤ 1/2, S(t) = Π (1 − faits en tᵢ ÷ encore ouverts avant tᵢ) pour tᵢ ≤ "
    "t\u202f; quartiles de même"
)

REVIEW_TIME = measure(
    "review_time",
    "seconds",
    _KAPLAN_MEIER,
    en=(
        "From assignment to review",
        "The time after which half of the reviews assigned in the period were written. Those still open at "
        "its end, or given back, count with the time they have waited. Empty where fewer than half were "
        "written.",
        _FORMULA_EN,
    ),
    fr=(
        "De la demande à la relecture",
        "Le temps après lequel la moitié des relectures confiées dans la période étaient écrites. Celles "
        "encore ouvertes à la fin, ou rendues, comptent pour le temps d’attente. Vide si moins de la moitié "
        "sont écrites.",
        _FORMULA_FR,
    ),
)
FEEDBACK_TIME = measure(
    "feedback_time",
    "seconds",
    _KAPLAN_MEIER,
    en=(
        "From handing in to first feedback",
        "The time after which half of the contributions handed in had a first review, comment or answer of "
        "somebody else. Those without any at the period’s end count with the time they have waited.",
        _FORMULA_EN,
    ),
    fr=(
        "De la remise au premier retour",
        "Le temps après lequel la moitié des contributions remises avaient reçu d’autrui une relecture, un "
        "commentaire ou une réponse. Celles sans retour à la fin comptent pour le temps d’attente.",
        _FORMULA_FR,
    ),
)
ANSWER_TIME = measure(
    "answer_time",
    "seconds",
    _KAPLAN_MEIER,
    en=(
        "From question to first answer",
        "The time after which half of the questions asked in the period had a first answer of somebody else. "
        "Those without any at its end count with the time they have waited.",
        _FORMULA_EN,
    ),
    fr=(
        "De la question à la première réponse",
        "Le temps après lequel la moitié des questions posées dans la période avaient une réponse d’autrui. "
        "Celles sans réponse à la fin comptent pour le temps d’attente.",
        _FORMULA_FR,
    ),
)

MEASURES = (REVIEW_TIME, FEEDBACK_TIME, ANSWER_TIME)


def _still_open(by: str) -> str:
    """Return S(t) after each time that something took, for each of `by`; a product by its logarithms."""
    return f"""
        SELECT {by}, seconds,
            exp(sum(CASE WHEN ended >= at_risk THEN -700.0 ELSE ln(1.0 - ended / at_risk) END)
                OVER (PARTITION BY {by} ORDER BY seconds)) AS still_open
        FROM (
            SELECT {by}, seconds, ended, sum(here) OVER (PARTITION BY {by} ORDER BY seconds DESC) AS at_risk
            FROM (
                SELECT {by}, seconds, CAST(count(*) AS DOUBLE) AS here, CAST(sum(done) AS DOUBLE) AS ended
                FROM spans GROUP BY {by}, seconds
            ) AS times
        ) AS risks"""


def _quantile(left: float, name: str) -> str:
    # A product of fractions seldom hits 1/2 on the bit
    return f"min(CASE WHEN still_open <= {left} + 0.000000001 THEN seconds END) AS {name}"


_QUANTILES = ", ".join([_quantile(0.75, "low"), _quantile(0.5, "value"), _quantile(0.25, "high")])

HEADLINE = Query(
    "speed",
    headline(
        f"""
        SELECT c.measure, CAST(q.value AS DOUBLE) AS value, CAST(q.low AS DOUBLE) AS low,
            CAST(q.high AS DOUBLE) AS high, CAST(c.people AS BIGINT) AS people,
            CAST(c.cases AS BIGINT) AS cases, CAST(c.undone AS BIGINT) AS undone
        FROM (
            SELECT measure, count(DISTINCT actor) AS people, count(*) AS cases, sum(1 - done) AS undone
            FROM spans GROUP BY measure
        ) AS c
        JOIN (
            SELECT measure, {_QUANTILES} FROM ({_still_open("measure")}) AS open_after GROUP BY measure
        ) AS q ON q.measure = c.measure"""
    ),
    MEASURES,
)

SERIES = Query(
    "speed",
    f"""
    SELECT c.week, CASE WHEN c.people >= (SELECT least FROM asked) THEN CAST(q.value AS DOUBLE) END AS value,
        CASE WHEN c.people >= (SELECT least FROM asked) THEN c.people END AS people,
        CASE WHEN c.people >= (SELECT least FROM asked) THEN c.cases END AS cases
    FROM (
        SELECT week, count(DISTINCT actor) AS people, count(*) AS cases
        FROM spans WHERE measure = 'feedback_time' GROUP BY week
    ) AS c
    JOIN (
        SELECT week, {_QUANTILES} FROM ({_still_open("measure, week")}) AS open_after
        WHERE measure = 'feedback_time' GROUP BY week
    ) AS q ON q.week = c.week
    WHERE CAST(c.week AS VARCHAR) IN (SELECT part FROM groups WHERE kind = 'week' AND visible = 1)
    ORDER BY c.week""",
    (FEEDBACK_TIME,),
)
