"""Who exchanges with whom, drawn: communities, and where to put people in a picture. The same at every run.

networkx is a part of the extra `reports`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

SEED = 20_240_101
FINE = 300
"""People up to whom a picture is laid out one by one; more are laid out community by community."""

Place = tuple[float, float]
_GOLDEN = math.pi * (3 - math.sqrt(5))  # turns that never come to lie on each other


def graph(people: Iterable[str], pairs: Iterable[tuple[str, str, int]]) -> "nx.Graph[str]":
    """Return the undirected graph of pairs (one, another, how often), whatever order they come in."""
    made: nx.Graph[str] = nx.Graph()
    made.add_nodes_from(sorted(people))
    for one, another, times in sorted(pairs):
        made.add_edge(one, another, weight=times + made.get_edge_data(one, another, {"weight": 0})["weight"])
    return made


def communities(pairs: "nx.Graph[str]") -> tuple[list[set[str]], float | None]:
    """Return the communities of two people or more, the biggest first, and the partition's modularity.

    Louvain's method: Blondel, Guillaume, Lambiotte & Lefebvre 2008.
    """
    if not pairs.number_of_edges():
        return [], None
    found = nx.community.louvain_communities(pairs, weight="weight", seed=SEED)
    modularity = nx.community.modularity(pairs, found, weight="weight")
    return sorted((one for one in found if len(one) > 1), key=lambda one: (-len(one), min(one))), modularity


def layout(pairs: "nx.Graph[str]", groups: Sequence[set[str]]) -> Mapping[str, Place]:
    """Return a place for everybody, -1 to 1: on the rim without links, else near whom they exchange with."""
    linked = [person for person in pairs if pairs.degree(person)]
    alone = [person for person in pairs if not pairs.degree(person)]
    inner = pairs.subgraph(linked)
    places = _springs(inner) if len(linked) <= FINE else _by_community(inner, groups)
    for number, person in enumerate(alone):
        turn = 2 * math.pi * number / len(alone)
        places[person] = math.cos(turn), math.sin(turn)
    return places


def _springs(pairs: "nx.Graph[str]", reach: float = 0.85) -> dict[str, Place]:
    """Fruchterman & Reingold 1991."""
    found = nx.spring_layout(nx.Graph(pairs), weight="weight", seed=SEED, scale=reach)
    return {person: (float(x), float(y)) for person, (x, y) in found.items()}


def _by_community(pairs: "nx.Graph[str]", groups: Sequence[set[str]]) -> dict[str, Place]:
    """Communities as springs put them, and people around the centre of theirs like seeds of a sunflower."""
    home = {person: number for number, members in enumerate(groups) for person in members if person in pairs}
    home.update({person: len(groups) for person in pairs if person not in home})
    ties: nx.Graph[str] = nx.Graph()
    ties.add_nodes_from(sorted({str(number) for number in home.values()}))
    for one, another, times in pairs.edges(data="weight"):
        if home[one] != home[another]:
            ends = str(home[one]), str(home[another])
            ties.add_edge(*ends, weight=times + ties.get_edge_data(*ends, {"weight": 0})["weight"])
    centres = _springs(ties, 0.7) if len(ties) > 1 else dict.fromkeys(ties, (0.0, 0.0))
    room = 0.8 / math.sqrt(max(len(home), 1)) / max(1.0, math.sqrt(len(ties)) / 4)
    places, filled = {}, dict.fromkeys(centres, 0)
    for person in sorted(home, key=lambda person: (-pairs.degree(person), person)):
        community = str(home[person])
        seat, (x, y) = filled[community], centres[community]
        filled[community] += 1
        away = min(room * math.sqrt(seat), 0.3)
        places[person] = x + away * math.cos(seat * _GOLDEN), y + away * math.sin(seat * _GOLDEN)
    return places
