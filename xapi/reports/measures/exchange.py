"""Who gives and who receives, and whether it goes both ways and beyond one's own team."""

from xapi.reports.measures.model import Measure, Query, measure
from xapi.reports.measures.sentences import figure, headline

_OURS = "Definition of this report"
_WASSERMAN = "Wasserman & Faust 1994, Social Network Analysis, ch. 13"

BALANCE = measure(
    "both_ways",
    "share",
    _OURS,
    en=(
        "Gave and received",
        "Of the people who helped or were helped, those who did both. Help is a review, a second look, a "
        "comment, a reply or an answer to somebody else.",
        "people with help given > 0 and received > 0 ÷ people with either",
    ),
    fr=(
        "Ont donné et reçu",
        "Parmi les personnes qui ont aidé ou ont été aidées, celles qui ont fait les deux. Une aide est une "
        "relecture, une seconde lecture, un commentaire ou une réponse à autrui.",
        "personnes ayant aidé et été aidées ÷ personnes ayant l’un ou l’autre",
    ),
)
RECIPROCITY = measure(
    "reciprocity",
    "share",
    _WASSERMAN,
    en=(
        "Reciprocity",
        "Of the pairs of people between whom there was help, those where it went both ways.",
        "pairs with help both ways ÷ pairs with help; n: the people in them",
    ),
    fr=(
        "Réciprocité",
        "Parmi les paires de personnes entre lesquelles il y a eu de l’aide, celles où elle est allée dans "
        "les deux sens.",
        "paires à double sens ÷ paires avec de l’aide\u202f; n\u202f: les personnes de ces paires",
    ),
)
RHO = measure(
    "reciprocity_rho",
    "coefficient",
    "Garlaschelli & Loffredo 2004, Phys. Rev. Lett. 93, 268701",
    en=(
        "Reciprocity beyond chance",
        "Whether help goes both ways more often (above 0) or less often (below 0) than if the same number of "
        "links fell between these people at random.",
        "ρ = (r − ā) ÷ (1 − ā); r: links of help that are returned ÷ links; ā: links ÷ N (N − 1)",
    ),
    fr=(
        "Réciprocité au-delà du hasard",
        "Si l’aide va dans les deux sens plus souvent (plus de 0) ou moins souvent (moins de 0) que si "
        "autant de liens tombaient au hasard entre ces personnes.",
        "ρ = (r − ā) ÷ (1 − ā)\u202f; r\u202f: liens d’aide rendus ÷ liens\u202f; ā\u202f: liens ÷ N (N − 1)",
    ),
)


def _crossing(what: str, en: tuple[str, str], fr: tuple[str, str, str]) -> Measure:
    return measure(
        f"cross_{what}",
        "share",
        _OURS,
        en=(
            f"Links across {en[0]}",
            f"Of the pairs who exchanged, those of two {en[0]}. Somebody’s {en[1]} is the one of most of "
            "their acts; pairs in which it is not known for both are left out.",
            f"pairs of different {en[0]} ÷ pairs where both are known",
        ),
        fr=(
            f"Liens entre {fr[0]}",
            f"Parmi les paires ayant échangé, celles de deux {fr[0]}. {fr[1]} d’une personne est {fr[2]} de "
            "la plupart de ses actes\u202f; les paires où l’on ne sait pas sont laissées de côté.",
            f"paires de {fr[0]} différents ou différentes ÷ paires connues",
        ),
    )


CROSS_TEAM = _crossing("team", ("teams", "team"), ("équipes", "L’équipe", "celle"))
CROSS_COURSE = _crossing("course", ("courses", "course"), ("cours", "Le cours", "celui"))
CROSS_PLATFORM = _crossing("platform", ("platforms", "platform"), ("plateformes", "La plateforme", "celle"))


MEASURES = (BALANCE, RECIPROCITY, RHO, CROSS_TEAM, CROSS_COURSE, CROSS_PLATFORM)

