"""`python -m xapi.reports`."""

from xapi.reports.command import report

report(prog_name="python -m xapi.reports")
