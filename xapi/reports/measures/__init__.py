"""The measures of a report: what they mean, and their numbers."""

from xapi.reports.measures.compute import compute, definitions
from xapi.reports.measures.model import Figure, Headline, Measure, Network, Node, Period, Results

__all__ = [
    "Figure", "Headline", "Measure", "Network", "Node", "Period", "Results", "compute", "definitions",
]  # fmt: skip
