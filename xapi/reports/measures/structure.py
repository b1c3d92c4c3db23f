"""How people hang together: the network of who exchanges with whom."""

from xapi.reports.measures.model import Query, measure
from xapi.reports.measures.sentences import figure, headline, weekly

_OURS = "Definition of this report"
_WASSERMAN = "Wasserman & Faust 1994, Social Network Analysis, {}"
_FREEMAN = "Freeman 1979, Social Networks 1(3), 215–239"

DENSITY = measure(
    "density",
    "share",
    _WASSERMAN.format("4.3"),
    en=(
        "Density",
        "Of all links that there could be from one person to another, those that there were. It falls as a "
        "group grows: compare groups of the same size.",
        "links ÷ N (N − 1); N: people who came or were reached",
    ),
    fr=(
        "Densité",
        "Parmi tous les liens possibles d’une personne à une autre, ceux qui ont eu lieu. Elle baisse quand "
        "le groupe grandit\u202f: comparez des groupes de même taille.",
        "liens ÷ N (N − 1)\u202f; N\u202f: personnes venues ou touchées",
    ),
)
CENTRAL_OUT = measure(
    "centralisation_out",
    "share",
    _FREEMAN,
    en=(
        "Centralisation of giving",
        "How far giving hangs on one person: 0 where all reach as many others, 1 where one person reaches "
        "all and nobody else reaches anybody.",
        "Σ (greatest out-degree − out-degree) ÷ (N − 1)²",
    ),
    fr=(
        "Centralisation du don",
        "Combien le don dépend d’une seule personne\u202f: 0 si chaque personne en touche autant, 1 si une "
        "seule touche toutes les autres.",
        "Σ (plus grand degré sortant − degré sortant) ÷ (N − 1)²",
    ),
)
CENTRAL_IN = measure(
    "centralisation_in",
    "share",
    _FREEMAN,
    en=(
        "Centralisation of receiving",
        "How far receiving hangs on one person: 0 where all are reached by as many others, 1 where one "
        "person is reached by all and nobody else by anybody.",
        "Σ (greatest in-degree − in-degree) ÷ (N − 1)²",
    ),
    fr=(
        "Centralisation de ce qui est reçu",
        "Combien ce qui est reçu va à une seule personne\u202f: 0 si chaque personne reçoit d’autant "
        "d’autres, 1 si une seule reçoit de toutes.",
        "Σ (plus grand degré entrant − degré entrant) ÷ (N − 1)²",
    ),
)
LINKS = measure(
    "links_each",
    "each",
    _OURS,
    en=(
        "Links per person",
        "With how many others a person exchanged something, whichever way: help, thanks, mentions, votes.",
        "2 × pairs who exchanged ÷ N; N: people who came or were reached",
    ),
    fr=(
        "Liens par personne",
        "Avec combien d’autres une personne a échangé, dans un sens ou dans l’autre\u202f: aide, merci, "
        "mention, vote.",
        "2 × paires ayant échangé ÷ N\u202f; N\u202f: personnes venues ou touchées",
    ),
)
ALONE = measure(
    "alone",
    "count",
    _WASSERMAN.format("4.2"),
    en=(
        "People with no exchange",
        "People who came, and exchanged nothing with anybody: isolates of the network.",
        "people of degree 0; n: people who came or were reached",
    ),
    fr=(
        "Personnes sans échange",
        "Les personnes venues qui n’ont rien échangé avec personne\u202f: les isolées du réseau.",
        "personnes de degré 0\u202f; n\u202f: personnes venues ou touchées",
    ),
)
COMMUNITIES = measure(
    "communities",
    "count",
    "Blondel, Guillaume, Lambiotte & Lefebvre 2008, J. Stat. Mech. P10008 (Louvain, fixed seed)",
    en=(
        "Communities",
        "Sets of people who exchange more among themselves than with others, two people at least. The number "
        "depends on the method: read it beside the picture.",
        "partition of greatest modularity found, on pairs weighted by how often they exchanged",
    ),
    fr=(
        "Communautés",
        "Ensembles de personnes qui échangent plus entre elles qu’avec les autres, deux au moins. Leur "
        "nombre dépend de la méthode\u202f: lisez-le à côté de l’image.",
        "partition de plus grande modularité trouvée, paires pondérées par le nombre d’échanges",
    ),
)

MEASURES = (DENSITY, CENTRAL_OUT, CENTRAL_IN, LINKS, ALONE)

_N = "(SELECT count(*) FROM present)"


def _centralisation(degree: str) -> str:
    return f"(max({degree}) * count(*) - sum({degree})) / nullif((count(*) - 1.0) * (count(*) - 1.0), 0)"


HEADLINE = Query(
    "structure",
    headline(
        figure("density", f"count(*) / nullif({_N} * ({_N} - 1.0), 0)", _N, "links", cases="count(*)"),
        figure("centralisation_out", _centralisation("outgoing"), "count(*)", "degrees"),
        figure("centralisation_in", _centralisation("incoming"), "count(*)", "degrees"),
        figure("links_each", f"2.0 * count(*) / nullif({_N}, 0)", _N, "pairs", cases="count(*)"),
        figure("alone", "sum(CASE WHEN outgoing + incoming = 0 THEN 1 ELSE 0 END)", "count(*)", "degrees"),
    ),
    MEASURES,
)

EDGES = Query("edges", "SELECT actor, recipient, times, helps FROM links ORDER BY actor, recipient")
NODES = Query(
    "nodes", "SELECT actor, outgoing, incoming FROM degrees ORDER BY outgoing + incoming DESC, actor"
)

SERIES = Query(
    "links",
    weekly(
        "avg(others)",
        "count(*)",
        """(
            SELECT week, actor, sum(met) AS others
            FROM (
                SELECT DISTINCT e.week, e.actor, e.recipient, 1 AS met FROM exchanges AS e
                UNION DISTINCT
                SELECT DISTINCT e.week, e.recipient AS actor, e.actor AS recipient, 1 AS met
                FROM exchanges AS e
                UNION DISTINCT
                SELECT DISTINCT t.week, t.actor, '' AS recipient, 0 AS met
                FROM told AS t WHERE t.actor IN (SELECT actor FROM came)
            ) AS met_in_weeks
            GROUP BY week, actor
        ) AS people_of_weeks""",
        "sum(others)",
    ),
    (LINKS,),
)
