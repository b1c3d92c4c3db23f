"""Reports on peer learning from the statements of any LRS: tables, measures, files.

    from xapi.reports import Report

    with Report.read("https://lrs.example/xapi", "key", "secret", cache="cache") as report:
        report.write("report")

Needs the extra `reports`. The command is `entraide report`, or `python -m xapi.reports`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xapi.reports.api import Report

__all__ = ["Report"]


def __getattr__(name: str) -> Any:
    """Bring in `Report` when it is asked for: what stands beside it works without DuckDB."""
    if name != "Report":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xapi.reports.api import Report

    return Report
