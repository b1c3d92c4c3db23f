"""The network as a picture: where dots and lines go. What it says stands in the template `network.svg`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xapi.reports.measures.model import Network, Node

SIZE, MARGIN = 640, 26  # of the picture, in its own units
LINES = 2500
"""Links drawn: those of most exchanges. More would be a blot, and make the page heavy."""

SHADES = 6
"""Colours of communities, over and over; a number says which is which, also in grey."""


@dataclass(frozen=True)
class Dot:
    """A person of the picture."""

    x: float
    y: float
    radius: float
    shade: int  # of SHADES, -1 in no community that is shown
    node: Node


@dataclass(frozen=True)
class Line:
    """A link of two people, as wide as they exchanged often."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True)
class Picture:
    """Dots, lines, and the places of the communities' numbers."""

    dots: Sequence[Dot]
    lines: Sequence[Line]
    numbers: Sequence[tuple[int, float, float]]
    left_out: int  # links


def picture(network: Network) -> Picture:
    """Return where everything goes, for the people that `network` has places for."""
    scale = _scale(network.nodes)
    many = len(network.nodes) > 150
    dots = {
        node.name: Dot(
            scale(node.x),
            scale(node.y),
            round((2.5 if many else 5) + min(node.links, 25) * (0.12 if many else 0.25), 1),
            node.community % SHADES if node.community >= 0 else -1,
            node,
        )
        for node in network.nodes
    }
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for one, another, times in network.edges:
        pairs[min(one, another), max(one, another)] += times
    drawn = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:LINES]
    lines = [
        Line(dots[one].x, dots[one].y, dots[another].x, dots[another].y, round(min(0.6 + times * 0.25, 4), 2))
        for (one, another), times in reversed(drawn)
    ]
    return Picture(list(dots.values()), lines, list(_numbers(dots)), len(pairs) - len(drawn))


def _scale(nodes: Sequence[Node]):  # type: ignore[no-untyped-def]
    """Return what puts a place, -1 to 1 or so, into the picture, which is filled."""
    reach = max(max(abs(node.x), abs(node.y)) for node in nodes) or 1.0
    half = SIZE / 2 - MARGIN
    return lambda place: round(SIZE / 2 + place / reach * half, 1)


def _numbers(dots: Mapping[str, Dot]) -> Iterable[tuple[int, float, float]]:
    members: dict[int, list[Dot]] = defaultdict(list)
    for dot in dots.values():
        if dot.node.community >= 0:
            members[dot.node.community].append(dot)
    for community, inside in sorted(members.items()):
        x = sum(dot.x for dot in inside) / len(inside)
        y = sum(dot.y for dot in inside) / len(inside)
        yield community + 1, round(x, 1), round(y, 1)
