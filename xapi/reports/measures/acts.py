"""Acts, as measures sort them, and what is asked of them: for when, where, and down to what size of group."""

from collections.abc import Mapping

from xapi.reports.measures.model import LEAST, Period

PERSONAL = (
    "launched", "viewed", "submitted", "revised", "shared", "returned", "reviewed", "looked-again",
    "self-reviewed", "rated", "review-thanked", "review-answered", "compared", "calibrated", "commented",
    "replied", "mentioned", "asked", "answered", "voted", "accepted", "thanked", "applied", "disagreed",
)  # fmt: skip
"""What people do themselves, and have to come for."""

HELP = ("reviewed", "looked-again", "commented", "replied", "answered")
"""What gives another person something to go on with."""

EXCHANGE = (
    *HELP, "mentioned", "rated", "review-thanked", "review-answered", "voted", "accepted", "thanked",
    "applied", "disagreed",
)  # fmt: skip
"""What passes between two people."""

FEEDBACK = ("reviewed", "staff-reviewed", "commented", "replied", "answered")
CONTRIBUTING = ("submitted", "shared")
REVIEWING = ("reviewed", "looked-again")
REACHED = (*CONTRIBUTING, *REVIEWING, "answered")


def among(acts: tuple[str, ...]) -> str:
    """Return `acts` as SQL writes a list."""
    return "(" + ", ".join(f"'{act}'" for act in acts) + ")"


def asked(period: Period, least: int = LEAST, synthetic: bool = False) -> str:
    """Return the one row that says what is asked for: all else is the same for every report."""
    course = "NULL" if period.course is None else "'" + period.course.replace("'", "''") + "'"
    return f"""
        SELECT CAST('{period.since:%Y-%m-%d %H:%M:%S.%f}' AS TIMESTAMP) AS since,
            CAST('{period.until:%Y-%m-%d %H:%M:%S.%f}' AS TIMESTAMP) AS until,
            CAST({course} AS VARCHAR) AS course, {int(least)} AS least,
            {"TRUE" if synthetic else "FALSE"} AS synthetic"""


# What is known at the end of the period, and what was told in it
VIEWS: Mapping[str, str] = {
    "known": """
        SELECT a.id, a.at AS moment, a.act, a.actor, a.other, a.object, a.work, a.review, a.comment,
            a.activity, a.activity_title, a.activity_kind, a.course, a.course_title, a.platform, a.team,
            a.scaled, a.words, a.skill, CAST(date_trunc('week', a.at) AS DATE) AS week
        FROM acts AS a
        WHERE a.at < (SELECT until FROM asked)
            AND coalesce(a.synthetic, FALSE) = (SELECT synthetic FROM asked)
            AND (a.course = (SELECT course FROM asked) OR (SELECT course FROM asked) IS NULL)""",
    "told": "SELECT * FROM known AS k WHERE k.moment >= (SELECT since FROM asked)",
}
