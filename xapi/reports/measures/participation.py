"""Who takes part, who is missing, and how much each does."""

from xapi.reports.measures.acts import PERSONAL, REACHED, REVIEWING, among
from xapi.reports.measures.model import Query, measure
from xapi.reports.measures.sentences import figure, headline, weekly

_OURS = "Definition of this report"

CAME = measure(
    "came",
    "count",
    _OURS,
    en=(
        "People who came",
        "People who opened an activity, or did something in it. People known to be staff, by their reviews "
        "or endorsements as staff, do not count.",
        "distinct people with an act of their own in the period",
    ),
    fr=(
        "Personnes venues",
        "Les personnes qui ont ouvert une activité ou y ont agi. Celles qui y relisent comme membres de "
        "l’équipe enseignante ne comptent pas.",
        "personnes distinctes ayant agi elles-mêmes dans la période",
    ),
)
REACH = measure(
    "reach",
    "share",
    _OURS,
    en=(
        "Reach",
        "Of the people who came, those who shared, reviewed or answered at least once. An average would say "
        "less: a few people do most of the work.",
        "people who shared, reviewed or answered ÷ people who came",
    ),
    fr=(
        "Portée",
        "Parmi les personnes venues, celles qui ont partagé, relu ou répondu au moins une fois. Une "
        "moyenne en dirait moins\u202f: peu de personnes font souvent le plus gros.",
        "personnes ayant partagé, relu ou répondu ÷ personnes venues",
    ),
)
REACH_SHARED = measure(
    "reach_shared",
    "share",
    _OURS,
    en=(
        "Who shared",
        "Of the people who came, those who handed in or shared a contribution.",
        "people who handed in or shared ÷ people who came",
    ),
    fr=(
        "Qui a partagé",
        "Parmi les personnes venues, celles qui ont remis ou partagé une contribution.",
        "personnes ayant remis ou partagé ÷ personnes venues",
    ),
)
REACH_REVIEWED = measure(
    "reach_reviewed",
    "share",
    _OURS,
    en=(
        "Who reviewed",
        "Of the people who came, those who reviewed a peer’s contribution.",
        "people who reviewed ÷ people who came",
    ),
    fr=(
        "Qui a relu",
        "Parmi les personnes venues, celles qui ont relu la contribution d’un pair.",
        "personnes ayant relu ÷ personnes venues",
    ),
)
REACH_ANSWERED = measure(
    "reach_answered",
    "share",
    _OURS,
    en=(
        "Who answered",
        "Of the people who came, those who answered a question.",
        "people who answered ÷ people who came",
    ),
    fr=(
        "Qui a répondu",
        "Parmi les personnes venues, celles qui ont répondu à une question.",
        "personnes ayant répondu ÷ personnes venues",
    ),
)
MISSING = measure(
    "missing",
    "count",
    _OURS,
    en=(
        "Came, and only looked",
        "People who came, and neither shared nor reviewed nor answered. People who never came are not in the "
        "statements: nobody can be missed here who was never seen.",
        "people who came − people who shared, reviewed or answered",
    ),
    fr=(
        "Venues sans agir",
        "Les personnes venues qui n’ont ni partagé, ni relu, ni répondu. Qui n’est jamais venu ne laisse "
        "pas de trace et ne peut pas être compté ici.",
        "personnes venues − personnes ayant partagé, relu ou répondu",
    ),
)
NOT_REVIEWED = measure(
    "not_reviewed",
    "count",
    _OURS,
    en=(
        "Asked to review, and did not yet",
        "People who were given a contribution in the period, and had neither reviewed nor given it back at "
        "its end. The cases are the contributions that they were given.",
        "people with a review assigned in the period and open at its end; n: people with a review assigned",
    ),
    fr=(
        "Relecture attendue",
        "Les personnes à qui une contribution a été confiée dans la période, et qui ne l’avaient ni relue "
        "ni rendue à la fin. Les cas sont les contributions confiées.",
        "personnes ayant une relecture confiée dans la période et ouverte à la fin\u202f; n\u202f: "
        "personnes ayant une relecture confiée",
    ),
)
CONTRIBUTIONS = measure(
    "contributions_each",
    "each",
    _OURS,
    en=(
        "Contributions per person",
        "Contributions handed in for the first time in the period, for each person who came.",
        "contributions handed in ÷ people who came",
    ),
    fr=(
        "Contributions par personne",
        "Les contributions remises pour la première fois dans la période, pour chaque personne venue.",
        "contributions remises ÷ personnes venues",
    ),
)
REVIEWS = measure(
    "reviews_each",
    "each",
    _OURS,
    en=(
        "Reviews per person",
        "Reviews and second looks by peers in the period, for each person who came.",
        "reviews by peers ÷ people who came",
    ),
    fr=(
        "Relectures par personne",
        "Les relectures et secondes lectures par des pairs dans la période, pour chaque personne venue.",
        "relectures par des pairs ÷ personnes venues",
    ),
)

MEASURES = (
    CAME, REACH, REACH_SHARED, REACH_REVIEWED, REACH_ANSWERED, MISSING, NOT_REVIEWED, CONTRIBUTIONS, REVIEWS,
)  # fmt: skip