_HELPING = "sum(CASE WHEN helping > 0 THEN 1 ELSE 0 END)"
_RETURNED = "sum(CASE WHEN helping = 2 THEN 1 ELSE 0 END)"
_N = "(SELECT count(*) FROM present)"
_POSSIBLE = f"nullif({_N} * ({_N} - 1.0), 0)"
_LINKS_OF_HELP = "sum(helping)"
_CHANCE = f"({_LINKS_OF_HELP} / {_POSSIBLE})"
_HELPED = "(SELECT count(*) FROM degrees WHERE given > 0 OR received > 0)"


def _across(what: str) -> str:
    return figure(
        f"cross_{what}",
        "avg(CASE WHEN a.part <> b.part THEN 1 ELSE 0 END)",
        f"(SELECT count(*) FROM degrees AS d JOIN home_{what} AS h ON h.actor = d.actor"
        " WHERE d.outgoing + d.incoming > 0)",
        f"pairs AS p JOIN home_{what} AS a ON a.actor = p.one JOIN home_{what} AS b ON b.actor = p.another",
        cases="count(*)",
    )


HEADLINE = Query(
    "exchange",
    headline(
        figure("both_ways", "avg(CASE WHEN given > 0 AND received > 0 THEN 1 ELSE 0 END)", "count(*)",
               "degrees WHERE given > 0 OR received > 0"),
        figure("reciprocity", f"{_RETURNED} * 1.0 / nullif({_HELPING}, 0)", _HELPED, "pairs", cases=_HELPING),
        figure("reciprocity_rho",
               f"(2.0 * {_RETURNED} / nullif({_LINKS_OF_HELP}, 0) - {_CHANCE}) / nullif(1.0 - {_CHANCE}, 0)",
               _N, "pairs", cases=_LINKS_OF_HELP),
        _across("team"),
        _across("course"),
        _across("platform"),
    ),
    MEASURES,
)  # fmt: skip

TABLES = (
    Query(
        "given_received",
        """
        SELECT g.part AS balance, g.people, d.given, d.received
        FROM groups AS g
        JOIN (
            SELECT m.part, sum(d.given) AS given, sum(d.received) AS received
            FROM members AS m JOIN degrees AS d ON d.actor = m.actor WHERE m.kind = 'balance' GROUP BY m.part
        ) AS d ON d.part = g.part
        WHERE g.kind = 'balance' AND g.visible = 1
        ORDER BY g.people DESC, g.part""",
        (BALANCE,),
    ),
    Query(
        "between_teams",
        """
        SELECT a.part AS team, b.part AS to_team, count(*) AS links, sum(l.times) AS times
        FROM links AS l
        JOIN home_team AS a ON a.actor = l.actor
        JOIN home_team AS b ON b.actor = l.recipient
        WHERE a.part NOT IN (SELECT part FROM groups WHERE kind = 'team' AND visible = 0)
            AND b.part NOT IN (SELECT part FROM groups WHERE kind = 'team' AND visible = 0)
        GROUP BY a.part, b.part
        ORDER BY times DESC, team, to_team""",
        (CROSS_TEAM,),
    ),
)

PEOPLE = (
    Query(
        "people",
        """
        SELECT d.actor, coalesce(c.reached, 0) AS took_part, d.given, d.received, d.outgoing, d.incoming,
            coalesce(t.contributions, 0) AS contributions, coalesce(t.reviews, 0) AS reviews
        FROM degrees AS d
        LEFT JOIN came AS c ON c.actor = d.actor
        LEFT JOIN (
            SELECT t.actor, sum(CASE WHEN t.act = 'submitted' THEN 1 ELSE 0 END) AS contributions,
                sum(CASE WHEN t.act IN ('reviewed', 'looked-again') THEN 1 ELSE 0 END) AS reviews
            FROM told AS t GROUP BY t.actor
        ) AS t ON t.actor = d.actor
        ORDER BY d.given DESC, d.received DESC, d.actor""",
        (BALANCE,),
    ),
)