# A review is open until it is reviewed or given back
_OPEN = f"""(
    SELECT g.actor, count(*) AS given,
        sum(CASE WHEN d.actor IS NULL THEN 1 ELSE 0 END) AS waiting
    FROM (
        SELECT DISTINCT t.actor, t.work FROM told AS t WHERE t.act = 'assigned' AND t.work IS NOT NULL
    ) AS g
    LEFT JOIN (
        SELECT DISTINCT k.actor, k.work FROM known AS k WHERE k.act IN {among((*REVIEWING, "returned"))}
    ) AS d ON d.actor = g.actor AND d.work = g.work
    GROUP BY g.actor
) AS reviewers"""

_EACH = "count(*) * 1.0 / nullif((SELECT count(*) FROM came), 0)"
_REVIEWS = f"told AS t WHERE t.act IN {among(REVIEWING)}"
_HANDED_IN = "works AS w WHERE w.born >= (SELECT since FROM asked)"

HEADLINE = Query(
    "participation",
    headline(
        figure("came", "count(*)", "count(*)", "came"),
        figure("reach", "avg(reached)", "count(*)", "came", cases="sum(reached)"),
        figure("reach_shared", "avg(shared)", "count(*)", "came", cases="sum(shared)"),
        figure("reach_reviewed", "avg(reviewed)", "count(*)", "came", cases="sum(reviewed)"),
        figure("reach_answered", "avg(answered)", "count(*)", "came", cases="sum(answered)"),
        figure("missing", "sum(1 - reached)", "count(*)", "came"),
        figure("not_reviewed", "sum(CASE WHEN waiting > 0 THEN 1 ELSE 0 END)", "count(*)", _OPEN,
               cases="sum(given)", undone="sum(waiting)"),
        figure("contributions_each", _EACH, "(SELECT count(*) FROM came)", _HANDED_IN, cases="count(*)"),
        figure("reviews_each", _EACH, "(SELECT count(*) FROM came)", _REVIEWS, cases="count(*)"),
    ),
    MEASURES,
)  # fmt: skip


def _by(kind: str, part: str, title: str = "", *, inside: bool = False) -> str:
    """Return what people did in each of the groups that may be shown; some are `inside` a course."""
    parent, course = ("coalesce(t.course, '')", "g.parent AS course, ") if inside else ("''", "")
    count = "sum(CASE WHEN t.act {} THEN 1 ELSE 0 END) AS {}".format
    return f"""
        SELECT {course}g.part AS {kind}, {"d.title AS title, " if title else ""}g.people, d.contributions,
            d.reviews, d.comments, d.answers, d.views, d.applied
        FROM groups AS g
        JOIN (
            SELECT {parent} AS parent, {part} AS part, {f"max({title}) AS title, " if title else ""}
                {count("= 'submitted'", "contributions")}, {count(f"IN {among(REVIEWING)}", "reviews")},
                {count("IN ('commented', 'replied')", "comments")}, {count("= 'answered'", "answers")},
                {count("= 'viewed'", "views")}, {count("= 'applied'", "applied")}
            FROM told AS t WHERE t.actor IN (SELECT actor FROM came)
            GROUP BY {parent}, {part}
        ) AS d ON d.parent = g.parent AND d.part = g.part
        WHERE g.kind = '{kind}' AND g.visible = 1
        ORDER BY {"g.part" if kind == "week" else "g.people DESC, g.parent, g.part"}"""


TABLES = (
    Query("by_course", _by("course", "coalesce(t.course, '')", "t.course_title")),
    Query("by_activity", _by("activity", "coalesce(t.activity, '')", "t.activity_title", inside=True)),
    Query("by_kind", _by("activity_kind", "coalesce(t.activity_kind, '')")),
    Query("by_team", _by("team", "coalesce(t.team, '')", inside=True)),
    Query("by_week", _by("week", "CAST(t.week AS VARCHAR)")),
)

PEOPLE = (
    Query(
        "missing_people",
        """
        SELECT c.actor, count(*) AS acts, max(t.moment) AS last_seen
        FROM came AS c JOIN told AS t ON t.actor = c.actor
        WHERE c.reached = 0 GROUP BY c.actor ORDER BY last_seen DESC, c.actor""",
        (MISSING,),
    ),
    Query(
        "waiting_people",
        f"SELECT actor, given, waiting FROM {_OPEN} WHERE waiting > 0 ORDER BY waiting DESC, actor",
        (NOT_REVIEWED,),
    ),
)
"""Lists of people: only where names are asked for."""

SERIES = Query(
    "reach",
    weekly(
        "avg(reached)",
        "count(*)",
        f"""(
            SELECT t.week, t.actor, max(CASE WHEN t.act IN {among(REACHED)} THEN 1 ELSE 0 END) AS reached
            FROM told AS t
            WHERE t.act IN {among(PERSONAL)} AND t.actor IN (SELECT actor FROM came)
            GROUP BY t.week, t.actor
        ) AS people_of_weeks""",
        "sum(reached)",
    ),
    (REACH,),
)
